/**
 * A mutating step, written as *ensure*: rely on fresh evidence or look, act only if needed, and let Describe decide what
 * an unclear answer meant. So it is safe to repeat, after a crash and after an answer that is no rejection; and a foreign
 * hand is noticed before each write: in the lock, and in the store.
 */

import type { Observation, Write, WriteInput } from '../../machines/safe-update/index.ts';
import { freshMs, unreadableForMs } from '../domain/cadence.ts';
import { toIso } from '../domain/duration.ts';
import { type Failure, isDefinite } from '../domain/failure.ts';
import { type ConnectionState, type KeyStore, shownValue } from '../domain/key-store.ts';
import type { Operation } from '../domain/outcome.ts';
import { settingName } from '../domain/properties.ts';
import { describeLockOwner } from '../domain/reasons.ts';
import { toReportedLockOwner } from '../domain/safeguards.ts';
import { graceMs, judgeSettings, mayBeStale } from '../domain/stale-reads.ts';
import {
  beginNewRow,
  countTry,
  isBelieved,
  isNotAsked,
  isSpent,
  observeOn,
  resumeTries,
  type Tries,
} from '../domain/tries.ts';
import type { Reply } from '../ports/kms.ts';
import { LockError } from '../ports/lock.ts';
import { extendGrace, extendInstant, extendStaleReads } from './lost-time.ts';
import type { Run } from './run.ts';

export interface WriteRule {
  readonly operation: Operation;
  /** The states in which the call makes sense. In any other state someone else has acted, unless this run has. */
  readonly from: readonly ConnectionState[];
  /** Whether the store shows that the call has taken effect; false where Describe cannot tell. */
  readonly isDone: (store: KeyStore) => boolean;
  /** Whether the store shows that it has not; false where Describe cannot tell. */
  readonly isNotDone: (store: KeyStore) => boolean;
  readonly call: () => Promise<Reply<null>>;
  /** Whether a definite rejection is worth another try within the limit. */
  readonly mayPass?: (failure: Failure) => boolean;
  /** At the limit Describe is waited for, as nothing could be done about a call that was carried out. */
  readonly mustBeKnown?: boolean;
}

const pauseMs = 1_000;

const tooLate: Failure = {
  code: 'OUTSIDE_WINDOW',
  message: 'the outage would not end in its window any more',
  class: 'refused',
};

/** Ready to be sent: the store as it was observed just now. */
interface Ready {
  readonly kind: 'ready';
  readonly observed: Observation;
}

/**
 * Sends one call, where it is needed. A failure that may pass is answered with `cutOff`: the machine asks again later, and
 * hands back what is known of the tries. `rerun`: the call may have been sent already.
 */
export async function ensure(run: Run, rule: WriteRule, question: WriteInput, rerun: boolean): Promise<Write> {
  const { clock } = run;
  let tries = question.tries && resumeTries(question.tries, clock.now());
  let mayBeDone = rerun || question.mayBeDone;
  const firstAtMs = tries?.firstAtMs ?? (rerun ? question.askedAtMs : clock.now());
  const limitAtMs = () => extendInstant(run, firstAtMs + question.limitMs, question.limitMs);
  let graceUntilMs = question.graceUntilMs;
  let unclearAtMs = tries?.unclearAtMs ?? null;
  if (mayBeDone) expectDone(unclearAtMs ?? clock.now());

  const ready = await observe(mayBeDone || tries !== null);
  if (ready.kind !== 'ready') return ready;
  const { observed } = ready;
  // An earlier process may have come this far long ago, or KMS was not to be asked.
  const { latestAtMs = Number.POSITIVE_INFINITY } = question;
  const isBegun = mayBeDone || observed.store.connectionState !== 'CONNECTED';
  if (!isBegun && clock.now() > latestAtMs) return { kind: 'refused', failure: tooLate, observed };
  // Once the limit is reached only Describe can tell more.
  if (tries && isSpent(tries, limitAtMs(), clock.now()))
    return decide(observeOn({ ...tries, unclearAtMs }, clock.now()));

  const reply = await run.count(rule.operation, rule.call());
  if (reply.ok) {
    return { kind: 'accepted', observed, ...(reply.requestId === undefined ? {} : { requestId: reply.requestId }) };
  }
  const { failure } = reply;
  if (failure.class === 'unclear') {
    mayBeDone = true;
    expectDone(clock.now());
  }
  if (!question.isPatient && !mayBeDone) {
    const now = failure.class === 'invalidState' ? await observe(true) : ready;
    return now.kind === 'ready' ? { kind: 'refused', failure, observed: now.observed } : now;
  }
  tries = countTry(tries, failure, { firstAtMs, unclearAtMs, nowMs: clock.now(), limitAtMs: limitAtMs() });
  const write = decide(tries);
  // A pause in sending is reported once.
  if (write.kind === 'cutOff' && (reply.calls > 0 || tries.sameCount === 1)) {
    const { code, message } = failure;
    const until = isNotAsked(failure) ? null : toIso(limitAtMs());
    run.emit({ type: 'call.failed', operation: rule.operation, code, message, tries: tries.count, until });
  }
  return write;

  /** Looks until nothing speaks against the call, or something does for good. */
  async function observe(mustLook: boolean): Promise<Ready | Write> {
    const giveUpAtMs = clock.now() + unreadableForMs;
    const inGrace = () => clock.now() < extendGrace(run, graceUntilMs);
    let observed = question.evidence;
    let confirmedAtMs = Number.NEGATIVE_INFINITY;
    let isAsked = mustLook;
    for (;;) {
      if (isOld(confirmedAtMs)) {
        const why = await confirmLock(run, observed, mayBeDone);
        if (why) return why;
        confirmedAtMs = clock.now();
      }
      if (isAsked || isOld(observed.atMs)) {
        const observe = await run.observe(observed.store.customKeyStoreId);
        if (observe.kind === 'unreadable') {
          if (observe.failure.class === 'notFound' && clock.now() >= giveUpAtMs)
            return { kind: 'foreign', detail: 'it is gone', observed, mayBeDone };
          if (observe.failure.class === 'credentials' || clock.now() >= giveUpAtMs)
            return {
              kind: 'cutOff',
              failure: observe.failure,
              mayBeDone,
              observed,
              tries: tries && beginNewRow(tries),
            };
          await clock.sleep(pauseMs);
          continue;
        }
        observed = observe.observed;
        if (mayBeDone && rule.isDone(observed.store)) return { kind: 'accepted', observed };
      }
      const stale = extendStaleReads(run, question.stale);
      const detail = findExternalChange(rule, { ...question, stale }, observed, clock.now());
      if (detail === undefined) return { kind: 'ready', observed };
      const isStale = mayBeStale(stale, observed.store.connectionState, clock.now());
      if (!inGrace() && !isStale) return { kind: 'foreign', detail, observed, mayBeDone };
      isAsked = true;
      await clock.sleep(pauseMs);
    }
  }

  /** What the failed calls so far amount to. */
  function decide(tries: Tries): Write {
    const { failure } = tries;
    const isSettled = observed.atMs >= extendGrace(run, graceUntilMs);
    const isNotDone = !mayBeDone || (isSettled && rule.isNotDone(observed.store));
    const isOver = isSpent(tries, limitAtMs(), clock.now());
    const isRejected = isBelieved(tries) && (failure.class !== 'invalidState' || isSettled);
    if (isNotDone && isRejected && !rule.mayPass?.(failure)) return { kind: 'refused', failure, observed };
    const awaitsTruth = rule.mustBeKnown && mayBeDone && !isSettled && rule.isNotDone(observed.store);
    if (!isOver || awaitsTruth) return { kind: 'cutOff', failure, mayBeDone, observed, tries };
    if (isNotDone && isDefinite(failure)) return { kind: 'refused', failure, observed };
    return { kind: 'unclear', failure, mayBeDone: !isNotDone, observed };
  }

  function isOld(atMs: number): boolean {
    return clock.now() - atMs > freshMs;
  }

  /** A call that KMS may have carried out opens a grace as an accepted one does. */
  function expectDone(sinceMs: number): void {
    unclearAtMs = sinceMs;
    graceUntilMs = Math.max(graceUntilMs, sinceMs + graceMs);
  }
}

/** Tries again in this step: for a store whose run has no state to wait in. */
export async function ensureInStep(run: Run, rule: WriteRule, question: WriteInput, rerun: boolean): Promise<Write> {
  let write = await ensure(run, rule, question, rerun);
  while (write.kind === 'cutOff' && write.tries && !isNotAsked(write.failure)) {
    await run.clock.sleep(write.tries.retryAtMs - run.clock.now());
    const { tries, mayBeDone } = write;
    write = await ensure(run, rule, { ...question, tries, mayBeDone }, false);
  }
  return write;
}

/**
 * Why nothing may be sent. Asked before the store is looked at, so that what the call goes by is no older for it. Where
 * that is not known, only a run that has sent nothing stops: the lock never blocks a rollback.
 */
async function confirmLock(run: Run, observed: Observation, mayBeDone: boolean): Promise<Write | undefined> {
  try {
    const owner = await run.lock.confirm(observed.store.customKeyStoreId);
    if (owner === null) return undefined;
    return {
      kind: 'foreign',
      detail: `its lock was taken by ${describeLockOwner(toReportedLockOwner(owner))}`,
      observed,
      mayBeDone,
    };
  } catch (error) {
    if (!(error instanceof LockError)) throw error;
    if (mayBeDone || run.hasSent()) {
      run.emit({ type: 'lock.unsure', message: error.message });
      return undefined;
    }
    return { kind: 'refused', failure: { code: 'LOCK_UNSURE', message: error.message, class: 'refused' }, observed };
  }
}

/** What is not as this run left it, in words; undefined when all is. */
function findExternalChange(
  rule: WriteRule,
  { settings, stale }: WriteInput,
  { store }: Observation,
  nowMs: number,
): string | undefined {
  if (!rule.from.includes(store.connectionState))
    return `it is ${store.connectionState}, not ${rule.from.join(' or ')}`;
  const judged = judgeSettings(settings, stale, store.settings, nowMs);
  return typeof judged === 'object'
    ? `${settingName(judged.changed)} is "${shownValue(store.settings, judged.changed) ?? ''}"`
    : undefined;
}
