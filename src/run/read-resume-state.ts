/**
 * Reads from the log of a run what a later run needs to resume it: the facts that the run wrote with its last call, and the
 * answers since then. The machine takes no part in it.
 */
import type { Input, Result } from '../../machines/safe-update/index.ts';
import { changedNames } from '../domain/change.ts';
import { listDisabled } from '../domain/fence.ts';
import { parseResumeState } from '../domain/parse-resume-state.ts';
import type { UpdateRequest } from '../domain/plan.ts';
import type { ResumeState } from '../domain/resume-state.ts';
import { leaveSettings, leaveStates, type StaleReads } from '../domain/stale-reads.ts';
import type { LogRecord } from '../ports/log.ts';
import { foldAnswer, foldCall, type LoggedAnswer } from './fold-answer.ts';
import { type Call, readIntent } from './intent.ts';

/**
 * The state at the end of the log, for a run that resumes at `resumedAtMs`; null if no call of the run, or of one that it
 * resumed, can have changed the store.
 *
 * @throws {ResumeStateError} if a call was recorded without facts that this version can read.
 */
export function readResumeState(input: Input, records: readonly LogRecord[], resumedAtMs: number): ResumeState | null {
  const { request, runId, resumedFrom } = input;
  let state = resumedFrom ? beforePlan(parseResumeState(resumedFrom, resumedFrom.runId), request) : null;
  let preparation = state?.preparation;
  let call: Call | null = null;
  for (const record of records) {
    if (record.kind === 'intent') {
      const announced = readIntent(record, runId);
      call = announced ?? call;
      state = announced?.state ?? state;
    } else if (record.kind === 'result') {
      const answer = readAnswer(record);
      if (answer?.value.kind === 'prepared') preparation = answer.value.preparation;
      if (answer === null || state === null) continue;
      // Whether a rollback can help depends on how the keys did before the change.
      state = preparation === undefined ? state : { ...state, preparation };
      if (call?.step !== record.step) state = foldAnswer(state, answer, request);
      else {
        const settled: ResumeState | null = foldCall({ ...call, state }, answer, request);
        state = settled ?? state;
        call = settled ? null : call;
      }
    }
  }
  if (state === null) return null;
  const isUnfinished = state.isUnfinished || listDisabled(state.fence ?? null).length > 0;
  if (!isUnfinished && call === null) return null;
  const known = { ...state, isUnfinished, ...(preparation === undefined ? {} : { preparation }) };
  return call === null ? known : leavePending({ ...call, state: known }, resumedAtMs);
}

/** Until a run has a plan, all that it was asked for is still to be sent. */
function beforePlan(state: ResumeState, { change }: UpdateRequest): ResumeState {
  return { ...state, send: change, isUnsent: changedNames(change).length > 0 };
}

/** The call may have been carried out. A call without an answer is sent again and again, by one process after another. */
function leavePending({ operation, atMs, state }: Call, resumedAtMs: number): ResumeState {
  const { before, offlineSinceMs, hasConnected } = state;
  const isDisconnect = operation === 'DisconnectCustomKeyStore' && before.connectionState === 'CONNECTED';
  return {
    ...state,
    isUnfinished: true,
    hasConnected: hasConnected || operation === 'ConnectCustomKeyStore',
    offlineSinceMs: offlineSinceMs ?? (isDisconnect ? atMs : null),
    ...(operation === 'ConnectCustomKeyStore' ? { hasDisconnected: false } : {}),
    stale: leaveByCall(state, operation, resumedAtMs),
  };
}

/** What Describe may still show if the call was carried out. */
function leaveByCall({ stale, inForce }: ResumeState, operation: unknown, atMs: number): StaleReads {
  if (operation === 'DisconnectCustomKeyStore') return leaveStates(stale, ['CONNECTED', 'FAILED'], atMs);
  if (operation === 'ConnectCustomKeyStore') return leaveStates(stale, ['DISCONNECTED', 'DISCONNECTING'], atMs);
  return operation === 'UpdateCustomKeyStore' ? leaveSettings(stale, inForce, atMs) : stale;
}

/** Null for an answer that says nothing of the store: of a wait for an instant, or of a trial connect. */
function readAnswer(record: Extract<LogRecord, { kind: 'result' }>): LoggedAnswer | null {
  const { step, value, atMs, cancelRequested } = record;
  const [name = '', ...inner] = step.replace(/^\d+\./, '').split('.');
  const isTold = typeof (value as { readonly kind?: unknown } | null)?.kind === 'string';
  return isTold && inner.length === 0 ? { step: name, value: value as Result, atMs, cancelRequested } : null;
}
