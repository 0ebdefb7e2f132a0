/** The first step: a new credential, kept as AWSPENDING. The second time it is there. */
import { makeCredential, readCredential } from './credential.ts';
import { RotationError } from './rotation-error.ts';
import { describeStore, findInForce, requireVersion } from './store.ts';
import type { StepResult, Turn } from './turn.ts';

export async function createSecret(turn: Turn): Promise<StepResult> {
  const { secret, token, rotationToken } = turn;
  const kept = await secret.read(token);
  if (kept !== null) {
    if (!secret.stagesOf(token).includes('AWSPENDING')) refuseOver(token, secret.arn);
    if (readCredential(kept) === null) requireVersion(secret, [], token);
    return { outcome: 'nothingToDo' };
  }
  const versions = await secret.readCredentials();
  requireVersion(secret, versions, secret.holderOf('AWSCURRENT'));
  const store = await describeStore(turn);
  findInForce(secret, store, versions);
  const credential = makeCredential(versions.map((version) => version.credential.AccessKeyId));
  await secret.put({
    versionId: token,
    value: JSON.stringify(credential),
    stages: ['AWSPENDING'],
    ...(rotationToken === undefined ? {} : { rotationToken }),
  });
  return { outcome: 'done', store };
}

/** A version that another rotation has taken the place of. */
function refuseOver(token: string, arn: string): never {
  throw new RotationError('NOT_PENDING', `version ${token} of ${arn} is not AWSPENDING any more: its rotation is over`);
}
