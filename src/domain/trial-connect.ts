/**
 * A trial connect: KMS itself connects a trial store with the new settings before the real one goes offline. It answers from
 * where KMS stands, and says nothing of the keys.
 */
import type { CheckFinding } from './checks.ts';
import { explainConnectionError } from './connection-errors.ts';
import { explainError } from './errors.ts';
import type { Failure } from './failure.ts';
import type { KeyStore } from './key-store.ts';
import type { Operation } from './outcome.ts';

/** The word for `--skip-check` and `unknown:CHECK`. */
export const trialConnectCheck = 'trial-connect';

/** Of the trial store; by it another process finds what a run has left. */
export function nameTrialStore(runId: string): string {
  return `cks-trial-${runId}`;
}

/** How far KMS came with the trial store. */
export type TrialConnectEnd =
  | { readonly kind: 'connected' | 'stopped' }
  | { readonly kind: 'failed'; readonly store: KeyStore }
  | { readonly kind: 'overdue'; readonly state: string }
  | { readonly kind: 'refused'; readonly operation: Operation; readonly failure: Failure }
  | { readonly kind: 'unclear'; readonly detail: string };

/** `left`: why the trial store could not be taken away again; null where it is gone, or never was. */
export function judgeTrialConnect(end: TrialConnectEnd, name: string, left: string | null): CheckFinding {
  const found = { check: trialConnectCheck, ...judgeEnd(end) };
  if (left === null) return found;
  // The real store could not have the settings beside it.
  const message = `the trial store "${name}" still exists (${left}), and must be deleted before an update: cks resume deletes it`;
  return { ...found, status: 'failed', message, details: [found.message], leaves: name };
}

function judgeEnd(end: TrialConnectEnd): Pick<CheckFinding, 'status' | 'message' | 'answers'> {
  switch (end.kind) {
    case 'connected': {
      const message = 'KMS connected a trial store with the new settings; it is deleted again';
      return { status: 'passed', message, answers: ['xks-proxy', 'endpoint-service'] };
    }
    case 'stopped':
      return { status: 'unknown', message: 'stopped before KMS was asked to connect' };
    case 'failed': {
      const { connectionErrorCode: code = 'FAILED', customKeyStoreType } = end.store;
      const { cause, remedy } = explainConnectionError(code, customKeyStoreType);
      return { status: 'failed', message: `KMS cannot connect with the new settings: ${code}. ${cause} ${remedy}` };
    }
    case 'overdue':
      return { status: 'failed', message: `KMS did not connect with the new settings in time: ${end.state}` };
    case 'refused':
      return judgeRefusal(end.operation, end.failure);
    case 'unclear':
      return { status: 'unknown', message: `it is not known whether KMS can connect: ${end.detail}` };
  }
}

/** Only what KMS says of the proxy, or of the way to it, would meet the real store too. */
function judgeRefusal(operation: Operation, failure: Failure): Pick<CheckFinding, 'status' | 'message'> {
  const { fault, cause, remedy } = explainError(failure.code, failure);
  const isOfPlace = fault === 'XKS proxy' || fault === 'VPC endpoint service' || fault === 'settings';
  const word = `${failure.code}. ${cause} ${remedy}`;
  return isOfPlace
    ? { status: 'failed', message: `KMS rejects the new settings: ${word}` }
    : { status: 'unknown', message: `could not run (kms:${operation}): ${word}` };
}

/** Whether a step is one of those of a trial connect: what it sends and sees is of the trial store. */
export function isTrialConnectStep(step: string): boolean {
  return /^\d+\.trialConnect\./.test(step);
}

/** As much of a log as tells. */
interface LogLine {
  readonly kind: string;
  readonly step?: string;
  readonly value?: unknown;
  readonly sending?: unknown;
}

/** Whether a run may have left its trial store behind, by its log. */
export function mayLeaveStore(records: readonly LogLine[]): boolean {
  const begun = records.findLastIndex(isCreation);
  if (begun === -1) return false;
  // By what it says, and not by its name, which is another one in a version with other steps.
  const end = records
    .slice(begun)
    .flatMap(readFindings)
    .find(({ check }) => check === trialConnectCheck);
  return end === undefined || end.leaves !== undefined;
}

function isCreation({ kind, step = '', sending }: LogLine): boolean {
  const { operation } = (sending ?? {}) as { readonly operation?: unknown };
  return kind === 'intent' && (operation === 'CreateCustomKeyStore' || /\.trialConnect\.create$/.test(step));
}

function readFindings({ kind, value }: LogLine): readonly CheckFinding[] {
  const { findings = [] } = (value ?? {}) as { readonly findings?: readonly CheckFinding[] };
  return kind === 'result' ? findings : [];
}
