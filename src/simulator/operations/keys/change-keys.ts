/**
 * EnableKey, DisableKey, ScheduleKeyDeletion and CancelKeyDeletion. Developer guide, "Key states": all of them work on a key
 * that is Unavailable, and what they changed shows some time after its store is CONNECTED again.
 */
import { refuseValues } from '../../fault.ts';
import { keyState, known } from '../../key.ts';
import type { Input, Output } from '../../shapes.ts';
import { toggle } from '../../toggles.ts';
import { storeOf, type World } from '../../world.ts';
import { requireKey, requireKeyState } from './find-key.ts';

const dayMs = 86_400_000;
const usable = ['Enabled', 'Disabled', 'Unavailable'] as const;

export function enableKey(world: World, { KeyId }: Input<'EnableKey'>, nowMs: number): object {
  return setEnabled(world, KeyId, true, nowMs);
}

export function disableKey(world: World, { KeyId }: Input<'DisableKey'>, nowMs: number): object {
  return setEnabled(world, KeyId, false, nowMs);
}

function setEnabled(world: World, keyId: string, isEnabled: boolean, nowMs: number): object {
  const key = requireKey(world, keyId);
  requireKeyState(world, key, usable);
  toggle(world, key, isEnabled, nowMs);
  return {};
}

export function scheduleKeyDeletion(
  world: World,
  { KeyId, PendingWindowInDays = 30 }: Input<'ScheduleKeyDeletion'>,
  nowMs: number,
): Output<'ScheduleKeyDeletion'> {
  if (PendingWindowInDays < 7 || PendingWindowInDays > 30) refuseValues('PendingWindowInDays must be 7 to 30');
  const key = requireKey(world, KeyId);
  requireKeyState(world, key, usable);
  key.deletionAtMs = nowMs + PendingWindowInDays * dayMs;
  world.dyingKeys.add(key);
  const state = keyState(key, storeOf(world, key)?.connection.state);
  return { KeyId: key.arn, DeletionDate: key.deletionAtMs / 1000, KeyState: state, PendingWindowInDays };
}

/** The key is Disabled afterwards. */
export function cancelKeyDeletion(world: World, { KeyId }: Input<'CancelKeyDeletion'>): Output<'CancelKeyDeletion'> {
  const key = requireKey(world, KeyId);
  requireKeyState(world, key, ['PendingDeletion']);
  key.deletionAtMs = undefined;
  world.dyingKeys.delete(key);
  key.toggles = [known(false)];
  return { KeyId: key.arn };
}
