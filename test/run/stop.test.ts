import { describe, expect, it } from 'vitest';
import { crashAndResume, describeEnd, findLies, runThrough } from '../support/crash.ts';
import type { World } from '../support/world.ts';
import { scenarios } from './scenarios/index.ts';

const stopAt = (stopped: number) => (nth: number, world: World) => {
  if (nth === stopped) world.stop.abort();
};

describe('a run that is told to stop at any record of its log', () => {
  for (const scenario of scenarios) {
    it(`ends in a named outcome, told truly: ${scenario.name}`, async () => {
      const { records } = await runThrough(scenario);
      for (const [at] of records.entries()) {
        const end = await runThrough(scenario, stopAt(at));
        expect(findLies(end), `stopped at record ${at}`).toEqual([]);
        const { outcome, settings, before, after } = end.result;
        // What an earlier run has left is as it was found, whatever that was.
        if (outcome !== 'cancelled' || end.result.takenUp) continue;
        expect(settings).toBe('old');
        if (before?.connectionState === 'CONNECTED') expect(after?.connectionState).toBe('CONNECTED');
      }
    });
  }
});

describe('a run that is told to stop at any record, dies at the same or a later one, and is resumed', () => {
  for (const scenario of scenarios.filter(({ isVolatile }) => !isVolatile)) {
    it(`ends as one that was stopped there and lived: ${scenario.name}`, async () => {
      const { records } = await runThrough(scenario);
      for (const [stopped] of records.entries()) {
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
