/**
 * An execution: a run in a child context of its own, and where that cannot be continued as it is, because the code has
 * changed under it or it broke off, another one that takes up what it has left.
 */
import type { DurableContext } from '@aws/durable-execution-sdk-js';
import type { RunResult } from '../../domain/outcome.ts';
import { createLambdaHost } from '../../hosts/lambda.ts';
import { type KeptLog, type KeptOperation, readKeptLog } from '../../hosts/lambda-log.ts';
import type { Clock } from '../../ports/clock.ts';
import { DivergenceError } from '../../ports/host.ts';
import type { StoreLock } from '../../ports/lock.ts';
import type { Stops } from '../../ports/stops.ts';
import { abandonTrialStore } from '../../run/abandon-trial-store.ts';
import { UnfinishedRunError } from '../../run/errors.ts';
import { recall } from '../../run/recall.ts';
import type { Ports } from '../../run/run.ts';
import { startRun } from '../../run/start.ts';
import { type Begun, beginning, type End, nameRun, succeed } from './succession.ts';

export interface Opened {
  readonly ports: Omit<Ports, 'host'>;
  readonly lock: StoreLock & { extend(): Promise<void> };
  readonly stops: Stops;
  /** Hears how the run ended; null: it broke off. */
  end(result: RunResult | null): void;
}

export type KeptOperations = readonly KeptOperation[];

/** What an execution needs of its surroundings. */
export interface Surroundings {
  readonly version: string;
  /** A hash of its lifecycle: an execution is replayed by the same one only. */
  readonly chart: string;
  readonly clock: Clock;
  /** @throws {InvalidInputError} */
  begin(event: unknown): Promise<Begun>;
  /** The way to the store, for one invocation. `arn`: of the execution. */
  open(begun: Begun, arn: string): Promise<Opened>;
  /** Called before an invocation ends: afterwards it may be frozen. Never fails. */
  flush(): Promise<void>;
}

/** One that breaks off again and again has met a bug that no other try gets past. */
const runsAtMost = 3;

/** `operations`: what the execution has kept so far. @throws {InvalidInputError} @throws {UnfinishedRunError} */
export async function carryExecution(
  event: unknown,
  context: DurableContext,
  operations: KeptOperations,
  surroundings: Surroundings,
): Promise<RunResult> {
  const arn = context.executionContext.durableExecutionArn;
  const once = { retryStrategy: () => ({ shouldRetry: false }) };
  let begun = await context.step(beginning, () => surroundings.begin(event), once);
  for (let nth = 1; ; nth += 1) {
    const name = nameRun(nth);
    const mayGoOn = nth < runsAtMost;
    const end: End = await context.runInChildContext(name, (child) =>
      carryRun(child, begun, readKeptLog(operations, name), mayGoOn, surroundings, arn),
    );
    if ('result' in end) return end.result;
    begun = end.next;
  }
}

async function carryRun(
  context: DurableContext,
  begun: Begun,
  past: KeptLog,
  mayGoOn: boolean,
  { version, chart, clock, open }: Surroundings,
  arn: string,
): Promise<End> {
  const { input, abandoned } = begun;
  const { ports, lock, stops, end } = await open(begun, arn);
  await lock.extend();
  const handOn = async (records: KeptLog['records']): Promise<End> => {
    const nextExecution = { version, chart, startedAtMs: clock.now() };
    // The next execution heeds only requests from its start on.
    return { next: succeed({ begun, records }, nextExecution, await stops.isRequested()) };
  };
  const isOurs = begun.version === version && begun.chart === chart;
  if (!isOurs) return handOn(past.records);
  const host = createLambdaHost({ context, past, clock, stops });
  try {
    const all = { ...ports, lock, host };
    const result = abandoned
      ? await abandonTrialStore(all, recall(input, null, abandoned.observed))
      : await startRun(all, input);
    const left = findLeftTo(result);
    if (left === 'run' && mayGoOn) return handOn(host.log());
    if (left !== null) throw explainLeft(result, arn);
    await lock.release(result.outcome);
    end(result);
    return { result: nameNextCommand(result, arn) };
  } catch (error) {
    const isCutOff = error instanceof UnfinishedRunError && error.held === null;
    const isLeft = isCutOff && (error.hasWritten || error.mayLeaveStore || error.cause instanceof DivergenceError);
    if (isLeft && mayGoOn && !abandoned) return handOn(host.log());
    await lock.release(null);
    end(null);
    throw error instanceof UnfinishedRunError ? explain(error, arn) : error;
  }
}

/**
 * To whom a run that did nothing has left what is still to be done: to another run, what its forerunner has left; or to
 * people, its trial store. An execution that ended so would leave a store behind without a word.
 */
function findLeftTo({ outcome, resumedFrom, nextCommands = [] }: RunResult): 'run' | 'people' | null {
  const resume = nextCommands.find(isResume);
  if (resume === undefined || outcome === 'unsettled' || outcome === 'stranded') return null;
  return resume === `cks resume ${resumedFrom}` ? 'run' : 'people';
}

const isResume = (command: string) => command.startsWith('cks resume ');

/** No journal of a machine knows of the run. */
function nameNextCommand(result: RunResult, arn: string): RunResult {
  const { nextCommands } = result;
  if (!nextCommands?.some(isResume)) return result;
  const nextCommand = `start an execution with {"resume": "${arn}"}`;
  return { ...result, nextCommands: nextCommands.map((command) => (isResume(command) ? nextCommand : command)) };
}

function explainLeft({ runId, customKeyStoreId, after, reason }: RunResult, arn: string): Error {
  const why = `${reason?.message}. ${reason?.remedy}`;
  return describeUnfinished(
    { runId, customKeyStoreId, lastSeen: after?.connectionState ?? null },
    `${why}${goOnWith(arn)}`,
  );
}

function explain(error: UnfinishedRunError, arn: string): Error {
  const { held, mayLeaveStore, hasWritten } = error;
  const why = held?.reason?.message ?? error.message;
  const remedy = held?.reason ? ` ${held.reason.remedy}` : '';
  const left = mayLeaveStore ? ' The trial store of its trial connect may be left.' : '';
  const next = hasWritten || mayLeaveStore ? goOnWith(arn) : '';
  return describeUnfinished(error, `${why}.${left}${remedy}${next}`);
}

/** `arn`: of the execution, which another one can go on with. */
function goOnWith(arn: string): string {
  return ` Then start an execution with {"resume": "${arn}"}, and in it "change" with a corrected value or "accept" with a risk if need be.`;
}

type Unfinished = Pick<UnfinishedRunError, 'runId' | 'customKeyStoreId' | 'lastSeen'>;

function describeUnfinished({ runId, customKeyStoreId: store, lastSeen }: Unfinished, what: string): Error {
  const observed = lastSeen === null ? 'was never seen' : `was last seen ${lastSeen}`;
  return Object.assign(new Error(`run ${runId} is unfinished: ${store} ${observed}; ${what}`), {
    name: 'UnfinishedRunError',
  });
}
