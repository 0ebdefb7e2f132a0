/** Why something ended as it did, in three lines at most: what happened, its cause, what to do next. */
import type { Reason } from '../../domain/failure.ts';
import { wrap } from './lines.ts';

export type ShownReason = Pick<Reason, 'code' | 'message'> & Partial<Reason>;

/** One line each, unwrapped: what a log collector can grep. */
export function renderError({ message, cause, remedy }: ShownReason): string {
  const lines = [`cks: ${message}`];
  if (cause) lines.push(`cause: ${cause}`);
  if (remedy) lines.push(`next: ${remedy}`);
  return `${lines.map((line) => line.replace(/\s+/g, ' ')).join('\n')}\n`;
}

/** Beside a result, for people. */
export function renderReason({ message, cause, remedy }: ShownReason): string[] {
  const rows = [
    ['reason', message],
    ['cause', cause],
    ['next', remedy],
  ] as const;
  return rows.flatMap(([label, text]) => (text ? [wrap(text, `  ${`${label}:`.padEnd(8)}`)] : []));
}
