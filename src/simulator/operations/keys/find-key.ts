/** A key by what a caller says of it: its id or its ARN. The simulator knows no aliases. */
import { refuse } from '../../fault.ts';
import { type Key, keyState } from '../../key.ts';
import type { KeyState } from '../../shapes.ts';
import { storeOf, type World } from '../../world.ts';

/** @throws SimulatorFault NotFoundException, InvalidArnException */
export function requireKey(world: World, keyId: string): Key {
  const isArn = keyId.startsWith('arn:');
  if (isArn && !/^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:(key|alias)\/.+$/.test(keyId)) {
    refuse('InvalidArnException', `Invalid arn ${keyId}`);
  }
  const key = isArn ? [...world.keys.values()].find(({ arn }) => arn === keyId) : world.keys.get(keyId);
  return key ?? refuse('NotFoundException', `Key '${keyId}' does not exist`);
}

/** Every state but these refuses the operation. @throws SimulatorFault KMSInvalidStateException */
export function requireKeyState(world: World, key: Key, allowed: readonly KeyState[]): void {
  const state = keyState(key, storeOf(world, key)?.connection.state);
  if (!allowed.includes(state)) refuse('KMSInvalidStateException', `${key.arn} is ${state}`);
}
