/** DescribeSecret of Secrets Manager: no value is in it, and only versions that have a stage. Source: its API reference. */
import type { Input, Output } from '../../shapes.ts';
import type { World } from '../../world.ts';
import { requireSecret } from './find-secret.ts';

export function describeSecret(
  world: World,
  { SecretId }: Input<'DescribeSecret'>,
  nowMs: number,
): Output<'DescribeSecret'> {
  const { arn, name, keyId, rotates, tags, versions, isDeleted, createdAtMs, lastChangedAtMs } = requireSecret(
    world,
    SecretId,
  );
  const labelled = versions.filter(({ stages }) => stages.length > 0);
  return {
    ARN: arn,
    Name: name,
    ...(keyId === undefined ? {} : { KmsKeyId: keyId }),
    ...(rotates ? { RotationEnabled: true } : {}),
    LastChangedDate: lastChangedAtMs / 1000,
    ...(isDeleted ? { DeletedDate: nowMs / 1000 } : {}),
    ...(tags.length > 0 ? { Tags: tags } : {}),
    ...(labelled.length > 0
      ? { VersionIdsToStages: Object.fromEntries(labelled.map(({ id, stages }) => [id, stages])) }
      : {}),
    CreatedDate: createdAtMs / 1000,
  };
}
