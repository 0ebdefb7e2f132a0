/** GetKeyPolicy, GetKeyRotationStatus and ListResourceTags: what CreateKey was told, which nothing here changes. */
import { refuse } from '../../fault.ts';
import { takePage } from '../../paging.ts';
import { writePrincipal } from '../../partition.ts';
import type { Input, Output } from '../../shapes.ts';
import type { World } from '../../world.ts';
import { requireKey } from './find-key.ts';

/** The one name that a key policy may have. */
const onlyName = 'default';

export function getKeyPolicy(
  world: World,
  { KeyId, PolicyName = onlyName }: Input<'GetKeyPolicy'>,
): Output<'GetKeyPolicy'> {
  const key = requireKey(world, KeyId);
  if (PolicyName !== onlyName) refuse('NotFoundException', `No such policy exists: ${PolicyName}`);
  return { Policy: key.policy ?? writeDefaultPolicy(world), PolicyName };
}

/** Developer guide, rotate-keys: keys in custom key stores are never rotated. No other key here is, until rotation is enabled. */
export function getKeyRotationStatus(
  world: World,
  { KeyId }: Input<'GetKeyRotationStatus'>,
): Output<'GetKeyRotationStatus'> {
  return { KeyId: requireKey(world, KeyId).arn, KeyRotationEnabled: false };
}

export function listResourceTags(world: World, input: Input<'ListResourceTags'>): Output<'ListResourceTags'> {
  const { tags } = requireKey(world, input.KeyId);
  const { entries, ...rest } = takePage(
    tags.map((tag, ordinal) => ({ tag, ordinal })),
    input,
  );
  return { Tags: entries.map(({ tag }) => tag), ...rest };
}

/** Developer guide, key-policy-default: the one of a key that was created without one. */
function writeDefaultPolicy({ region, accountId }: World): string {
  const statement = {
    Sid: 'Enable IAM User Permissions',
    Effect: 'Allow',
    Principal: { AWS: writePrincipal(region, accountId, 'root') },
    Action: 'kms:*',
    Resource: '*',
  };
  return JSON.stringify({ Version: '2012-10-17', Id: 'key-default-1', Statement: [statement] }, null, 2);
}
