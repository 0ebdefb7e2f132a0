import { describe, expect, it } from 'vitest';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { createMemoryLog } from '../../src/hosts/local.ts';
import type { LogRecord } from '../../src/ports/log.ts';
import { readPast } from '../../src/run/past.ts';
import { orderTakeUp, readTakenUp } from '../../src/run/take-up.ts';
import { type CrashPoint, crash, describeEnd, findLies, runThrough } from '../support/crash.ts';
import type { Scenario } from '../support/scenario.ts';
import { createWorld } from '../support/world.ts';
import { scenarios } from './scenarios/index.ts';

/** Dies at the point; then another run goes on from what the log tells, without replaying it. */
async function crashAndTakeUp(scenario: Scenario, point: CrashPoint) {
  const world = createWorld(scenario.simulator);
  const order = { ...scenario.arrange(world), startedAtMs: world.clock.now() };
  const records: LogRecord[] = [];
  await crash(world, order, createMemoryLog(records), point);
  const past = readPast(
    {
      runId: 'run-1',
      store: order.store,
      place: { region: world.simulator.region, account: world.simulator.accountId },
      order: {
        change: order.change ?? {},
        previous: order.previous ?? {},
        policy: { ...defaultPolicy, ...order.policy },
      },
      startedAtMs: order.startedAtMs,
      ...(order.takenUp ? { takenUp: order.takenUp } : {}),
    },
    records,
  );
  const takenUp = readTakenUp(past);
  const sequel = takenUp ? orderTakeUp(past, takenUp, {}, ['login']) : undefined;
  const result = await world.run({ ...order, ...(sequel ? { ...sequel, ...sequel.order } : {}) });
  return { result, records, world };
}

describe('a run that dies at any record of its log, and is taken up by another version', () => {
  for (const scenario of scenarios) {
    it(`ends in a named outcome, told truly: ${scenario.name}`, async () => {
      const { records } = await runThrough(scenario);
      for (const [at] of records.entries()) {
        for (const isKept of [false, true]) {
          const end = await crashAndTakeUp(scenario, { at, isKept });
          expect(findLies(end), `died at record ${at}, ${isKept ? 'kept' : 'lost'}`).toEqual([]);
        }
      }
    });
  }
});

describe('a forward run that dies at any record of its log, and is taken up', () => {
  // A stop is no part of what a log leaves behind for another run.
  const forward = scenarios.filter(
    ({ name, outcome, isVolatile }) => outcome === 'updated' && !isVolatile && !name.includes('a stop'),
  );
  for (const scenario of forward) {
    it(`ends as an uninterrupted one: ${scenario.name}`, async () => {
      const uninterrupted = await runThrough(scenario);
      for (const [at] of uninterrupted.records.entries()) {
        for (const isKept of [false, true]) {
          const end = await crashAndTakeUp(scenario, { at, isKept });
          expect(describeEnd(end), `died at record ${at}, ${isKept ? 'kept' : 'lost'}`).toBe(
            describeEnd(uninterrupted),
          );
        }
      }
    });
  }
});
