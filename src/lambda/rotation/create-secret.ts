/** The first step: a new credential, kept as AWSPENDING. The second time it is there. */
import { makeCredential, readCredential, replaceCredential } from './credential.ts';
import { retireLeftovers } from './leftovers.ts';
import { requireOtherKey } from './other-key.ts';
import { requireRoom } from './room.ts';
import { RotationError } from './rotation-error.ts';
import { describeStore, findInForce, requireVersion } from './store.ts';
import type { StepResult, Turn } from './turn.ts';
import { requireSoleUser } from './users.ts';

/** For what earlier rotations have left: this one does not wait for it. */
const leftoversMs = 60_000;

export async function createSecret(turn: Turn): Promise<StepResult> {
  const { secret, token, rotationToken, deadline } = turn;
  const kept = await secret.read(token);
  if (kept !== null) return leave(turn, kept);
  const versions = await secret.readCredentials();
  const current = requireVersion(secret, versions, secret.versionOf('AWSCURRENT'));
  const store = await describeStore(turn);
  const old = await findInForce(turn, store, versions);
  await requireSoleUser(turn, store, old.credential.AccessKeyId);
  await requireOtherKey(turn, store);
  const retired = await retireLeftovers(turn, store, { forMs: Math.min(leftoversMs, deadline.leftMs() / 4) });
  requireRoom(turn, old);
  const credential = makeCredential(versions.map((version) => version.credential.AccessKeyId));
  const isMade = await secret.put({
    versionId: token,
    value: replaceCredential((await secret.read(current.id)) ?? '', credential),
    stages: ['AWSPENDING'],
    ...(rotationToken === undefined ? {} : { rotationToken }),
  });
  return isMade ? { outcome: 'done', store, ...retired } : leave(turn, (await secret.read(token)) ?? '');
}

/** @throws {RotationError} where the version is of no use, or another rotation has taken its place. */
function leave({ secret, token }: Turn, kept: string): StepResult {
  if (!secret.stagesOf(token).includes('AWSPENDING')) {
    const message = `version ${token} of ${secret.arn} is not AWSPENDING any more: its rotation is over`;
    throw new RotationError('NOT_PENDING', message);
  }
  const credential = readCredential(kept);
  requireVersion(secret, credential === null ? [] : [{ id: token, credential }], token);
  return { outcome: 'nothingToDo' };
}
