import { describe, expect, it } from 'vitest';
import { crashAndResume, describeEnd, findLies, recordPoints, runThrough } from '../support/crash-and-resume.ts';
import { samplePoints } from '../support/sampling.ts';
import { inState } from '../support/scenario.ts';
import { addExternal } from '../support/stores.ts';
import { createWorld, type World } from '../support/world.ts';
import { sampleScenarios } from './scenarios/index.ts';

const stopAt = (stopped: number) => (nth: number, world: World) => {
  if (nth === stopped) world.stop.abort();
};

describe('a run that is told to stop at any record of its log', () => {
  for (const scenario of sampleScenarios('stop', 6)) {
    it(`ends in a named outcome, reported truthfully: ${scenario.name}`, async () => {
      const { records } = await runThrough(scenario);
      for (const { at } of samplePoints(scenario.name, recordPoints(records), 6)) {
        const end = await runThrough(scenario, stopAt(at));
        expect(findLies(end), `stopped at record ${at}`).toEqual([]);
        const { outcome, settings, before, after } = end.result;
        // What an earlier run has left is as it was found, whatever that was.
        if (outcome !== 'cancelled' || end.result.resumedFrom) continue;
        expect(settings).toBe('old');
        if (before?.connectionState === 'CONNECTED') expect(after?.connectionState).toBe('CONNECTED');
      }
    });
  }
});

describe('a run that is told to stop at any record, dies at the same or a later one, and is resumed', () => {
  for (const scenario of sampleScenarios('stop and die', 10).filter(({ isVolatile }) => !isVolatile)) {
    it(`ends as one that was stopped there and lived: ${scenario.name}`, async () => {
      const { records } = await runThrough(scenario);
      for (const { at: stopped } of samplePoints(scenario.name, recordPoints(records), 12)) {
        const lived = await runThrough(scenario, stopAt(stopped));
        for (const at of new Set([stopped, stopped + 1, stopped + 2, lived.records.length - 1])) {
          if (at >= lived.records.length) continue;
          const end = await crashAndResume(scenario, { at, isKept: true }, stopAt(stopped));
          expect(describeEnd(end), `stopped at record ${stopped}, died at ${at}`).toBe(describeEnd(lived));
        }
      }
    });
  }
});

describe('a stop while KMS does not answer', () => {
  it('ends the wait before the run at once', async () => {
    const world = createWorld();
    const store = addExternal(world, { ConnectionState: 'DISCONNECTING' });
    world.when(inState(world, 'settlingFirst', 'Describe'), () => {
      world.simulator.failNext('DescribeCustomKeyStores', 'NoAnswer', { times: 12 });
      world.clock.at(world.clock.now() + 2_000, () => world.stop.abort());
    });

    const { outcome, calls } = await world.run({ store, change: { NewCustomKeyStoreName: 'renamed' } });

    expect([outcome, calls]).toEqual(['cancelled', { DescribeCustomKeyStores: 2 }]);
    expect(world.events.filter(({ type }) => type === 'observe.failed')).toEqual([]);
  });
});
