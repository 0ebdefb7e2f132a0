import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCalm, judgeCrashes } from '../support/judge-crashes.ts';
import { play } from '../support/play-schedule.ts';
import { findBrokenPromises } from '../support/promises.ts';
import { inDepth } from '../support/sampling.ts';
import { schedules } from '../support/schedules.ts';
import { draws, pendingDraws, switchOffDraws } from '../support/switch-off.ts';

const calmSchedules = schedules.map((drawn) => switchOffDraws(drawn, draws)).filter(isCalm);

describe('whatever befalls a run, deaths, holds and stops among it', () => {
  it('keeps the promises', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, async (drawn) => {
        const schedule = switchOffDraws(drawn, pendingDraws);
        expect(findBrokenPromises(await play(schedule))).toEqual([]);
      }),
      { numRuns: inDepth(150, 2_000), seed: 20261124 },
    );
  });

  it('ends as an uninterrupted run, where nothing but deaths befalls it', async () => {
    await fc.assert(
      fc.asyncProperty(calmSchedules, async (schedule) => {
        expect(await judgeCrashes(schedule, await play(schedule))).toEqual([]);
      }),
      { numRuns: inDepth(15, 200), seed: 1 },
    );
  });
});
