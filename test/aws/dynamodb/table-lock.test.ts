import { describe, expect, it, onTestFinished } from 'vitest';
import { listKnownRuns } from '../../../src/aws/dynamodb/known-runs.ts';
import { createTableStops, openRun, requestStop } from '../../../src/aws/dynamodb/runs.ts';
import {
  asleep,
  awake,
  createTableLock,
  listOutages,
  readLeft,
  type TableLock,
  type TableLockOptions,
} from '../../../src/aws/dynamodb/table-lock.ts';
import type { Place } from '../../../src/disk/locks/names.ts';
import { nameNextRun } from '../../../src/domain/run-name.ts';
import type { Answer } from '../../../src/ports/answer.ts';
import { type Trouble, useTable } from '../../support/lock-tables.ts';
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts';

const serve = useTable();
const place: Place = { account: '111122223333', region: 'us-east-1' };
const store = 'cks-1234567890abcdef0';
const itemId = `lock#111122223333.us-east-1.${store}`;
const minute = 60_000;

/** A run on a machine of its own. */
function createLock(clock: TableLockOptions['clock'], runId: string, more: Partial<TableLockOptions> = {}): TableLock {
  const terms = { lengthMs: awake.lengthMs };
  const lock = createTableLock({
    table: serve().open(),
    place,
    runId,
    pid: 7,
    host: `machine-of-${runId}`,
    clock,
    terms,
    ...more,
  });
  return lock;
}

async function readFence(): Promise<number> {
  const item = await serve().open().read(itemId);
  return item.ok ? (item.value.body as { fence: number }).fence : 0;
}

const throttled: Answer<never> = {
  ok: false,
  failure: { code: 'ThrottlingException', message: 'so it is', class: 'throttled' },
};

const left = () => readLeft(serve().open(), place, store);

/** That of DynamoDB, and of the machines. */
function createClock(): ManualClock {
  const clock = createManualClock();
  serve().describeTime(clock.now);
  return clock;
}

describe('the lock of a store in a table', () => {
  it('is refused to another machine, which is told who holds it, since when and at what', async () => {
    const clock = createClock();
    const sinceMs = clock.now();
    const first = createLock(clock, 'run-1');
    expect(await first.acquire(store)).toBeNull();
    first.recordStep('settleStore', null);
    const owner = { runId: 'run-1', pid: 7, host: 'machine-of-run-1', sinceMs, step: 'settleStore' };
    await expect.poll(() => createLock(clock, 'run-2').acquire(store)).toEqual(owner);
  });

  it('goes to one of two who ask at the same time', async () => {
    const clock = createClock();
    const both = await Promise.all(['run-1', 'run-2'].map((runId) => createLock(clock, runId).acquire(store)));
    expect(both.filter((owner) => owner === null)).toHaveLength(1);
  });

  it('is nobody’s where it is not known whose the store is, as others would know it by another name', async () => {
    const lock = createLock(createClock(), 'run-1', { place: { ...place, account: 'unknown' } });
    await expect(lock.acquire(store)).rejects.toThrow(
      /the account of this store is not known: .* sts:GetCallerIdentity/,
    );
    const simulated = { ...place, account: 'unknown', endpoint: 'http://127.0.0.1:8080' };
    expect(await createLock(createClock(), 'run-1', { place: simulated }).acquire(store)).toBeNull();
  });

  it('is one per account, Region and store', async () => {
    const clock = createClock();
    const taken = [
      await createLock(clock, 'run-1').acquire(store),
      await createLock(clock, 'run-2').acquire('cks-other'),
      await createLock(clock, 'run-3', { place: { ...place, region: 'eu-central-1' } }).acquire(store),
      await createLock(clock, 'run-4', { place: { ...place, account: '444455556666' } }).acquire(store),
    ];
    expect(taken).toEqual([null, null, null, null]);
  });

  it('is free as soon as its holder has ended, with a fence that only rises', async () => {
    const clock = createClock();
    const first = createLock(clock, 'run-1');
    await first.acquire(store);
    const fence = await readFence();
    await first.release('updated');
    expect(await createLock(clock, 'run-2').acquire(store)).toBeNull();
    expect(await readFence()).toBeGreaterThan(fence);
  });

  it('stays free, whatever its holder was about to tell', async () => {
    const clock = createClock();
    const first = createLock(clock, 'run-1', { terms: awake });
    await first.acquire(store);
    first.recordStep('runChecks', null);
    first.recordStep('approve', null);
    await first.release('refused');
    first.recordStep('approve', null);
    await first.extend();
    expect(await createLock(clock, 'run-2').acquire(store)).toBeNull();
    expect(clock.sleeping).toBe(0);
  });

  it('is taken again by the same run at once, also from another process', async () => {
    const clock = createClock();
    const lock = createLock(clock, 'run-1');
    expect([await lock.acquire(store), await lock.acquire(store)]).toEqual([null, null]);
    expect(await createLock(clock, 'run-1', { host: 'elsewhere' }).acquire(store)).toBeNull();
  });

  it('is taken at once by the run that goes on with its holder', async () => {
    const clock = createClock();
    await createLock(clock, 'run-1').acquire(store);
    expect(await createLock(clock, 'run-2', { resumedFrom: 'run-1' }).acquire(store)).toBeNull();
  });

  it('knows a run by its item even where another process of it has taken it', async () => {
    const clock = createClock();
    await createLock(clock, 'run-1').acquire(store);
    const later = createLock(clock, 'run-1');
    expect(await later.confirm(store)).toBeNull();
    expect(await createLock(clock, 'run-2').acquire(store)).toMatchObject({ runId: 'run-1' });
  });
});

describe('a holder that died', () => {
  it('loses the lock when its lease is over, and not before', async () => {
    const clock = createClock();
    await createLock(clock, 'run-1').acquire(store);
    clock.pass(awake.lengthMs - 1_000);
    expect(await createLock(clock, 'run-2').acquire(store)).toMatchObject({ runId: 'run-1' });
    clock.pass(1_000);
    expect(await createLock(clock, 'run-2').acquire(store)).toBeNull();
  });

  it('keeps it from a machine whose clock is ahead', async () => {
    const clock = createClock();
    await createLock(clock, 'run-1').acquire(store);
    const ahead = { ...clock, now: () => clock.now() + 60 * minute };
    expect(await createLock(ahead, 'run-2').acquire(store)).toMatchObject({ runId: 'run-1' });
  });

  it('keeps it for as long as it lives, whatever it waits for', async () => {
    const clock = createClock();
    const lock = createLock(clock, 'run-1', { terms: awake });
    onTestFinished(() => lock.release(null));
    await lock.acquire(store);
    for (let passed = 0; passed < 30 * minute; passed += awake.renewEveryMs ?? 0) {
      await expect.poll(() => clock.sleeping).toBe(1);
      clock.pass(awake.renewEveryMs ?? 0);
    }
    await expect.poll(() => clock.sleeping).toBe(1);
    expect(await createLock(clock, 'run-2').acquire(store)).toMatchObject({ runId: 'run-1' });
  });

  it('keeps it through the longest sleep where it sleeps between its looks, and longer where it says so', async () => {
    const clock = createClock();
    const lock = createLock(clock, 'run-1', { terms: asleep(35 * minute) });
    await lock.acquire(store);
    clock.pass(40 * minute);
    expect(await createLock(clock, 'run-2').acquire(store)).toMatchObject({ runId: 'run-1' });
    await lock.extend(clock.now() + 300 * minute);
    clock.pass(299 * minute);
    expect(await createLock(clock, 'run-2').acquire(store)).toMatchObject({ runId: 'run-1' });
  });

  it('is remembered as unfinished where it had acted, until somebody has settled the store', async () => {
    const clock = createClock();
    const died = createLock(clock, 'run-1');
    await died.acquire(store);
    died.recordStep('disconnectStore', null);
    await died.confirm(store);
    expect(await left()).toEqual({ ok: true, value: [] });
    clock.pass(awake.lengthMs);
    expect(await left()).toMatchObject({ value: [{ runId: 'run-1', step: 'disconnectStore' }] });

    const refused = createLock(clock, 'run-2');
    await refused.acquire(store);
    expect(await left()).toMatchObject({ value: [{ runId: 'run-1' }] });
    await refused.release('refused');
    expect(await left()).toMatchObject({ value: [{ runId: 'run-1' }] });

    const settling = createLock(clock, 'run-3');
    await settling.acquire(store);
    await settling.confirm(store);
    await settling.release('updated');
    expect(await left()).toEqual({ ok: true, value: [] });
  });

  it('leaves nothing where it had not acted', async () => {
    const clock = createClock();
    await createLock(clock, 'run-1').acquire(store);
    clock.pass(awake.lengthMs);
    expect(await left()).toEqual({ ok: true, value: [] });
  });

  it('a holder that broke off before it died gives the lock back, and is remembered until it is gone on with', async () => {
    const clock = createClock();
    const broken = createLock(clock, 'run-1');
    await broken.acquire(store);
    await broken.confirm(store);
    await broken.release(null);
    expect(await left()).toMatchObject({ value: [{ runId: 'run-1' }] });
    const sequel = createLock(clock, 'run-2', { resumedFrom: 'run-1' });
    expect(await sequel.acquire(store)).toBeNull();
    await sequel.release('rolledBack');
    expect(await left()).toEqual({ ok: true, value: [] });
  });

  it('a holder that died, and whose successor died too, are both remembered', async () => {
    const clock = createClock();
    for (const runId of ['run-1', 'run-2']) {
      const lock = createLock(clock, runId);
      await lock.acquire(store);
      await lock.confirm(store);
      clock.pass(awake.lengthMs);
    }
    expect(await left()).toMatchObject({ value: [{ runId: 'run-2' }, { runId: 'run-1' }] });
  });
});

describe('who comes back too late', () => {
  it('is told who has taken the lock, also when that one has ended', async () => {
    const clock = createClock();
    const late = createLock(clock, 'run-1');
    await late.acquire(store);
    clock.pass(awake.lengthMs);
    const second = createLock(clock, 'run-2');
    await second.acquire(store);
    expect(await late.confirm(store)).toMatchObject({ runId: 'run-2' });
    await second.release('updated');
    expect(await late.confirm(store)).toMatchObject({ runId: 'run-2' });
  });

  it('keeps it through a sleep that it begins in a new process', async () => {
    const clock = createClock();
    await createLock(clock, 'run-1').acquire(store);
    await createLock(clock, 'run-1').extend(clock.now() + 300 * minute);
    clock.pass(299 * minute);
    expect(await createLock(clock, 'run-2').acquire(store)).toMatchObject({ runId: 'run-1' });
  });

  it('is told so in a new process too', async () => {
    const clock = createClock();
    await createLock(clock, 'run-1').acquire(store);
    clock.pass(awake.lengthMs);
    await createLock(clock, 'run-2').acquire(store);
    expect(await createLock(clock, 'run-1').confirm(store)).toMatchObject({ runId: 'run-2' });
  });

  it('takes nothing from the one that has it by giving it back or by extending it', async () => {
    const clock = createClock();
    const late = createLock(clock, 'run-1');
    await late.acquire(store);
    clock.pass(awake.lengthMs);
    await createLock(clock, 'run-2').acquire(store);
    await late.extend(clock.now() + 300 * minute);
    await late.release(null);
    expect(await createLock(clock, 'run-3').acquire(store)).toMatchObject({ runId: 'run-2' });
  });

  it('has it still where nobody has taken it since its lease was over', async () => {
    const clock = createClock();
    const late = createLock(clock, 'run-1');
    await late.acquire(store);
    clock.pass(60 * minute);
    expect(await late.confirm(store)).toBeNull();
    expect(await createLock(clock, 'run-2').acquire(store)).toMatchObject({ runId: 'run-1' });
  });

  it('puts back an item that was deleted, says so, and keeps others out', async () => {
    const clock = createClock();
    const said: string[] = [];
    const lock = createLock(clock, 'run-1', { onRestored: (message) => said.push(message) });
    await lock.acquire(store);
    lock.recordStep('settleStore', 1_000);
    await serve().remove(itemId);
    expect(await lock.confirm(store)).toBeNull();
    expect(said).toEqual([expect.stringContaining(`someone deleted its item ${itemId}`)]);
    expect(await createLock(clock, 'run-2').acquire(store)).toMatchObject({ runId: 'run-1' });
    expect(await listOutages(serve().open())).toMatchObject({
      value: { outages: [{ runId: 'run-1', sinceMs: 1_000, customKeyStoreId: store }], unreadable: [] },
    });
    clock.pass(awake.lengthMs);
    expect(await left()).toMatchObject({ value: [{ runId: 'run-1' }] });
    expect(said).toHaveLength(1);
  });

  it('puts back an item that was deleted while no process carried its run', async () => {
    const clock = createClock();
    await createLock(clock, 'run-1').acquire(store);
    await serve().remove(itemId);
    const said: string[] = [];
    const later = createLock(clock, 'run-1', { onRestored: (message) => said.push(message) });
    expect(await later.confirm(store)).toBeNull();
    expect(said).toHaveLength(1);
    expect(await createLock(clock, 'run-2').acquire(store)).toMatchObject({ runId: 'run-1' });
  });

  it('loses the lock to a run that takes it after its item was deleted', async () => {
    const clock = createClock();
    const lock = createLock(clock, 'run-1');
    await lock.acquire(store);
    await serve().remove(itemId);
    expect(await createLock(clock, 'run-2').acquire(store)).toBeNull();
    expect(await lock.confirm(store)).toMatchObject({ runId: 'run-2' });
    await lock.release('stranded');
    expect(await createLock(clock, 'run-3').acquire(store)).toMatchObject({ runId: 'run-2' });
  });

  it('remembers the outage of a run that ends after its item was deleted', async () => {
    const clock = createClock();
    const lock = createLock(clock, 'run-1');
    await lock.acquire(store);
    lock.recordStep('settleStore', 1_000);
    await lock.confirm(store);
    await serve().remove(itemId);
    await lock.release('stranded');
    expect(await listOutages(serve().open())).toMatchObject({ value: { outages: [{ sinceMs: 1_000 }] } });
    expect(await createLock(clock, 'run-2').acquire(store)).toBeNull();
  });

  it('is fenced off by a later process of its own run', async () => {
    const clock = createClock();
    const stale = createLock(clock, 'run-1');
    await stale.acquire(store);
    await createLock(clock, 'run-1', { host: 'elsewhere' }).acquire(store);
    expect(await stale.confirm(store)).toMatchObject({ runId: 'run-1', host: 'elsewhere' });
  });
});

describe('a run whose item does not tell which lock it holds', () => {
  it('takes that of the store before it sends anything, and keeps it from then on', async () => {
    const clock = createClock();
    const first = createLock(clock, 'run-1');
    serve().fail('throttled');
    await expect(first.acquire(store)).rejects.toMatchObject({ name: 'LockError' });
    serve().fail(undefined);
    const later = createLock(clock, 'run-1');
    expect(await later.confirm(store)).toBeNull();
    expect(await createLock(clock, 'run-2').acquire(store)).toMatchObject({ runId: 'run-1' });
    clock.pass(awake.lengthMs - 1_000);
    await createLock(clock, 'run-1').extend();
    clock.pass(awake.lengthMs - 1_000);
    expect(await createLock(clock, 'run-2').acquire(store)).toMatchObject({ runId: 'run-1' });
  });

  it('is told who has taken it meanwhile', async () => {
    const clock = createClock();
    await createLock(clock, 'run-2').acquire(store);
    expect(await createLock(clock, 'run-1').confirm(store)).toMatchObject({ runId: 'run-2' });
  });

  it('has not taken it where the item cannot say so', async () => {
    const clock = createClock();
    const open = serve().open();
    const table = {
      ...open,
      write: async (id: string, ...words: [number, object]) =>
        id.startsWith('run#') ? throttled : open.write(id, ...words),
    };
    await expect(createLock(clock, 'run-1', { table }).acquire(store)).rejects.toMatchObject({ name: 'LockError' });
  });
});

describe('a lock that this version cannot read', () => {
  const edits: readonly (readonly [string, () => Promise<void>])[] = [
    ['torn', () => serve().spoil(itemId)],
    ['a number', () => serve().put(itemId, 7 as never)],
    ['without an owner', () => serve().put(itemId, { fence: 1, expiresAtMs: 0, hasActed: false, left: [] })],
    ['with dates for instants', () => serve().put(itemId, { ...lease, expiresAtMs: '2026-01-01T00:00:00Z' })],
    ['with an outage of another form', () => serve().put(itemId, { ...lease, outage: { since: 5 } })],
  ];
  const owner = { runId: 'run-0', pid: 1, sinceMs: 0, step: 'approve' };
  const lease = { fence: 1, owner: owner, expiresAtMs: 0, hasActed: false, left: [] };

  it.each(edits)('is not free, and says what to do: %s', async (_, edit) => {
    const clock = createClock();
    const lock = createLock(clock, 'run-1');
    await edit();
    await expect(lock.acquire(store)).rejects.toThrow(
      `this version of cks cannot read its item ${itemId}): another version of cks wrote it, or someone edited it`,
    );
    await expect(lock.confirm(store)).rejects.toMatchObject({ name: 'LockError' });
    expect(await left()).toMatchObject({ failure: { code: 'UNREADABLE_ITEM' } });
    expect(await listOutages(serve().open())).toEqual({ ok: true, value: { outages: [], unreadable: [itemId] } });
    expect(await listKnownRuns(serve().open())).toEqual({ ok: true, value: { runs: [], unreadable: [itemId] } });
    await lock.release(null);
  });

  it('is a doubt and no owner to a run that holds it', async () => {
    const clock = createClock();
    const lock = createLock(clock, 'run-1');
    await lock.acquire(store);
    await serve().spoil(itemId);
    await expect(lock.confirm(store)).rejects.toMatchObject({ name: 'LockError' });
    lock.recordStep('settleStore', 1_000);
    await lock.extend();
    await lock.release('updated');
  });
});

describe('a table that does not answer', () => {
  it.each<Trouble>(['denied', 'throttled', 'unreachable'])('is an error where it is %s', async (trouble) => {
    const clock = createClock();
    serve().fail(trouble);
    const lock = createLock(clock, 'run-1');
    await expect(lock.acquire(store)).rejects.toMatchObject({ name: 'LockError' });
    await expect(lock.confirm(store)).rejects.toMatchObject({ name: 'LockError' });
    lock.recordStep('hold', null);
    await lock.extend();
    await lock.release(null);
  });

  it('is asked again with the next call', async () => {
    const clock = createClock();
    const lock = createLock(clock, 'run-1');
    serve().fail('denied');
    await expect(lock.acquire(store)).rejects.toThrow('cks iam-policy --lock-table cks-locks');
    serve().fail(undefined);
    expect(await lock.confirm(store)).toBeNull();
    expect(await createLock(clock, 'run-2').acquire(store)).toMatchObject({ runId: 'run-1' });
  });
});

describe('a stop that is asked for through the table', () => {
  const ask = (clock: TableLockOptions['clock'], runId: string) => requestStop(serve().open(), runId, clock.now());

  it('counts by the clock of DynamoDB, as that of whoever asks may be behind', async () => {
    const clock = createClock();
    await openRun(serve().open(), 'run-1', clock.now(), false);
    const stops = createTableStops(serve().open(), 'run-1', clock.now());
    const behind = { now: () => clock.now() - minute };
    expect(await stops.isRequested()).toBe(false);
    await requestStop(serve().open(), 'run-1', behind.now());
    expect(await stops.isRequested()).toBe(true);
    expect(await createTableStops(serve().open(), 'run-1', clock.now() + 1_000).isRequested()).toBe(false);
  });

  it('reaches who holds a lock, or waits without one', async () => {
    const clock = createClock();
    await createLock(clock, 'run-1').acquire(store);
    await openRun(serve().open(), 'run-2', clock.now(), false);
    expect([await ask(clock, 'run-1'), await ask(clock, 'run-2')]).toMatchObject([
      { value: 'requested' },
      { value: 'requested' },
    ]);
  });

  it('reaches an execution by the name of any run in it, as people see them', async () => {
    const clock = createClock();
    const first = '20261124-030000-4f2a';
    await createLock(clock, first).acquire(store);
    const third = nameNextRun(nameNextRun(first, first), first);
    expect(third).toBe(`${first}-3`);
    expect(await ask(clock, third)).toMatchObject({ value: 'requested' });
    expect(await createTableStops(serve().open(), first).isRequested()).toBe(true);
    expect(await ask(clock, `${first}-x`)).toMatchObject({ value: 'absent' });
  });

  it('says that the item of a run cannot be read, which the run itself replaces', async () => {
    const clock = createClock();
    await createLock(clock, 'run-1').acquire(store);
    await serve().put('run#run-1', { startedAtMs: 'today' });
    expect(await ask(clock, 'run-1')).toMatchObject({ failure: { code: 'UNREADABLE_ITEM' } });
    expect(await createTableStops(serve().open(), 'run-1').isRequested()).toBe(false);
    await openRun(serve().open(), 'run-1', clock.now(), true);
    expect(await ask(clock, 'run-1')).toMatchObject({ value: 'requested' });
  });

  it('reaches nobody who has ended, is gone, or never was', async () => {
    const clock = createClock();
    const ended = createLock(clock, 'run-1');
    await ended.acquire(store);
    await ended.release('updated');
    await createLock(clock, 'run-2').acquire(store);
    clock.pass(awake.lengthMs);
    expect([await ask(clock, 'run-1'), await ask(clock, 'run-2'), await ask(clock, 'run-3')]).toMatchObject([
      { value: 'ended' },
      { value: 'silent' },
      { value: 'absent' },
    ]);
  });
});
