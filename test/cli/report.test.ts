/** `cks runs report`: in a file, on standard output, and with no secret in it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { type Rehearsal, testHere as test } from '../support/command.ts';
import { leaveHeld } from '../support/in-process.ts';
import { listRunIds } from '../support/kill-command.ts';

const marker = 'CANARY+';

/** A rotation that ends well, with a secret as such. */
async function rotate({ simulator, run, folder }: Rehearsal): Promise<string> {
  simulator.addStore({
    CustomKeyStoreId: 'cks-1234567890abcdef0',
    CustomKeyStoreName: '<script>xks</script>',
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    ConnectionState: 'CONNECTED',
  });
  const credential = `AccessKeyId=NEWKEYNEWKEYNEWKEYNE,RawSecretAccessKey=${marker}${'new/'.repeat(9)}`;
  const words = ['--xks-proxy-authentication-credential', credential, '--accept', 'no-rollback', '--yes'];
  await run(['update', 'cks-1234567890abcdef0', ...words, '--mode', 'offline', '--accept', 'outage,unknown:xks-proxy']);
  return listRunIds(folder)[0] ?? '';
}

describe.concurrent('cks runs report', () => {
  test('writes a page that needs nothing, and Markdown, and tells JSON', async ({ rehearsal }) => {
    const { run, folder } = rehearsal;
    const runId = await rotate(rehearsal);
    const [page, markdown] = [join(folder, 'report.html'), join(folder, 'report.md')];

    const { exitCode, stdout, stderr } = await run([
      'runs',
      'report',
      runId,
      '--html',
      page,
      '--markdown',
      markdown,
      '--json',
    ]);

    expect(exitCode).toBe(0);
    expect(stderr).toBe(`the report of ${runId} is in ${page}\nthe report of ${runId} is in ${markdown}\n`);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      runId,
      outcome: 'updated',
      plan: { mode: 'offline', risks: ['outage', 'no-rollback'] },
    });
    expect(report.calls.map(({ operation, answer }: Record<string, string>) => [operation, answer])).toEqual([
      ['DisconnectCustomKeyStore', 'accepted'],
      ['UpdateCustomKeyStore', 'accepted'],
      ['ConnectCustomKeyStore', 'accepted'],
    ]);
    const html = readFileSync(page, 'utf8');
    expect(html).toMatch(/^<!doctype html>/);
    for (const { requestId } of report.calls) expect(html).toContain(requestId);
    expect(html).toContain('&#60;script&#62;xks');
    expect(html).not.toContain('<script');
    for (const text of [html, readFileSync(markdown, 'utf8'), stdout]) expect(text).not.toContain(marker);
  });

  test('shows Markdown on standard output, also of a run that is cut off', async ({ rehearsal }) => {
    const { run, simulator } = rehearsal;
    simulator.addStore({ CustomKeyStoreName: 'hsm', ConnectionState: 'CONNECTED' });
    const change = { NewCustomKeyStoreName: 'new' };
    const runId = await leaveHeld(rehearsal, {
      customKeyStoreId: 'hsm',
      change,
      mode: 'offline',
      holdOffline: true,
    });

    const { stdout } = await run(['runs', 'report', runId, '--markdown']);

    expect(stdout).toMatch(/^# hsm: Unfinished\n/);
    expect(stdout).toContain(`    cks resume ${runId}\n`);
    expect(stdout).toContain('offline, and not observed CONNECTED again');
  });

  test.for([
    [['runs', 'report', '--html', 'x.html'], 'cks: which run? Give its id, as cks runs lists it\n'],
    [['runs', 'report', 'RUN', '--html', '/none/x.html'], 'cks: the report cannot be written (ENOENT)\n'],
    [
      ['runs', 'report', 'RUN', '--json', '--markdown'],
      'cks: --json and --markdown cannot both go to standard output\n',
    ],
    [['runs', 'report', 'nope', '--json'], expect.stringMatching(/^cks: there is no run nope in .*\n$/)],
  ] as const)('refuses %j with one line', async ([words, line], { rehearsal }) => {
    const runId = await rotate(rehearsal);
    const ended = await rehearsal.run(words.map((word) => word.replace('RUN', runId)));

    expect(ended).toMatchObject({ exitCode: 2, stderr: line });
  });
});
