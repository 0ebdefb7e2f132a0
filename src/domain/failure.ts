/** An expected failure, as data: it crosses steps and journals, so it is JSON and holds no secret. */
import { explainError, type FailureClass, isKnownError, isRejection } from './errors.ts';

export interface Failure {
  /** The name KMS, the SDK or the network gave it. */
  readonly code: string;
  readonly message: string;
  readonly class: FailureClass;
  readonly requestId?: string;
  readonly httpStatusCode?: number;
}

/** Whether KMS itself has rejected this very call, with an error that this version knows. */
export function isDefinite(failure: Failure): boolean {
  return failure.requestId !== undefined && isKnownError(failure.code) && isRejection(failure.class);
}

/** Whether the call certainly changed nothing: it never left this machine, or KMS did not carry it out. */
export function hasNoEffect({ class: failureClass, requestId, code }: Failure): boolean {
  return failureClass !== 'unclear' && (requestId === undefined || isKnownError(code));
}

/** Why a run ended as it did: what happened, what causes that, and what to do next. */
export interface Reason {
  readonly code: string;
  readonly message: string;
  readonly cause: string;
  readonly remedy: string;
}

export function explainFailure(failure: Failure, doing: string): Reason {
  const fact = explainError(failure.code, failure);
  return { code: failure.code, message: `${doing}: ${failure.message}`, cause: fact.cause, remedy: fact.remedy };
}
