/** `AWS_CLI_AUTO_PROMPT` and `cli_auto_prompt`: when they start a guided session, and when they do not. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, vi } from 'vitest';
import { external, storeId as id, type Rehearsal, test } from '../../support/command.ts';
import { runHere } from '../../support/in-process.ts';
import { ctrlC, runOnTerminal, type Surroundings } from '../../support/terminal.ts';

const keys = 'aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = dummy\n';
const folder = mkdtempSync(join(tmpdir(), 'cks-prompt-'));

beforeAll(() => {
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
  writeFileSync(join(folder, 'config'), `[profile led]\ncli_auto_prompt = on\n${keys}`);
});

afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const rename = ['update-custom-key-store', '--custom-key-store-id', id, '--new-custom-key-store-name', 'other'];
const nameless = ['update-custom-key-store', '--new-custom-key-store-name', 'other'];
const on = { AWS_CLI_AUTO_PROMPT: 'on' };
const partial = { AWS_CLI_AUTO_PROMPT: 'on-partial' };

const session = 'Nothing is sent before you have seen the plan';
const plan = 'Apply this plan to xks?';

interface Row extends Surroundings {
  readonly words: readonly string[];
  /** The last thing that is shown before it is left. */
  readonly shows: readonly string[];
  readonly exitCode?: number;
}

const rows: Readonly<Record<string, Row>> = {
  'on starts a guided session although the command is complete': {
    words: [...rename, '--profile', 'led'],
    env: on,
    shows: [session, 'What do you want to do with xks?'],
  },
  'on is read in upper and lower case': { words: rename, env: { AWS_CLI_AUTO_PROMPT: 'On' }, shows: [session] },
  'cli_auto_prompt of the profile starts a guided session': {
    words: [...rename, '--profile', 'led'],
    shows: [session],
  },
  'the environment variable takes precedence over the profile': {
    words: [...rename, '--profile', 'led'],
    env: { AWS_CLI_AUTO_PROMPT: 'off' },
    shows: [plan],
  },
  'an unknown value starts no guided session': { words: rename, env: { AWS_CLI_AUTO_PROMPT: 'yes' }, shows: [plan] },
  'on-partial starts no guided session for a complete command': { words: rename, env: partial, shows: [plan] },
  'on-partial asks for a missing option': {
    words: nameless,
    env: partial,
    shows: ['cks: which custom key store? Give its id or name', session, 'Which AWS profile?'],
  },
  'on-partial keeps the given profile and Region': {
    words: [...rename, '--profile', 'led', '--xks-proxy-uri-pth', '/kms/xks/v1'],
    env: partial,
    shows: ['cks: unknown option --xks-proxy-uri-pth', session, 'What do you want to do with xks?'],
  },
  '--no-cli-auto-prompt overrides on': { words: [...rename, '--no-cli-auto-prompt'], env: on, shows: [plan] },
  '--no-cli-auto-prompt overrides on-partial': {
    words: [...nameless, '--no-cli-auto-prompt'],
    env: partial,
    shows: ['cks: which custom key store?'],
    exitCode: 2,
  },
  '--yes starts no guided session': {
    words: [...rename, '--yes'],
    env: on,
    shows: ['KMS accepted the update'],
    exitCode: 0,
  },
  'a piped standard output starts no guided session': { words: rename, env: on, isPiped: true, shows: [plan] },
  '--generate-cli-skeleton starts no guided session': {
    words: [...rename, '--generate-cli-skeleton'],
    env: on,
    shows: [],
    exitCode: 0,
  },
  'cks update, unlike update-custom-key-store, starts no guided session': {
    words: ['update', ...rename.slice(1)],
    env: on,
    shows: [plan],
  },
};

const reach = ({ url, folder: home }: Rehearsal) => [
  ...['--endpoint-url', url, '--region', 'us-east-1', '--state-dir', join(home, 'state')],
];

const addStore = ({ simulator }: Rehearsal) => simulator.addStore(external);

describe.concurrent('without --cli-auto-prompt', () => {
  test.for(Object.entries(rows))(
    '%s',
    async ([, { words, shows, exitCode = 130, ...where }], { rehearsal, expect }) => {
      addStore(rehearsal);
      const [name = '', ...rest] = words;
      const terminal = runOnTerminal([name, ...reach(rehearsal), ...rest], where);

      for (const text of shows) await terminal.saw(text);
      if (exitCode === 130) terminal.type(ctrlC);

      expect(await terminal.exitCode).toBe(exitCode);
      if (!shows.includes(session)) expect(terminal.screen).not.toContain(session);
    },
  );

  test.for([on, partial])('starts no guided session without a terminal: %o', async (env, { rehearsal, expect }) => {
    addStore(rehearsal);
    const [name = '', ...rest] = nameless;
    const told = await runHere([name, ...reach(rehearsal), ...rest], env);

    expect(told).toEqual({ exitCode: 2, stdout: '', stderr: 'cks: which custom key store? Give its id or name\n' });
  });
});
