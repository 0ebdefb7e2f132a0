/** What the catalogues of errors say of one. */
import type { Fault } from './connection-errors.ts';

/** What a caller may conclude from a failed call, above all whether a mutating one may have taken effect. */
export type FailureClass =
  /** KMS's definite no: the call changed nothing. */
  | 'refused'
  /** CustomKeyStoreInvalidStateException: look again, then decide. */
  | 'invalidState'
  /** The call changed nothing; try later. */
  | 'throttled'
  /** IAM says no: the call changed nothing. */
  | 'denied'
  /** No, wrong or expired AWS credentials: the call changed nothing. */
  | 'credentials'
  /** There is no such store. */
  | 'notFound'
  /** An internal error, a reset, a timeout: a mutating call may have taken effect. */
  | 'unclear'
  /** The connection was never made (DNS, refused, TLS): the call changed nothing. */
  | 'unreachable';

/** What one error means and what to do about it. */
export interface ErrorFact {
  readonly class: FailureClass;
  readonly cause: string;
  /** Where to look; `input`: the call asked for something that KMS does not grant. */
  readonly fault: Fault | 'AWS account' | 'input';
  readonly remedy: string;
  /** The part of an update that KMS rejects with it: the name of the store, or what it connects with; absent: any. */
  readonly concerns?: 'name' | 'connection';
  /** Nothing but time may be needed, or an external change: the same update may be accepted later. */
  readonly mayPass?: true;
  /** Whether a ConnectCustomKeyStore that answered this may have led to a login as kmsuser. */
  readonly login: 'never' | 'maybe';
}

/** A row as the tables hold it; what it says of a login follows from its class. */
export type Row = Omit<ErrorFact, 'login'>;
