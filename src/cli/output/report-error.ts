/** The end of a command that threw: wrong input, an unfinished run, or a bug. Never a stack, never a value it was given. */

import { JournalError } from '../../disk/journal/errors.ts';
import { otherExitCodes, outcomes } from '../../domain/outcome.ts';
import { KeptCanariesError } from '../../ports/key-verifier.ts';
import { LockError } from '../../ports/lock.ts';
import { LogError } from '../../ports/log.ts';
import { InvalidInputError, UnfinishedRunError } from '../../run/errors.ts';
import { LeftError } from '../terminal/asking/asking.ts';
import type { Io } from '../terminal/io.ts';
import { guessOutput } from './output.ts';
import { sayError } from './say-error.ts';
import type { Failed } from './schemas.ts';
import { explainHeld, explainUnfinished, type Unfinished } from './unfinished.ts';

/** Says what happened and gives the exit code. */
export function reportError(io: Io, error: unknown): number {
  const { exitCode, result } = explainError(error, !io.argv.includes('--no-journal'));
  sayError(io, result.reason);
  guessOutput(io).write(result, () => '');
  return exitCode;
}

function explainError(error: unknown, hasJournal: boolean): { exitCode: number; result: Failed } {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof InvalidInputError) {
    return { exitCode: otherExitCodes.wrongInput, result: { outcome: null, reason: { code: 'WRONG_INPUT', message } } };
  }
  if (error instanceof LeftError) {
    return { exitCode: outcomes.cancelled.exitCode, result: { outcome: null, reason: { code: 'STOPPED', message } } };
  }
  if (error instanceof JournalError) {
    const isInput = error.problem === 'unknown' || error.problem === 'ended';
    const exitCode = isInput ? otherExitCodes.wrongInput : otherExitCodes.no;
    return { exitCode, result: { outcome: null, reason: { code: `JOURNAL_${error.problem.toUpperCase()}`, message } } };
  }
  if (error instanceof KeptCanariesError) {
    return { exitCode: otherExitCodes.no, result: { outcome: null, reason: { code: 'CANARIES_UNUSABLE', message } } };
  }
  if (error instanceof LogError || error instanceof LockError) {
    return {
      exitCode: otherExitCodes.no,
      result: { outcome: null, reason: { code: 'SAFEGUARD_UNAVAILABLE', message } },
    };
  }
  if (error instanceof UnfinishedRunError && (error.hasWritten || error.mayLeaveStore)) {
    const { runId, customKeyStoreId, lastSeen, hasWritten, mayLeaveStore, held } = error;
    const facts = {
      runId,
      customKeyStoreId,
      lastSeen,
      hasWritten,
      mayLeaveStore,
      hasJournal,
      message: mayLeaveStore ? message : `a bug: ${message}`,
    };
    const result = held ? explainHeld(runId, held, hasJournal) : explainUnfinished(facts);
    return { exitCode: otherExitCodes.unfinished, result: addSwitch(result, error) };
  }
  const reason = {
    code: 'BUG',
    message: `a bug: ${message}`,
    cause: 'This program did not expect that. Nothing that changes a store was sent.',
    remedy: 'Run it again with --log-level debug --log-file FILE, and report what FILE says.',
  };
  return { exitCode: otherExitCodes.bug, result: { outcome: null, reason } };
}

/** The store does not stay offline until the run is continued. */
function addSwitch(result: Unfinished, { firesAt }: UnfinishedRunError): Unfinished {
  if (firesAt === null) return result;
  const fire = `AWS calls Connect at ${firesAt}, by its dead man's switch.`;
  const { reason } = result;
  return { ...result, reason: { ...reason, cause: `${reason.cause} ${fire}` } };
}
