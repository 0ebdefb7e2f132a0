/** GetSecretValue of Secrets Manager. Sources: its API reference, and its user guide, "Version staging labels". */
import { refuse } from '../fault.ts';
import { keyState } from '../key.ts';
import type { Secret } from '../secret.ts';
import type { Input, Output } from '../shapes.ts';
import { storeOf, type World } from '../world.ts';
import { findNamedKey } from './keys/find-key.ts';

export function getSecretValue(world: World, input: Input<'GetSecretValue'>): Output<'GetSecretValue'> {
  const { SecretId, VersionId, VersionStage = VersionId === undefined ? 'AWSCURRENT' : undefined } = input;
  const secret = findSecret(world, SecretId);
  if (!secret) return refuse('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  if (secret.isDeleted) {
    const message =
      "You can't perform this operation on the secret because it was marked for deletion or is scheduled for deletion.";
    refuse('InvalidRequestException', message);
  }
  const found = secret.versions.find(
    ({ id, stages }) =>
      (VersionId === undefined || id === VersionId) && (VersionStage === undefined || stages.includes(VersionStage)),
  );
  if (!found) return refuseVersion(secret, VersionId, VersionStage);
  requireKey(world, secret);
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: found.id,
    SecretString: found.text,
    ...(found.stages.length > 0 ? { VersionStages: found.stages } : {}),
    CreatedDate: found.createdAtMs / 1000,
  };
}

/** By name, by ARN, or by ARN without the six characters that Secrets Manager adds. */
function findSecret({ secrets }: World, id: string): Secret | undefined {
  return [...secrets.values()].find(({ name, arn }) => [name, arn, arn.slice(0, -'-XXXXXX'.length)].includes(id));
}

function refuseVersion({ versions }: Secret, id: string | undefined, stage: string | undefined): never {
  if (id !== undefined && versions.some((version) => version.id === id)) {
    const message = 'You provided a VersionStage that is not associated to the provided VersionId.';
    refuse('InvalidRequestException', message);
  }
  const wanted = id === undefined ? `staging label: ${stage}` : `VersionId: ${id}`;
  return refuse('ResourceNotFoundException', `Secrets Manager can't find the specified secret value for ${wanted}`);
}

/** @throws SimulatorFault DecryptionFailure */
function requireKey(world: World, { keyId }: Secret): void {
  if (keyId === undefined) return;
  const key = findNamedKey(world, keyId);
  if (key && keyState(key, storeOf(world, key)?.connection.state) === 'Enabled') return;
  refuse('DecryptionFailure', "Secrets Manager can't decrypt the protected secret text using the provided KMS key.");
}
