import { describe, expect, it } from 'vitest';
import { crashAndResume, crashPoints, describeEnd, findLies, runThrough } from '../support/crash.ts';
import { createTaker } from '../support/whole.ts';
import { scenarios } from './scenarios/index.ts';

const take = createTaker(2);

describe('a run that dies at any record of its log and is resumed', () => {
  for (const [walk, scenario] of scenarios.entries()) {
    const promise = scenario.isVolatile ? 'ends in a named outcome, told truly' : 'ends as an uninterrupted one';
    it(`${promise}: ${scenario.name}`, async () => {
      const uninterrupted = await runThrough(scenario);
      expect(findLies(uninterrupted)).toEqual([]);
      for (const point of take(crashPoints(uninterrupted.records), walk)) {
        const end = await crashAndResume(scenario, point);
        const where = JSON.stringify(point);
        expect(findLies(end), where).toEqual([]);
        if (!scenario.isVolatile) expect(describeEnd(end), where).toBe(describeEnd(uninterrupted));
      }
    });
  }
});
