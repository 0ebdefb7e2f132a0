import { describe, expect, it } from 'vitest';
import { awake, createTableLock, listOutages, readStoreLock } from '../../../src/aws/dynamodb/table-lock.ts';
import type { Outcome } from '../../../src/domain/outcome.ts';
import { findWorkers } from '../../../src/library/wiring/who-works.ts';
import { useTable } from '../../support/lock-tables.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const server = useTable();
const place = { account: '111122223333', region: 'eu-central-1' };
const store = 'cks-1234567890abcdef0';
const clock = createManualClock();

const lockOf = (runId: string) =>
  createTableLock({
    table: server().open(),
    place,
    runId,
    pid: 1,
    host: 'here',
    clock,
    terms: { lengthMs: awake.lengthMs },
  });

const list = async () => {
  const listed = await listOutages(server().open());
  if (!listed.ok) throw new Error(listed.failure.message);
  return listed.value.outages;
};

const outage = (runId: string, sinceMs: number) => ({
  ...place,
  customKeyStoreId: store,
  host: 'here',
  runId,
  sinceMs,
});

async function leaveOffline(runId: string) {
  const lock = lockOf(runId);
  await lock.acquire(store);
  lock.recordStep('settleStore', 1_000);
  await expect.poll(list).toHaveLength(1);
  return lock;
}

describe('the table knows of a store', () => {
  it('the table knows of a store which run works on it, which ones are unfinished, and since when it is offline', async () => {
    const lock = await leaveOffline('run-1');
    expect(await readStoreLock(server().open(), place, store)).toMatchObject({
      ok: true,
      value: { owner: { runId: 'run-1', host: 'here' }, left: [], outage: { sinceMs: 1_000, runId: 'run-1' } },
    });

    await lock.release('stranded');
    expect(await readStoreLock(server().open(), place, store)).toMatchObject({
      ok: true,
      value: { owner: null, outage: { runId: 'run-1' } },
    });
  });

  it('since when a run has it offline, and when it is back', async () => {
    const lock = await leaveOffline('run-1');
    expect(await list()).toEqual([outage('run-1', 1_000)]);

    lock.recordStep('verifyKeys', null);
    await expect.poll(list).toEqual([]);
  });

  it.each([
    ['updated', false],
    ['rolledBack', false],
    ['cancelled', false],
    ['stranded', true],
    ['unsettled', true],
    [null, true],
  ] as const)('after a run that ended %s whether it is offline: %s', async (outcome: Outcome | null, isOffline) => {
    const lock = await leaveOffline('run-1');
    await lock.release(outcome);
    expect(await list()).toEqual(isOffline ? [outage('run-1', 1_000)] : []);
  });

  it('since the first Disconnect, whoever goes on', async () => {
    await (await leaveOffline('run-1')).release(null);
    const next = lockOf('run-2');
    await next.acquire(store);
    next.recordStep('describeStore', null);
    await next.extend();
    expect(await list()).toEqual([outage('run-1', 1_000)]);

    next.recordStep('connectStore', 2_000);
    await expect.poll(list).toEqual([outage('run-2', 1_000)]);
    await next.release('updated');
    expect(await list()).toEqual([]);
  });

  it('the table knows of a store that it is offline while the execution that works on it is paused or stopped, and who has left it so', async () => {
    server().describeTime(clock.now);
    const lock = await leaveOffline('run-1');
    await lock.confirm(store);
    clock.pass(3 * 3_600_000);

    expect(await list()).toEqual([outage('run-1', 1_000)]);
    const seen = await readStoreLock(server().open(), place, store);
    expect(seen).toMatchObject({
      ok: true,
      value: { owner: null, left: [{ runId: 'run-1' }], outage: { runId: 'run-1' } },
    });
    // A pause that ends finds the lease as it was, where no other run has taken it.
    await lock.extend();
    expect(await readStoreLock(server().open(), place, store)).toMatchObject({
      ok: true,
      value: { owner: { runId: 'run-1' }, outage: { sinceMs: 1_000 } },
    });
  });

  it('nothing where only looks, runs and logins are kept', async () => {
    const lock = lockOf('run-1');
    await lock.acquire(store);
    expect(await list()).toEqual([]);
    expect(server().requests.Scan).toBe(1);
  });

  it('the table knows of a store and says where it cannot be read', async () => {
    server().fail('denied');
    expect(await listOutages(server().open())).toMatchObject({ ok: false, failure: { class: 'denied' } });
  });
});

describe('who works on a store', () => {
  const connection = () => ({
    lockTable: server().open(),
    endpoint: undefined,
    place: { ...place, account: 'unknown' },
    findAccount: async () => place.account,
  });

  it('is known by the lock table', async () => {
    await leaveOffline('run-1');
    expect(await findWorkers(store, connection())).toMatchObject({
      atWork: { runId: 'run-1', host: 'here' },
      offline: { runId: 'run-1', since: '1970-01-01T00:00:01.000Z' },
      problem: null,
    });
  });

  it('is not known where nobody tells whose account it is, as a run would be refused then', async () => {
    const found = await findWorkers(store, { ...connection(), findAccount: async () => 'unknown' });
    expect(found).toMatchObject({ atWork: null, problem: expect.stringContaining('allow sts:GetCallerIdentity') });
  });
});
