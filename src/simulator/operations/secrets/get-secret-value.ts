/** GetSecretValue of Secrets Manager. Sources: its API reference, and its user guide, "Version staging labels". */
import { refuse } from '../../fault.ts';
import type { Secret } from '../../secret.ts';
import type { Input, Output } from '../../shapes.ts';
import type { World } from '../../world.ts';
import { isKeyUsable, requireSecret, requireUndeleted } from './find-secret.ts';

export function getSecretValue(world: World, input: Input<'GetSecretValue'>): Output<'GetSecretValue'> {
  const { SecretId, VersionId, VersionStage = VersionId === undefined ? 'AWSCURRENT' : undefined } = input;
  const secret = requireSecret(world, SecretId);
  requireUndeleted(secret);
  const found = secret.versions.find(
    ({ id, stages }) =>
      (VersionId === undefined || id === VersionId) && (VersionStage === undefined || stages.includes(VersionStage)),
  );
  if (found?.value === undefined) return refuseVersion(secret, VersionId, VersionStage);
  if (!isKeyUsable(world, secret)) {
    refuse('DecryptionFailure', "Secrets Manager can't decrypt the protected secret text using the provided KMS key.");
  }
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: found.id,
    ...found.value,
    ...(found.stages.length > 0 ? { VersionStages: found.stages } : {}),
    CreatedDate: found.createdAtMs / 1000,
  };
}

function refuseVersion({ versions }: Secret, id: string | undefined, stage: string | undefined): never {
  if (id !== undefined && versions.some((version) => version.id === id && version.value !== undefined)) {
    const message = 'You provided a VersionStage that is not associated to the provided VersionId.';
    refuse('InvalidRequestException', message);
  }
  const wanted = id === undefined ? `staging label: ${stage}` : `VersionId: ${id}`;
  return refuse('ResourceNotFoundException', `Secrets Manager can't find the specified secret value for ${wanted}`);
}
