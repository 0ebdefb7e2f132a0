import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makePlan } from '../../src/domain/plan.ts';
import { crashAndResume, findLies, runThrough } from '../support/crash.ts';
import { findBrokenPromises } from '../support/promises.ts';
import { readTerms, scripts, toPolicy, toScenario } from '../support/random-runs.ts';

describe('whatever befalls a run, crashes and stops among it', () => {
  it('keeps the promises', async () => {
    await fc.assert(
      fc.asyncProperty(scripts, async (given) => {
        const scenario = toScenario(given);
        const end = given.crash ? await crashAndResume(scenario, given.crash) : await runThrough(scenario);
        expect(findBrokenPromises(end.world, end.result, readTerms(given))).toEqual([]);
        if (given.hand === null) expect(findLies(end)).toEqual([]);
      }),
      { numRuns: 1_500, seed: 20261124 },
    );
  }, 120_000);

  it('ends in the wanted state with exit 0, where nobody else acts', async () => {
    await fc.assert(
      fc.asyncProperty(scripts, async (given) => {
        const scenario = toScenario({ ...given, hand: null });
        const { result, world } = await runThrough(scenario);
        if (result.outcome !== 'updated') return;
        const wanted = makePlan(result.before ?? raise(), { change: {}, previous: {}, policy: toPolicy(given) });
        const state = world.simulator.store(result.customKeyStoreId).ConnectionState;
        if (given.finalState !== 'restore') expect(state).toBe(wanted.wantedState);
        expect(['CONNECTED', 'DISCONNECTED']).toContain(state);
        if (given.state === 'CONNECTED' && given.finalState === 'restore') expect(state).toBe('CONNECTED');
      }),
      { numRuns: 500, seed: 1 },
    );
  }, 120_000);
});

function raise(): never {
  throw new Error('an updated store has been described');
}
