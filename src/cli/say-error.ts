/** Errors on standard error: lines for people, or one event where standard error holds events. */
import { toJson } from '../domain/printable.ts';
import type { Io } from './io.ts';
import { findValue } from './output.ts';
import { renderError, type ShownReason } from './render/reason.ts';

/** With `--progress json` standard error holds one JSON object a line, to the last one. */
export function sayError(io: Pick<Io, 'argv' | 'stderr'>, reason: ShownReason): void {
  const isJson = findValue(io.argv, '--progress') === 'json';
  io.stderr.write(isJson ? `${toJson({ type: 'error', ...reason })}\n` : renderError(reason, io.stderr));
}
