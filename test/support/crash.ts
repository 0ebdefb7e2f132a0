/** Pulls the plug: a run whose process dies at one record of its log, and the run that goes on from what was kept. */

import { matchesSettings } from '../../src/domain/key-store.ts';
import type { RunResult } from '../../src/domain/outcome.ts';
import { defaultPolicy, type Risk } from '../../src/domain/policy.ts';
import { createMemoryLog } from '../../src/hosts/local.ts';
import { readStore } from '../../src/kms/kms.ts';
import type { LogRecord, RunLog } from '../../src/ports/log.ts';
import type { History, Life } from './history.ts';
import type { Scenario } from './scenario.ts';
import { createWorld, type RunOrder, type World } from './world.ts';

/** The record at which the process dies, counted from 0, and whether it still reached the log. */
export interface CrashPoint {
  readonly at: number;
  readonly isKept: boolean;
}

export interface End {
  readonly result: RunResult;
  readonly records: readonly LogRecord[];
  readonly world: World;
}

/** A run of a scenario as the judges of the promises see it. */
export function observe({ result, records, world }: End, order: RunOrder, isVolatile: boolean): History {
  const { sent, events } = world;
  const policy = { ...defaultPolicy, ...order.policy };
  const grants = records.flatMap((record) => {
    const value = record.kind === 'result' ? (record.value as { kind: string; accepted?: readonly Risk[] }) : undefined;
    const at = sent.filter(({ atMs }) => atMs <= record.atMs).length;
    return value?.kind === 'released' ? [{ at, accepted: value.accepted ?? [] }] : [];
  });
  const life: Life = {
    beginning: order.takenUp ? 'takenUp' : 'new',
    runId: result.runId,
    order: { change: order.change ?? {}, policy },
    takenUp: order.takenUp,
    correction: {},
    end: { kind: 'result', result },
    records,
    isLogCut: false,
    events,
    requests: { from: 0, until: sent.length },
  };
  const store = result.customKeyStoreId;
  return {
    world,
    store,
    lives: [life],
    grants: [{ at: 0, accepted: policy.accept }, ...grants],
    handAt: isVolatile ? 0 : null,
  };
}

/** Runs without a crash. `onRecord` is told of each record just before it is kept. */
export async function runThrough(scenario: Scenario, onRecord?: (nth: number, world: World) => void): Promise<End> {
  const world = createWorld(scenario.simulator);
  const order = scenario.arrange(world);
  const records: LogRecord[] = [];
  const result = await world.run({ ...order, log: watch(records, (nth) => onRecord?.(nth, world)) });
  return { result, records, world };
}

/** Crashes at the point, then resumes from the log as it was kept. */
export async function crashAndResume(
  scenario: Scenario,
  point: CrashPoint,
  onRecord?: (nth: number, world: World) => void,
): Promise<End> {
  const world = createWorld(scenario.simulator);
  const order: RunOrder = { ...scenario.arrange(world), startedAtMs: world.clock.now() };
  const records: LogRecord[] = [];
  await crash(world, order, records, point, (nth) => onRecord?.(nth, world));
  const result = await world.run({ ...order, log: createMemoryLog(records) });
  return { result, records, world };
}

/** Runs until the process dies at the point; `records` is what the log has kept. */
export async function crash(
  world: World,
  order: RunOrder,
  records: LogRecord[],
  { at, isKept }: CrashPoint,
  onRecord: (nth: number) => void = () => undefined,
): Promise<void> {
  let die: () => void = () => undefined;
  const death = new Promise<void>((resolve) => {
    die = resolve;
  });
  const log = watch(records, (nth, record) => {
    onRecord(nth);
    if (nth < at) return undefined;
    if (nth === at && isKept) records.push(record);
    die();
    return new Promise<void>(() => undefined);
  });
  await world.clock.drive(Promise.race([world.start({ ...order, log }), death]));
  world.die();
}

/** A log that asks before each record; a promise that never settles is a process that is gone. */
function watch(
  records: LogRecord[],
  ask: (nth: number, record: LogRecord) => Promise<void> | undefined | void,
): RunLog {
  let nth = -1;
  return {
    read: () => [...records],
    async append(record) {
      nth += 1;
      const answer = ask(nth, record);
      if (answer) return answer;
      records.push(record);
    },
  };
}

/** What the result says about the store against what is so; empty when all is true. */
export function findLies({ result, world }: End): readonly string[] {
  const entry = world.simulator
    .describeWorld()
    .stores.find((store) => store.CustomKeyStoreId === result.customKeyStoreId);
  if (!entry || !result.before || !result.after) return [];
  // Where somebody else acts on the store, or we never did, its settings are not ours to tell.
  const hasWritten = Object.keys(result.calls).some((operation) => operation !== 'DescribeCustomKeyStores');
  if (!hasWritten || ['DRIFTED', 'FOREIGN_HAND'].includes(result.reason?.code ?? '')) return [];
  const store = readStore(entry as unknown as Record<string, unknown>);
  const isOld = matchesSettings(result.before.settings, store.settings);
  const lies: string[] = [];
  if (result.settings === 'old' && !isOld) lies.push('the settings in force are not the old ones');
  const hasVisibleChange = result.changes.some(({ from, to }) => from !== to && to !== null && !to.startsWith('('));
  if (result.settings === 'new' && isOld && hasVisibleChange) lies.push('the settings in force are the old ones');
  const isGood = ['updated', 'unchanged', 'rolledBack', 'cancelled', 'refused'].includes(result.outcome);
  if (isGood && result.after.connectionState !== store.connectionState && result.outcome !== 'refused') {
    lies.push(`it is ${store.connectionState}, not ${result.after.connectionState}`);
  }
  return lies;
}

/** Everything about an end that a crash must not change. */
export function describeEnd({ result, world }: End): string {
  const entry = world.simulator
    .describeWorld()
    .stores.find((store) => store.CustomKeyStoreId === result.customKeyStoreId);
  const { ConnectionState, ConnectionErrorCode, ...settings } = entry ?? {};
  return JSON.stringify([result.outcome, result.settings, ConnectionState, ConnectionErrorCode, settings]);
}
