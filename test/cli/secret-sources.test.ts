/** Secrets off the command line: where they may come from, and that nothing of them is left anywhere. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect } from 'vitest';
import { type Rehearsal, test } from '../support/command.ts';
import { runHere, stubSurroundings } from '../support/in-process.ts';
import { enter, runOnTerminal } from '../support/terminal.ts';

const store = 'cks-1234567890abcdef0';
const id = 'ABCDEFGHIJKLMNOPQRST';
const secret = 'CaNaRy/+=CaNaRyCaNaRyCaNaRyCaNaRyCaNaRyCaNaRy0';
const credential = '--xks-proxy-authentication-credential';

beforeAll(stubSurroundings);

function addStore({ simulator }: Rehearsal): void {
  simulator.addStore({
    CustomKeyStoreId: store,
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    ConnectionState: 'CONNECTED',
    XksProxyUriEndpoint: 'https://proxy.example.com',
  });
  simulator.addProxy({ endpoint: 'https://proxy.example.com', credentials: { [id]: secret } });
}

const keptBy = (simulator: Rehearsal['simulator'], text: string) =>
  simulator.addSecret({ Name: 'ledger', SecretString: text });

describe('a secret', () => {
  test.for<[string, (rehearsal: Rehearsal) => { value: string; input?: string }]>([
    ['stdin', () => ({ value: `AccessKeyId=${id},RawSecretAccessKey=stdin`, input: `${secret}\n` })],
    [
      'a file, as the AWS CLI has it in a structure',
      ({ folder }) => {
        writeFileSync(join(folder, 'secret'), `${secret}\n`);
        return { value: `AccessKeyId=${id},RawSecretAccessKey@=file://${join(folder, 'secret')}` };
      },
    ],
    [
      'Secrets Manager, alone',
      ({ simulator }) => ({
        value: `AccessKeyId=${id},RawSecretAccessKey=secretsmanager:${keptBy(simulator, `${secret}\n`)}`,
      }),
    ],
    [
      'Secrets Manager, beside its AccessKeyId',
      ({ simulator }) => ({
        value: `secretsmanager:${keptBy(simulator, JSON.stringify({ AccessKeyId: id, RawSecretAccessKey: secret }))}`,
      }),
    ],
    [
      'an earlier stage of Secrets Manager',
      ({ simulator }) => {
        const arn = keptBy(simulator, JSON.stringify({ AccessKeyId: id, RawSecretAccessKey: secret }));
        keptBy(simulator, JSON.stringify({ AccessKeyId: id, RawSecretAccessKey: 'x'.repeat(43) }));
        return { value: `secretsmanager:${arn}#AWSPREVIOUS` };
      },
    ],
  ])('is taken from %s', async ([, arrange], { rehearsal }) => {
    addStore(rehearsal);
    const { value, input } = arrange(rehearsal);
    const state = join(rehearsal.folder, 'state');
    const words = ['update', store, credential, value, '--yes', '--accept', 'no-rollback', '--state-dir', state];

    const log = ['--log-level', 'trace', '--log-file', join(state, '..', 'log')];
    const told = await runHere([...words, '--endpoint-url', rehearsal.url, ...log], {}, input);

    expect(JSON.parse(told.stdout)).toMatchObject({
      outcome: 'updated',
      after: { settings: { proxyCredentialAccessKeyId: id } },
    });
    expect(told.exitCode).toBe(0);
    expect(told.stderr).not.toContain('cks: warning');
    const journals = readdirSync(state, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const files = [join(state, '..', 'log'), ...journals.map((file) => join(file.parentPath, file.name))];
    const kept = files.map((file) => readFileSync(file, 'utf8')).join('');
    expect(kept).toContain(id);
    expect(`${kept}${told.stdout}${told.stderr}`).not.toContain(secret);
    const proxy = rehearsal.simulator.proxy('https://proxy.example.com');
    expect(proxy.credentials).toEqual({ [id]: secret });
  });

  test('is typed unseen', async ({ rehearsal }) => {
    addStore(rehearsal);
    const value = `AccessKeyId=${id},RawSecretAccessKey=prompt`;
    const words = ['update', store, credential, value, '--accept', 'no-rollback,outage,unknown:xks-proxy'];
    const terminal = runOnTerminal([...words, '--endpoint-url', rehearsal.url]);

    await terminal.saw('Secret of XksProxyAuthenticationCredential:');
    terminal.type(`${secret}${enter}`);
    await terminal.saw('Apply this plan to ');
    terminal.type(`y${enter}`);
    expect(await terminal.exitCode).toBe(0);
    expect(terminal.stdout).toContain('UPDATED');
    expect(`${terminal.stdout}${terminal.screen}`).not.toContain(secret);
  });

  test('a secret of a saved plan is named by its place in the plan that is shown before the go-ahead', async ({
    rehearsal,
  }) => {
    addStore(rehearsal);
    const [secretFile, file] = [join(rehearsal.folder, 'secret'), join(rehearsal.folder, 'plan.json')];
    writeFileSync(secretFile, secret);
    const change = [credential, `AccessKeyId=${id},RawSecretAccessKey=file:${secretFile}`, '--out', file];
    expect(await runHere(['plan', store, ...change, '--endpoint-url', rehearsal.url])).toMatchObject({
      exitCode: 0,
    });

    const terminal = runOnTerminal(['apply', file, '--accept', 'no-rollback,outage,unknown:xks-proxy']);
    await terminal.saw('Apply this plan to ');
    terminal.type(`n${enter}`);
    expect(await terminal.exitCode).toBe(130);
    const shown = terminal.screen.replace(/\s+/g, '');
    expect(shown).toContain(`Notetheplanisforaccount111122223333,us-east-1,at${rehearsal.url}`);
    expect(shown).toContain(`thesecretofXksProxyAuthenticationCredentialisreadfromfile:${secretFile}`);
    expect(`${terminal.stdout}${terminal.screen}`).not.toContain(secret);
  });

  test('a secret of before may come from there too', async ({ rehearsal }) => {
    const { simulator, url } = rehearsal;
    addStore(rehearsal);
    const { AccessKeyId = '' } = simulator.store(store).XksProxyConfiguration ?? {};
    const old = `secretsmanager:${keptBy(simulator, JSON.stringify({ AccessKeyId, RawSecretAccessKey: 'y'.repeat(43) }))}`;
    const value = `AccessKeyId=${id},RawSecretAccessKey=stdin`;
    const words = ['plan', store, credential, value, '--previous-xks-proxy-authentication-credential', old];

    const told = await runHere([...words, '--endpoint-url', url], {}, secret);
    expect(told).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(told.stdout)).toMatchObject({ changes: [{ restorable: true }], missing: [] });
  });

  test('a secret and a path come from the configuration file of a proxy, and options override it', async ({
    rehearsal,
  }) => {
    const { folder, url } = rehearsal;
    addStore(rehearsal);
    const file = join(folder, 'proxy.json');
    const both = { AccessKeyId: id, RawSecretAccessKey: secret };
    writeFileSync(file, JSON.stringify({ XksProxyUriPath: '/a/kms/xks/v1', XksProxyAuthenticationCredential: both }));
    const words = ['plan', store, '--xks-proxy-configuration-file', file, '--endpoint-url', url];

    const told = await runHere([...words, '--xks-proxy-uri-path', '/b/kms/xks/v1']);
    expect(told).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(told.stdout).changes).toMatchObject([
      { property: 'XksProxyUriPath', to: '/b/kms/xks/v1' },
      { property: 'XksProxyAuthenticationCredential', to: id, secret: true },
    ]);
    expect(told.stdout).not.toContain(secret);
  });

  test('a secret on the command line is taken with a warning that names better ways', async ({ rehearsal }) => {
    addStore(rehearsal);
    const words = ['plan', store, credential, `AccessKeyId=${id},RawSecretAccessKey=${secret}`];

    const { stderr } = await runHere([...words, '--endpoint-url', rehearsal.url]);
    expect(stderr).toBe(
      'cks: warning: the secret of XksProxyAuthenticationCredential can be seen in the process list and the shell history; env:NAME, file:PATH, stdin, prompt or secretsmanager:ARN keeps it out\n',
    );
  });

  test('a secret on the command line is warned of in JSON with --progress json', async ({ rehearsal }) => {
    addStore(rehearsal);
    const value = `AccessKeyId=${id},RawSecretAccessKey=${secret}`;
    const words = ['update', store, credential, value, '--progress', 'json', '--endpoint-url', rehearsal.url];

    const { stderr } = await runHere(words);
    const [first] = stderr
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    expect(first).toMatchObject({
      type: 'warning',
      message: expect.stringContaining('XksProxyAuthenticationCredential'),
    });
    expect(stderr).not.toContain(secret);
  });

  test.for([
    ['prompt', '', 'XksProxyAuthenticationCredential: prompt needs a terminal'],
    ['stdin', '', 'XksProxyAuthenticationCredential: nothing comes through stdin'],
    ['stdin', '\u0000', 'XksProxyAuthenticationCredential.RawSecretAccessKey must have 43 to 64 characters, not 1'],
  ] as const)('that is not there (%s, %j) is wrong input', async ([word, input, says], { rehearsal }) => {
    const value = `AccessKeyId=${id},RawSecretAccessKey=${word}`;
    const words = ['plan', store, credential, value, '--endpoint-url', rehearsal.url];
    expect(await runHere(words, {}, input)).toMatchObject({ exitCode: 2, stderr: `cks: ${says}\n` });
  });

  test.for([
    ['secretsmanager:missing', 'the secret that secretsmanager: names cannot be read (ResourceNotFoundException)'],
    ['secretsmanager:ledger#NONE', 'the secret that secretsmanager: names cannot be read (ResourceNotFoundException)'],
    ['secretsmanager:ledger', 'secretsmanager:ledger holds no AccessKeyId: give that beside it'],
  ] as const)('that Secrets Manager has not as %s is wrong input', async ([value, says], { rehearsal }) => {
    keptBy(rehearsal.simulator, secret);
    const words = ['plan', store, credential, value, '--endpoint-url', rehearsal.url];
    const { exitCode, stderr } = await runHere(words);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(says);
    expect(stderr).not.toContain(secret);
  });
});
