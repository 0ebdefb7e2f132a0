import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Readings, readings } from '../../src/simulator/index.ts';
import { crashAndResume, type End, findLies, runThrough } from '../support/crash.ts';
import { findBrokenPromises } from '../support/promises.ts';
import { readTerms, type Script, scripts, toScenario } from '../support/random-runs.ts';
import type { Scenario } from '../support/scenario.ts';
import type { RunOrder } from '../support/world.ts';
import { scenarios } from './scenarios/index.ts';

const names = Object.keys(readings) as (keyof Readings)[];
const alone = names.flatMap((name) =>
  readings[name].values.map((value) => [`${name}: ${value}`, { [name]: value } as Partial<Readings>] as const),
);

const mixtures = fc.record(
  Object.fromEntries(names.map((name) => [name, fc.constantFrom<unknown>(...readings[name].values)])),
) as fc.Arbitrary<Readings>;

/** Everything untrue or forbidden about a random run. */
async function judgeScript(given: Script, reading: Partial<Readings>): Promise<readonly string[]> {
  const scenario = toScenario(given, reading);
  const end = given.crash ? await crashAndResume(scenario, given.crash) : await runThrough(scenario);
  const lies = given.hand === null ? findLies(end) : [];
  return [...findBrokenPromises(end.world, end.result, readTerms(given)), ...lies];
}

/** Runs a scenario as its own readings and these say; the outcome may be another than under the defaults. */
async function runUnder(scenario: Scenario, reading: Partial<Readings>): Promise<readonly [End, RunOrder, string]> {
  let order: RunOrder | undefined;
  let state = '';
  const end = await runThrough({
    ...scenario,
    simulator: { ...scenario.simulator, readings: { ...scenario.simulator?.readings, ...reading } },
    arrange(world) {
      order = scenario.arrange(world);
      state =
        world.simulator.describeWorld().stores.find(({ CustomKeyStoreId: id }) => id === order?.store)
          ?.ConnectionState ?? '';
      return order;
    },
  });
  if (!order) throw new Error('a scenario gives an order');
  return [end, order, state];
}

describe('where the documents of AWS disagree', () => {
  it.each(names)('%s names its documents, and reads each way only once', (name) => {
    const { question, source, values } = readings[name];

    expect(question).toMatch(/\S/);
    expect(source).toMatch(/\.$/);
    expect(new Set<unknown>(values).size).toBe(values.length);
    expect(values.length).toBeGreaterThan(1);
  });

  describe.each(alone)('%s', (_name, reading) => {
    it('keeps the promises on each way through the lifecycle', async () => {
      for (const scenario of scenarios) {
        const [end, { policy }, state] = await runUnder(scenario, reading);
        const terms = { state, accepted: policy?.accept ?? [], hasForeignHand: scenario.isVolatile ?? false };

        expect(findBrokenPromises(end.world, end.result, terms), scenario.name).toEqual([]);
        expect(findLies(end), scenario.name).toEqual([]);
      }
    });

    it('keeps the promises whatever befalls a run', async () => {
      await fc.assert(
        fc.asyncProperty(scripts, async (given) => {
          expect(await judgeScript(given, reading)).toEqual([]);
        }),
        { numRuns: 60, seed: 3 },
      );
    });
  });

  it('keeps the promises under mixtures of readings', async () => {
    await fc.assert(
      fc.asyncProperty(mixtures, fc.array(scripts, { minLength: 10, maxLength: 10 }), async (reading, given) => {
        for (const script of given) expect(await judgeScript(script, reading)).toEqual([]);
      }),
      { numRuns: 100, seed: 4, endOnFailure: true },
    );
  }, 120_000);
});
