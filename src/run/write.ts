/**
 * A mutating step, written as *ensure*: rely on fresh evidence or look, act only if needed, and let Describe decide what
 * an unclear answer meant. So it is safe to repeat after a crash, and a foreign hand is noticed before each write: in the
 * lock, and in the store.
 */

import type { Sighting, Write, WriteQuestion } from '../../machines/safe-update/index.ts';
import { freshMs, unreadableForMs } from '../domain/cadence.ts';
import type { Failure } from '../domain/failure.ts';
import type { ConnectionState, KeyStore } from '../domain/key-store.ts';
import type { Operation } from '../domain/outcome.ts';
import { describeHolder } from '../domain/reasons.ts';
import { graceMs, judgeSettings } from '../domain/stale-reads.ts';
import type { Reply } from '../ports/kms.ts';
import { LockError } from '../ports/lock.ts';
import type { Run } from './run.ts';

export interface WriteRule {
  readonly operation: Operation;
  /** The states in which the call makes sense. In any other somebody else was here, unless it was us. */
  readonly from: readonly ConnectionState[];
  /** Whether the store shows that the call has taken effect; false where Describe cannot tell. */
  readonly isDone: (store: KeyStore) => boolean;
  /** Whether the store shows that it has not; false where Describe cannot tell. */
  readonly isUndone: (store: KeyStore) => boolean;
  readonly call: () => Promise<Reply<null>>;
}

const pauseMs = 1_000;
const sendsAtMost = 3;

/** `rerun`: the call may have been sent already. */
export async function ensure(run: Run, rule: WriteRule, question: WriteQuestion, rerun: boolean): Promise<Write> {
  const { clock } = run;
  const giveUpAtMs = clock.now() + unreadableForMs;
  let graceUntilMs = question.graceUntilMs;
  const inGrace = () => clock.now() < graceUntilMs;
  let seen = question.evidence;
  let confirmedAtMs = Number.NEGATIVE_INFINITY;
  let mustLook = rerun;
  /** A call of ours may have reached KMS without its answer reaching us; then it opens a grace as an accepted one does. */
  let mayBeDone = false;
  if (rerun) expectDone();
  let failure: Failure | undefined;
  let unclearAnswers = 0;

  for (;;) {
    if (isOld(confirmedAtMs)) {
      const why = await confirmLock(run, seen, mayBeDone);
      if (why) return why;
      confirmedAtMs = clock.now();
    }
    if (mustLook || isOld(seen.atMs)) {
      const look = await run.look(seen.store.customKeyStoreId);
      if (look.kind === 'unreadable') {
        if (look.failure.class === 'notFound' && clock.now() >= giveUpAtMs)
          return { kind: 'foreign', detail: 'it is gone', seen, mayBeDone };
        if (look.failure.class === 'credentials' || clock.now() >= giveUpAtMs) return beCutOff(look.failure);
        await clock.sleep(pauseMs);
        continue;
      }
      seen = look.seen;
      if (mayBeDone && rule.isDone(seen.store)) return { kind: 'accepted', seen };
    }
    const detail = findForeignHand(rule, question, seen, clock.now());
    if (detail !== undefined) {
      if (!inGrace()) return { kind: 'foreign', detail, seen, mayBeDone };
      mustLook = true;
      await clock.sleep(pauseMs);
      continue;
    }
    // The store is where it was, and that is no stale read any more: a no stands.
    if (failure && failure.class !== 'unclear' && !inGrace()) return giveUp(failure);
    if (unclearAnswers === sendsAtMost) return giveUp(failure);
    if (failure) await clock.sleep(pauseMs);
    // A no may be the answer to a repetition of what we have done already: look until that shows, and send nothing more.
    if (mayBeDone && failure && failure.class !== 'unclear') continue;

    const reply = await run.count(rule.operation, rule.call());
    if (reply.ok) {
      return { kind: 'accepted', seen, ...(reply.requestId === undefined ? {} : { requestId: reply.requestId }) };
    }
    failure = reply.failure;
    if (failure.class === 'unclear') {
      unclearAnswers += 1;
      expectDone();
    }
    if (!mayBeDone && failure.class !== 'invalidState') return { kind: 'refused', failure, seen };
    mustLook = true;
  }

  function isOld(atMs: number): boolean {
    return clock.now() - atMs > freshMs;
  }

  function beCutOff(why: Failure): Write {
    return { kind: 'cutOff', failure: why, mayBeDone, seen };
  }

  function expectDone(): void {
    mayBeDone = true;
    graceUntilMs = Math.max(graceUntilMs, clock.now() + graceMs);
  }

  function giveUp(why: Failure | undefined): Write {
    const told = why ?? { code: 'UNCLEAR', message: 'no answer', class: 'unclear' as const };
    const isKnown = !mayBeDone || (rule.isUndone(seen.store) && told.class !== 'unclear');
    return isKnown ? { kind: 'refused', failure: told, seen } : { kind: 'unclear', failure: told };
  }
}

/**
 * Why nothing may be sent. Asked before the store is looked at, so that what the call goes by is no older for it. Where
 * nobody can say, only a run that has sent nothing stops: the way back of a store hangs on no lock.
 */
async function confirmLock(run: Run, seen: Sighting, mayBeDone: boolean): Promise<Write | undefined> {
  try {
    const holder = await run.lock.confirm(seen.store.customKeyStoreId);
    if (holder === null) return undefined;
    return { kind: 'foreign', detail: `its lock was taken by ${describeHolder(holder)}`, seen, mayBeDone };
  } catch (error) {
    if (!(error instanceof LockError)) throw error;
    if (mayBeDone || run.hasSent()) {
      run.tell({ type: 'lock.unsure', message: error.message });
      return undefined;
    }
    return { kind: 'refused', failure: { code: 'LOCK_UNSURE', message: error.message, class: 'refused' }, seen };
  }
}

/** What is not as this run left it, in words; undefined when all is. */
function findForeignHand(
  rule: WriteRule,
  { settings, stale }: WriteQuestion,
  { store }: Sighting,
  nowMs: number,
): string | undefined {
  if (!rule.from.includes(store.connectionState))
    return `it is ${store.connectionState}, not ${rule.from.join(' or ')}`;
  const judged = judgeSettings(settings, stale, store.settings, nowMs);
  return typeof judged === 'object' ? `${judged.changed} is "${store.settings[judged.changed] ?? ''}"` : undefined;
}
