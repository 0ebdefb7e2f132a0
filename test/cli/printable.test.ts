/** A name, a value or a message from outside cannot rewrite, reorder or forge what a person reads. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect } from 'vitest';
import { type Rehearsal, testHere as test } from '../support/command.ts';
import { ctrlC, enter, runOnTerminal } from '../support/terminal.ts';

const id = 'cks-1234567890abcdef0';
/** Escapes of C0 and C1, DEL, overrides, isolates and marks of direction, zero width, separators, a filler, a tag, a line. */
const hostile =
  'x\u001b[31m\u009b2J\u007f\u202eA\u202c\u2066B\u2069\u200e\u200f\u061c\u200b\u200d\ufeff\u2028\u2029\u3164\u{e0041}\nEND';
const unseen = /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
/** What the prompt library and the live line may send to a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a terminal is told
const drawn = /\r|\u001b\[[\d;?]*[A-Za-z]/g;

function addStore({ simulator }: Rehearsal): void {
  simulator.addStore({
    CustomKeyStoreId: id,
    CustomKeyStoreName: hostile,
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    ConnectionState: 'CONNECTED',
    keys: 1,
  });
}

/** No line begins with what the name would put there, and nothing else in it is unseen. */
function expectPrintable(text: string): void {
  expect(text).not.toMatch(unseen);
  expect(text).not.toMatch(/^END/m);
}

const endpoint = ['--xks-proxy-uri-endpoint', 'https://new.xks.example.com'];
const consent = ['--yes', '--accept', 'outage,unverified-keys,unknown:xks-proxy,unknown:keys'];

describe.concurrent('a store name with unseen characters', () => {
  test('is printable in whatever a command writes for people', async ({ rehearsal }) => {
    const { run, folder } = rehearsal;
    addStore(rehearsal);
    const path = ['--xks-proxy-uri-path', '/new/kms/xks/v1'];
    rehearsal.simulator.failNext('UpdateCustomKeyStore', {
      name: 'XksProxyUriUnreachableException',
      message: `the proxy said ${hostile}`,
    });
    const text = ['--output', 'text'];
    const told = [
      await run(['describe', ...text]),
      await run(['doctor', id, ...text]),
      await run(['plan', id, ...endpoint, ...text]),
      await run(['check', id, ...endpoint, ...text]),
      await run(['update', id, ...path, '--yes', ...text]),
      await run(['update', id, ...endpoint, ...consent, ...text]),
      await run(['update', hostile.toUpperCase(), ...endpoint, ...text]),
      await run(['canary', 'create', id, '--canary-file', join(folder, 'canaries'), ...text]),
      await run(['runs', ...text]),
      await run(['runs', 'check', '--max-offline', '1h', ...text]),
    ];
    const { runs } = (await run(['runs'])).json() as { readonly runs: readonly { readonly runId: string }[] };
    for (const { runId } of runs) {
      told.push(await run(['runs', 'show', runId, ...text]), await run(['runs', 'report', runId, '--markdown']));
      const html = join(folder, `${runId}.html`);
      await run(['runs', 'report', runId, '--html', html]);
      expectPrintable(readFileSync(html, 'utf8'));
    }

    expect(runs.length).toBeGreaterThan(0);
    for (const { stdout, stderr } of told) {
      expectPrintable(stdout);
      expectPrintable(stderr);
    }
    expect(told.map(({ stdout }) => stdout).join('\n')).toContain('x?[31m?2J??A??B?');
  });

  test('is whole in JSON, and nothing in it is unseen', async ({ rehearsal }) => {
    addStore(rehearsal);
    const described = await rehearsal.run(['describe']);
    const updated = await rehearsal.run(['update', id, ...endpoint, ...consent, '--progress', 'json']);

    expect(described.stdout + updated.stdout + updated.stderr).not.toMatch(unseen);
    expect(described.json()).toMatchObject({ stores: [{ settings: { name: hostile } }] });
  });

  test('is whole for the program that reads a long name, and printable on a terminal', async ({ rehearsal }) => {
    addStore(rehearsal);
    const words = ['describe-custom-key-stores', '--endpoint-url', rehearsal.url, '--region', 'us-east-1'];
    const piped = runOnTerminal(words, { isPiped: true });
    await piped.exitCode;
    expect(JSON.parse(piped.stdout)).toMatchObject({ CustomKeyStores: [{ CustomKeyStoreName: hostile }] });

    for (const output of ['json', 'text', 'table', 'yaml']) {
      const terminal = runOnTerminal([...words, '--output', output]);
      expect(await terminal.exitCode).toBe(0);
      expect(terminal.stdout.replace(drawn, ''), output).not.toMatch(unseen);
    }
  });

  test('is printable in questions, and is typed as it is shown', async ({ rehearsal }) => {
    addStore(rehearsal);
    const where = ['--endpoint-url', rehearsal.url, '--region', 'us-east-1'];
    const env = { LANG: 'C.UTF-8' };
    const risks = 'unknown:xks-proxy,unverified-keys,unknown:keys';
    const update = runOnTerminal(['update', id, ...endpoint, ...where, '--accept', risks], { env });
    await update.saw('Type x?[31m');
    update.type(ctrlC);
    await update.exitCode;
    const guided = runOnTerminal(['update-custom-key-store', '--cli-auto-prompt', ...where], { env });
    await guided.saw('Which custom key store');
    guided.type(enter);
    await guided.saw('What do you want to do with x?[31m');
    guided.type(ctrlC);
    await guided.exitCode;

    for (const screen of [update.screen, guided.screen]) expectPrintable(screen.replace(drawn, ''));
  });
});

test('writes past the guarded streams only where a cursor is moved, a bell rings or a program reads', () => {
  const folder = resolve(import.meta.dirname, '../../src/cli');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const reaching = files.filter((name) => /\bunguarded\b/.test(readFileSync(join(folder, name), 'utf8')));
  expect(reaching.sort()).toEqual([
    'aws/print.ts',
    'commands/carry-run.ts',
    'terminal/asking/fit.ts',
    'terminal/io.ts',
    'terminal/operator-prompt.ts',
  ]);
  const direct = files.filter((name) => /process\.std(out|err)/.test(readFileSync(join(folder, name), 'utf8')));
  expect(direct.sort()).toEqual(['bin.ts', 'terminal/io.ts']);
});
