/** CreateAlias and ListAliases. */
import { refuse } from '../../fault.ts';
import { takePage } from '../../paging.ts';
import type { Input, Output } from '../../shapes.ts';
import { admitAlias, type World } from '../../world.ts';
import { arnOf, requireKey, requireKeyState } from './find-key.ts';

/** Developer guide, "Resource quotas". */
const aliasesOfAKey = 50;

export function createAlias(
  world: World,
  { AliasName: name, TargetKeyId }: Input<'CreateAlias'>,
  nowMs: number,
): Output<'CreateAlias'> {
  if (!/^alias\/(?!aws\/)[a-zA-Z0-9/_-]+$/.test(name)) {
    refuse('InvalidAliasNameException', 'The alias must begin with alias/, and not with alias/aws/');
  }
  const key = world.keys.get(TargetKeyId.slice(TargetKeyId.lastIndexOf('/') + 1));
  if (!key || ![key.id, key.arn].includes(TargetKeyId)) {
    return refuse('NotFoundException', `Key '${TargetKeyId}' does not exist`);
  }
  requireKeyState(world, key, ['Enabled', 'Disabled', 'Unavailable']);
  if (world.aliases.has(name)) refuse('AlreadyExistsException', `An alias with the name ${name} already exists`);
  if ([...world.aliases.values()].filter(({ keyId }) => keyId === key.id).length >= aliasesOfAKey) {
    refuse('LimitExceededException', `A key has at most ${aliasesOfAKey} aliases`);
  }
  admitAlias(world, name, key.id, nowMs);
  return {};
}

export function listAliases(world: World, input: Input<'ListAliases'>): Output<'ListAliases'> {
  const wanted = input.KeyId === undefined ? undefined : requireKey(world, input.KeyId);
  const aliases = [...world.aliases.values()].filter(({ keyId }) => wanted === undefined || keyId === wanted.id);
  const { entries, ...rest } = takePage(aliases, input);
  return {
    Aliases: entries.map(({ name, keyId, createdAtMs }) => ({
      AliasName: name,
      AliasArn: arnOf(world, name),
      TargetKeyId: keyId,
      CreationDate: createdAtMs / 1000,
      LastUpdatedDate: createdAtMs / 1000,
    })),
    ...rest,
  };
}
