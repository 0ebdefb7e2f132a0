/** What a check makes of all that it noticed. */
import type { CheckFinding } from '../domain/checks.ts';
import type { Failure } from '../domain/failure.ts';

export type Finding = Omit<CheckFinding, 'check'>;

/** Sentences for people. */
export interface Noticed {
  /** KMS would not take this. */
  readonly problems: readonly string[];
  /** KMS may take this, or nobody here can see. */
  readonly doubts: readonly string[];
}

/** One problem fails, else one doubt warns; the first of all is the message, the others are its details. */
export function conclude(noticed: readonly Noticed[], otherwise: string): Finding {
  const problems = noticed.flatMap((one) => one.problems);
  const [first, ...others] = [...problems, ...noticed.flatMap((one) => one.doubts)];
  if (first === undefined) return { status: 'passed', message: otherwise };
  const status = problems.length > 0 ? 'failed' : 'warned';
  return { status, message: first, ...(others.length > 0 ? { details: others } : {}) };
}

/** What finding the keys of a store takes. */
export const keyListing = 'kms:ListKeys, kms:DescribeKey';

/** `action`: the right that it needs. */
export function tellUnseen(action: string, { message }: Failure): string {
  return `could not look (${action}): ${message}`;
}
