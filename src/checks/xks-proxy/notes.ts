/** What was seen, thing by thing, and the one finding that it comes to. */
import type { CheckFinding } from '../../domain/checks.ts';

const worstFirst = ['failed', 'unknown', 'warned', 'passed'] as const;

export interface Note {
  readonly status: (typeof worstFirst)[number];
  readonly text: string;
}

/** The worst of it is the message, and the rest its details; where all is well, the first says it. */
export function conclude(notes: readonly Note[]): Omit<CheckFinding, 'check'> {
  const status = worstFirst.find((word) => notes.some((note) => note.status === word)) ?? 'passed';
  const worst = notes.filter((note) => note.status === status);
  const told = status === 'passed' ? worst.slice(0, 1) : worst;
  const details = notes.filter((note) => !told.includes(note)).map(({ text }) => text);
  return { status, message: told.map(({ text }) => text).join('; '), ...(details.length > 0 ? { details } : {}) };
}

const mostLines = 10;

/** As many lines as somebody reads. */
export function shorten(lines: readonly string[]): readonly string[] {
  const left = lines.length - mostLines;
  return left > 0 ? [...lines.slice(0, mostLines), `and ${left} more`] : lines;
}
