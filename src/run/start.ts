/** Starts a run and carries it to its end. */
import { createActor, type InspectionEvent } from 'xstate';
import type { Context, Input } from '../../machines/safe-update/index.ts';
import { forArming } from '../../machines/safe-update/inputs.ts';
import type { Reason } from '../domain/failure.ts';
import { listDisabled } from '../domain/fence.ts';
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
  readonly inspect?: (event: InspectionEvent) => void;
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
    run.emit({ type: 'stop.requested' });
    ports.host.requestStop();
  };
  let offlineSinceMs = findOutage(actor.getSnapshot().context);
  let externalConnectAtMs: number | null = null;
  const follow = (context: Context) => {
    if (context.lastObserved) run.move({ store: context.lastObserved.store });
    if (context.externalConnectAtMs !== externalConnectAtMs && run.isNews()) run.emit({ type: 'connect.external' });
    externalConnectAtMs = context.externalConnectAtMs;
    const sinceMs = findOutage(context);
    if (sinceMs === offlineSinceMs) return;
    offlineSinceMs = sinceMs;
    run.move({ offlineSinceMs });
    if (!run.isNews()) return;
    run.emit(
      sinceMs === null
        ? { type: 'outage.ended', offlineMs: (context.offlineMs ?? 0) - context.pastOfflineMs }
        : { type: 'outage.began' },
    );
  };

  if (signal?.aborted) stop();
  else signal?.addEventListener('abort', stop, { once: true });

  try {
    const { outcome, context } = await new Promise<{ outcome: Outcome; context: Context }>((resolve, reject) => {
      actor.subscribe({
        next: ({ value, context }) => {
          follow(context);
          if (run.isNews()) run.emit({ type: 'state.entered', state: describeValue(value) });
          if (actor.getSnapshot().status === 'done') resolve({ outcome: value as Outcome, context });
        },
        error: (error) => {
          const { context, value } = actor.getSnapshot();
          const isTrialConnecting = describeValue(value) === 'connectingTrialStore';
          const isRefusal =
            !context.hasWritten &&
            listDisabled(context.fence).length === 0 &&
            !isTrialConnecting &&
            (error instanceof LogError || error instanceof LockError);
          if (!isRefusal) return reject(new UnfinishedRunError(context, error, isTrialConnecting));
          const reason = explainReason('SAFEGUARD_UNAVAILABLE', { detail: error.message });
          const refused = { ...context, reason };
          const isArming = describeValue(value) === 'acting.arming';
          letGo(run, refused, isArming).then((left) => resolve({ outcome: 'refused', context: left }), reject);
        },
      });
      actor.start();
    });
    run.emit({ type: 'run.finished', outcome });
    if (context.plan?.reason?.isInput) throw invalidInput(context.plan.reason);
    return report(outcome, context);
  } catch (error) {
    // One whose log tells of another way is taken up by another at once.
    if (error instanceof UnfinishedRunError && !(error.cause instanceof DivergenceError))
      run.emit({ type: 'run.unfinished', message: error.message });
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** Nothing was sent that a dead man's switch would have to make good. `isArming`: whether it is armed was not kept. */
async function letGo(run: Run, context: Context, isArming: boolean): Promise<Context> {
  const armed = context.armed ?? (isArming ? forArming({ context }).armed : null);
  if (armed === null) return context;
  const { kind } = await disarmSwitch(run, armed);
  return { ...context, armed: kind === 'disarmed' ? null : armed };
}

/** Since when the store is offline because of the run; null where it is not. */
function findOutage({ outageSinceMs, offlineMs }: Context): number | null {
  return offlineMs === null ? outageSinceMs : null;
}

function invalidInput({ message }: Reason): InvalidInputError {
  return new InvalidInputError(message);
}
