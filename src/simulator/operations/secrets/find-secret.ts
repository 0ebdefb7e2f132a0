/** How every operation of Secrets Manager finds its secret, and what may stand in its way there. */
import { refuse } from '../../fault.ts';
import { keyState } from '../../key.ts';
import type { Secret } from '../../secret.ts';
import { storeOf, type World } from '../../world.ts';
import { findNamedKey } from '../keys/find-key.ts';

/** By name, by ARN, or by ARN without the six characters that were added. @throws SimulatorFault ResourceNotFoundException */
export function requireSecret({ secrets }: World, id: string): Secret {
  const found = [...secrets.values()].find(({ name, arn }) => [name, arn, arn.replace(/-\w{6}$/, '')].includes(id));
  return found ?? refuse('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
}

/** @throws SimulatorFault InvalidRequestException */
export function requireUndeleted({ isDeleted }: Secret): void {
  if (!isDeleted) return;
  const message =
    "You can't perform this operation on the secret because it was marked for deletion or is scheduled for deletion.";
  refuse('InvalidRequestException', message);
}

/** Whether the key that the secret is encrypted with can be used. */
export function isKeyUsable(world: World, { keyId }: Secret): boolean {
  if (keyId === undefined) return true;
  const key = findNamedKey(world, keyId);
  return key !== undefined && keyState(key, storeOf(world, key)?.connection.state) === 'Enabled';
}
