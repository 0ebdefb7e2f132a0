/** A safe update carried by durable functions, against a world in virtual time. */
import type { RunResult } from '../../src/domain/outcome.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import type { Surroundings } from '../../src/lambda/safe-update/execution.ts';
import { createHandler } from '../../src/lambda/safe-update/handler.ts';
import type { Begun } from '../../src/lambda/safe-update/succession.ts';
import type { Ports } from '../../src/run/run.ts';
import type { End } from './crash-and-resume.ts';
import { type Execution, execute, type Orders } from './durable-service.ts';
import type { RunOrder, World } from './world.ts';

export const owner = 'run-1';

const chartOfTest = 'chart';

export interface Ended extends End {
  readonly execution: Execution;
}

/** When a stop was requested, however many deployments hear of it. */
const stops = new WeakMap<World, { atMs: number }>();

function watchStop(world: World): { atMs: number } {
  const stop = { atMs: Number.POSITIVE_INFINITY };
  stops.set(world, stop);
  world.stop.signal.addEventListener('abort', () => {
    stop.atMs = world.clock.now();
  });
  return stop;
}

/** The library's part: what an execution goes by, and the ports of one invocation. */
export function surround(
  world: World,
  request: RunOrder,
  version = '1.0.0',
  change = (ports: Ports) => ports,
): Surroundings {
  const startedAtMs = world.clock.now();
  const stop = stops.get(world) ?? watchStop(world);
  return {
    version,
    chart: chartOfTest,
    clock: world.clock,
    async begin(): Promise<Begun> {
      const { store, change: wanted = {}, previous = {}, policy = {}, resumedFrom } = request;
      const input = {
        runId: owner,
        place: { region: world.simulator.region, account: world.simulator.accountId },
        startedAtMs,
        store,
        request: { change: wanted, previous, policy: { ...defaultPolicy, ...policy } },
        ...(resumedFrom ? { resumedFrom } : {}),
      };
      return { version, chart: chartOfTest, input, owner, reach: {} };
    },
    async open(begun) {
      const { host: _, ...ports } = change(await portsOf(world, request));
      const lock = { ...ports.lock, extend: async () => undefined };
      const isRequested = async () => world.stop.signal.aborted && begun.input.startedAtMs <= stop.atMs;
      return { ports, lock, stops: { isRequested }, end: () => undefined };
    },
    flush: async () => undefined,
  };
}

function portsOf(world: World, request: RunOrder): Promise<Ports> {
  return new Promise((resolve) => {
    const work = async (ports: Ports): Promise<RunResult> => {
      resolve(ports);
      return new Promise(() => undefined);
    };
    void world.start({ ...request, work, signal: new AbortController().signal });
  });
}

export function start(world: World, surroundings: Surroundings, orders: Partial<Orders> = {}): Promise<Execution> {
  const { clock, die } = world;
  return clock.drive(execute((client) => createHandler(surroundings, client), {}, { clock, onDeath: die, ...orders }));
}

export function readResult({ output }: Execution): RunResult {
  if (output.Status !== 'SUCCEEDED') throw new Error(JSON.stringify(output));
  return JSON.parse(String(output.Result)) as RunResult;
}
