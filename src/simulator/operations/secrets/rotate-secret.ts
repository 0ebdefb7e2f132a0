/**
 * RotateSecret of Secrets Manager, as far as the secret: the simulator does not call the function. With `RotateImmediately: false` the
 * version is for the step testSecret alone; the test that plays Secrets Manager removes AWSPENDING from it afterwards. Sources: its
 * API reference; that the version is a copy of AWSCURRENT then is what moto found (getmoto/moto#8547).
 */
import { refuse } from '../../fault.ts';
import { addVersion, versionOf } from '../../secret.ts';
import type { Input, Output } from '../../shapes.ts';
import type { World } from '../../world.ts';
import { requireSecret, requireUndeleted } from './find-secret.ts';
import { requireRoom } from './stages.ts';

export function rotateSecret(world: World, input: Input<'RotateSecret'>, nowMs: number): Output<'RotateSecret'> {
  const { SecretId, ClientRequestToken: token, RotationLambdaARN: functionArn, RotateImmediately = true } = input;
  // The command and the SDKs make one up where the caller has none.
  if (token === undefined) {
    return refuse('InvalidParameterException', 'You must provide a ClientRequestToken value. We recommend a UUID.');
  }
  const secret = requireSecret(world, SecretId);
  requireUndeleted(secret);
  if (!secret.rotates && functionArn === undefined) {
    refuse('InvalidRequestException', 'No Lambda rotation function ARN is associated with this secret.');
  }
  const pending = versionOf(secret, 'AWSPENDING');
  if (pending && pending.id !== token && !pending.stages.includes('AWSCURRENT')) {
    refuse('InvalidRequestException', "A previous rotation isn't complete. That rotation will be reattempted.");
  }
  requireRoom(secret, ['AWSPENDING']);
  secret.rotates = true;
  const known = secret.versions.find(({ id }) => id === token);
  const value = known?.value ?? (RotateImmediately ? undefined : versionOf(secret, 'AWSCURRENT')?.value);
  addVersion(secret, token, value, ['AWSPENDING'], nowMs);
  return { ARN: secret.arn, Name: secret.name, VersionId: token };
}
