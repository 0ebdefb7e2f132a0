/** No secret is ever written: each way through the command, with canaries for secrets and everything written searched. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect } from 'vitest';
import { type Environment, type Rehearsal, storeCalls, testHere as test } from '../support/command.ts';
import { ageJournals, killAt, listRunIds } from '../support/kill-command.ts';
import { connectedExternal } from '../support/stores.ts';

/** What every canary begins with, and nothing else holds. */
const marker = 'CANARY+';
const next = `${marker}${'new/'.repeat(9)}`;
const previous = `${marker}${'old='.repeat(9)}`;
const password = `${marker}Passw0rd`;

type Source = 'as such' | 'env:' | 'file:';

interface PlannedCourse {
  readonly ends: { readonly outcome: string | null } | { readonly verdict: string };
  readonly words: readonly string[];
  readonly secrets?: Readonly<Record<string, string>>;
  readonly arrange?: (rehearsal: Rehearsal, xks: string) => void;
  /** Killed once the store is offline; then these, with RUN in place of its id. */
  readonly after?: readonly (readonly string[])[];
  readonly source?: Source;
}

const proxy = 'https://proxy.xks.example.com';
const rotate = (...words: string[]) => [
  ...['update', 'xks', '--yes'],
  ...['--xks-proxy-authentication-credential', 'AccessKeyId=NEWKEYNEWKEYNEWKEYNE,RawSecretAccessKey=<next>'],
  '--previous-xks-proxy-authentication-credential',
  'AccessKeyId=OLDKEYOLDKEYOLDKEYOL,RawSecretAccessKey=<previous>',
  ...words,
];
const offline = rotate('--mode', 'offline', '--accept', 'outage,unknown:xks-proxy');
const failConnect: PlannedCourse['arrange'] = ({ simulator }, xks) =>
  simulator.failNextConnect(xks, 'XKS_PROXY_ACCESS_DENIED');

const ways: Readonly<Record<string, PlannedCourse>> = {
  'a live update': { ends: { outcome: 'updated' }, words: rotate() },
  'an offline update': { ends: { outcome: 'updated' }, words: offline },
  'an update that is rolled back': { ends: { outcome: 'rolledBack' }, words: offline, arrange: failConnect },
  'an update that KMS refuses': {
    ends: { outcome: 'refused' },
    words: rotate(),
    arrange: ({ simulator }) => simulator.addProxy({ endpoint: proxy, credentials: {} }),
  },
  'an update whose answers are lost': {
    ends: { outcome: 'updated' },
    words: rotate(),
    arrange: ({ simulator }) => simulator.failNext('UpdateCustomKeyStore', 'ConnectionReset', { afterEffect: true }),
  },
  'an update that is tried': {
    ends: { outcome: 'updated' },
    words: rotate(
      '--trial-connect',
      '--xks-proxy-uri-path',
      '/new/kms/xks/v1',
      '--accept',
      'unverified-keys,unknown:xks-proxy',
    ),
  },
  'an update without consent': { ends: { outcome: 'refused' }, words: rotate('--mode', 'offline') },
  'a plan': {
    ends: { verdict: 'proceed' },
    words: [
      'plan',
      ...rotate()
        .filter((word) => word !== '--yes')
        .slice(1),
    ],
  },
  'a secret with a letter too many': { ends: { outcome: null }, words: rotate(), secrets: { next: `${next}!` } },
  'a password': {
    ends: { outcome: 'updated' },
    words: ['update', 'hsm', '--yes', '--accept', 'no-rollback', '--key-store-password', '<password>'],
  },
  'a run that is killed, looked at, and resumed': {
    ends: { outcome: 'updated' },
    words: offline,
    source: 'env:',
    after: [
      ['runs'],
      ['runs', 'show', 'RUN'],
      ['runs', 'show', 'RUN', '--output', 'text'],
      ['resume', 'RUN', '--progress', 'json'],
    ],
  },
  'a run that is killed and given its secret again': {
    ends: { outcome: 'updated' },
    words: offline,
    source: 'as such',
    after: [['resume', 'RUN', ...rotate().slice(2, 5), '--progress', 'json']],
  },
  'a password that is too long': {
    ends: { outcome: null },
    words: ['update', 'hsm', '--yes', '--key-store-password', '<password>'],
    secrets: { password: `${password}${password}${password}` },
  },
};

const disconnected = { record: 'result 5.disconnectStore', dies: 'before' } as const;

/** Puts each `<name>` where the source says, and gives the words that lead there. */
function hide(
  commands: readonly (readonly string[])[],
  secrets: Readonly<Record<string, string>>,
  source: Source,
  folder: string,
) {
  const env: Record<string, string> = {};
  mkdirSync(join(folder, 'vault'));
  const place = (name: string) => {
    const secret = secrets[name] ?? '';
    if (source === 'as such') return secret;
    if (source === 'env:') env[`SECRET_${name}`] = secret;
    else writeFileSync(join(folder, 'vault', name), `${secret}\n`);
    return source === 'env:' ? `env:SECRET_${name}` : `file:${join(folder, 'vault', name)}`;
  };
  return {
    commands: commands.map((words) => words.map((word) => word.replace(/<(\w+)>/, (_, name: string) => place(name)))),
    env: env as Environment,
  };
}

const sources: readonly Source[] = ['as such', 'env:', 'file:'];
const rows = Object.entries(ways).flatMap(([name, way], at) => {
  // Each way with one source; the run that goes through most of the program with all of them.
  const chosen = name === 'an update that is rolled back' ? sources : [sources[at % sources.length] ?? 'as such'];
  return (way.source ? [way.source] : chosen).map((source) => [name, source, way] as const);
});

describe.concurrent('no secret is written by', () => {
  test.for(rows)('%s, given %s', async ([, source, { ends, words, secrets, arrange, after = [] }], { rehearsal }) => {
    const { simulator, run, folder } = rehearsal;
    const xks = simulator.addStore({
      ...connectedExternal,
      XksProxyUriEndpoint: proxy,
      XksProxyAuthenticationCredential: { AccessKeyId: 'OLDKEYOLDKEYOLDKEYOL', RawSecretAccessKey: previous },
    });
    simulator.addStore({ CustomKeyStoreName: 'hsm' });
    arrange?.(rehearsal, xks);
    const hidden = hide([words, ...after], { next, previous, password, ...secrets }, source, folder);
    const [first = [], ...others] = hidden.commands;
    const writing = ['--log-level', 'trace', '--log-file', join(folder, 'cks.log')];
    const emitter = words[0] === 'plan' ? [] : ['--progress', 'json'];

    const command = [...first, ...writing, ...emitter, '--result-file', join(folder, 'result.json')];

    const ended = [
      others.length > 0 ? await killAt(rehearsal, command, hidden.env, disconnected) : await run(command, hidden.env),
    ];
    ageJournals(folder, 3_600_000);
    for (const command of others) {
      const [runId = ''] = listRunIds(folder);
      const written = command[0] === 'runs' ? [] : writing;
      ended.push(await run([...command.map((word) => (word === 'RUN' ? runId : word)), ...written], hidden.env));
    }

    expect(ended.at(-1)?.json()).toMatchObject(ends);
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    const files = paths.map((path) => relative(folder, path)).filter((name) => !name.startsWith('vault'));
    expect(files).toContain('result.json');
    const told = ended.flatMap(({ stdout, stderr }) => [stdout, stderr]);
    const written = [...told, ...files.map((name) => readFileSync(join(folder, name), 'utf8'))].join('\n');
    expect(written).not.toContain(marker);
    const isSent = storeCalls(simulator.calls).some(({ operation }) => operation === 'UpdateCustomKeyStore');
    if (isSent) expect(written).toContain('"(secret)"');
  });
});
