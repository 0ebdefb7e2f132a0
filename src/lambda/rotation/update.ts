/** Runs of the library that a rotation starts. */
import type { RunResult } from '../../domain/outcome.ts';
import { messageOf } from '../../run/errors.ts';
import { RotationError } from './rotation-error.ts';
import type { RotationTerms, Turn, UpdateOrder } from './turn.ts';

export interface RotationOrder
  extends Pick<UpdateOrder, 'change' | 'previous' | 'finalState' | 'checks' | 'prover'>,
    Partial<Pick<RotationTerms, 'canaryKeys' | 'skipChecks' | 'requireProof'>> {
  readonly mayGoOffline: boolean;
}

const leastDeadlineMs = 60_000;

/** @throws {RotationError} where the run has no outcome. */
export async function runUpdate(turn: Turn, { mayGoOffline, ...order }: RotationOrder): Promise<RunResult> {
  const { customKeyStoreId, deadline, terms } = turn;
  const waitMs = Math.max(deadline.leftMs(), leastDeadlineMs);
  const { accept, ...policy } = terms;
  try {
    return await turn.update({
      ...policy,
      ...order,
      customKeyStoreId,
      path: mayGoOffline ? 'auto' : 'live',
      accept: accept.filter((risk) => risk !== 'outage' || mayGoOffline),
      onFailure: 'rollback',
      // The steps that follow wait for all hosts of KMS, and prove the keys again.
      proofDwellMs: 0,
      disconnectDeadlineMs: waitMs,
      connectDeadlineMs: waitMs,
      signal: deadline.signal,
    });
  } catch (error) {
    throw new RotationError('UPDATE_FAILED', `the update broke off: ${messageOf(error)}`);
  }
}

/** `refused: ...`, for people. */
export function describeEnd({ outcome, reason, remaining = [] }: RunResult): string {
  const told = reason ? `: ${reason.message}. ${reason.remedy}` : '';
  return `${outcome}${told}${remaining.length > 0 ? ` (${remaining.join('; ')})` : ''}`;
}
