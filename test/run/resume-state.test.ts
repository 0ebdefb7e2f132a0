/** The facts that a run writes with its calls, and what the answers since then say, against the machine that walks the log. */
import { describe, expect, it } from 'vitest';
import { unprepared } from '../../src/domain/proof.ts';
import { isRehearsalStep } from '../../src/domain/rehearsal.ts';
import { createMemoryLog } from '../../src/hosts/local.ts';
import type { LogRecord } from '../../src/ports/log.ts';
import { readPast } from '../../src/run/past.ts';
import { orderResume } from '../../src/run/resume.ts';
import { crash, crashPoints, runThrough } from '../support/crash.ts';
import { rewriteLog, rewritings } from '../support/other-chart.ts';
import { inputOf, readLeft } from '../support/past.ts';
import { createProver } from '../support/provers.ts';
import { addExternal, newCredential, newEndpoint, newReference, oldReference } from '../support/stores.ts';
import { isChosen, isWhole } from '../support/whole.ts';
import { createWorld } from '../support/world.ts';
import { scenarios } from './scenarios/index.ts';

const isCall = (record: LogRecord) => record.kind === 'intent' && !isRehearsalStep(record.step);

describe('what a log says of a run by its facts', () => {
  it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    'is what the machine knows: %s',
    async (_, scenario) => {
      const world = createWorld(scenario.simulator);
      const order = { ...scenario.arrange(world), startedAtMs: world.clock.now() };
      const { records } = await runThrough(scenario);
      const input = inputOf(world, order);
      const lengths = records.map((_, at) => at + 1);
      for (const length of lengths.filter((one) => isWhole || isChosen(`${scenario.name} ${one}`, 5))) {
        const part = records.slice(0, length);
        const { context, pending } = readPast(input, part);
        const { left } = readLeft(world, order, part);
        const where = `${length} records`;
        expect(left === null, where).toBe(!context.hasWritten && pending === null);
        // A call without a known answer leaves what was so before it. Until its first call a run leaves what it has found.
        const isSettled = pending === null && context.update !== 'unclear';
        if (left === null || !isSettled || !part.some(isCall)) continue;
        const { before, sent, inForce, update, offlineSinceMs, connectedSince, armed, preparation } = context;
        expect(left, where).toMatchObject({ before, sent, inForce, update, offlineSinceMs, connectedSince });
        expect(left.preparation ?? unprepared, where).toEqual(preparation);
        expect(left.armed ?? null, where).toEqual(armed);
        expect([...left.accepted].sort(), where).toEqual([...context.accepted].sort());
        // A mismatch turns the facts back at once, and the machine after a check. A stop is no part of them before a call.
        const isAhead = context.reason?.code === 'PROOF_MISMATCH' && left.goal === 'back';
        if (!context.stopRequested && !isAhead) expect(left.goal, where).toBe(context.goal);
      }
    },
  );
});

describe('a run that turned back because its keys were others', () => {
  it.each(rewritings)('is never taken forward again by a version whose steps are %s', async (how) => {
    const arrange = () => {
      const world = createWorld();
      const prover = createProver(({ settings }) =>
        settings.XksProxyUriEndpoint === newEndpoint ? 'mismatch' : 'proven',
      );
      const policy = { accept: ['outage', 'unproven-keys'] } as const;
      const order = { store: addExternal(world), change: { XksProxyUriEndpoint: newEndpoint }, policy, prover };
      return { world, order: { ...order, startedAtMs: world.clock.now() } };
    };
    const whole = arrange();
    const all: LogRecord[] = [];
    await whole.world.run({ ...whole.order, log: createMemoryLog(all) });
    const turnedAt = all.findIndex((record) => record.kind === 'result' && record.step.endsWith('.proveKeys'));
    for (const point of crashPoints(all).filter(({ at }) => at > turnedAt)) {
      const { world, order } = arrange();
      const records: LogRecord[] = [];
      await crash(world, order, createMemoryLog(records), point);
      const { input, left } = readLeft(world, order, rewriteLog(records, how));
      if (left === null) throw new Error('it has updated the store');
      const sequel = orderResume(left, input.order, {}, []);

      const { outcome, reason, proof } = await world.run({ ...order, ...sequel, ...sequel.order });

      const where = JSON.stringify(point);
      expect([outcome, reason?.code], where).toEqual(['rolledBack', 'PROOF_MISMATCH']);
      expect(proof.exposure, where).toBeDefined();
      expect(world.simulator.store(order.store).ConnectionState, where).toBe('CONNECTED');
    }
  });
});

describe('a run that was stopped while its store was offline', () => {
  it('is not taken forward by the run that resumes it from its log', async () => {
    const world = createWorld();
    const policy = { intent: 'reconnect', accept: ['outage'] } as const;
    const order = { store: addExternal(world), policy, startedAtMs: world.clock.now() };
    const records: LogRecord[] = [];
    world.when(
      () => world.simulator.store(order.store).ConnectionState === 'DISCONNECTING',
      () => world.stop.abort(),
    );
    const isWaitOver = (record: LogRecord) =>
      record.kind === 'result' && record.step.endsWith('.settleStore') && record.cancelRequested;
    await crash(world, order, createMemoryLog(records), { at: isWaitOver, isKept: true });
    const { input, left } = readLeft(world, order, records);
    if (left === null) throw new Error('it has left the store offline');
    const sequel = orderResume(left, input.order, {}, []);

    const signal = new AbortController().signal;
    const { outcome, reason } = await world.run({ ...order, ...sequel, ...sequel.order, signal });

    expect([outcome, reason?.code]).toEqual(['cancelled', 'STOPPED']);
    expect(world.simulator.store(order.store).ConnectionState).toBe('CONNECTED');
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
      policy: { accept: ['outage', 'unproven-keys'] },
      prover: createProver(() => 'proven'),
      log: createMemoryLog(records),
    });

    const intents = records.filter(({ kind }) => kind === 'intent').map((intent) => JSON.stringify(intent));
    expect(intents).toHaveLength(3);
    expect(intents.join()).not.toContain(newCredential.RawSecretAccessKey);
    expect(intents.join()).toContain(newReference.RawSecretAccessKey);
    expect(Math.max(...intents.map((intent) => intent.length))).toBeLessThan(4_000);
  });
});
