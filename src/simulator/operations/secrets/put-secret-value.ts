/** PutSecretValue of Secrets Manager. Sources: its API reference, and its user guide, "Quotas". */
import { refuse } from '../../fault.ts';
import { addVersion, type Secret, type SecretValue, type SecretVersion } from '../../secret.ts';
import type { Input, Output } from '../../shapes.ts';
import type { World } from '../../world.ts';
import { isKeyUsable, requireSecret, requireUndeleted } from './find-secret.ts';
import { requireRoom } from './stages.ts';

export function putSecretValue(world: World, input: Input<'PutSecretValue'>, nowMs: number): Output<'PutSecretValue'> {
  const { SecretId, ClientRequestToken: token, VersionStages: stages = ['AWSCURRENT'] } = input;
  const value = requireValue(input);
  // The command and the SDKs make one up where the caller has none.
  if (token === undefined) {
    return refuse('InvalidParameterException', 'You must provide a ClientRequestToken value. We recommend a UUID.');
  }
  const secret = requireSecret(world, SecretId);
  requireUndeleted(secret);
  const known = secret.versions.find(({ id }) => id === token);
  if (known?.value !== undefined) return tell(secret, requireSame(secret, known, value));
  if (!isKeyUsable(world, secret)) {
    refuse('EncryptionFailure', "Secrets Manager can't encrypt the protected secret text using the provided KMS key.");
  }
  const isFirst = secret.versions.every((version) => version.value === undefined);
  const attached = isFirst ? [...new Set([...stages, 'AWSCURRENT'])] : stages;
  requireRoom(secret, attached);
  return tell(secret, addVersion(secret, token, value, attached, nowMs));
}

/** @throws SimulatorFault InvalidParameterException, InvalidRequestException */
function requireValue({ SecretString: text, SecretBinary: binary }: Input<'PutSecretValue'>): SecretValue {
  if (text !== undefined && binary !== undefined) {
    refuse('InvalidParameterException', 'You must include SecretBinary or SecretString, but not both.');
  }
  if (text !== undefined) return { SecretString: text };
  if (binary !== undefined) return { SecretBinary: binary };
  return refuse('InvalidRequestException', 'You must provide either SecretString or SecretBinary.');
}

/** The same request again changes nothing; a version cannot be changed. @throws SimulatorFault ResourceExistsException */
function requireSame({ arn }: Secret, known: SecretVersion, value: SecretValue): SecretVersion {
  if (JSON.stringify(known.value) === JSON.stringify(value)) return known;
  const message = `You can't use ClientRequestToken ${known.id} because that value is already in use for a version of secret ${arn}.`;
  return refuse('ResourceExistsException', message);
}

function tell({ arn, name }: Secret, { id, stages }: SecretVersion): Output<'PutSecretValue'> {
  return { ARN: arn, Name: name, VersionId: id, ...(stages.length > 0 ? { VersionStages: stages } : {}) };
}
