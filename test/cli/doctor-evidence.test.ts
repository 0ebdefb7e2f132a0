/** What `cks doctor` makes of the journals on this machine: runs that did not end well, and what they had encrypted before. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { external, storeId as id, type Rehearsal, testHere as test } from '../support/command.ts';
import { killAt, listRunIds } from '../support/kill-command.ts';

const endpoint = 'https://new.xks.example.com';
const oldEndpoint = 'https://old.xks.example.com';
const skipped = ['--skip-check', 'xks-proxy', '--skip-check', 'external-keys', '--skip-check', 'same-keys'];
const move = ['update', id, '--xks-proxy-uri-endpoint', endpoint, ...skipped, '--yes'];
const accepted = ['--accept', 'outage,unverified-keys,no-rollback,disable-keys,exposure'];

function addExternal({ simulator }: Rehearsal, keys = 2) {
  simulator.addStore({ ...external, XksProxyUriEndpoint: oldEndpoint });
  return Array.from({ length: keys }, () => simulator.addKey(id));
}

/**
 * A run that finds other keys behind the new proxy, and that KMS does not let restore the old settings; somebody connects the
 * store afterwards.
 */
async function strand(rehearsal: Rehearsal, ...words: string[]): Promise<string> {
  const { simulator, run } = rehearsal;
  addExternal(rehearsal);
  simulator.addProxy({ endpoint, keyManager: 'other' });
  simulator.failNext('UpdateCustomKeyStore', 'XksProxyUriInUseException', { nth: 3, times: 'always' });
  const stranded = await run([...move, ...accepted, ...words]);
  expect([stranded.exitCode, stranded.json().settings]).toEqual([5, 'new']);
  simulator.clearFaults();
  simulator.moveStore(id, 'CONNECTED');
  return (stranded.json() as { readonly runId: string }).runId;
}

const encrypts = ({ simulator }: Rehearsal) =>
  simulator.calls.filter(({ operation }) => operation === 'Encrypt').length;

describe.concurrent('cks doctor', { timeout: 120_000 }, () => {
  test('says that keys do not decrypt what a stranded run had encrypted before its change, and uses no fresh Encrypt', async ({
    rehearsal,
  }) => {
    const runId = await strand(rehearsal);
    const before = encrypts(rehearsal);
    const doctor = await rehearsal.run(['doctor', id]);
    expect(doctor.exitCode).toBe(3);
    expect(doctor.json()).toMatchObject({
      isWell: false,
      verdict: `it is CONNECTED, but 2 of 2 tested keys do not decrypt what they encrypted before; run ${runId} ended stranded`,
      next: [`cks resume ${runId}`, `cks check ${id}`],
      openRun: { runId, outcome: 'stranded', isResumable: true },
      keyTest: {
        kind: 'canaries',
        keys: [
          { result: 'lost', runId },
          { result: 'lost', runId },
        ],
      },
    });
    expect(encrypts(rehearsal)).toBe(before);
  });

  test('names the stranded run also where its canaries decrypt by now', async ({ rehearsal }) => {
    const runId = await strand(rehearsal);
    Object.assign(rehearsal.simulator.proxy(endpoint), {
      keyManager: rehearsal.simulator.proxy(oldEndpoint).keyManager,
    });
    const doctor = await rehearsal.run(['doctor', id]);
    expect(doctor.json()).toMatchObject({
      isWell: true,
      verdict: expect.stringMatching(
        `^keys work: cks tested 2 of 2 keys, with canaries, the oldest from 20\\S+Z; run ${runId} ended stranded; canaries from before it decrypt`,
      ),
    });
  });

  test('says that keys do not decrypt what a killed run had encrypted before its change', async ({ rehearsal }) => {
    addExternal(rehearsal);
    rehearsal.simulator.addProxy({ endpoint, keyManager: 'other' });
    await killAt(rehearsal, [...move, ...accepted], {}, { record: 'result 9.settleStore', dies: 'before' });
    const [runId] = listRunIds(rehearsal.folder);
    const doctor = await rehearsal.run(['doctor', id]);
    expect(doctor.exitCode).toBe(3);
    expect(doctor.json()).toMatchObject({
      verdict: `run ${runId} has not ended, and left it CONNECTED; 2 of 2 tested keys do not decrypt what they encrypted before`,
      next: [`cks resume ${runId}`],
    });
  });

  test('says that keys which a run had left disabled were enabled without a test, and tests them with its canaries', async ({
    rehearsal,
  }) => {
    const { simulator, run } = rehearsal;
    const keys = addExternal(rehearsal);
    simulator.addProxy({ endpoint });
    // Each key is shown to be allowed before the outage; afterwards none is enabled.
    simulator.failNext('EnableKey', 'AccessDeniedException', { nth: 3, times: 'always' });
    const stranded = await run([...move, ...accepted, '--fence', 'always']);
    const { runId } = stranded.json() as { readonly runId: string };
    simulator.clearFaults();
    for (const KeyId of keys) simulator.call('EnableKey', { KeyId });

    const well = await run(['doctor', id]);
    Object.assign(simulator.proxy(endpoint), { keyManager: 'other' });
    const lost = await run(['doctor', id]);

    const enabled = `run ${runId} left 2 keys disabled and did not finish, and another principal enabled them without a test`;
    expect([stranded.exitCode, well.exitCode, lost.exitCode]).toEqual([5, 0, 3]);
    expect(well.json()).toMatchObject({
      verdict: expect.stringContaining(`${enabled} (canaries from before decrypt with each)`),
      next: [`cks resume ${runId}`],
      disabledKeys: [],
      enabledKeys: [
        { runId, isVerified: true },
        { runId, isVerified: true },
      ],
    });
    expect(lost.json()).toMatchObject({
      verdict: expect.stringMatching(
        `^it is CONNECTED, but 2 of 2 tested keys do not decrypt what they encrypted before; .*; ${enabled} \\(2 unverified\\)$`,
      ),
      next: [`cks resume ${runId}`, `cks check ${id}`],
    });
  });

  test('names a journal that cannot be read, and then cannot tell, unless it is of another store', async ({
    rehearsal,
  }) => {
    const { run, folder } = rehearsal;
    addExternal(rehearsal);
    expect((await run(['update', id, '--new-custom-key-store-name', 'renamed', '--yes'])).exitCode).toBe(0);
    const [runId = ''] = listRunIds(folder);
    const file = join(folder, 'state/runs', `${runId}.ndjson`);
    const spoilt = readFileSync(file, 'utf8').replace('"kind":"result"', '"kind":"edited"');

    writeFileSync(file, spoilt);
    const own = await run(['doctor', id]);
    writeFileSync(file, spoilt.replaceAll(id, 'cks-00000000000000001'));
    const other = await run(['doctor', id]);

    expect([own.exitCode, other.exitCode]).toEqual([9, 0]);
    expect(own.json()).toMatchObject({
      isWell: null,
      verdict: expect.stringContaining(`cks could not read all evidence: ${file} was changed after cks wrote it`),
      unreadable: [expect.stringContaining(file)],
    });
    expect(other.json()).toMatchObject({ unreadable: [] });
  });

  test('cannot tell where the kept canaries cannot be read', async ({ rehearsal }) => {
    const { run, folder } = rehearsal;
    addExternal(rehearsal);
    expect((await run(['canary', 'create', id])).exitCode).toBe(0);
    const [file = ''] = readdirSync(join(folder, 'state/canaries'));
    writeFileSync(join(folder, 'state/canaries', file), '{}');
    const doctor = await run(['doctor', id]);
    expect(doctor.exitCode).toBe(9);
    expect(doctor.json()).toMatchObject({ unreadable: [expect.stringContaining('holds no canaries')] });
  });
});
