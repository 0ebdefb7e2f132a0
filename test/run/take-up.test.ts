import { describe, expect, it } from 'vitest';
import { graceMs } from '../../src/domain/stale-reads.ts';
import type { LogRecord } from '../../src/ports/log.ts';
import { requestResume } from '../../src/run/resume.ts';
import {
  type CrashPoint,
  crash,
  crashPoints,
  describeEnd,
  findLies,
  recordOf,
  resumeFromFacts,
  runThrough,
} from '../support/crash-and-resume.ts';
import { createMemoryLog } from '../support/memory-log.ts';
import { readLeft } from '../support/read-left.ts';
import { samplePoints } from '../support/sampling.ts';
import { callAsSomebodyElse, inState, type Scenario } from '../support/scenario.ts';
import { addCloudHsm, addExternal, clusters, moveEndpoint as move } from '../support/stores.ts';
import { createWorld, type RunOrder, type World } from '../support/world.ts';
import { sampleScenarios } from './scenarios/index.ts';

/** Dies at the point; then another run goes on from what the log tells, without replaying it. */
async function crashAndTakeUp(scenario: Scenario, point: CrashPoint) {
  const world = createWorld(scenario.simulator);
  const request = { ...scenario.arrange(world), startedAtMs: world.clock.now() };
  const records: LogRecord[] = [];
  await crash(world, request, createMemoryLog(records), point);
  const { result, left, next } = await resumeFromFacts(world, request, records);
  return { result, records, world, isLeft: left !== null && next !== undefined };
}

describe('a run that dies at any record of its log, and is taken up by another version', () => {
  for (const scenario of sampleScenarios('take up', 6)) {
    const { name, outcome, isVolatile, hasTriedConnect } = scenario;
    // A stop is no part of what a log leaves behind for another run.
    const isForward = outcome === 'updated' && !isVolatile && !hasTriedConnect && !name.includes('a stop');
    it(`${isForward ? 'ends as an uninterrupted one' : 'ends in a named outcome, reported truthfully'}: ${name}`, async () => {
      const uninterrupted = await runThrough(scenario);
      for (const point of samplePoints(name, crashPoints(uninterrupted.records), 9)) {
        const end = await crashAndTakeUp(scenario, point);
        const where = JSON.stringify(point);
        expect(findLies(end), where).toEqual([]);
        // A run that has sent nothing begins anew, and KMS may not be asked then.
        const isRefusedAnew = !end.isLeft && end.result.outcome === 'refused';
        if (isForward && !isRefusedAnew) expect(describeEnd(end), where).toBe(describeEnd(uninterrupted));
      }
    });
  }
});

/** Runs to an end that is none for the store, and reads what that has left. */
async function leave(world: World, request: RunOrder) {
  const records: LogRecord[] = [];
  const result = await world.run({ ...request, log: createMemoryLog(records) });
  return { result, resumedFrom: readLeft(world, request, records).left };
}

describe('what a run has left', () => {
  it('is a way back, where it had turned back', async () => {
    const world = createWorld();
    const store = addExternal(world);
    world.simulator.failNextConnect(store, 'INVALID_CREDENTIALS', { times: 2 });

    const { result, resumedFrom } = await leave(world, { store, ...move });

    expect(result.outcome).toBe('stranded');
    expect(resumedFrom).toMatchObject({ goal: 'back', update: 'restored', reason: { code: 'INVALID_CREDENTIALS' } });
  });

  it('is a rollback that is still to be sent, where Describe shows that no try of it was carried out', async () => {
    const world = createWorld();
    const store = addExternal(world);
    world.simulator.failNextConnect(store, 'INVALID_CREDENTIALS');
    world.when(inState(world, 'acting.rollingBack.restoring', 'Update'), () =>
      world.simulator.failNext('UpdateCustomKeyStore', 'ConnectionReset', { times: 100 }),
    );

    const { result, resumedFrom } = await leave(world, { store, ...move });

    expect([result.outcome, result.settings]).toEqual(['stranded', 'new']);
    expect(resumedFrom).toMatchObject({ goal: 'back', update: 'accepted', sent: move.change });
  });

  it('is a rollback of all that may be in force, where an update got no definite answer', async () => {
    const world = createWorld();
    const store = addExternal(world);
    world.simulator.failNext('UpdateCustomKeyStore', 'ConnectionReset', { times: 100 });

    const { result, resumedFrom } = await leave(world, { store, ...move });

    expect([result.outcome, result.settings]).toEqual(['stranded', 'unknown']);
    expect(resumedFrom).toMatchObject({ goal: 'back', update: 'accepted', sent: move.change });
    expect(resumedFrom?.inForce).toMatchObject(move.change);
    expect(Object.keys(resumedFrom?.pending ?? {})).toEqual(['XksProxyUriEndpoint']);
  });

  it('is an update of unknown fate, where it died while KMS could not be asked what came of that', async () => {
    const world = createWorld();
    const request = { store: addExternal(world), ...move };
    const records: LogRecord[] = [];
    world.when(inState(world, 'acting.updating', 'Update'), () => world.cutOff('lostReplies', 150_000));
    await crash(world, request, createMemoryLog(records), { at: recordOf('note', 'awaitKms'), isKept: true });

    const { left: resumedFrom } = readLeft(world, request, records);

    expect(resumedFrom).toMatchObject({ goal: 'forward', update: 'none', sent: {}, pending: move.change });
  });

  it('stays what it was, where a run that went on from it was refused', async () => {
    const world = createWorld();
    const store = addExternal(world);
    world.simulator.failNextConnect(store, 'INVALID_CREDENTIALS', { times: 2 });
    const { resumedFrom } = await leave(world, { store, ...move });
    if (!resumedFrom) throw new Error('a stranded run leaves something');
    callAsSomebodyElse(world, 'DisconnectCustomKeyStore', { CustomKeyStoreId: store });
    world.clock.advance(20_000);
    callAsSomebodyElse(world, 'UpdateCustomKeyStore', { CustomKeyStoreId: store, NewCustomKeyStoreName: 'theirs' });

    const again = await leave(world, { store, ...move, resumedFrom });

    expect(again.result.reason?.code).toBe('STORE_CHANGED');
    // What the order asks for is unsent until there is a plan.
    // The store was observed once more, so less of what Describe shows is in doubt.
    const { send: _, isUnsent: __, stale: ___, ...left } = resumedFrom;
    expect(again.resumedFrom).toMatchObject(left);
  });

  it.each([800, 3_000])(
    'is waited for anew where its last call came late, and shows %i ms later still',
    async (staleMs) => {
      const world = createWorld();
      const request = { store: addExternal(world), ...move };
      const records: LogRecord[] = [];
      world.simulator.staleReadsForMs = staleMs;
      world.simulator.failNext('DisconnectCustomKeyStore', 'NoAnswer', { times: 2 });
      await crash(world, request, createMemoryLog(records), {
        at: recordOf('result', 'disconnectStore'),
        isKept: false,
      });
      const { input, left } = readLeft(world, request, records);
      if (!left) throw new Error('a call that may have been sent leaves something');
      const sequel = requestResume(left, input.request, {}, []);

      expect(await world.run({ ...sequel, ...sequel.request })).toMatchObject({ outcome: 'updated' });
    },
  );

  it('is doubted as long as stale reads are possible at most, however far the clock was set back since', async () => {
    const world = createWorld();
    const store = addExternal(world);
    world.simulator.failNextConnect(store, 'INVALID_CREDENTIALS', { times: 2 });
    const { resumedFrom } = await leave(world, { store, ...move });
    if (!resumedFrom) throw new Error('a stranded run leaves something');
    const startedAtMs = world.clock.now();

    const stale = { ...resumedFrom.stale, states: { DISCONNECTED: startedAtMs + 3_600_000 } };
    callAsSomebodyElse(world, 'DisconnectCustomKeyStore', { CustomKeyStoreId: store });
    world.clock.advance(20_000);
    await world.run({ store, ...move, resumedFrom: { ...resumedFrom, stale } });

    expect(world.clock.now() - startedAtMs).toBeLessThan(graceMs + 60_000);
  });
});

describe('a run that another run resumes from its facts', () => {
  /** Dies behind its accepted Disconnect, and leaves the facts that another version reads. */
  async function dieOffline(world: World, request: RunOrder) {
    const records: LogRecord[] = [];
    await crash(world, request, createMemoryLog(records), { at: recordOf('result', 'disconnectStore'), isKept: true });
    const { input, left } = readLeft(world, request, records);
    if (!left) throw new Error('an accepted call leaves something');
    return { resumedFrom: left, sequel: requestResume(left, input.request, {}, []) };
  }

  const resumeFrom = (
    world: World,
    { sequel }: Awaited<ReturnType<typeof dieOffline>>,
    request: Partial<RunOrder> = {},
  ) => world.run({ ...sequel, ...sequel.request, runId: 'run-2', ...request });

  const operations = (world: World) =>
    world.sent.map(({ operation }) => operation).filter((operation) => operation !== 'DescribeCustomKeyStores');

  it('observes the store at once, and does not sleep until no stale read is possible', async () => {
    const world = createWorld();
    const left = await dieOffline(world, { store: addExternal(world), ...move });
    const startedAtMs = world.clock.now();

    const result = await resumeFrom(world, left);

    expect(result.outcome).toBe('updated');
    expect(world.clock.now() - startedAtMs).toBeLessThan(60_000);
  });

  it('polls a CONNECTED that may be a stale read, says so, and goes on as soon as the store has left it', async () => {
    const world = createWorld();
    world.simulator.staleReadsForMs = 5_000;
    const left = await dieOffline(world, { store: addExternal(world), ...move });
    const startedAtMs = world.clock.now();

    const result = await resumeFrom(world, left);

    expect([result.outcome, operations(world).filter((one) => one === 'DisconnectCustomKeyStore').length]).toEqual([
      'updated',
      1,
    ]);
    expect(world.events).toContainEqual(expect.objectContaining({ type: 'wait.confirming', state: 'CONNECTED' }));
    expect(world.clock.now() - startedAtMs).toBeLessThan(graceMs);
  });

  it('keeps the count of logins while a CONNECTED may be a stale read', async () => {
    const world = createWorld();
    world.simulator.staleReadsForMs = 30_000;
    const store = addCloudHsm(world);
    const { first } = clusters(world);
    const left = await dieOffline(world, { store, policy: { intent: 'reconnect', accept: ['outage'] } });
    world.logins.set(first, { count: 2, refusedWith: null });
    const counts: (number | undefined)[] = [];
    world.when('ConnectCustomKeyStore', () => counts.push(world.logins.get(first)?.count));

    await resumeFrom(world, left);

    expect(counts).toEqual([3]);
  });

  it('recognizes an external connect, ends the outage with it, and continues with the update', async () => {
    const world = createWorld();
    const store = addExternal(world);
    const left = await dieOffline(world, { store, ...move });
    world.clock.advance(20_000);
    callAsSomebodyElse(world, 'ConnectCustomKeyStore', { CustomKeyStoreId: store });
    world.clock.advance(20_000);

    const result = await resumeFrom(world, left);

    expect([result.outcome, result.settings]).toEqual(['updated', 'new']);
    expect(operations(world)).toEqual([
      'DisconnectCustomKeyStore',
      'DisconnectCustomKeyStore',
      'UpdateCustomKeyStore',
      'ConnectCustomKeyStore',
    ]);
    expect(world.events).toContainEqual(expect.objectContaining({ type: 'connect.external' }));
    // The clock of the outage starts anew with the second Disconnect.
    expect(result.offlineMs).toBeLessThan(graceMs);
  });

  it('reaches the goal of a reconnect by an external connect', async () => {
    const world = createWorld();
    const store = addExternal(world);
    const left = await dieOffline(world, { store, policy: { intent: 'reconnect', accept: ['outage'] } });
    world.clock.advance(20_000);
    callAsSomebodyElse(world, 'ConnectCustomKeyStore', { CustomKeyStoreId: store });
    world.clock.advance(graceMs);

    const result = await resumeFrom(world, left);

    expect([result.outcome, result.mode, operations(world)]).toEqual([
      'updated',
      'offline',
      ['DisconnectCustomKeyStore'],
    ]);
    expect(result.offlineMs).toBeGreaterThan(0);
  });

  it('does not take a CONNECTED for a reconnect where the Disconnect may never have reached KMS', async () => {
    const world = createWorld();
    const request = { store: addExternal(world), policy: { intent: 'reconnect', accept: ['outage'] } } as const;
    const records: LogRecord[] = [];
    await crash(world, request, createMemoryLog(records), { at: recordOf('intent', 'disconnectStore'), isKept: true });
    const { input, left } = readLeft(world, request, records);
    if (!left) throw new Error('a call that may have been sent leaves something');
    const sequel = requestResume(left, input.request, {}, []);

    const result = await world.run({ ...sequel, ...sequel.request });

    expect([result.outcome, operations(world)]).toEqual([
      'updated',
      ['DisconnectCustomKeyStore', 'ConnectCustomKeyStore'],
    ]);
  });
});
