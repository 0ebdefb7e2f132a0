/** The end of a command that threw: wrong input, an unfinished run, or a bug. Never a stack, never a value it was given. */
import { otherExitCodes } from '../domain/outcome.ts';
import { InvalidInputError, UnfinishedRunError } from '../run/errors.ts';
import type { Io } from './io.ts';
import { guessOutput } from './output.ts';
import { renderError, type ShownReason } from './render/reason.ts';
import { explainUnfinished } from './unfinished.ts';

/** Says what happened and gives the exit code. */
export function reportError(io: Io, error: unknown): number {
  const { exitCode, result } = explainError(error);
  io.stderr.write(renderError(result.reason, io.stderr));
  guessOutput(io).write(result, () => '');
  return exitCode;
}

function explainError(error: unknown): { exitCode: number; result: { outcome: null; reason: ShownReason } } {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof InvalidInputError) {
    return { exitCode: otherExitCodes.wrongInput, result: { outcome: null, reason: { code: 'WRONG_INPUT', message } } };
  }
  if (error instanceof UnfinishedRunError && error.hasWritten) {
    const { runId, customKeyStoreId, lastSeen, hasWritten } = error;
    const result = explainUnfinished({ runId, customKeyStoreId, lastSeen, hasWritten, message: `a bug: ${message}` });
    return { exitCode: otherExitCodes.unfinished, result };
  }
  const reason = {
    code: 'BUG',
    message: `a bug: ${message}`,
    cause: 'This program did not expect that. Nothing that changes a store was sent.',
    remedy: 'Run it again with --log-level debug --log-file FILE, and report what FILE says.',
  };
  return { exitCode: otherExitCodes.bug, result: { outcome: null, reason } };
}
