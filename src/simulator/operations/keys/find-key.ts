/** A key by what a caller says of it. Which operations take an alias, their reference pages say. */

import { refuse } from '../../fault.ts';
import { type Key, keyState } from '../../key.ts';
import { writeArn } from '../../partition.ts';
import type { KeyState } from '../../shapes.ts';
import { storeOf, type World } from '../../world.ts';

const arnForm = /^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:((?:key|alias)\/.+)$/;

/** By id or ARN. @throws SimulatorFault NotFoundException, InvalidArnException */
export function requireKey(world: World, keyId: string): Key {
  return findKey(world, keyId) ?? refuse('NotFoundException', `Key '${keyId}' does not exist`);
}

/** By id, ARN, alias or ARN of an alias. @throws SimulatorFault NotFoundException, or of DescribeKey InvalidArnException */
export function requireNamedKey(world: World, name: string, malformed = 'NotFoundException'): Key {
  if (name.startsWith('arn:') && !arnForm.test(name)) refuse(malformed, `Invalid arn ${name}`);
  return findNamedKey(world, name) ?? refuse('NotFoundException', `Key or alias '${name}' does not exist`);
}

/** Undefined if no key has this name. */
export function findNamedKey(world: World, name: string): Key | undefined {
  const resource = arnForm.exec(name)?.[1] ?? name;
  const alias = resource.startsWith('alias/') ? world.aliases.get(resource) : undefined;
  if (!alias) return findByArn(world, name) ?? world.keys.get(name);
  const isOurs = resource === name || name === arnOf(world, resource);
  return isOurs ? world.keys.get(alias.keyId) : undefined;
}

/** `resource`: such as `alias/NAME`. */
export function arnOf(world: World, resource: string): string {
  return writeArn('kms', world, resource);
}

function findKey(world: World, keyId: string): Key | undefined {
  if (!keyId.startsWith('arn:')) return world.keys.get(keyId);
  if (!arnForm.test(keyId)) refuse('InvalidArnException', `Invalid arn ${keyId}`);
  return findByArn(world, keyId);
}

function findByArn(world: World, arn: string): Key | undefined {
  const key = world.keys.get(arn.slice(arn.lastIndexOf('/') + 1));
  return key?.arn === arn ? key : undefined;
}

/** Every state but these refuses the operation. @throws SimulatorFault KMSInvalidStateException */
export function requireKeyState(world: World, key: Key, allowed: readonly KeyState[]): void {
  const state = keyState(key, storeOf(world, key)?.connection.state);
  if (!allowed.includes(state)) refuse('KMSInvalidStateException', `${key.arn} is ${state}`);
}
