/**
 * EnableKey and DisableKey as they take effect: each replica of KMS learns of them later, in their order, and a request meets one
 * of them. On a key that is Unavailable they succeed, and its state changes once it is available (developer guide, "Key states");
 * how much later is documented nowhere.
 */
import { drawDurationMs } from './durations.ts';
import { isEnabled, type Key, keyState, type Toggle } from './key.ts';
import type { KeyState } from './shapes.ts';
import { storeOf, type World } from './world.ts';

export function toggle(world: World, key: Key, enabled: boolean, nowMs: number): void {
  if (isEnabled(key) === enabled) return;
  const isAvailable = keyState(key, storeOf(world, key)?.connection.state) !== 'Unavailable';
  const next = { isEnabled: enabled, fromMs: isAvailable ? nowMs : undefined, lagsMs: drawLags(world) };
  key.toggles = [...key.toggles, next];
}

/** The store of the key has become CONNECTED: what was asked for meanwhile takes effect, later. */
export function releaseToggles(world: World, key: Key, nowMs: number): void {
  const [first, ...others] = key.toggles;
  if (others.every(({ fromMs }) => fromMs !== undefined)) return;
  const delayMs = drawDurationMs(world.durations.deferredToggle, world.chance.toggles.next());
  key.toggles = [first, ...others.map((one) => (one.fromMs === undefined ? { ...one, fromMs: nowMs + delayMs } : one))];
}

/** The state of a key as one request, a read or a use, meets it. */
export function readKeyState(world: World, key: Key, nowMs: number): KeyState {
  const store = storeOf(world, key);
  return keyState(key, store && world.staleViews.keyState(store, nowMs), meetReplica(world, key, nowMs));
}

function meetReplica({ chance }: World, { toggles }: Key, nowMs: number): boolean {
  const [first, ...others] = toggles;
  if (others.length === 0) return first.isEnabled;
  const replica = chance.toggles.next();
  // A replica learns of changes in their order: the first that it does not know hides those after it.
  const unknown = toggles.findIndex((one) => arrivalMs(one, replica) > nowMs);
  return (toggles[unknown === -1 ? toggles.length - 1 : unknown - 1] ?? first).isEnabled;
}

function drawLags({ staleViews, chance }: World): readonly number[] {
  const { enabled, replicas } = staleViews.rules;
  const { count = 3, lagMs } = enabled ?? replicas ?? { count: 1, lagMs: 0 };
  return Array.from({ length: count }, () => drawDurationMs(lagMs, chance.toggles.next()));
}

/** `replica`: which one, from 0 to 1. */
function arrivalMs({ fromMs = Number.POSITIVE_INFINITY, lagsMs }: Toggle, replica: number): number {
  return fromMs + (lagsMs[Math.floor(replica * lagsMs.length)] ?? 0);
}
