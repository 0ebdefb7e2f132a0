/** Runs of the library that a rotation starts. */
import type { RunResult } from '../../domain/outcome.ts';
import { messageOf } from '../../run/errors.ts';
import { RotationError } from './rotation-error.ts';
import type { RotationTerms, SettingsUpdate, Turn } from './turn.ts';

export interface RotationRequest
  extends Pick<SettingsUpdate, 'change' | 'previous' | 'finalState' | 'checks' | 'keyVerifier'>,
    Partial<Pick<RotationTerms, 'canaryKeys' | 'skipChecks' | 'requireKeyVerification'>> {
  readonly mayGoOffline: boolean;
}

const leastDeadlineMs = 60_000;

/** @throws {RotationError} where the run has no outcome. */
export async function runUpdate(turn: Turn, { mayGoOffline, ...request }: RotationRequest): Promise<RunResult> {
  const { customKeyStoreId, deadline, terms } = turn;
  const waitMs = Math.max(deadline.leftMs(), leastDeadlineMs);
  const { accept, ...policy } = terms;
  try {
    return await turn.update({
      ...policy,
      ...request,
      customKeyStoreId,
      mode: mayGoOffline ? 'auto' : 'live',
      accept: accept.filter((risk) => risk !== 'outage' || mayGoOffline),
      onFailure: 'rollback',
      // The steps that follow wait for all hosts of KMS, and prove the keys again.
      bakeTimeMs: 0,
      maxDisconnectWaitMs: waitMs,
      maxConnectWaitMs: waitMs,
      signal: deadline.signal,
    });
  } catch (error) {
    throw new RotationError('UPDATE_FAILED', `the update broke off: ${messageOf(error)}`);
  }
}

/** `refused: ...`, for people. */
export function describeEnd({ outcome, reason, nextCommands = [] }: RunResult): string {
  const told = reason ? `: ${reason.message}. ${reason.remedy}` : '';
  return `${outcome}${told}${nextCommands.length > 0 ? ` (${nextCommands.join('; ')})` : ''}`;
}
