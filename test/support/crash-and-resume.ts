/** Pulls the plug: a run whose process dies at one record of its log, and the run that goes on from what was kept. */

import { readStore } from '../../src/aws/kms/kms.ts';
import { matchesSettings } from '../../src/domain/key-store.ts';
import type { RunResult } from '../../src/domain/outcome.ts';
import { defaultPolicy, type Risk } from '../../src/domain/policy.ts';
import { mayLeaveStore } from '../../src/domain/trial-connect.ts';
import type { LogRecord, RunLog } from '../../src/ports/log.ts';
import { abandonTrialStore } from '../../src/run/abandon-trial-store.ts';
import { UnfinishedRunError } from '../../src/run/errors.ts';
import { requestResume } from '../../src/run/resume.ts';
import { createMemoryLog } from './memory-log.ts';
import type { History, Life } from './play-schedule.ts';
import { readLeft } from './read-left.ts';
import type { Scenario } from './scenario.ts';
import { createWorld, findStore, isThrowAway, type RunOrder, type World } from './world.ts';

/** The record at which the process dies, counted from 0 or by what it is, and whether it still reached the log. */
export interface CrashPoint {
  readonly at: number | ((record: LogRecord) => boolean);
  readonly isKept: boolean;
}

/** A record of an uninterrupted run. */
interface Point {
  readonly at: number;
  /** What it is, wherever it stands: `intent connectStore`. */
  readonly kind: string;
}

export function recordPoints(records: readonly LogRecord[]): readonly Point[] {
  return records.map((record, at) => ({
    at,
    kind: `${record.kind} ${'step' in record ? record.step.replace(/^\d+\./, '') : ''}`,
  }));
}

/** Each record of a log, once lost with the process and once kept; neighbours differ in both. */
export function crashPoints(records: readonly LogRecord[]): readonly (CrashPoint & Point)[] {
  return recordPoints(records).flatMap((point) =>
    [point.at % 2 === 0, point.at % 2 !== 0].map((isKept) => ({
      ...point,
      isKept,
      kind: `${point.kind} ${isKept ? 'kept' : 'lost'}`,
    })),
  );
}

/** Where a run's log is kept: each opening finds what was kept before. `didDie`: the one before did not close it. */
export interface Shelf {
  open(request: RunOrder, didDie: boolean): Promise<RunLog>;
}

function createMemoryShelf(): Shelf {
  const records: LogRecord[] = [];
  return { open: async () => createMemoryLog(records) };
}

export interface End {
  readonly result: RunResult;
  readonly records: readonly LogRecord[];
  readonly world: World;
}

/** A run of a scenario as the judges of the promises see it. */
export function observe({ result, records, world }: End, request: RunOrder, isVolatile: boolean): History {
  const { sent, events } = world;
  const policy = { ...defaultPolicy, ...request.policy };
  const grants = records.flatMap((record) => {
    const value =
      record.kind === 'result' ? (record.value as { kind: string; accepted?: readonly Risk[] } | null) : undefined;
    const at = sent.filter(({ atMs }) => atMs <= record.atMs).length;
    return value?.kind === 'released' ? [{ at, accepted: value.accepted ?? [] }] : [];
  });
  const life: Life = {
    beginning: request.resumedFrom ? 'resumedFrom' : 'new',
    runId: result.runId,
    request: { change: request.change ?? {}, policy },
    resumedFrom: request.resumedFrom,
    correction: {},
    end: { kind: 'result', result },
    records,
    isLogCut: false,
    events,
    requests: { from: 0, until: sent.length },
    requestsBeside: { from: 0, until: world.sentBeside.length },
  };
  const store = result.customKeyStoreId;
  return {
    world,
    store,
    truth: findStore(world, store),
    heard: [],
    isStale: world.simulator.staleReadsForMs > 0,
    lives: [life],
    grants: [{ at: 0, accepted: policy.accept }, ...grants],
    asked: [],
    deadLooks: [],
    areKeysOthers: () => false,
    hasOnlyTypedAhead: false,
    keyUses: null,
    isClockWrong: false,
    written: [],
    areRealKeysOthers: () => false,
    handAt: isVolatile ? 0 : null,
  };
}

/** Runs without a crash. `onRecord` is told of each record just before it is kept. */
export async function runThrough(scenario: Scenario, onRecord?: (nth: number, world: World) => void): Promise<End> {
  const world = createWorld(scenario.simulator);
  const request = scenario.arrange(world);
  const log = createMemoryLog();
  const result = await world.run({ ...request, log: watch(log, (nth) => onRecord?.(nth, world)) });
  return { result, records: log.past, world };
}

/** Crashes at the point, then resumes from the log as it was kept. */
export async function crashAndResume(
  scenario: Scenario,
  point: CrashPoint,
  onRecord?: (nth: number, world: World) => void,
  shelf: Shelf = createMemoryShelf(),
): Promise<End> {
  const world = createWorld(scenario.simulator);
  const request: RunOrder = { ...scenario.arrange(world), startedAtMs: world.clock.now() };
  await crash(world, request, await shelf.open(request, false), point, (nth) => onRecord?.(nth, world));
  const log = await shelf.open(request, true);
  const records = [...log.past];
  const result = await world.run({ ...request, log: watch(log, (_, record) => void records.push(record)) });
  return { result, records, world };
}

/** Runs until the process dies at the point; `kept` has what reached the log. */
export async function crash(
  world: World,
  request: RunOrder,
  kept: RunLog,
  { at, isKept }: CrashPoint,
  onRecord: (nth: number) => void = () => undefined,
): Promise<void> {
  let isDead = false;
  let die: () => void = () => undefined;
  const death = new Promise<void>((resolve) => {
    die = resolve;
  });
  const log = watch(kept, async (nth, record, sync) => {
    onRecord(nth);
    if (!isDead && !(typeof at === 'number' ? nth === at : at(record))) return;
    if (!isDead && isKept) await kept.append(record, sync);
    isDead = true;
    die();
    await new Promise<void>(() => undefined);
  });
  await world.clock.drive(Promise.race([world.start({ ...request, log }), death]));
  world.die();
}

/** A log that asks before each record; a promise that never settles is a process that is gone. */
function watch(log: RunLog, ask: (nth: number, record: LogRecord, sync: boolean) => Promise<void> | void): RunLog {
  let nth = -1;
  return {
    past: log.past,
    async append(record, sync) {
      nth += 1;
      await ask(nth, record, sync);
      await log.append(record, sync);
    },
  };
}

/** What the result says about the store against what is so; empty when all is true. */
export function findLies({ result, world }: End): readonly string[] {
  const isLeft = result.checks.some(({ leaves }) => leaves !== undefined);
  const left = world.simulator.describeWorld().stores.filter(isThrowAway);
  return [
    ...(isLeft === left.length > 0 ? [] : [`throw-away stores are left: ${left.length}`]),
    ...findLiesOf(result, world),
  ];
}

function findLiesOf(result: RunResult, world: World): readonly string[] {
  const entry = world.simulator
    .describeWorld()
    .stores.find((store) => store.CustomKeyStoreId === result.customKeyStoreId);
  if (!entry || !result.before || !result.after) return [];
  // Where somebody else acts on the store, or we never did, its settings are not ours to tell.
  const hasWritten = Object.keys(result.calls).some((operation) => operation !== 'DescribeCustomKeyStores');
  if (!hasWritten || ['DRIFTED', 'EXTERNAL_CHANGE'].includes(result.reason?.code ?? '')) return [];
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

/** The record of this kind that a step writes, whatever its ordinal. */
export function recordOf(kind: LogRecord['kind'], name: string): (record: LogRecord) => boolean {
  return (record) => record.kind === kind && 'step' in record && record.step.endsWith(`.${name}`);
}

/**
 * Another run continues from what the log says, without replaying it, as another version does. `next`: its request; undefined
 * where it only deletes a trial store.
 */
export async function resumeFromFacts(
  world: World,
  request: RunOrder,
  records: readonly LogRecord[],
  own: Pick<RunOrder, 'runId' | 'log'> = {},
) {
  const { input, left, context } = readLeft(world, request, records);
  if (mayLeaveStore(records)) {
    const clear = () => world.run({ ...request, work: (ports) => abandonTrialStore(ports, context) });
    // What cannot be deleted now stays for the next resume.
    const again = (error: unknown) => {
      const isLeft = world.simulator.describeWorld().stores.some(isThrowAway);
      if (error instanceof UnfinishedRunError && error.mayLeaveStore && isLeft) return clear();
      throw error;
    };
    return { result: await clear().catch(again), left, next: undefined };
  }
  const sequel = left && requestResume(left, input.request, {}, ['login']);
  const next: RunOrder = { ...request, ...(sequel ? { ...sequel, ...sequel.request } : {}), ...own };
  return { result: await world.run(next), left, next };
}
