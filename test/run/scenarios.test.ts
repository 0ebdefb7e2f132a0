import { describe, expect, it } from 'vitest';
import { readArrows } from '../support/machine-arrows.ts';
import { writeTranscript } from '../support/transcript.ts';
import { createWorld } from '../support/world.ts';
import { scenarios } from './scenarios/index.ts';

const walked = new Set<string>();

describe('each way through the lifecycle', () => {
  it.for(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', async ([, scenario]) => {
    const { arrange, outcome, simulator } = scenario;
    const world = createWorld(simulator);

    const result = await world.run(arrange(world));

    for (const edge of world.trace.edges) walked.add(edge);
    expect(result.outcome).toBe(outcome);
    expect(writeTranscript(world, result)).toMatchSnapshot();
  });

  it('walks every arrow of the machine', () => {
    // No result of ours is unexpected: test/machines/unexpected-results.test.ts hands each state what it does not expect.
    const onlyForUnexpected = 'acting --> ending.stranded';
    expect(readArrows().filter((arrow) => !walked.has(arrow))).toEqual([onlyForUnexpected]);
  });
});
