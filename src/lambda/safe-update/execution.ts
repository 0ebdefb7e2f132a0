/**
 * An execution: a run in a child context of its own, and where that cannot be gone on with as it is, because the code has
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
import { abandonRehearsal } from '../../run/abandon-rehearsal.ts';
import { UnfinishedRunError } from '../../run/errors.ts';
import { readPast } from '../../run/past.ts';
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
  readonly clock: Clock;
  /** @throws {InvalidInputError} */
  begin(event: unknown): Promise<Begun>;
  /** The way to the store, for one invocation. */
  open(begun: Begun): Promise<Opened>;
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
  { version, clock, open }: Surroundings,
  arn: string,
): Promise<End> {
  const { input, abandoned } = begun;
  const heir = () => ({ version, startedAtMs: clock.now() });
  const isOurs = begun.version === version && (abandoned !== undefined || readPast(input, past.records).isWhole);
  if (!isOurs) return { next: succeed({ begun, records: past.records }, heir()) };
  const { ports, lock, stops, end } = await open(begun);
  await lock.extend();
  const host = createLambdaHost({ context, past, clock, stops });
  try {
    const all = { ...ports, lock, host };
    const result = abandoned ? await abandonRehearsal(all, abandoned) : await startRun(all, input);
    await lock.release(result.outcome);
    end(result);
    return { result };
  } catch (error) {
    const isCutOff = error instanceof UnfinishedRunError && error.held === null;
    const isLeft = isCutOff && (error.hasWritten || error.mayLeaveStore || error.cause instanceof DivergenceError);
    if (isLeft && mayGoOn && !abandoned) return { next: succeed({ begun, records: host.log() }, heir()) };
    await lock.release(null);
    end(null);
    throw error instanceof UnfinishedRunError ? explain(error, arn) : error;
  }
}

/** `arn`: of the execution, which another one can go on with. */
function explain(error: UnfinishedRunError, arn: string): Error {
  const { runId, customKeyStoreId: store, lastSeen, held, mayLeaveStore, hasWritten } = error;
  const seen = lastSeen === null ? 'was never seen' : `was last seen ${lastSeen}`;
  const why = held?.reason?.message ?? error.message;
  const remedy = held?.reason ? ` ${held.reason.remedy}` : '';
  const left = mayLeaveStore ? ' The throw-away store of its rehearsal may be left.' : '';
  const isLeft = hasWritten || mayLeaveStore;
  const next = isLeft
    ? ` Then start an execution with {"resume": "${arn}"}, and in it "change" with a corrected value if need be.`
    : '';
  const message = `run ${runId} is unfinished: ${store} ${seen}; ${why}.${left}${remedy}${next}`;
  return Object.assign(new Error(message), { name: error.name });
}
