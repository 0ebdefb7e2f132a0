import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { secrets, stageDemos } from '../src/cli/demo/demos.ts';
import { outcomes } from '../src/domain/outcome.ts';
import { risks } from '../src/domain/policy.ts';
import { createScaledClock, createSimulator, serveSimulator } from '../src/simulator/index.ts';
import { hasPty, runOnPty } from './support/pty.ts';
import { readBlocks, readReadme, readTable } from './support/readme.ts';
import { down, enter } from './support/terminal.ts';

const root = resolve(import.meta.dirname, '..');
const bin = join(root, 'dist/src/cli/bin.js');

let server: Awaited<ReturnType<typeof serveSimulator>>;

beforeAll(async () => {
  const minutesMs = 60_000;
  const simulator = createSimulator({
    now: createScaledClock(100),
    durations: { connect: { AWS_CLOUDHSM: 8 * minutesMs }, disconnect: { AWS_CLOUDHSM: 3 * minutesMs } },
  });
  stageDemos(simulator);
  simulator.addStore({
    CustomKeyStoreName: 'archive-xks',
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    XksProxyUriEndpoint: 'https://old.xks.example.com',
    ConnectionState: 'FAILED',
    ConnectionErrorCode: 'XKS_PROXY_INVALID_TLS_CONFIGURATION',
    keys: 3,
  });
  server = await serveSimulator(simulator);
});

afterAll(() => server.close());

/** Runs node and gives what it printed, both streams as they came. */
async function run(words: readonly string[]): Promise<string> {
  const env = {
    ...process.env,
    ...secrets,
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_REGION: 'us-east-1',
  };
  const child = spawn(process.execPath, words, {
    cwd: root,
    env: { ...env, AWS_ENDPOINT_URL_KMS: server.url, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += chunk));
  await once(child, 'close');
  return printed;
}

/** `cks` alone on a terminal, led to a reconnect of the CloudHSM key store. */
async function runGuided(): Promise<string> {
  const { PATH, CKS_STATE_DIR, CKS_LOCK_DIR } = process.env;
  const pty = runOnPty([], {
    ...{ PATH, CKS_STATE_DIR, CKS_LOCK_DIR, AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' },
    ...{ AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x', AWS_REGION: 'us-east-1' },
    AWS_ENDPOINT_URL_KMS: server.url,
  });
  const dialogue = [
    ['Which custom key store', down + enter],
    ['What do you want to do with ledger-hsm?', down + enter],
    ['Type ledger-hsm to allow that', `ledger-hsm${enter}`],
  ] as const;
  for (const [observed, keys] of dialogue) {
    await pty.saw(observed);
    pty.type(keys);
  }
  await pty.exitCode;
  return `${pty.read()}\n`;
}

/** What differs from run to run: elapsed times, counts of looks, and which of two keys was used last by a command before. */
function blur(screen: string): string {
  return screen
    .replace(/\d\d:\d\d /g, '00:00 ')
    .replace(/\d+ s offline/g, 'N s offline')
    .replace(/\d+ (s|min) old/g, 'N s old')
    .replace(/\d+ s(?=\s+felt)/g, 'N s')
    .replace(/less than a minute|\d+ minutes?/g, 'a while')
    .replace(/ENOTFOUND|EAI_AGAIN/g, 'ENOTFOUND')
    .replace(/\d+ calls/g, 'N calls')
    .replace(/(?: +- alias\/.* was used .*\n)+/g, (rows) => rows.split('\n').sort().join('\n'));
}

describe('README.md', () => {
  it('shows screens as they are', async () => {
    let page = readReadme();
    for (const screen of readBlocks('console')) {
      const [command = ''] = screen.split('\n');
      if (command === '$ cks' && !hasPty) continue;
      const words = command.replace(/^\$ cks /, '').split(' ');
      const format = words[0] === 'simulator' ? [] : ['--output', 'text'];
      const shown = command === '$ cks' ? await runGuided() : await run([bin, ...words, ...format]);
      const printed = `${command}\n${shown}`;
      if (blur(printed) !== blur(screen)) page = page.replace(screen, () => printed);
    }
    await expect(page).toMatchFileSnapshot('../README.md');
  });

  const snippets = readBlocks('js');

  it('shows snippets that run', async () => {
    const folder = mkdtempSync(join(root, '.vitest-'));
    const runSnippet = (code: string) => {
      const file = join(folder, 'snippet.mjs');
      writeFileSync(file, code);
      return run([file]);
    };
    try {
      const [update = '', ...handlers] = snippets;
      // Five minutes of trying the keys again are too long for a test.
      const quick = update.replace('  change:', '  bakeTimeMs: 1_000,\n  change:');
      expect(await runSnippet(quick)).toMatch(/^updated live 20\d\d-/);
      for (const handler of handlers)
        expect(await runSnippet(`${handler}\nprocess.stdout.write(typeof handler);`), handler).toBe('function');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('lists the outcomes and the risks as they are', () => {
    const told = Object.entries(outcomes).map(([outcome, { exitCode, meaning }]) => [
      `\`${outcome}\``,
      `${exitCode}`,
      meaning,
    ]);
    expect(readTable('outcome')).toEqual(told);
    expect(readTable('risk')).toEqual(Object.entries(risks).map(([risk, meaning]) => [`\`${risk}\``, meaning]));
  });
});
