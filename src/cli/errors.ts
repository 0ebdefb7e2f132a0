/** What an error that ended a command means: its exit code, and the lines for people. A stack trace is never one of them. */
import { otherExitCodes } from '../domain/outcome.ts';

export interface Told {
  readonly exitCode: number;
  readonly code: string;
  readonly message: string;
  readonly cause?: string;
  readonly remedy?: string;
  readonly remaining?: readonly string[];
}

/** The command could not look, or was told no, before any run began. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  readonly told: Omit<Told, 'exitCode'>;
  constructor(told: Omit<Told, 'exitCode'>) {
    super(told.message);
    this.told = told;
  }
}

interface Unfinished {
  readonly message: string;
  readonly runId: string;
  readonly customKeyStoreId: string;
  readonly hasWritten: boolean;
  readonly lastSeen: string | null;
}

// By name, not by class: the classes live behind modules that a mere usage error must not load.
export function explainError(error: unknown): Told {
  const { name = '', message = String(error) } = error as Error;
  if (name === 'UsageError' || name === 'InvalidInputError') {
    return { exitCode: otherExitCodes.wrongInput, code: 'INVALID_INPUT', message };
  }
  if (error instanceof NoAnswerError) return { exitCode: otherExitCodes.no, ...error.told };
  if (name === 'UnfinishedRunError') return explainUnfinished(error as unknown as Unfinished);
  return { exitCode: otherExitCodes.bug, code: 'BUG', message: `this is a bug in cks: ${message}` };
}

function explainUnfinished({ message, customKeyStoreId, hasWritten, lastSeen }: Unfinished): Told {
  const told = { code: 'BUG', message: `this is a bug in cks: ${message}` };
  if (!hasWritten) return { exitCode: otherExitCodes.bug, ...told, remedy: 'Nothing was sent to KMS but Describe.' };
  return {
    exitCode: otherExitCodes.unfinished,
    ...told,
    cause: `The run broke off; ${customKeyStoreId} was last seen ${lastSeen ?? 'nowhere'}.`,
    remedy: 'Look at the store, then bring it back online.',
    remaining: [`cks describe ${customKeyStoreId}`, `cks reconnect ${customKeyStoreId}`],
  };
}
