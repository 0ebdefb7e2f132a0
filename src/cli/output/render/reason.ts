/** Why something ended as it did, in three lines at most: what happened, its cause, what to do next. */
import type { Reason } from '../../../domain/failure.ts';
import { type Row, toOneLine, wrap } from './lines.ts';

export type ShownReason = Pick<Reason, 'code' | 'message'> & Partial<Reason>;

/** One line each, so that a log collector can grep them; on a terminal they are wrapped. */
export function renderError(
  { message, cause, remedy }: ShownReason,
  { isTTY }: { readonly isTTY?: boolean | undefined },
): string {
  const rows = [
    ['cks: ', message],
    ['cause: ', cause],
    ['next: ', remedy],
  ] as const;
  const lines = rows.flatMap(([label, text]) => (text ? [[label, toOneLine(text)] as const] : []));
  return lines.map(([label, text]) => `${isTTY ? wrap(text, label, '  ') : `${label}${text}`}\n`).join('');
}

/** Beside a result, for people. */
export function reasonRows({ message, cause, remedy }: ShownReason): Row[] {
  const rows = [
    ['Reason', message],
    ['Cause', cause],
    ['Do next', remedy],
  ] as const;
  return rows.flatMap(([label, text]) => (text ? [{ label, text }] : []));
}
