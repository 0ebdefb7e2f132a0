/** Connect and disconnect by their long names: at once as AWS's, but with consent, a journal and the count of logins. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { describeCalls, type Rehearsal, testHere as test } from '../../support/command.ts';
import { ageJournals, killAt, listRunIds } from '../../support/kill-command.ts';

const id = 'cks-1234567890abcdef0';
const store = ['--custom-key-store-id', id];
const disconnect = ['disconnect-custom-key-store', ...store];
const connect = ['connect-custom-key-store', ...store];

/** A store that is not connected before the test is over. */
function addSlow({ simulator }: Rehearsal) {
  simulator.addStore({ CustomKeyStoreId: id, CustomKeyStoreName: 'hsm', ConnectionState: 'DISCONNECTED' });
  simulator.failNextConnect(id, 'INTERNAL_ERROR', { connectMs: 20 * 3_600_000 });
}

describe.concurrent('a move by its long name', () => {
  test('disconnects only where the outage was accepted', async ({ rehearsal: { simulator, run } }) => {
    simulator.addStore({ CustomKeyStoreId: id, ConnectionState: 'CONNECTED' });

    const refused = await run(disconnect);
    expect(refused).toMatchObject({ exitCode: 3, stdout: '' });
    expect(refused.stderr).toMatch(/^cks: not confirmed: --accept outage is missing\n/);
    expect(await run([...disconnect, '--accept', 'outage'])).toMatchObject({ exitCode: 0, stdout: '' });
    expect(describeCalls(simulator.calls)).toEqual(['Describe', 'Disconnect', 'Describe']);
  });

  test('ends while the store moves, and says so', async ({ rehearsal }) => {
    const { simulator, run, folder } = rehearsal;
    addSlow(rehearsal);

    const file = join(folder, 'result.json');
    const begun = await run([...connect, '--result-file', file]);
    expect(begun).toMatchObject({ exitCode: 0, stdout: '' });
    expect(begun.stderr.replace(/\s+/g, ' ')).toBe(
      `cks: "hsm" (${id}) is still CONNECTING: --wait would wait for its end, and cks describe ${id} shows it `,
    );
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ outcome: 'unsettled', journal: 'complete' });
    expect(describeCalls(simulator.calls)).toEqual(['Describe', 'Connect', 'Describe']);

    const again = await run(connect);
    expect(again).toMatchObject({ exitCode: 3, stdout: '' });
    expect(again.stderr).toMatch(/^cks: "hsm" .* is still CONNECTING\n/);
  });

  test('is resumed with the longest wait of any run', async ({ rehearsal }) => {
    addSlow(rehearsal);
    expect(await rehearsal.run(connect)).toMatchObject({ exitCode: 0, stdout: '' });

    ageJournals(rehearsal.folder, 3_600_000);
    const resumed = rehearsal.start(['resume', listRunIds(rehearsal.folder)[0] ?? '']);
    await resumed.saw(/waiting for the current connect or disconnect to finish, .*at most 35 min/);
  });

  test('a move by its long name that was interrupted is resumed with the same longest wait', async ({ rehearsal }) => {
    addSlow(rehearsal);
    await killAt(rehearsal, connect, {}, { record: 'result 5.connectStore', dies: 'before' });

    const resumed = rehearsal.start(['resume']);
    await resumed.saw(/waiting for CONNECTED,( usually .*,)? at most (3\d|2\d) min/);
  });

  test('a move by its long name with --wait it ends when the store is settled', async ({
    rehearsal: { simulator, run },
  }) => {
    simulator.addStore({ CustomKeyStoreId: id, ConnectionState: 'CONNECTED' });

    expect(await run([...disconnect, '--accept', 'outage', '--wait'])).toMatchObject({ exitCode: 0, stdout: '' });
    expect(simulator.store(id).ConnectionState).toBe('DISCONNECTED');
    expect(await run([...connect, '--wait'])).toMatchObject({ exitCode: 0, stdout: '' });
    expect(simulator.store(id).ConnectionState).toBe('CONNECTED');
    expect(await run(connect)).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
  });

  test('counts the login, and connects no more where kmsuser was refused', async ({ rehearsal }) => {
    const { simulator, run } = rehearsal;
    simulator.addStore({ CustomKeyStoreId: id, ConnectionState: 'DISCONNECTED' });
    simulator.failNextConnect(id, 'INVALID_CREDENTIALS');

    const failed = await run([...connect, '--wait']);
    expect(failed).toMatchObject({ exitCode: 5, stdout: '' });
    const before = simulator.calls.length;
    const again = await run(connect);
    expect(again).toMatchObject({ exitCode: 3, stdout: '' });
    expect(again.stderr).toMatch(/--accept login is missing/);
    expect(describeCalls(simulator.calls.slice(before))).toEqual(['Describe']);
    expect(await run([...connect, '--accept', 'login', '--wait'])).toMatchObject({ exitCode: 0, stdout: '' });
  });
});
