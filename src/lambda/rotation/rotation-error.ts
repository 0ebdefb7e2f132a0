/** Why a step of a rotation ended without what it is for. Secrets Manager calls again; AWSCURRENT works all the while. */
export type RotationProblem =
  /** The event of Secrets Manager, or the setup of the secret, makes no sense. */
  | 'WRONG_EVENT'
  | 'NOT_ROTATING'
  | 'NOT_PENDING'
  | 'SECRET_UNAVAILABLE'
  | 'NO_CREDENTIAL'
  | 'AMBIGUOUS_CREDENTIAL'
  | 'SECRET_IN_STORE'
  /** Labels of others leave no room for those of a rotation. */
  | 'TOO_MANY_LABELS'
  /** Which store, and whether it can have its credential rotated. */
  | 'STORE_UNNAMED'
  | 'STORE_UNREADABLE'
  | 'WRONG_STORE_TYPE'
  | 'STORE_NOT_CONNECTED'
  | 'NOT_IN_FORCE'
  /** Another store uses the same credential, or it could not be seen whether one does. */
  | 'CREDENTIAL_SHARED'
  /** What did not come about. */
  | 'HOOK_FAILED'
  | 'UPDATE_FAILED'
  | 'TEST_FAILED'
  /** There is no time for it in this call. */
  | 'TOO_LITTLE_TIME'
  | 'NOT_EFFECTIVE_YET';

/** The message is for people, and holds no secret. */
export class RotationError extends Error {
  override readonly name = 'RotationError';
  readonly code: RotationProblem;

  constructor(code: RotationProblem, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}
