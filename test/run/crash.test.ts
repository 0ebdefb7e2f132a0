import { describe, expect, it } from 'vitest';
import { crashAndResume, crashPoints, describeEnd, findLies, runThrough } from '../support/crash-and-resume.ts';
import { samplePoints } from '../support/sampling.ts';
import { sampleScenarios } from './scenarios/index.ts';

describe('a run that dies at any record of its log and is resumed', () => {
  for (const scenario of sampleScenarios('crash', 6)) {
    const promise = scenario.isVolatile
      ? 'ends in a named outcome, reported truthfully'
      : 'ends as an uninterrupted one';
    it(`${promise}: ${scenario.name}`, async () => {
      const uninterrupted = await runThrough(scenario);
      expect(findLies(uninterrupted)).toEqual([]);
      for (const point of samplePoints(scenario.name, crashPoints(uninterrupted.records), 6)) {
        const end = await crashAndResume(scenario, point);
        const where = JSON.stringify(point);
        expect(findLies(end), where).toEqual([]);
        if (!scenario.isVolatile) expect(describeEnd(end), where).toBe(describeEnd(uninterrupted));
      }
    });
  }
});
