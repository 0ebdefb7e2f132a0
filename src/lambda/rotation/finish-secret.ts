/** The last step: once every host of KMS uses the new credential it becomes AWSCURRENT, and only then the old one is retired. */
import type { KeyStore } from '../../domain/key-store.ts';
import { acceptedAtMs, acceptedLabel, begunLabel, findOurs } from './labels.ts';
import { forget, hostsMs, retireLeftovers } from './leftovers.ts';
import { RotationError } from './rotation-error.ts';
import { describeInForce, requireConnected, requireVersion } from './store.ts';
import { requireKeyVerification } from './test-secret.ts';
import type { StepResult, Turn } from './turn.ts';

/** The proof, its rollback, and the labels. */
const afterWaitMs = 120_000;

export async function finishSecret(turn: Turn): Promise<StepResult> {
  const { secret, token } = turn;
  const versions = await secret.readCredentials();
  const wanted = requireVersion(secret, versions, token);
  const found = await describeInForce(turn, wanted);
  requireConnected(found);
  const { hasWaited, sinceMs } = await waitForHosts(turn);
  const store = hasWaited ? await describeInForce(turn, wanted) : found;
  const keyVerification = await requireKeyVerification(turn, store, wanted, versions);
  await secret.refresh();
  requirePending(turn);
  // After an interruption the next call finds by this mark which credential to retire.
  const oldId = secret.versionOf('AWSCURRENT');
  if (oldId !== null) await secret.label(begunLabel(oldId), oldId);
  // The proof took its time, in which an operator may have given KMS another credential.
  const last = await describeInForce(turn, wanted);
  await secret.label('AWSCURRENT', token);
  const retired = await retireOld(turn, last, sinceMs);
  return { outcome: 'done', store: last, ...(keyVerification === undefined ? {} : { keyVerification }), ...retired };
}

/**
 * The step again, when the version is AWSCURRENT already. An operator may have moved the label, without KMS and without a wait.
 *
 * @throws {RotationError} where the store does not use it.
 */
export async function finishRetiring(turn: Turn): Promise<StepResult> {
  const { secret, token } = turn;
  const wanted = requireVersion(secret, await secret.readCredentials(), token);
  const isOver = findOurs(secret.stagesOf(token)).length === 0;
  const found = await describeInForce(turn, wanted);
  if (isOver) {
    const retired = await retireLeftovers(turn, found, { forMs: turn.deadline.leftMs() });
    return { outcome: 'nothingToDo', store: found, ...retired };
  }
  const { hasWaited, sinceMs } = await waitForHosts(turn);
  const store = hasWaited ? await describeInForce(turn, wanted) : found;
  return { outcome: 'nothingToDo', store, ...(await retireOld(turn, store, sinceMs)) };
}

/** The credential before this one, which the store has not used since then, and what earlier rotations have left. */
async function retireOld(
  turn: Turn,
  store: KeyStore,
  unusedSinceMs: number,
): Promise<Pick<StepResult, 'retired' | 'notRetired'>> {
  const { secret, token, deadline } = turn;
  const retired = await retireLeftovers(turn, store, {
    forMs: deadline.leftMs(),
    alsoVersion: secret.versionOf('AWSPREVIOUS'),
    unusedSinceMs,
  });
  await forget(secret, token);
  return { retired: [], ...retired };
}

/** @throws {RotationError} where another rotation has begun meanwhile. */
function requirePending({ secret, token }: Turn): void {
  if (secret.stagesOf(token).some((stage) => stage === 'AWSPENDING' || stage === 'AWSCURRENT')) return;
  const message = `version ${token} of ${secret.arn} is not AWSPENDING any more, so it does not become AWSCURRENT`;
  throw new RotationError('NOT_PENDING', message);
}

/** Some hosts of KMS may use the old credential for a while. Gives whether that took time, and since when KMS uses the new one. */
async function waitForHosts({
  secret,
  token,
  clock,
  deadline,
}: Turn): Promise<{ hasWaited: boolean; sinceMs: number }> {
  const nowMs = secret.nowMs();
  // The start is not known, so it counts from now on.
  if (acceptedAtMs(secret.stagesOf(token)) === null) await secret.label(acceptedLabel(nowMs), token);
  // A label that is ahead was written by a clock that was wrong.
  const sinceMs = Math.min(acceptedAtMs(secret.stagesOf(token)) ?? nowMs, nowMs);
  const untilMs = sinceMs + hostsMs;
  const waitMs = untilMs - secret.nowMs();
  if (waitMs <= 0) return { hasWaited: false, sinceMs };
  if (deadline.leftMs() < waitMs + afterWaitMs) {
    const message = `some hosts of KMS may use the old credential until ${new Date(untilMs).toISOString()}, which this call cannot wait for: call again after that`;
    throw new RotationError('NOT_EFFECTIVE_YET', message);
  }
  await clock.sleep(waitMs, deadline.signal);
  return { hasWaited: true, sinceMs };
}
