/** Windows and budgets, as they are given on the command line. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { addExternal, describeCalls, storeId as id, testHere as test } from '../support/command.ts';
import { listRunIds } from '../support/kill-command.ts';

/** A window of every day that opens and closes so many hours after now. */
function windowIn(fromHours: number, toHours: number): string {
  const timeAt = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
  return `daily ${timeAt(fromHours)}-${timeAt(toHours)} UTC`;
}

const accepted = ['--yes', '--accept', 'outage'];

describe.concurrent('--window', () => {
  test('lets a run wait that keeps nobody out, and that a stop cancels', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const { simulator, run, start } = rehearsal;
    const waiting = start(['reconnect', id, '--window', windowIn(1, 3), '--progress', 'text', ...accepted]);
    await waiting.saw(/waiting for the window "daily .* UTC": opens .*Z \(in (5[89] min( \d+ s)?|1 h)\), closes .*Z/);
    expect(describeCalls(simulator.calls)).toEqual(['Describe']);

    const other = await run(['update', id, '--new-custom-key-store-name', 'other', '--yes']);
    expect([other.exitCode, other.json().outcome]).toEqual([0, 'updated']);

    waiting.process.kill('SIGTERM');
    const { exitCode, json } = await waiting.ended;
    expect([exitCode, json().outcome]).toEqual([130, 'cancelled']);
  });

  test('lets a run that was killed in its wait go on waiting, and keeps nobody out then', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const { run, start, folder } = rehearsal;
    const first = start(['reconnect', id, '--window', windowIn(1, 3), '--progress', 'text', ...accepted]);
    await first.saw('waiting for the window "daily');
    first.process.kill('SIGKILL');
    await first.ended;

    const resumed = start(['resume', listRunIds(folder)[0] ?? '', '--progress', 'text']);
    await resumed.saw('waiting for the window "daily');
    const other = await run(['update', id, '--new-custom-key-store-name', 'other', '--yes']);
    expect([other.exitCode, other.json().outcome]).toEqual([0, 'updated']);
    resumed.process.kill('SIGTERM');
    expect((await resumed.ended).exitCode).toBe(130);
  });

  test('is refused at once where what is asked for can never end in it', async ({ rehearsal }) => {
    addExternal(rehearsal);

    const { exitCode, json, stderr } = await rehearsal.run([
      'reconnect',
      id,
      '--window',
      windowIn(1, 1 + 5 / 60),
      ...accepted,
    ]);

    expect([exitCode, json().outcome]).toEqual([3, 'refused']);
    expect(stderr).toMatch(/it takes up to 10 min \(documented by AWS\), and "daily .* UTC" is open for 5 min/);
  });

  test('stands in a saved plan in its words, and opens again for whoever applies it', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const file = join(rehearsal.folder, 'plan.json');
    const window = windowIn(-1, 2);
    const rename = ['--new-custom-key-store-name', 'renamed', '--window', window, '--outage-budget', '15m'];

    const planned = await rehearsal.run(['plan', id, ...rename, '--out', file, '--output', 'text']);
    expect(planned.exitCode).toBe(0);
    expect(planned.stdout.replace(/\s+/g, ' ')).toContain(`Window "${window}", from `);
    expect(planned.stdout.replace(/\s+/g, ' ')).toContain('the run takes up to 1 min of it');
    expect(JSON.parse(readFileSync(file, 'utf8')).request.policy).toMatchObject({ window, outageBudgetMs: 900_000 });

    const { exitCode, json } = await rehearsal.run(['apply', file, '--yes']);
    expect([exitCode, json().outcome]).toEqual([0, 'updated']);
  });
});

describe.concurrent('--outage-budget', () => {
  test('is held against the plan, in the plan and by whoever carries it out', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const words = ['--mode', 'offline', '--new-custom-key-store-name', 'renamed', '--outage-budget', '10m'];
    const says = `"xks" (${id}) would be offline for up to 11 min (estimate), and its budget is 10 min`;

    const planned = await rehearsal.run(['plan', id, ...words]);
    expect([planned.exitCode, planned.json().outageMs]).toEqual([3, 660_000]);
    expect(planned.json().reason).toMatchObject({ code: 'OVER_BUDGET', message: says });

    const { exitCode, stderr } = await rehearsal.run(['update', id, ...words, ...accepted]);
    expect(exitCode).toBe(3);
    expect(stderr).toContain(`cks: ${says}`);
    expect(describeCalls(rehearsal.simulator.calls)).toEqual(['Describe']);
  });
});
