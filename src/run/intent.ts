/** What a run keeps in its log before a call that changes its store: the call, and what a resume needs to know. */
import type { Change } from '../domain/change.ts';
import type { Operation } from '../domain/outcome.ts';
import { parseResumeState } from '../domain/parse-resume-state.ts';
import type { ResumeState } from '../domain/resume-state.ts';
import { isTrialConnectStep } from '../domain/trial-connect.ts';
import type { LogRecord } from '../ports/log.ts';

export interface Intent {
  readonly operation: Operation | 'EnableKey' | 'DisableKey';
  readonly customKeyStoreId: string;
  /** Of an update. */
  readonly change?: Change;
  /** Without the canaries, which the log holds already, once. */
  readonly resume: Omit<ResumeState, 'preparation'>;
}

/** In the place of these facts, where a call is about the store of a trial connect: it leaves nothing to resume. */
export const forTrialConnect = { resume: null } as const;

export function forIntent({ preparation: _, ...resume }: ResumeState): Intent['resume'] {
  return resume;
}

/** A call whose result is not known yet. `state`: of the run just before it, with the update that it sends as `pending`. */
export interface Call {
  readonly step: string;
  readonly atMs: number;
  readonly operation: unknown;
  readonly state: ResumeState;
}

/**
 * The call that an intent announces; null for one of a trial connect, which has a store of its own.
 *
 * @throws {ResumeStateError} if the record holds no resume state that this version can read.
 */
export function readIntent(
  { step, atMs, sending }: Extract<LogRecord, { kind: 'intent' }>,
  runId: string,
): Call | null {
  const { operation, change, resume } = (sending ?? {}) as Partial<Readonly<Record<keyof Intent, unknown>>>;
  if (resume === null || (resume === undefined && isTrialConnectStep(step))) return null;
  const state = parseResumeState(change === undefined ? resume : { ...Object(resume), pending: change }, runId);
  return { step, atMs, operation, state };
}
