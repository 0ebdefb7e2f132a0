import { withDurableExecution } from '@aws/durable-execution-sdk-js';
import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/domain/outcome.ts';
import { createLambdaHost } from '../../src/hosts/lambda.ts';
import { readKeptLog } from '../../src/hosts/lambda-log.ts';
import { sampleScenarios } from '../run/scenarios/index.ts';
import { describeEnd, type End, findLies, runThrough } from '../support/crash-and-resume.ts';
import { type Execution, execute, type Plug } from '../support/durable-service.ts';
import { samplePoints } from '../support/sampling.ts';
import type { Scenario } from '../support/scenario.ts';
import { createWorld } from '../support/world.ts';

const contextName = 'run 1';

/** A scenario carried by the durable service, whose plug is pulled once. */
async function carry(scenario: Scenario, plug?: Plug): Promise<End & { readonly execution: Execution }> {
  const world = createWorld(scenario.simulator);
  const request = { ...scenario.arrange(world), startedAtMs: world.clock.now() };
  const execution = await world.clock.drive(
    execute(
      (client) => (event, lambdaContext) =>
        withDurableExecution(
          (_, durable) =>
            durable.runInChildContext(contextName, (context) => {
              const past = readKeptLog(event.InitialExecutionState.Operations, contextName);
              const stops = { isRequested: async () => world.stop.signal.aborted };
              const host = createLambdaHost({ context, past, clock: world.clock, stops });
              return world.start({ ...request, host, signal: new AbortController().signal });
            }),
          { durableExecutionClient: client },
        )(event, lambdaContext),
      {},
      { clock: world.clock, plug, onDeath: world.die },
    ),
  );
  if (execution.output.Status !== 'SUCCEEDED') throw new Error(JSON.stringify(execution.output));
  return { result: JSON.parse(String(execution.output.Result)) as RunResult, records: [], world, execution };
}

/** Each kind of checkpoint when it first comes, once lost with the process and once kept; neighbours differ in both. */
function plugs({ checkpoints }: Execution): readonly (Plug & { readonly kind: string })[] {
  const firsts = checkpoints.flatMap((word, at) => (checkpoints.indexOf(word) === at ? [at] : []));
  // An intent is kept in the same way for every step.
  const kindOf = (at: number) =>
    String(checkpoints[at])
      .replace(/\d+\./g, '')
      .replace(/\S+ \(announces\)/g, 'intent');
  return firsts.flatMap((at) =>
    [at % 2 === 0, at % 2 !== 0].map((isKept) => ({ at, isKept, kind: `${kindOf(at)} ${isKept ? 'kept' : 'lost'}` })),
  );
}

describe('a run carried by durable functions', () => {
  for (const scenario of sampleScenarios('durable functions', 20)) {
    it(`ends as one that a process carries: ${scenario.name}`, async () => {
      const here = await runThrough(scenario);
      const there = await carry(scenario);
      expect(findLies(there)).toEqual([]);
      if (!scenario.isVolatile) expect(describeEnd(there)).toBe(describeEnd(here));
      for (const plug of samplePoints(scenario.name, plugs(there.execution), 60, 3)) {
        const end = await carry(scenario, plug);
        const where = JSON.stringify(plug);
        expect(findLies(end), where).toEqual([]);
        if (!scenario.isVolatile) expect(describeEnd(end), where).toBe(describeEnd(here));
      }
    });
  }
});
