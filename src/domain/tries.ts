/**
 * How often, and for how long, a call that changes the store is tried once the store is not as it was found. Decisions
 * only: no clock, no calls.
 */
import type { FailureClass } from './errors.ts';
import { type Failure, isDefinite } from './failure.ts';

/** An update without a definite answer is given up after this time, and the store is reconnected with the old settings. */
export const updateTriesForMs = 2 * 60_000;

/** The calls of one operation that have failed so far, one after another. */
export interface Tries {
  readonly firstAtMs: number;
  readonly count: number;
  /** How many of them in a row were answered, or in a row could not be sent; a suspension begins a new row. */
  readonly inARow: number;
  /** What the last one was answered, how often in a row, and since when. */
  readonly failure: Failure;
  readonly sameCount: number;
  readonly sameSinceMs: number;
  /** When the last call was sent that KMS may have carried out all the same; null without one. */
  readonly unclearAtMs: number | null;
  readonly lastAtMs: number;
  /** Not before then is the next one sent. */
  readonly retryAtMs: number;
}

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

/** How long to wait before the next observation, where nothing more is sent. */
const observeAgainMs = 10_000;

/** A rejection that eventual consistency or a change of rights may cause is believed after so many answers over so long. */
const believed = { answers: 3, overMs: 60_000 };

/** A limit ends no series before so many calls were answered in a row: one bad answer after a suspension says little. */
const answersAtLeast = 3;

/** What passes with a new login, or with a repaired network: such a call never reached KMS, so no limit ends the tries. */
const notAsked: readonly FailureClass[] = ['credentials', 'unreachable'];

export function isNotAsked({ class: failureClass }: Failure): boolean {
  return notAsked.includes(failureClass);
}

interface TryTimes extends Pick<Tries, 'firstAtMs' | 'unclearAtMs'> {
  readonly nowMs: number;
  /** When the series ends; the last pause ends there too. */
  readonly limitAtMs: number;
}

/** Adds a failed call. */
export function countTry(
  before: Tries | null,
  failure: Failure,
  { firstAtMs, unclearAtMs, nowMs, limitAtMs }: TryTimes,
): Tries {
  const isSame = before?.failure.code === failure.code;
  const isSameRow = before !== null && isNotAsked(before.failure) === isNotAsked(failure);
  const inARow = (isSameRow ? before.inARow : 0) + 1;
  const isSent = !isAtLoginLimit(failure);
  const retryAtMs = nowMs + (isSent ? Math.min(firstPauseMs * 2 ** (inARow - 1), longestPauseMs) : observeAgainMs);
  const isCutShort = nowMs < limitAtMs && !isNotAsked(failure);
  return {
    firstAtMs,
    unclearAtMs,
    count: (before?.count ?? 0) + (isSent ? 1 : 0),
    inARow,
    failure,
    sameCount: (isSame ? before.sameCount : 0) + 1,
    sameSinceMs: isSame ? before.sameSinceMs : nowMs,
    lastAtMs: nowMs,
    retryAtMs: isCutShort ? Math.min(retryAtMs, limitAtMs) : retryAtMs,
  };
}

/** After KMS could not be asked for a while. */
export function beginNewRow(tries: Tries): Tries {
  return { ...tries, inARow: 0 };
}

/** The tries when a run continues: nothing was sent while the process, or its machine, was not running. */
export function resumeTries(tries: Tries, nowMs: number): Tries {
  return nowMs - tries.retryAtMs > longestPauseMs ? beginNewRow(tries) : tries;
}

/** Nothing more is sent, and Describe may still show what came of the calls so far. */
export function observeOn(tries: Tries, nowMs: number): Tries {
  return { ...tries, retryAtMs: nowMs + observeAgainMs };
}

/** A Connect that was not sent, or kmsuser might be locked out. */
function isAtLoginLimit({ code }: Failure): boolean {
  return code === 'LOGIN_LIMIT';
}

/** Whether the last answer may stand, as far as the call alone can tell. */
export function isBelieved({ failure, sameCount, sameSinceMs, lastAtMs }: Tries): boolean {
  if (isAtLoginLimit(failure)) return true;
  if (!isDefinite(failure)) return false;
  return failure.class === 'refused' || (sameCount >= believed.answers && lastAtMs - sameSinceMs >= believed.overMs);
}

/** Whether the limit ends the series. */
export function isSpent({ failure, inARow }: Tries, limitAtMs: number, nowMs: number): boolean {
  return nowMs >= limitAtMs && inARow >= answersAtLeast && !isNotAsked(failure);
}
