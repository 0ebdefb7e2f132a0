/** What KMS calls a problem that it meets outside, by where it shows: an exception, or a code after Connect. */
import { refuse } from '../fault.ts';
import type { ConnectionErrorCode } from '../shapes.ts';

export interface Problem {
  /** Answered by Create and Update. */
  readonly exception: string;
  /** Shown after Connect. */
  readonly code: ConnectionErrorCode;
  readonly message: string;
}

export function refuseProblem(found: Problem | undefined): void {
  if (found) refuse(found.exception, found.message);
}
