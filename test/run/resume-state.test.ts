/** The facts that a run writes with its calls, and what the answers since then say, against the machine that walks the log. */
import { describe, expect, it } from 'vitest';
import { hasActed } from '../../machines/safe-update/facts.ts';
import { unprepared } from '../../src/domain/key-verification.ts';
import { isTrialConnectStep } from '../../src/domain/trial-connect.ts';
import type { LogRecord } from '../../src/ports/log.ts';
import { readPast } from '../../src/run/past.ts';
import { requestResume, requestRollback } from '../../src/run/resume.ts';
import { crash, crashPoints, recordOf, runThrough } from '../support/crash-and-resume.ts';
import { createKeyVerifier } from '../support/key-verifiers.ts';
import { createMemoryLog } from '../support/memory-log.ts';
import { rewriteLog, rewritings } from '../support/other-version.ts';
import { inputOf, readLeft } from '../support/read-left.ts';
import { sample } from '../support/sampling.ts';
import { addExternal, newCredential, newEndpoint, newReference, oldReference } from '../support/stores.ts';
import { createWorld } from '../support/world.ts';
import { sampleScenarios } from './scenarios/index.ts';

const isCall = (record: LogRecord) => record.kind === 'intent' && !isTrialConnectStep(record.step);

describe('what a log says of a run by its facts', () => {
  it.each(sampleScenarios('resume state', 8).map((scenario) => [scenario.name, scenario] as const))(
    'is what the machine knows: %s',
    async (_, scenario) => {
      const world = createWorld(scenario.simulator);
      const request = { ...scenario.arrange(world), startedAtMs: world.clock.now() };
      const { records } = await runThrough(scenario);
      const input = inputOf(world, request);
      const lengths = records.map((_, at) => at + 1);
      for (const length of sample(lengths, 5, (one) => `${scenario.name} ${one}`)) {
        const part = records.slice(0, length);
        const { context, pending } = readPast(input, part);
        const { left } = readLeft(world, request, part);
        const where = `${length} records`;
        expect(left === null, where).toBe(!hasActed(context) && pending === null);
        // A call without a known answer leaves what was so before it. Until its first call a run leaves what it has found.
        const isSettled = pending === null && context.update !== 'unclear';
        if (left === null || !isSettled || !part.some(isCall)) continue;
        const { before, sent, inForce, update, offlineSinceMs, connectedSince, armed, preparation } = context;
        expect(left, where).toMatchObject({ before, sent, inForce, update, offlineSinceMs, connectedSince });
        expect(left.preparation ?? unprepared, where).toEqual(preparation);
        expect(left.armed ?? null, where).toEqual(armed);
        expect([...left.accepted].sort(), where).toEqual([...context.accepted].sort());
        // A mismatch turns the facts back at once, and the machine after a check. A stop is no part of them before a call.
        const isAhead = context.reason?.code === 'KEY_MISMATCH' && left.goal === 'back';
        // What an earlier run has left is gone on with whatever the time.
        const isLate = context.reason?.code === 'OUTSIDE_WINDOW';
        if (!context.stopRequested && !isAhead && !isLate) expect(left.goal, where).toBe(context.goal);
      }
    },
  );
});

describe('a run that turned back because its keys were others', () => {
  it.each(rewritings)('is never taken forward again by a version whose steps are %s', async (how) => {
    const arrange = () => {
      const world = createWorld();
      const keyVerifier = createKeyVerifier(({ settings }) =>
        settings.XksProxyUriEndpoint === newEndpoint ? 'mismatch' : 'verified',
      );
      const policy = { accept: ['outage', 'unverified-keys'] } as const;
      const request = { store: addExternal(world), change: { XksProxyUriEndpoint: newEndpoint }, policy, keyVerifier };
      return { world, request: { ...request, startedAtMs: world.clock.now() } };
    };
    const whole = arrange();
    const all: LogRecord[] = [];
    await whole.world.run({ ...whole.request, log: createMemoryLog(all) });
    const turnedAt = all.findIndex((record) => record.kind === 'result' && record.step.endsWith('.verifyKeys'));
    for (const point of crashPoints(all).filter(({ at }) => at > turnedAt)) {
      const { world, request } = arrange();
      const records: LogRecord[] = [];
      await crash(world, request, createMemoryLog(records), point);
      const { input, left } = readLeft(world, request, rewriteLog(records, how));
      if (left === null) throw new Error('it has updated the store');
      const sequel = requestResume(left, input.request, {}, []);

      const { outcome, reason, keyVerification } = await world.run({ ...request, ...sequel, ...sequel.request });

      const where = JSON.stringify(point);
      expect([outcome, reason?.code], where).toEqual(['rolledBack', 'KEY_MISMATCH']);
      expect(keyVerification.exposure, where).toBeDefined();
      expect(world.simulator.store(request.store).ConnectionState, where).toBe('CONNECTED');
    }
  });
});

describe('a run that was stopped while its store was offline', () => {
  it('is not taken forward by the run that resumes it from its log', async () => {
    const world = createWorld();
    const policy = { intent: 'reconnect', accept: ['outage'] } as const;
    const request = { store: addExternal(world), policy, startedAtMs: world.clock.now() };
    const records: LogRecord[] = [];
    world.when(
      () => world.simulator.store(request.store).ConnectionState === 'DISCONNECTING',
      () => world.stop.abort(),
    );
    const isWaitOver = (record: LogRecord) =>
      record.kind === 'result' && record.step.endsWith('.settleStore') && record.cancelRequested;
    await crash(world, request, createMemoryLog(records), { at: isWaitOver, isKept: true });
    const { input, left } = readLeft(world, request, records);
    if (left === null) throw new Error('it has left the store offline');
    const sequel = requestResume(left, input.request, {}, []);

    const signal = new AbortController().signal;
    const { outcome, reason } = await world.run({ ...request, ...sequel, ...sequel.request, signal });

    expect([outcome, reason?.code]).toEqual(['cancelled', 'STOPPED']);
    expect(world.simulator.store(request.store).ConnectionState).toBe('CONNECTED');
  });
});

describe('the facts that a run writes with its calls', () => {
  it('hold no secret, and take a few kilobytes', async () => {
    const world = createWorld();
    const records: LogRecord[] = [];
    await world.run({
      store: addExternal(world),
      change: { XksProxyUriEndpoint: newEndpoint, XksProxyAuthenticationCredential: newReference },
      previous: { XksProxyAuthenticationCredential: oldReference },
      policy: { accept: ['outage', 'unverified-keys'] },
      keyVerifier: createKeyVerifier(() => 'verified'),
      log: createMemoryLog(records),
    });

    const intents = records.filter(({ kind }) => kind === 'intent').map((intent) => JSON.stringify(intent));
    expect(intents).toHaveLength(3);
    expect(intents.join()).not.toContain(newCredential.RawSecretAccessKey);
    expect(intents.join()).toContain(newReference.RawSecretAccessKey);
    expect(Math.max(...intents.map((intent) => intent.length))).toBeLessThan(4_000);
  });
});

describe('a resumed run that finds the update of the run before in force', () => {
  it('can be rolled back from its log', async () => {
    const world = createWorld();
    const store = addExternal(world, { ConnectionState: 'DISCONNECTED' });
    const name = world.simulator.store(store).CustomKeyStoreName;
    const request = { store, change: { NewCustomKeyStoreName: 'renamed' }, startedAtMs: world.clock.now() };
    const first: LogRecord[] = [];
    await crash(world, request, createMemoryLog(first), { at: recordOf('result', 'updateStore'), isKept: false });
    const died = readLeft(world, request, first);
    if (died.left === null) throw new Error('it has sent the update');
    const sequel = requestResume(died.left, died.input.request, {}, []);
    const second: LogRecord[] = [];
    const resumed = { ...request, ...sequel, ...sequel.request };
    const { outcome } = await world.run({ ...resumed, log: createMemoryLog(second) });
    const { input, left } = readLeft(world, resumed, second);
    if (left === null) throw new Error('it has an update in force');
    const undoing = requestRollback(left, input.request, ['outage']);
    if ('lost' in undoing) throw new Error('nothing is lost of a name');

    const undone = await world.run({ ...request, ...undoing, ...undoing.request });

    expect([outcome, undone.outcome]).toEqual(['updated', 'updated']);
    expect(world.simulator.store(store).CustomKeyStoreName).toBe(name);
  });
});
