/** What was seen, thing by thing, and the one finding that it comes to. */
import type { CheckFinding } from '../domain/checks.ts';
import type { Failure } from '../domain/failure.ts';

export type Finding = Omit<CheckFinding, 'check'>;

const worstFirst = ['failed', 'unknown', 'warned', 'passed'] as const;

/**
 * `failed`: KMS would not take this. `unknown`: our place alone may explain it. `warned`: KMS may take it, or it is worth
 * knowing. The text is a sentence for people.
 */
export interface Note {
  readonly status: (typeof worstFirst)[number];
  readonly text: string;
  /** It says that something could not be checked. */
  readonly isUndecided?: true;
}

const note =
  <S extends Note['status']>(status: S) =>
  (text: string) =>
    ({ status, text }) as const;

export const failed = note('failed');
export const unknown = note('unknown');
export const warned = note('warned');
export const passed = note('passed');

/** A part of a check that could not run, and that does not block the change. */
export const unseen = (text: string): Note => ({ status: 'warned', text, isUndecided: true });

/** The worst of it is the message, and the rest its details; where all is well, the first says it, else `otherwise`. */
export function conclude(notes: readonly Note[], otherwise = ''): Finding {
  const status = worstFirst.find((word) => notes.some((one) => one.status === word)) ?? 'passed';
  const worst = notes.filter((one) => one.status === status);
  const told = status === 'passed' ? worst.slice(0, 1) : worst;
  const details = notes.filter((one) => !told.includes(one)).map(({ text }) => text);
  const message = told.map(({ text }) => text).join('; ') || otherwise;
  const undecided = notes.some((one) => one.isUndecided || one.status === 'unknown');
  return {
    status,
    message,
    ...(details.length > 0 ? { details } : {}),
    ...(undecided && status !== 'unknown' ? { isUndecided: true as const } : {}),
  };
}

const mostLines = 10;

/** As many lines as a person reads. */
export function shorten(lines: readonly string[]): readonly string[] {
  const left = lines.length - mostLines;
  return left > 0 ? [...lines.slice(0, mostLines), `and ${left} more`] : lines;
}

/** What finding the keys of a store takes. */
export const keyListing = 'kms:ListKeys, kms:DescribeKey';

/** `action`: the right that it needs. */
export function describeUnseen(action: string, { message }: Failure): string {
  return `could not run (${action}): ${message}`;
}
