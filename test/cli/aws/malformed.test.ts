/** Malformed words for the long names: one clear line each, exit 2, nothing called, nothing on standard output. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandName, optionGroups, rowsOf } from '../../../src/cli/options/options.ts';
import { createSimulator, type SimulatorServer, serveSimulator } from '../../../src/simulator/index.ts';
import { runHere, stubSurroundings, type Told } from '../../support/in-process.ts';

const id = 'ABCDEFGHIJKLMNOPQRST';
const secret = 'SeCrEtSeCrEtSeCrEtSeCrEtSeCrEtSeCrEtSeCrEt0';
const password = 'Passw0rdPassw0rd';
const store = ['--custom-key-store-id', 'cks-1234567890abcdef0'];

let folder: string;
let server: SimulatorServer;
const simulator = createSimulator();
let restore: () => void;

beforeAll(async () => {
  restore = stubSurroundings();
  folder = mkdtempSync(join(tmpdir(), 'malformed-'));
  server = await serveSimulator(simulator);
  const files = {
    'broken.json': `{"KeyStorePassword":"${password}"`,
    'list.json': '[]',
    'stranger.json': `{"KeyStorePasword":"${password}"}`,
    'number.json': '{"NewCustomKeyStoreName":7}',
    'half.json': `{"CustomKeyStoreId":"","NewCustomKeyStoreName":"","KeyStorePassword":""}`,
    'half-credential.json': `{"XksProxyAuthenticationCredential":{"AccessKeyId":"${id}"}}`,
    'bomb.yaml': ['a: &a [x, x]', 'b: &b [*a, *a]', ...'cdefghijk'.split('').map(bomb)].join('\n'),
    'tab.yaml': `KeyStorePassword:\n\t${password}`,
    'proxy.json': '{"XksProxyUriEndpoint":"https://a.example.com"}',
    'half-proxy.json': `{"XksProxyAuthenticationCredential":{"RawSecretAccessKey":"${secret}"}}`,
    'no.pem': 'no certificate',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'bytes'), Buffer.from([0x61, 0xff, 0xfe]));
  writeFileSync(join(folder, 'long'), Buffer.alloc(1_048_577, 'a'));
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
  restore();
});

function bomb(name: string): string {
  const before = String.fromCharCode(name.charCodeAt(0) - 1);
  return `${name}: &${name} [*${before}, *${before}]`;
}

/** `FOLDER` in a word is where the files are. */
async function meet(words: readonly string[]): Promise<Told> {
  const placed = words.map((word) => word.replace('FOLDER', () => folder));
  return runHere([...placed, '--endpoint-url', server.url]);
}

const update = (...words: string[]) => ['update-custom-key-store', ...store, ...words];
const rename = (...words: string[]) => update('--new-custom-key-store-name', 'other', ...words);
const observe = (...words: string[]) => ['describe-custom-key-stores', ...words];
const credential = (value: string) => update('--xks-proxy-authentication-credential', value);
const connect = (...words: string[]) => ['connect-custom-key-store', ...words];

const shape =
  '--xks-proxy-authentication-credential: expected AccessKeyId=ID,RawSecretAccessKey=SECRET or {"AccessKeyId":"...","RawSecretAccessKey":"..."}; SECRET may be env:NAME, file:PATH, stdin, prompt or secretsmanager:ARN, which may also hold both';
const query = '--query: expected a JMESPath expression: ';
const noJson = '--cli-input-json: expected JSON, or a file:// with JSON';
const noYaml = '--cli-input-yaml: expected YAML, or a file:// with YAML';
const noConfiguration =
  '--xks-proxy-configuration-file wants JSON with XksProxyUriPath and XksProxyAuthenticationCredential, and nothing else';

const rows: readonly (readonly [title: string, words: readonly string[], says: string])[] = [
  [
    'no store',
    ['update-custom-key-store', '--new-custom-key-store-name', 'a'],
    'which custom key store? Give its id or name',
  ],
  ['no store to connect', connect(), 'which custom key store? Give its id or name'],
  [
    'a store that has no option',
    connect('cks-1234567890abcdef0'),
    'too many words; a value with a space in it needs quotes',
  ],
  ['nothing to change', update(), 'nothing to change: name a property to update, or a final state'],
  [
    'an option of another operation',
    connect(...store, '--limit', '1'),
    'unknown option --limit; cks connect-custom-key-store --help-all lists all options',
  ],
  [
    'a property of another operation',
    observe('--key-store-password', password),
    'unknown option --key-store-password; cks describe-custom-key-stores --help-all lists all options',
  ],
  ['shorthand without a name', credential(secret), shape],
  ['shorthand with one half', credential(`RawSecretAccessKey=${secret}`), shape],
  [
    'shorthand with a half twice',
    credential(`AccessKeyId=${id},AccessKeyId=${id},RawSecretAccessKey=${secret}`),
    shape,
  ],
  ['shorthand with a member too many', credential(`AccessKeyId=${id},RawSecretAccessKey=${secret},Name=a`), shape],
  ['shorthand in lower case', credential(`accessKeyId=${id},rawSecretAccessKey=${secret}`), shape],
  ['shorthand with a space for a comma', credential(`AccessKeyId=${id} RawSecretAccessKey=${secret}`), shape],
  [
    'shorthand with an open quote after a value',
    credential(`AccessKeyId="${id}"x,RawSecretAccessKey=${secret}`),
    shape,
  ],
  ['a credential in broken JSON', credential(`{"AccessKeyId":"${id}","RawSecretAccessKey":"${secret}"`), shape],
  ['a credential as a JSON list', credential(`["${id}","${secret}"]`), shape],
  ['a credential of numbers', credential('{"AccessKeyId":1,"RawSecretAccessKey":2}'), shape],
  [
    'a credential in a file that is not there',
    credential('file://FOLDER/missing'),
    '--xks-proxy-authentication-credential: its file cannot be read (ENOENT)',
  ],
  [
    'a name in a file that is not there',
    update('--new-custom-key-store-name', 'file://FOLDER/missing'),
    '--new-custom-key-store-name: its file cannot be read (ENOENT)',
  ],
  [
    'a name in a folder',
    update('--new-custom-key-store-name', 'file://FOLDER'),
    '--new-custom-key-store-name: its file cannot be read (EISDIR)',
  ],
  [
    'a name that is no UTF-8',
    update('--new-custom-key-store-name', 'file://FOLDER/bytes'),
    '--new-custom-key-store-name: its file is not valid UTF-8',
  ],
  [
    'a name that is no UTF-8, in binary',
    update('--new-custom-key-store-name', 'fileb://FOLDER/bytes'),
    '--new-custom-key-store-name: its file is not valid UTF-8',
  ],
  [
    'a name that was no UTF-8 when it was typed',
    update('--new-custom-key-store-name', 'a\ufffd'),
    '--new-custom-key-store-name is not valid UTF-8',
  ],
  [
    'a name in a file without an end',
    update('--new-custom-key-store-name', 'file:///dev/zero'),
    '--new-custom-key-store-name: its file is longer than 1 MiB',
  ],
  [
    'a name that is too long',
    update('--new-custom-key-store-name', 'a'.repeat(257)),
    `NewCustomKeyStoreName must have 1 to 256 characters, not 257: "${'a'.repeat(257)}"`,
  ],
  ['input in broken JSON', update('--cli-input-json', `{"KeyStorePassword":"${password}"`), noJson],
  ['input in a file of broken JSON', update('--cli-input-json', 'file://FOLDER/broken.json'), noJson],
  [
    'input in a file that is not there',
    update('--cli-input-json', 'file://FOLDER/missing'),
    '--cli-input-json: its file cannot be read (ENOENT)',
  ],
  [
    'input that is too long',
    update('--cli-input-json', 'file://FOLDER/long'),
    '--cli-input-json: its file is longer than 1 MiB',
  ],
  ['input in a list', update('--cli-input-json', 'file://FOLDER/list.json'), '--cli-input-json must hold an object'],
  ['input that is null', update('--cli-input-json', 'null'), '--cli-input-json must hold an object'],
  [
    'input with a stranger',
    update('--cli-input-json', 'file://FOLDER/stranger.json'),
    '--cli-input-json has a member that is unknown to UpdateCustomKeyStore; --generate-cli-skeleton shows all members',
  ],
  [
    'input of another operation',
    connect('--cli-input-json', '{"KeyStorePassword":"a"}'),
    '--cli-input-json has a member that is unknown to ConnectCustomKeyStore; --generate-cli-skeleton shows all members',
  ],
  [
    'input of the wrong type',
    update('--cli-input-json', 'file://FOLDER/number.json'),
    '--cli-input-json: NewCustomKeyStoreName must be a string',
  ],
  [
    'a limit of the wrong type',
    observe('--cli-input-json', '{"Limit":"1"}'),
    '--cli-input-json: Limit must be a whole number',
  ],
  [
    'a credential of the wrong type',
    update('--cli-input-json', '{"XksProxyAuthenticationCredential":"a"}'),
    '--cli-input-json: XksProxyAuthenticationCredential must be an object',
  ],
  [
    'half a skeleton',
    ['update-custom-key-store', '--cli-input-json', 'file://FOLDER/half.json'],
    'which custom key store? Its id or name is empty',
  ],
  [
    'half a skeleton, with its store',
    update('--cli-input-json', 'file://FOLDER/half.json'),
    'NewCustomKeyStoreName must have 1 to 256 characters, not 0: ""',
  ],
  ['half a credential in a skeleton', update('--cli-input-json', 'file://FOLDER/half-credential.json'), shape],
  ['a YAML bomb', update('--cli-input-yaml', 'file://FOLDER/bomb.yaml'), noYaml],
  ['YAML with a tab', update('--cli-input-yaml', 'file://FOLDER/tab.yaml'), noYaml],
  ['YAML that is text', update('--cli-input-yaml', password), '--cli-input-yaml must hold an object'],
  ['two documents of YAML', update('--cli-input-yaml', '---\na: 1\n---\nb: 2\n'), noYaml],
  [
    'JSON and YAML',
    update('--cli-input-json', '{}', '--cli-input-yaml', '{}'),
    '--cli-input-json and --cli-input-yaml exclude each other',
  ],
  [
    'a skeleton that is none',
    update('--generate-cli-skeleton', 'yaml'),
    '--generate-cli-skeleton yaml: expected input, yaml-input or output',
  ],
  [
    'a skeleton of wrong input',
    update('--generate-cli-skeleton', 'output', '--key-store-password', 'short'),
    'KeyStorePassword must have 7 to 32 characters, not 5',
  ],
  [
    'a skeleton without a store',
    connect('--generate-cli-skeleton', 'output'),
    'which custom key store? Give its id or name',
  ],
  [
    'an open bracket in a query',
    observe('--query', 'CustomKeyStores['),
    `${query}Invalid jmespath expression: parse error at column 16, found unexpected end of expression (EOF)`,
  ],
  ['an unknown function in a query', rename('--query', 'nothing(@)'), `${query}Unknown function: nothing()`],
  ['an empty query', observe('--query', ''), '--query is empty'],
  ['an unknown format', observe('--output', 'xml'), '--output xml: expected json, text, table, yaml or yaml-stream'],
  ['an unknown colour', observe('--color', 'red'), '--color red: expected on, off or auto'],
  [
    'an unknown binary format',
    rename('--cli-binary-format', 'hex'),
    '--cli-binary-format hex: expected base64 or raw-in-base64-out',
  ],
  ['a limit of nothing', observe('--limit', '0'), '--limit 0: expected a whole number from 1 to 1000'],
  [
    'a page size that is no number',
    observe('--page-size', 'ten'),
    '--page-size ten: expected a whole number from 1 to 1000',
  ],
  ['fewer than no items', observe('--max-items=-1'), '--max-items -1: expected a whole number from 1'],
  [
    'one page and more',
    observe('--no-paginate', '--page-size', '2', '--max-items', '1'),
    'one page was requested: remove --page-size, --max-items',
  ],
  [
    'a token that is none',
    observe('--starting-token', Buffer.from('{"Marker":7}').toString('base64')),
    '--starting-token: expected the NextToken of an earlier answer',
  ],
  [
    'a timeout that is no number',
    rename('--cli-read-timeout', 'soon'),
    '--cli-read-timeout soon: expected a number from 0 to 86400',
  ],
  [
    'a timeout below nothing',
    observe('--cli-connect-timeout=-1'),
    '--cli-connect-timeout -1: expected a number from 0 to 86400',
  ],
  [
    'a bundle that is not there',
    observe('--ca-bundle', 'FOLDER/missing'),
    '--ca-bundle: its file cannot be read (ENOENT)',
  ],
  ['a bundle without certificates', observe('--ca-bundle', 'FOLDER/no.pem'), '--ca-bundle holds no certificate'],
  [
    'both ways of leading',
    rename('--cli-auto-prompt', '--no-cli-auto-prompt'),
    '--cli-auto-prompt and --no-cli-auto-prompt exclude each other',
  ],
  [
    'being led through what is written down',
    rename('--cli-auto-prompt', '--cli-input-json', '{}'),
    '--cli-auto-prompt and --cli-input-json exclude each other',
  ],
  [
    'being led without a terminal',
    rename('--cli-auto-prompt'),
    '--cli-auto-prompt needs a terminal; --generate-cli-skeleton shows the input instead',
  ],
  [
    'a proxy file that is not there',
    update('--xks-proxy-configuration-file', 'FOLDER/missing'),
    '--xks-proxy-configuration-file: its file cannot be read (ENOENT)',
  ],
  [
    'a proxy file in broken JSON',
    update('--xks-proxy-configuration-file', 'FOLDER/broken.json'),
    '--xks-proxy-configuration-file holds no JSON',
  ],
  ['a proxy file with an endpoint', update('--xks-proxy-configuration-file', 'FOLDER/proxy.json'), noConfiguration],
  [
    'a proxy file with half a credential',
    update('--xks-proxy-configuration-file', 'FOLDER/half-proxy.json'),
    shape.replace('authentication-credential', 'configuration-file'),
  ],
];

describe('malformed words', () => {
  it.each(rows)('%s', async (_, words, says) => {
    const told = await meet(words);

    const lines = told.stderr.trimEnd().split('\n');
    expect(lines.at(-1)).toBe(`cks: ${says}`);
    expect(lines.slice(0, -1).filter((line) => !line.startsWith('cks: warning: '))).toEqual([]);
    expect(told).toMatchObject({ exitCode: 2, stdout: '' });
    expect(told.stderr).not.toContain(secret);
    expect(told.stderr).not.toContain(password);
    expect(simulator.calls).toEqual([]);
  });
});

describe('words by chance', () => {
  // A server and a demonstration take their time; completion and help have no option.
  const commands = (Object.keys(optionGroups) as CommandName[]).filter(
    (name) => !['simulator', 'demo', 'completion', 'help'].includes(name),
  );
  const value = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.constantFrom(
      'file:///dev/null',
      'file://',
      'env:',
      'secretsmanager:',
      'stdin',
      'prompt',
      '{',
      'a=',
      '1',
      '[*]',
      '`',
    ),
    fc.stringMatching(/^AccessKeyId=[A-Z]{0,30},? ?RawSecretAccessKey=.{0,64}$/),
  );
  // Those that write files or a log, or look elsewhere, are left out.
  const away = [
    ...['endpoint-url', 'result-file', 'log-file', 'state-dir', 'region', 'profile', 'debug', 'log-level'],
    ...['out', 'html', 'markdown'],
  ];
  const line = fc.constantFrom(...commands).chain((command) => {
    const options = rowsOf(command).map(({ name }) => name);
    const option = fc.constantFrom(...options.filter((name) => !away.includes(name)));
    const word = fc.oneof(
      option.map((name) => [`--${name}`]),
      fc.tuple(
        option.map((name) => `--${name}`),
        value,
      ),
      value.map((text) => [text]),
    );
    return fc.array(word, { maxLength: 5 }).map((words) => [...command.split(' '), ...words.flat()]);
  });

  it('never end in a bug or a stack trace', async () => {
    await fc.assert(
      fc.asyncProperty(line, async (words) => {
        // There is no store here, so what is well-formed ends there.
        const isAlone = ['runs', 'iam-policy'].includes(words[0] ?? '');
        const there = isAlone ? [] : ['--endpoint-url', server.url];
        const told = await runHere([...words.filter((word) => word !== '--'), ...there]);
        expect([0, 2, 3]).toContain(told.exitCode);
        expect(told.stderr).not.toMatch(/\n {4}at |BUG|a bug|undefined|\[object/);
      }),
      { numRuns: 150 },
    );
  });
});
