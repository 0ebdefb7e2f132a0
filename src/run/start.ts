/** Starts a run and carries it to its end. */
import { createActor } from 'xstate';
import type { Context, Input } from '../../machines/safe-update/index.ts';
import { askArm } from '../../machines/safe-update/questions.ts';
import type { Reason } from '../domain/failure.ts';
import type { Outcome, RunResult } from '../domain/outcome.ts';
import { explainReason } from '../domain/reasons.ts';
import { DivergenceError } from '../ports/host.ts';
import { LockError } from '../ports/lock.ts';
import { LogError } from '../ports/log.ts';
import { attachRun, providedMachine } from './actors.ts';
import { disarmSwitch } from './dead-mans-switch.ts';
import { InvalidInputError, UnfinishedRunError } from './errors.ts';
import { describeValue } from './past.ts';
import { report } from './report.ts';
import { createRun, type Ports, type Run } from './run.ts';

export interface StartOptions {
  /** The first abort asks for a stop; it never interrupts a call that changes the store. */
  readonly signal?: AbortSignal;
  /** Sees XState's inspection events: for drawing and for tests. */
  readonly inspect?: Parameters<typeof createActor>[1] extends infer O
    ? O extends { inspect?: infer I }
      ? I
      : never
    : never;
}

/**
 * @throws {InvalidInputError} when the change is wrong for the store.
 * @throws {UnfinishedRunError} when the run broke off.
 */
export async function startRun(ports: Ports, input: Input, { signal, inspect }: StartOptions = {}): Promise<RunResult> {
  const run = createRun(ports, input);
  const actor = createActor(providedMachine, { input, ...(inspect ? { inspect } : {}) });
  attachRun(actor.system, run);

  const stop = () => {
    run.tell({ type: 'stop.requested' });
    ports.host.requestStop();
  };
  let offlineSinceMs = findOutage(actor.getSnapshot().context);
  let externalConnectAtMs: number | null = null;
  const follow = (context: Context) => {
    if (context.seen) run.move({ store: context.seen.store });
    if (context.externalConnectAtMs !== externalConnectAtMs && run.isNews()) run.tell({ type: 'connect.external' });
    externalConnectAtMs = context.externalConnectAtMs;
    const sinceMs = findOutage(context);
    if (sinceMs === offlineSinceMs) return;
    offlineSinceMs = sinceMs;
    run.move({ offlineSinceMs });
    if (!run.isNews()) return;
    run.tell(sinceMs === null ? { type: 'outage.ended', offlineMs: context.offlineMs ?? 0 } : { type: 'outage.began' });
  };

  if (signal?.aborted) stop();
  else signal?.addEventListener('abort', stop, { once: true });

  try {
    const { outcome, context } = await new Promise<{ outcome: Outcome; context: Context }>((resolve, reject) => {
      actor.subscribe({
        next: ({ value, context }) => {
          follow(context);
          if (run.isNews()) run.tell({ type: 'state.entered', state: describeValue(value) });
          if (actor.getSnapshot().status === 'done') resolve({ outcome: value as Outcome, context });
        },
        error: (error) => {
          const { context, value } = actor.getSnapshot();
          const isRehearsing = describeValue(value) === 'rehearsing';
          const isRefusal =
            !context.hasWritten && !isRehearsing && (error instanceof LogError || error instanceof LockError);
          if (!isRefusal) return reject(new UnfinishedRunError(context, error, isRehearsing));
          const reason = explainReason('NOT_KEPT', { detail: error.message });
          const refused = { ...context, reason };
          const isArming = describeValue(value) === 'acting.arming';
          letGo(run, refused, isArming).then((left) => resolve({ outcome: 'refused', context: left }), reject);
        },
      });
      actor.start();
    });
    run.tell({ type: 'run.finished', outcome });
    if (context.plan?.reason?.isInput) throw invalidInput(context.plan.reason);
    return report(outcome, context);
  } catch (error) {
    // One whose log tells of another way is taken up by another at once.
    if (error instanceof UnfinishedRunError && !(error.cause instanceof DivergenceError))
      run.tell({ type: 'run.unfinished', message: error.message });
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** Nothing was sent that a dead man's switch would have to make good. `isArming`: whether it is armed was not kept. */
async function letGo(run: Run, context: Context, isArming: boolean): Promise<Context> {
  const armed = context.armed ?? (isArming ? askArm({ context }).armed : null);
  if (armed === null) return context;
  const { kind } = await disarmSwitch(run, armed);
  return { ...context, armed: kind === 'disarmed' ? null : armed };
}

/** Since when the store is offline because of the run; null where it is not. */
function findOutage({ offlineSinceMs, offlineMs }: Context): number | null {
  return offlineMs === null ? offlineSinceMs : null;
}

function invalidInput({ message }: Reason): InvalidInputError {
  return new InvalidInputError(message);
}
