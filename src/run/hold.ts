/** Waits for the operator while the store is offline, no longer than the hold may last, and observes the store then. */
import type { Held, HoldInput, Observation } from '../../machines/safe-update/index.ts';
import { toIso } from '../domain/duration.ts';
import { explainTask } from '../domain/kmsuser-password.ts';
import { mayLogIn } from '../domain/logins.ts';
import type { Risk } from '../domain/policy.ts';
import { mayBeStale } from '../domain/stale-reads.ts';
import type { HeldStore, Release } from '../ports/operator-prompt.ts';
import { HeldError } from './errors.ts';
import { extendStaleReads } from './lost-time.ts';
import type { Run } from './run.ts';

const pauseMs = 1_000;

/** @throws {HeldError} if no operator can end the hold: another process continues the run. */
export async function hold(run: Run, question: HoldInput, signal: AbortSignal): Promise<Held> {
  const timeoutMs = question.timeoutMs ?? run.operatorPrompt?.timeoutMs ?? null;
  // A resumed hold gets its whole limit again, because an operator has come back to it.
  const limitAtMs = timeoutMs === null ? null : run.clock.now() + timeoutMs;
  const held = describeHold(question, limitAtMs);
  const { reason } = question;
  const until = held.until === null || !run.operatorPrompt ? {} : { until: held.until };
  run.emit({
    type: 'operator.awaited',
    ...(reason ? { reason: reason.message } : { commands: explainTask(held.store, held.changes).commands }),
    ...until,
    rollsBack: held.rollsBackUnanswered,
  });
  const release = await waitForRelease(run, held, limitAtMs, signal);
  if (release.kind === 'left') throw new HeldError(held);
  // A hold may outlast the credentials of its beginning.
  await run.kms.renewCredentials();
  if (release.kind !== 'released') return { kind: release.kind, observed: await observeMoved(run, question) };
  const { correction, accepted } = release;
  const isToldAnew = correction.KeyStorePassword !== undefined || correction.CloudHsmClusterId !== undefined;
  const missing = isToldAnew ? [] : held.missing.filter((risk) => !accepted.includes(risk));
  if (missing.length > 0) throw new HeldError({ ...held, missing });
  const observed = await observeMoved(run, question);
  return { kind: 'released', correction, accepted, observed };
}

/**
 * Observes the store until it is DISCONNECTED, or in a state that is no stale read: then another actor moved it, or it is
 * FAILED. Null: the store cannot be observed.
 */
async function observeMoved(run: Run, { store, stale }: HoldInput): Promise<Observation | null> {
  for (;;) {
    const observe = await run.observe(store.customKeyStoreId);
    if (observe.kind === 'unreadable') return null;
    const { connectionState } = observe.observed.store;
    const isStill = connectionState === 'DISCONNECTED';
    if (isStill || !mayBeStale(extendStaleReads(run, stale), connectionState, run.clock.now())) return observe.observed;
    await run.clock.sleep(pauseMs);
  }
}

/** A timer counts no time that the machine is suspended, and the clock may be set. */
const sleepAtMostMs = 60_000;

async function waitForRelease(
  { operatorPrompt, clock }: Run,
  held: HeldStore,
  limitAtMs: number | null,
  signal: AbortSignal,
): Promise<Release | typeof expired> {
  if (!operatorPrompt) return { kind: 'left' };
  if (limitAtMs === null) return operatorPrompt.wait(held, signal);
  const limit = new AbortController();
  const isOver = new AbortController();
  const asked = operatorPrompt.wait(held, AbortSignal.any([signal, limit.signal])).catch((error: unknown) => {
    if (limit.signal.aborted) return expired;
    throw error;
  });
  const release = await Promise.race([asked, expire(limitAtMs)]).finally(() => isOver.abort());
  // What was answered at the last moment counts; a question that was only closed does not.
  return limit.signal.aborted && !signal.aborted && release.kind !== 'released' ? expired : release;

  async function expire(untilMs: number): Promise<typeof expired> {
    while (clock.now() < untilMs && !isOver.signal.aborted)
      await clock.sleep(Math.min(untilMs - clock.now(), sleepAtMostMs), isOver.signal);
    if (!isOver.signal.aborted) limit.abort();
    // A prompt that ignores its signal must not keep the store offline.
    await clock.sleep(pauseMs, isOver.signal);
    return expired;
  }
}

const expired = { kind: 'expired' } as const;

function describeHold(
  {
    store,
    plan,
    reason,
    obstacle,
    settings,
    canRollBack,
    rollsBackUnanswered,
    offlineSinceMs,
    logins,
    accepted,
  }: HoldInput,
  limitAtMs: number | null,
): HeldStore {
  // Without a new password, going on means one more login with the one that was refused.
  const missing: Risk[] = reason !== null && !mayLogIn(logins, accepted) ? ['login'] : [];
  const { changes } = plan;
  return {
    store,
    changes,
    settings,
    reason,
    obstacle,
    canRollBack,
    rollsBackUnanswered,
    offlineSince: offlineSinceMs === null ? null : toIso(offlineSinceMs),
    until: limitAtMs === null ? null : toIso(limitAtMs),
    missing,
  };
}
