import { describe, expect, it } from 'vitest';
import { crashAndResume, describeEnd, findLies, runThrough } from '../support/crash.ts';
import { scenarios } from './scenarios/index.ts';

describe('a run that dies at any record of its log and is resumed', () => {
  for (const scenario of scenarios) {
    const promise = scenario.isVolatile ? 'ends in a named outcome, told truly' : 'ends as an uninterrupted one';
    it(`${promise}: ${scenario.name}`, async () => {
      const uninterrupted = await runThrough(scenario);
      expect(findLies(uninterrupted)).toEqual([]);
      for (const [at] of uninterrupted.records.entries()) {
        for (const isKept of [false, true]) {
          const end = await crashAndResume(scenario, { at, isKept });
          const where = `died at record ${at}, ${isKept ? 'kept' : 'lost'}`;
          expect(findLies(end), where).toEqual([]);
          if (!scenario.isVolatile) expect(describeEnd(end), where).toBe(describeEnd(uninterrupted));
        }
      }
    });
  }
});
