import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SimulatorFault } from '../../src/simulator/fault.ts';
import { defaultInterpretations, type Interpretations, interpretations } from '../../src/simulator/index.ts';
import { type End, findLies, observe, runThrough } from '../support/crash-and-resume.ts';
import { play } from '../support/play-schedule.ts';
import { findBrokenPromises } from '../support/promises.ts';
import { inDepth } from '../support/sampling.ts';
import type { Scenario } from '../support/scenario.ts';
import { mixtures, schedules } from '../support/schedules.ts';
import { pendingDraws, switchOffDraws } from '../support/switch-off.ts';
import type { RunOrder } from '../support/world.ts';
import { sampleScenarios } from './scenarios/index.ts';

/** A fence is explored under the default interpretations alone so far. */
const switchedOff = [...pendingDraws, 'fence'] as const;

const names = Object.keys(interpretations) as (keyof Interpretations)[];
const alone = names.flatMap((name) =>
  interpretations[name].values.map(
    (value) => [`${name}: ${value}`, { [name]: value } as Partial<Interpretations>] as const,
  ),
);

/**
 * Runs a scenario as its own interpretations and these say; the outcome may be another than under the defaults. Undefined where
 * KMS would not take what the scenario begins with.
 */
async function runUnder(
  scenario: Scenario,
  reading: Partial<Interpretations>,
): Promise<readonly [End, RunOrder] | undefined> {
  let request: RunOrder | undefined;
  const ran = runThrough({
    ...scenario,
    simulator: { ...scenario.simulator, interpretations: { ...scenario.simulator?.interpretations, ...reading } },
    arrange(world) {
      request = scenario.arrange(world);
      return request;
    },
  });
  const end = await ran.catch((error: unknown) => {
    if (request === undefined && error instanceof SimulatorFault) return undefined;
    throw error;
  });
  return end && request ? [end, request] : undefined;
}

describe('where the documents of AWS disagree', () => {
  it.each(names)('%s names its documents, and reads each way only once', (name) => {
    const { question, source, values } = interpretations[name];

    expect(question).toMatch(/\S/);
    expect(source).toMatch(/\.$/);
    expect(new Set<unknown>(values).size).toBe(values.length);
    expect(values.length).toBeGreaterThan(1);
  });

  describe.each(alone)('%s', (name, reading) => {
    it('keeps the promises on each way through the lifecycle', async () => {
      for (const scenario of sampleScenarios(name, 40)) {
        const ran = await runUnder(scenario, reading);
        if (ran === undefined) continue;
        const [end, request] = ran;
        const history = observe(end, request, scenario.isVolatile ?? false);

        expect(findBrokenPromises(history), scenario.name).toEqual([]);
        expect(findLies(end), scenario.name).toEqual([]);
      }
    });

    it('keeps the promises whatever befalls a run', async () => {
      await fc.assert(
        fc.asyncProperty(schedules, async (schedule) => {
          const history = await play({
            ...switchOffDraws(schedule, switchedOff),
            interpretations: { ...defaultInterpretations, ...reading },
          });
          expect(findBrokenPromises(history)).toEqual([]);
        }),
        { numRuns: inDepth(2, 60), seed: 3 },
      );
    });
  });

  it('keeps the promises under mixtures of interpretations', async () => {
    await fc.assert(
      fc.asyncProperty(mixtures, schedules, async (mixture, schedule) => {
        expect(
          findBrokenPromises(await play({ ...switchOffDraws(schedule, switchedOff), interpretations: mixture })),
        ).toEqual([]);
      }),
      { numRuns: inDepth(30, 1_000), seed: 4 },
    );
  });
});
