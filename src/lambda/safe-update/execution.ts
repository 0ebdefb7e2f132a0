/**
 * An execution: a run in a child context of its own, and where that cannot be gone on with as it is, because the code has
 * changed under it or it broke off, another one that takes up what it has left.
 */
import type { DurableContext } from '@aws/durable-execution-sdk-js';
import type { Context, Input } from '../../../machines/safe-update/index.ts';
import type { RunResult } from '../../domain/outcome.ts';
import { explainReason } from '../../domain/reasons.ts';
import { mayLeaveStore } from '../../domain/rehearsal.ts';
import type { TakenUp } from '../../domain/take-up.ts';
import { createLambdaHost } from '../../hosts/lambda.ts';
import { type KeptLog, type KeptOperation, readKeptLog } from '../../hosts/lambda-log.ts';
import type { Clock } from '../../ports/clock.ts';
import { DivergenceError } from '../../ports/host.ts';
import type { StoreLock } from '../../ports/lock.ts';
import type { LogRecord } from '../../ports/log.ts';
import type { Stops } from '../../ports/stops.ts';
import { abandonRehearsal } from '../../run/abandon-rehearsal.ts';
import { UnfinishedRunError } from '../../run/errors.ts';
import { readPast } from '../../run/past.ts';
import type { Ports } from '../../run/run.ts';
import { startRun } from '../../run/start.ts';
import { orderTakeUp, readTakenUp } from '../../run/take-up.ts';
import type { SafeUpdateEvent } from './event.ts';

/** What a run of the execution goes by; kept by the service, so JSON, and no secret in it. */
export interface Begun {
  /** Of the package that began the run. */
  readonly version: string;
  readonly input: Input;
  /** The execution's first run: by this name it holds its lock and hears a stop. */
  readonly owner: string;
  readonly reach: Pick<SafeUpdateEvent, 'region' | 'roleArn' | 'externalId' | 'expectAccount'>;
  /** The run was cut off in its rehearsal: its throw-away store is all that is left to see to. */
  readonly abandoned?: Context;
}

export interface Opened {
  readonly ports: Omit<Ports, 'host'>;
  readonly lock: StoreLock & { extend(): Promise<void> };
  readonly stops: Stops;
  /** Hears how the run ended; null: it broke off. */
  end(result: RunResult | null): void;
}

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

type End = { readonly result: RunResult } | { readonly next: Begun };

/** One that breaks off again and again has met a bug that no other try gets past. */
const runsAtMost = 3;

/** `operations`: what the execution has kept so far. @throws {InvalidInputError} @throws {UnfinishedRunError} */
export async function carryExecution(
  event: unknown,
  context: DurableContext,
  operations: readonly KeptOperation[],
  surroundings: Surroundings,
): Promise<RunResult> {
  const once = { retryStrategy: () => ({ shouldRetry: false }) };
  let begun = await context.step('begin', () => surroundings.begin(event), once);
  for (let nth = 1; ; nth += 1) {
    const name = `run ${nth}`;
    const mayGoOn = nth < runsAtMost;
    const end: End = await context.runInChildContext(name, (child) =>
      carryRun(child, begun, readKeptLog(operations, name), mayGoOn, surroundings),
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
): Promise<End> {
  const { input, abandoned } = begun;
  const isOurs = begun.version === version && (abandoned !== undefined || readPast(input, past.records).isWhole);
  if (!isOurs) return { next: succeed(begun, past.records, version, clock) };
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
    if (isLeft && mayGoOn && !abandoned) return { next: succeed(begun, host.log(), version, clock) };
    await lock.release(null);
    end(null);
    throw error instanceof UnfinishedRunError ? explain(error) : error;
  }
}

/** The run that takes up from the one before, or begins anew where that has sent nothing. */
function succeed(begun: Begun, records: readonly LogRecord[], version: string, clock: Clock): Begun {
  const { input, owner } = begun;
  const startedAtMs = clock.now();
  const generation = Number(input.runId.slice(owner.length + 1) || 1) + 1;
  const again = { ...begun, version, input: { ...input, runId: `${owner}-${generation}`, startedAtMs } };
  const past = readPast(input, records);
  if (mayLeaveStore(records)) return { ...again, input, abandoned: past.context };
  const left = readTakenUp(past, startedAtMs);
  if (left === null) return again;
  // Nobody has asked for the run to go on: a stop that was asked for before the update holds.
  const isStopped = past.context.stopRequested && left.update === 'none' && left.pending === null;
  const reason = explainReason('STOPPED', { detail: ' while the store was offline' });
  const taken: TakenUp = isStopped && left.goal === 'forward' ? { ...left, goal: 'back', reason } : left;
  return { ...again, input: { ...again.input, ...orderTakeUp(past, taken, {}, []) } };
}

/** Nobody is there to be told the commands of a resume; the store and its state are what to go on from. */
function explain(error: UnfinishedRunError): Error {
  const { runId, customKeyStoreId: store, lastSeen, held, mayLeaveStore: isLeft } = error;
  const seen = lastSeen === null ? 'was never seen' : `was last seen ${lastSeen}`;
  const why = held?.reason?.message ?? error.message;
  const next = held?.reason?.remedy ?? 'Look at it with cks doctor, then start another execution.';
  const left = isLeft ? ' The throw-away store of its rehearsal may be left.' : '';
  return Object.assign(new Error(`run ${runId} is unfinished: ${store} ${seen}; ${why}.${left} ${next}`), {
    name: error.name,
  });
}
