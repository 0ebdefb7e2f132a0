/** CreateAlias, UpdateAlias, DeleteAlias and ListAliases. */
import { refuse } from '../../fault.ts';
import type { Alias, Key } from '../../key.ts';
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
  const key = requireTarget(world, TargetKeyId);
  if (world.aliases.has(name)) refuse('AlreadyExistsException', `An alias with the name ${name} already exists`);
  requireRoom(world, key);
  admitAlias(world, name, key.id, nowMs);
  return {};
}

export function updateAlias(
  world: World,
  { AliasName: name, TargetKeyId }: Input<'UpdateAlias'>,
  nowMs: number,
): Output<'UpdateAlias'> {
  const alias = requireAlias(world, name);
  const key = requireTarget(world, TargetKeyId);
  if (alias.keyId !== key.id) requireRoom(world, key);
  world.aliases.set(name, { ...alias, keyId: key.id, updatedAtMs: nowMs });
  return {};
}

export function deleteAlias(world: World, { AliasName: name }: Input<'DeleteAlias'>): Output<'DeleteAlias'> {
  world.aliases.delete(requireAlias(world, name).name);
  return {};
}

function requireAlias(world: World, name: string): Alias {
  return world.aliases.get(name) ?? refuse('NotFoundException', `Alias ${arnOf(world, name)} is not found.`);
}

/** By id or ARN, and not by another alias. */
function requireTarget(world: World, id: string): Key {
  const key = world.keys.get(id.slice(id.lastIndexOf('/') + 1));
  if (!key || ![key.id, key.arn].includes(id)) return refuse('NotFoundException', `Key '${id}' does not exist`);
  requireKeyState(world, key, ['Enabled', 'Disabled', 'Unavailable']);
  return key;
}

function requireRoom(world: World, { id }: Key): void {
  if ([...world.aliases.values()].filter(({ keyId }) => keyId === id).length >= aliasesOfAKey) {
    refuse('LimitExceededException', `A key has at most ${aliasesOfAKey} aliases`);
  }
}

export function listAliases(world: World, input: Input<'ListAliases'>): Output<'ListAliases'> {
  const wanted = input.KeyId === undefined ? undefined : requireKey(world, input.KeyId);
  const aliases = [...world.aliases.values()].filter(({ keyId }) => wanted === undefined || keyId === wanted.id);
  const { entries, ...rest } = takePage(aliases, input);
  return {
    Aliases: entries.map(({ name, keyId, createdAtMs, updatedAtMs }) => ({
      AliasName: name,
      AliasArn: arnOf(world, name),
      TargetKeyId: keyId,
      CreationDate: createdAtMs / 1000,
      LastUpdatedDate: updatedAtMs / 1000,
    })),
    ...rest,
  };
}
