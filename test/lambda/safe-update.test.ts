import type { DurableExecutionClient, DurableLambdaHandler } from '@aws/durable-execution-sdk-js';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/domain/change.ts';
import type { RunResult } from '../../src/domain/outcome.ts';
import type { Surroundings } from '../../src/lambda/safe-update/execution.ts';
import { createHandler } from '../../src/lambda/safe-update/handler.ts';
import {
  type Begun,
  findLeft,
  hearsStopsSinceMs,
  inherit,
  requireLeft,
} from '../../src/lambda/safe-update/succession.ts';
import type { Ports } from '../../src/run/run.ts';
import { sampleScenarios } from '../run/scenarios/index.ts';
import { type End, findLies, runThrough } from '../support/crash-and-resume.ts';
import type { Execution, Orders } from '../support/durable-service.ts';
import { type Ended, owner, readResult, start, surround } from '../support/execution.ts';
import { chooseRewriting, type Rewriting, rewriteRun, rewritings } from '../support/other-version.ts';
import { inDepth } from '../support/sampling.ts';
import type { Scenario } from '../support/scenario.ts';
import { addCloudHsm, addExternal, clusters, moveEndpoint, newEndpoint } from '../support/stores.ts';
import { createWorld, minuteMs, type RunOrder, type World } from '../support/world.ts';

const moveExternal = (world: World): RunOrder => ({ store: addExternal(world), ...moveEndpoint });

/** So many of them, from the first to the last. */
function spread<T>(all: readonly T[], atMost: number): readonly T[] {
  const nth = Math.ceil(all.length / atMost);
  return all.filter((_, at) => at % nth === 0 || at === all.length - 1);
}

const stateOf = ({ world, result }: End) => world.simulator.store(result.customKeyStoreId).ConnectionState;

type OrdersOf = (world: World, request: RunOrder) => Partial<Orders>;

async function begin(scenario: Scenario, orders?: OrdersOf): Promise<Pick<Ended, 'world' | 'execution'>> {
  const world = createWorld(scenario.simulator);
  const request = scenario.arrange(world);
  return { world, execution: await start(world, surround(world, request), orders?.(world, request)) };
}

const end = ({ world, execution }: Pick<Ended, 'world' | 'execution'>): Ended => ({
  result: readResult(execution),
  records: [],
  world,
  execution,
});

/** Another execution goes on with what the first has left. */
async function goOn(made: World, request: RunOrder, failed: Execution, correction: Change): Promise<RunResult> {
  const left = findLeft(failed.operations as never);
  if (left === null || left.result) throw new Error('it has left nothing');
  const nextExecution = { version: '1.0.0', chart: 'chart', startedAtMs: made.clock.now() };
  const begun = inherit(left, 'run-9', nextExecution, correction, []);
  if (begun === null) throw new Error('it has sent nothing');
  return readResult(await start(made, { ...surround(made, request), begin: async () => begun }));
}

describe('a function that is not durable', () => {
  it('says so when it is invoked', async () => {
    const world = createWorld();
    const handler = createHandler(surround(world, moveExternal(world)));
    const invoking = handler({ customKeyStoreId: 'cks-1' } as never, {} as never);
    await expect(invoking).rejects.toThrow(/Check your resource configurations to confirm the durability is set/);
  });
});

describe('an execution', () => {
  it('answers with the result of its run, and the service keeps one operation a step and one for each intent', async () => {
    const world = createWorld();
    const execution = await start(world, surround(world, moveExternal(world)));

    expect(readResult(execution)).toMatchObject({ outcome: 'updated', runId: owner, settings: 'new', mode: 'offline' });
    expect(execution.checkpoints.filter((word) => word.endsWith('SUCCEED'))).toMatchSnapshot();
  });

  it('waits twenty minutes for a connect in few operations and bytes', async () => {
    const world = createWorld({ durations: { connect: { AWS_CLOUDHSM: 20 * minuteMs } } });
    const request = {
      store: addCloudHsm(world),
      change: { CloudHsmClusterId: clusters(world).second },
      policy: { accept: ['outage'] as const },
    };

    const { operations, ...execution } = await start(world, surround(world, request));

    expect(readResult({ operations, ...execution }).outcome).toBe('updated');
    expect(new Set(execution.checkpoints.map((word) => word.replace(/ \w+$/, ''))).size).toBeLessThanOrEqual(30);
  });

  it('ends as it would have where somebody pauses it for an hour, after whichever invocation', async () => {
    const run = async (pause?: NonNullable<Orders['pause']>) => {
      const world = createWorld();
      const execution = await start(world, surround(world, moveExternal(world)), pause ? { pause } : {});
      const { outcome, settings } = readResult(execution);
      const sent = world.sent
        .map(({ operation }) => operation)
        .filter((operation) => !operation.startsWith('Describe'));
      return { invocations: execution.invocations, end: { outcome, settings, sent } };
    };
    const { invocations, end } = await run();
    expect([end.outcome, invocations > 2]).toEqual(['updated', true]);
    for (const after of spread(
      Array.from({ length: invocations - 1 }, (_, at) => at + 1),
      12,
    ))
      expect((await run({ after, forMs: 60 * minuteMs })).end, `paused after invocation ${after}`).toEqual(end);
  });

  it('reads all pages of what the service has kept', async () => {
    const world = createWorld();
    const execution = await start(world, surround(world, moveExternal(world)), { pageSize: 3 });

    expect(readResult(execution).outcome).toBe('updated');
    expect(world.sent.filter(({ operation }) => operation === 'UpdateCustomKeyStore')).toHaveLength(1);
  });

  it('tells of each state and step once, as a process does, whichever invocation it is made in', async () => {
    const told = ({ events }: World) =>
      events.flatMap((event) =>
        event.type === 'state.entered' || event.type.startsWith('step.') || event.type === 'wait.started'
          ? [JSON.stringify({ ...event, at: '', deadlineAt: '', requestId: '' })]
          : [],
      );
    const there = createWorld();
    await start(there, surround(there, moveExternal(there)));
    const here = createWorld();
    await here.run(moveExternal(here));

    expect(told(there)).toEqual(told(here));
  });

  it('an execution that is asked for a stop before its first write leaves the store as it was', async () => {
    const world = createWorld();
    world.when('DescribeCustomKeyStores', () => world.stop.abort());

    const result = readResult(await start(world, surround(world, moveExternal(world))));

    expect(result).toMatchObject({ outcome: 'cancelled', settings: 'old' });
  });

  it('an execution that is paused with its store offline is connected by its dead man’s switch, and ends in a named outcome', async () => {
    const world = createWorld();
    const move = moveExternal(world);
    const policy = { ...move.policy, deadMansSwitch: 'arn:aws:iam::111122223333:role/connect' };
    const order: RunOrder = { ...move, policy };
    const state = () => world.simulator.store(order.store).ConnectionState;
    const states: string[] = [];
    const execution = await start(world, surround(world, order), {
      handlerOf: () => {
        if (states.length > 0 || !/^DISCONNECT/.test(state())) return undefined;
        states.push(state());
        world.clock.advance(120 * minuteMs);
        states.push(state());
        return undefined;
      },
    });

    expect(states).toEqual([expect.stringMatching(/^DISCONNECT/), 'CONNECTED']);
    expect(readResult(execution)).toMatchObject({ outcome: 'rolledBack', reason: { code: 'SWITCH_FIRED' } });
    expect(state()).toBe('CONNECTED');
  });

  it('an execution that would wait for an operator fails, and says in which state the store is and what to do', async () => {
    const world = createWorld();
    const request = {
      ...moveExternal(world),
      policy: { accept: ['outage', 'unverified-keys'], onFailure: 'hold' } as const,
    };
    world.simulator.addProxy({ endpoint: newEndpoint, reachable: false });

    const { output } = await start(world, surround(world, request));

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

describe('a stop that was asked for through the table', () => {
  const begun = (runId: string) => ({ owner, input: { runId, startedAtMs: 90_700 } }) as Begun;

  it('concerns the first run of an execution whatever its clock says, and another from the second on in which it began', () => {
    expect(hearsStopsSinceMs(begun(owner))).toBe(0);
    expect(hearsStopsSinceMs(begun(`${owner}-2`))).toBe(90_000);
  });
});

describe('an execution whose run breaks off', () => {
  it('goes on with another run that takes up what the first has left', async () => {
    const world = createWorld();
    let breaks = 1;
    const surroundings = surround(world, moveExternal(world), '1.0.0', (ports) => ({
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

    expect(result).toMatchObject({ outcome: 'updated', runId: `${owner}-2`, resumedFrom: owner, settings: 'new' });
    expect(world.simulator.store(result.customKeyStoreId).ConnectionState).toBe('CONNECTED');
  });

  /** Breaks off once, as it connects. */
  const breakOnce = (onBreak: () => void) => {
    let breaks = 1;
    return (ports: Ports): Ports => ({
      ...ports,
      kms: {
        ...ports.kms,
        async connect(id) {
          breaks -= 1;
          if (breaks < 0) return ports.kms.connect(id);
          onBreak();
          throw new TypeError('a bug');
        },
      },
    });
  };

  it('leaves no store offline for a stop that meets the run that takes up', async () => {
    const world = createWorld();
    const request = moveExternal(world);
    let isBroken = false;
    const change = breakOnce(() => {
      isBroken = true;
    });
    const surroundings = surround(world, request, '1.0.0', change);
    world.when(
      (operation) => isBroken && operation === 'DescribeCustomKeyStores',
      () => world.stop.abort(),
    );

    const result = readResult(await start(world, surroundings));

    expect(world.stop.signal.aborted).toBe(true);
    expect(result).toMatchObject({ outcome: 'updated', settings: 'new' });
    expect(world.simulator.store(result.customKeyStoreId).ConnectionState).toBe('CONNECTED');
  });

  it('fails where no run that takes up can look at the store, and is gone on with by another execution', async () => {
    const world = createWorld();
    const request = moveExternal(world);
    const change = breakOnce(() => world.cutOff('ExpiredTokenException', 60 * minuteMs));

    const failed = await start(world, surround(world, request, '1.0.0', change));

    expect(failed.output).toMatchObject({
      Status: 'FAILED',
      Error: { ErrorMessage: expect.stringMatching(/ is unfinished: .* start an execution with \{"resume": "arn:/) },
    });
    await world.clock.drive(world.clock.sleep(60 * minuteMs));
    const result = await goOn(world, request, failed, {});
    expect(result).toMatchObject({ outcome: 'updated', settings: 'new' });
    expect(world.simulator.store(result.customKeyStoreId).ConnectionState).toBe('CONNECTED');
  });

  it('fails where the third breaks off too', async () => {
    const world = createWorld();
    const surroundings = surround(world, moveExternal(world), '1.0.0', (ports) => ({
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
    ...moveExternal(made),
    policy: { accept: ['outage', 'unverified-keys'], onFailure: 'hold' },
  });

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
    const request = held(made);
    const failed = await start(made, surround(made, request));

    const result = await goOn(made, request, failed, { XksProxyUriEndpoint: 'https://better.xks.example.com' });

    expect(result).toMatchObject({ outcome: 'updated', runId: 'run-9', resumedFrom: owner, settings: 'new' });
    expect(made.simulator.store(result.customKeyStoreId)).toMatchObject({
      ConnectionState: 'CONNECTED',
      XksProxyConfiguration: { UriEndpoint: 'https://better.xks.example.com' },
    });
  });

  it('is gone on with only when it is over, and has not come to a good end', async () => {
    const made = createWorld();
    const ended = await start(made, surround(made, moveExternal(made)));
    const operations = ended.operations as never;
    expect(() => requireLeft({ operations, isOver: false })).toThrow('that execution is not over');
    expect(() => requireLeft({ operations, isOver: true })).toThrow(
      'that execution has ended updated: nothing is left',
    );
    expect(() => requireLeft({ operations: [], isOver: true })).toThrow('that execution has not begun');

    const stranded = createWorld();
    const request = moveExternal(stranded);
    stranded.when('ConnectCustomKeyStore', () =>
      stranded.simulator.failNext('ConnectCustomKeyStore', 'AccessDeniedException', { times: 1_000 }),
    );
    const { operations: kept } = await start(stranded, surround(stranded, request));
    expect(requireLeft({ operations: kept as never, isOver: true })).toMatchObject({ result: { outcome: 'stranded' } });
  });

  it('is held as well where the process that was to say so is gone', async () => {
    const first = world();
    const { checkpoints } = await start(first, surround(first, held(first)));
    const at = checkpoints.findIndex((word) => word.endsWith('.hold FAIL'));
    expect(at).toBeGreaterThan(0);
    const made = world();

    const { output } = await start(made, surround(made, held(made)), { plug: { at, isKept: true } });

    expect(output).toMatchObject({ Status: 'FAILED', Error: { ErrorMessage: expect.stringContaining('"resume"') } });
  });

  it('leaves nothing where it has ended, or has sent nothing', async () => {
    const made = createWorld();
    const ended = await start(made, surround(made, moveExternal(made)));
    expect(findLeft(ended.operations as never)).toMatchObject({ result: { outcome: 'updated' } });
    expect(findLeft([])).toBeNull();

    const unsent = createWorld();
    const request = { ...moveExternal(unsent), store: 'nope' };
    const { operations } = await start(unsent, surround(unsent, request));
    expect(findLeft(operations as never)).toMatchObject({ result: { outcome: 'refused' } });
  });
});

/** Code of the same version whose lifecycle has other steps: it meets those of the run before. */
function withOtherSteps(
  surroundings: Surroundings,
  client: DurableExecutionClient,
  how: Rewriting,
): DurableLambdaHandler {
  const handler = createHandler({ ...surroundings, chart: 'of another commit' }, client);
  return (event, context) => {
    const { InitialExecutionState: kept } = event;
    const state = { ...kept, Operations: rewriteRun(kept.Operations, how) };
    return handler({ ...event, InitialExecutionState: state }, context);
  };
}

/** The facts that the run before has kept with its calls, with other members. */
function withOtherFacts(handler: DurableLambdaHandler, wrong: object): DurableLambdaHandler {
  return (event, context) => {
    const { InitialExecutionState: kept } = event;
    const Operations = kept.Operations.map((operation) => {
      if (!operation.Name?.endsWith('(announces)')) return operation;
      const { sending, ...intent } = JSON.parse(String(operation.StepDetails?.Result));
      const changed = { ...intent, sending: { ...sending, resume: { ...sending.resume, ...wrong } } };
      return { ...operation, StepDetails: { ...operation.StepDetails, Result: JSON.stringify(changed) } };
    });
    return handler({ ...event, InitialExecutionState: { ...kept, Operations } }, context);
  };
}

describe('an execution whose code changes under it', () => {
  const change = (world: World, request: RunOrder): Partial<Orders> => ({
    handlerOf: (nth, client) => (nth < 2 ? undefined : createHandler(surround(world, request, '2.0.0'), client)),
  });

  it('heeds a stop that the earlier code had no time to hear', async () => {
    const world = createWorld();
    const request = moveExternal(world);
    const surroundings = surround(world, request);
    world.when(
      () => world.sent.some(({ operation }) => operation === 'DisconnectCustomKeyStore'),
      () => world.stop.abort(),
    );

    const result = readResult(await start(world, surroundings, change(world, request)));

    expect(result).toMatchObject({ settings: 'old', reason: { code: 'STOPPED' } });
    expect(world.sent.map(({ operation }) => operation)).not.toContain('UpdateCustomKeyStore');
    expect(world.simulator.store(result.customKeyStoreId).ConnectionState).toBe('CONNECTED');
  });

  it('heeds a stop of before its first write', async () => {
    const first = createWorld();
    const { checkpoints } = await start(first, surround(first, moveExternal(first)));
    const world = createWorld();
    const request = moveExternal(world);
    const surroundings = surround(world, request);
    world.when('DescribeCustomKeyStores', () => world.stop.abort());
    // It has not told the service yet what it has heard.
    const plug = { at: checkpoints.findIndex((word) => word.includes('describeStore')), isKept: false };

    const result = readResult(await start(world, surroundings, { ...change(world, request), plug }));

    expect(result).toMatchObject({ outcome: 'cancelled', settings: 'old' });
    expect(world.sent.map(({ operation }) => operation)).not.toContain('DisconnectCustomKeyStore');
  });

  it.each(rewritings)(
    'brings a store online that the earlier code took offline, though its steps are %s',
    async (how) => {
      const world = createWorld();
      const request = moveExternal(world);
      const isOffline = () => world.sent.some(({ operation }) => operation === 'DisconnectCustomKeyStore');
      const handlerOf: Orders['handlerOf'] = (_, client) =>
        isOffline() ? withOtherSteps(surround(world, request), client, how) : undefined;

      const result = readResult(await start(world, surround(world, request), { handlerOf }));

      expect(result).toMatchObject({ outcome: 'updated', settings: 'new', mode: 'offline', resumedFrom: owner });
      expect(world.simulator.store(result.customKeyStoreId).ConnectionState).toBe('CONNECTED');
    },
  );

  it.each([
    ['by a newer version', { schema: 99 }, 'a newer version wrote its resume state (schema 99; this version knows 4)'],
    ['damaged', { before: null }, 'before is missing or wrong in its resume state'],
  ])('fails, and sends nothing, for facts that were written %s', async (_, wrong, message) => {
    const world = createWorld();
    const request = moveExternal(world);
    const isOffline = () => world.sent.some(({ operation }) => operation === 'DisconnectCustomKeyStore');
    const handlerOf: Orders['handlerOf'] = (_, client) =>
      isOffline() ? withOtherFacts(withOtherSteps(surround(world, request), client, 'renamed'), wrong) : undefined;

    const { output } = await start(world, surround(world, request), { handlerOf });

    expect(output).toMatchObject({ Status: 'FAILED', Error: { ErrorMessage: expect.stringContaining(message) } });
    expect(world.sent.map(({ operation }) => operation)).not.toContain('UpdateCustomKeyStore');
  });

  for (const scenario of sampleScenarios('other steps', 40)) {
    it(`that had other steps ends in a named outcome, reported truthfully, or says how to go on: ${scenario.name}`, async () => {
      const { execution } = await begin(scenario);
      const here = await runThrough(scenario);
      const all = Array.from({ length: execution.invocations - 1 }, (_, before) => before + 2);
      for (const changedAt of spread(all, inDepth(2, 8))) {
        const how = chooseRewriting(`${scenario.name} ${changedAt}`);
        const changed = await begin(scenario, (world, request) => ({
          // What another deployment does from this invocation on.
          handlerOf: (nth, client) =>
            nth < changedAt ? undefined : withOtherSteps(surround(world, request), client, how),
        }));
        const where = `changed at invocation ${changedAt} of ${execution.invocations}, ${how}`;
        const { output } = changed.execution;
        const message = output.Status === 'FAILED' ? String(output.Error?.ErrorMessage) : '';
        // Another login after one that was refused is for people to allow.
        if (message && (scenario.isVolatile || message.includes('--accept login is missing'))) {
          expect(message, where).toMatch(/ is unfinished: .* start an execution with {"resume": /);
          continue;
        }
        const ended = end(changed);
        expect(findLies(ended), where).toEqual([]);
        if (scenario.isVolatile) continue;
        // Nothing was sent: a trial connect that was interrupted is deleted, and KMS may not answer now.
        const hasSent = ended.world.sent.some(
          ({ operation, isDone }) => operation !== 'DescribeCustomKeyStores' && isDone,
        );
        const ends = scenario.hasTriedConnect || !hasSent ? ['refused'] : [];
        expect([here.result.outcome, 'updated', 'rolledBack', ...ends], where).toContain(ended.result.outcome);
        // The one that continues has a deadline of its own, and one more try of what failed.
        const hasFailed = ['stranded', 'refused'].includes(here.result.outcome);
        const endsBetter = hasFailed && ended.result.outcome !== here.result.outcome;
        if (here.result.outcome !== 'unsettled' && !endsBetter) expect(stateOf(ended), where).toBe(stateOf(here));
      }
    });
  }
});
