import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/domain/change.ts';
import type { RunResult } from '../../src/domain/outcome.ts';
import { createHandler } from '../../src/lambda/safe-update/handler.ts';
import { findLeft, inherit } from '../../src/lambda/safe-update/succession.ts';
import { scenarios } from '../run/scenarios/index.ts';
import { type End, findLies, runThrough } from '../support/crash.ts';
import type { Execution, Orders } from '../support/durable-service.ts';
import { type Ended, owner, readResult, start, surround } from '../support/execution.ts';
import type { Scenario } from '../support/scenario.ts';
import { addCloudHsm, addExternal, clusters, newEndpoint } from '../support/stores.ts';
import { isWhole, takePart } from '../support/whole.ts';
import { createWorld, minuteMs, type RunOrder, type World } from '../support/world.ts';

const moveEndpoint = (world: World): RunOrder => ({
  store: addExternal(world),
  change: { XksProxyUriEndpoint: newEndpoint },
  policy: { accept: ['outage', 'unproven-keys'] },
});

/** So many of them, from the first to the last. */
function spread<T>(all: readonly T[], atMost: number): readonly T[] {
  const nth = Math.ceil(all.length / atMost);
  return all.filter((_, at) => at % nth === 0 || at === all.length - 1);
}

const stateOf = ({ world, result }: End) => world.simulator.store(result.customKeyStoreId).ConnectionState;

async function carry(scenario: Scenario, orders?: (world: World, order: RunOrder) => Partial<Orders>): Promise<Ended> {
  const world = createWorld(scenario.simulator);
  const order = scenario.arrange(world);
  const execution = await start(world, surround(world, order), orders?.(world, order));
  return { result: readResult(execution), records: [], world, execution };
}

describe('an execution', () => {
  it('answers with the result of its run, and the service keeps one operation a step', async () => {
    const world = createWorld();
    const execution = await start(world, surround(world, moveEndpoint(world)));

    expect(readResult(execution)).toMatchObject({ outcome: 'updated', runId: owner, settings: 'new', path: 'offline' });
    expect(execution.checkpoints.filter((word) => word.endsWith('SUCCEED'))).toMatchSnapshot();
  });

  it('waits twenty minutes for a connect in few operations and bytes', async () => {
    const world = createWorld({ durations: { connect: { AWS_CLOUDHSM: 20 * minuteMs } } });
    const order = {
      store: addCloudHsm(world),
      change: { CloudHsmClusterId: clusters(world).second },
      policy: { accept: ['outage'] as const },
    };

    const { operations, ...execution } = await start(world, surround(world, order));

    expect(readResult({ operations, ...execution }).outcome).toBe('updated');
    expect(new Set(execution.checkpoints.map((word) => word.replace(/ \w+$/, ''))).size).toBeLessThanOrEqual(30);
  });

  it('reads all pages of what the service has kept', async () => {
    const world = createWorld();
    const execution = await start(world, surround(world, moveEndpoint(world)), { pageSize: 3 });

    expect(readResult(execution).outcome).toBe('updated');
    expect(world.sent.filter(({ operation }) => operation === 'UpdateCustomKeyStore')).toHaveLength(1);
  });

  it('tells of each state and step once, as a process does, whichever invocation it is made in', async () => {
    const told = ({ events }: World) =>
      events.flatMap((event) =>
        event.type === 'state.entered' || event.type.startsWith('step.') || event.type === 'wait.started'
          ? [JSON.stringify({ ...event, atMs: 0, deadlineAtMs: 0, requestId: '' })]
          : [],
      );
    const there = createWorld();
    await start(there, surround(there, moveEndpoint(there)));
    const here = createWorld();
    await here.run(moveEndpoint(here));

    expect(told(there)).toEqual(told(here));
  });

  it('that is asked for a stop before its first write leaves the store as it was', async () => {
    const world = createWorld();
    world.when(
      (operation) => operation === 'DescribeCustomKeyStores',
      () => world.stop.abort(),
    );

    const result = readResult(await start(world, surround(world, moveEndpoint(world))));

    expect(result).toMatchObject({ outcome: 'cancelled', settings: 'old' });
  });

  it('that would wait for an operator fails, and says in which state the store is and what to do', async () => {
    const world = createWorld();
    const order = {
      ...moveEndpoint(world),
      policy: { accept: ['outage', 'unproven-keys'], onFailure: 'hold' } as const,
    };
    world.simulator.addProxy({ endpoint: newEndpoint, reachable: false });

    const { output } = await start(world, surround(world, order));

    expect(output).toMatchObject({
      Status: 'FAILED',
      Error: {
        ErrorMessage: expect.stringMatching(
          /run run-1 is unfinished: cks-\w+ was last seen DISCONNECTED; .* Check that the proxy is up/,
        ),
      },
    });
  });
});

describe('an execution whose run breaks off', () => {
  it('goes on with another run that takes up what the first has left', async () => {
    const world = createWorld();
    let breaks = 1;
    const surroundings = surround(world, moveEndpoint(world), '1.0.0', (ports) => ({
      ...ports,
      kms: {
        ...ports.kms,
        async connect(id) {
          breaks -= 1;
          if (breaks === 0) throw new TypeError('a bug');
          return ports.kms.connect(id);
        },
      },
    }));

    const result = readResult(await start(world, surroundings));

    expect(result).toMatchObject({ outcome: 'updated', runId: `${owner}-2`, takenUp: owner, settings: 'new' });
    expect(world.simulator.store(result.customKeyStoreId).ConnectionState).toBe('CONNECTED');
  });

  it('fails where the third breaks off too', async () => {
    const world = createWorld();
    const surroundings = surround(world, moveEndpoint(world), '1.0.0', (ports) => ({
      ...ports,
      kms: {
        ...ports.kms,
        connect() {
          throw new TypeError('a bug');
        },
      },
    }));

    const { output } = await start(world, surroundings);

    expect(output).toMatchObject({
      Status: 'FAILED',
      Error: { ErrorMessage: expect.stringContaining('was last seen DISCONNECTED') },
    });
  });
});

describe('an execution that has failed', () => {
  const world = () => {
    const made = createWorld();
    made.simulator.addProxy({ endpoint: newEndpoint, reachable: false });
    return made;
  };
  const held = (made: World): RunOrder => ({
    ...moveEndpoint(made),
    policy: { accept: ['outage', 'unproven-keys'], onFailure: 'hold' },
  });

  /** Another execution goes on with what the first has left. */
  async function goOn(made: World, order: RunOrder, failed: Execution, correction: Change): Promise<RunResult> {
    const left = findLeft(failed.operations as never);
    if (left === null || 'result' in left) throw new Error('it has left nothing');
    const heir = { version: '1.0.0', startedAtMs: made.clock.now() };
    const begun = inherit(left, 'run-9', heir, correction, []);
    if (begun === null) throw new Error('it has sent nothing');
    return readResult(await start(made, { ...surround(made, order), begin: async () => begun }));
  }

  it('says how another one goes on with it', async () => {
    const made = world();
    const { output } = await start(made, surround(made, held(made)));

    expect(output).toMatchObject({
      Error: {
        ErrorMessage: expect.stringMatching(/ Then start an execution with \{"resume": "arn:aws:lambda:.*"\}, and/),
      },
    });
  });

  it('is gone on with by another one, with a corrected value', async () => {
    const made = world();
    const order = held(made);
    const failed = await start(made, surround(made, order));

    const result = await goOn(made, order, failed, { XksProxyUriEndpoint: 'https://better.xks.example.com' });

    expect(result).toMatchObject({ outcome: 'updated', runId: 'run-9', takenUp: owner, settings: 'new' });
    expect(made.simulator.store(result.customKeyStoreId)).toMatchObject({
      ConnectionState: 'CONNECTED',
      XksProxyConfiguration: { UriEndpoint: 'https://better.xks.example.com' },
    });
  });

  it('leaves nothing where it has ended, or has sent nothing', async () => {
    const made = createWorld();
    const ended = await start(made, surround(made, moveEndpoint(made)));
    expect(findLeft(ended.operations as never)).toMatchObject({ result: { outcome: 'updated' } });
    expect(findLeft([])).toBeNull();

    const unsent = createWorld();
    const order = { ...moveEndpoint(unsent), store: 'nope' };
    const { operations } = await start(unsent, surround(unsent, order));
    expect(findLeft(operations as never)).toMatchObject({ result: { outcome: 'refused' } });
  });
});

describe('an execution whose code changes under it', () => {
  for (const scenario of takePart(scenarios, 5, 0)) {
    it(`ends in a named outcome, told truly: ${scenario.name}`, async () => {
      const { execution } = await carry(scenario);
      const here = await runThrough(scenario);
      const all = Array.from({ length: execution.invocations - 1 }, (_, before) => before + 2);
      for (const changedAt of spread(all, isWhole ? 60 : 2)) {
        const end = await carry(scenario, (world, order) => ({
          // What another deployment does from this invocation on.
          handlerOf: (nth, client) =>
            nth < changedAt ? undefined : createHandler(surround(world, order, '2.0.0'), client),
        }));
        const where = `changed at invocation ${changedAt} of ${execution.invocations}`;
        expect(findLies(end), where).toEqual([]);
        if (scenario.isVolatile) continue;
        // A rehearsal that was cut off is taken away, and nothing else is done.
        const ends = scenario.isRehearsed ? ['refused'] : [];
        expect([here.result.outcome, 'updated', 'rolledBack', ...ends], where).toContain(end.result.outcome);
        expect(stateOf(end), where).toBe(stateOf(here));
      }
    });
  }
});
