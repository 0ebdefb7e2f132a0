/** Errors and warnings on standard error: lines for people, or one event each where standard error holds events. */
import { toJson } from '../../domain/printable.ts';
import { findValue } from '../options/find-value.ts';
import type { Io } from '../terminal/io.ts';
import { renderError, type ShownReason } from './render/reason.ts';
import type { ErrorLine, WarningLine } from './schemas.ts';

type Place = Pick<Io, 'argv' | 'stderr'>;

export function sayError({ argv, stderr }: Place, reason: ShownReason): void {
  stderr.write(
    holdsEvents(argv) ? `${toJson({ type: 'error', ...reason } satisfies ErrorLine)}\n` : renderError(reason, stderr),
  );
}

/** For what does not end the command. */
export function sayWarning({ argv, stderr }: Place, message: string): void {
  stderr.write(
    holdsEvents(argv) ? `${toJson({ type: 'warning', message } satisfies WarningLine)}\n` : `cks: ${message}\n`,
  );
}

/** With `--progress json` standard error holds one JSON object a line, to the last one. */
function holdsEvents(argv: Io['argv']): boolean {
  return findValue(argv, '--progress') === 'json';
}
