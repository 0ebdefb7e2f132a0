/** Lets the past happen in its order: keys in use, transitions that end, and external actors that act, each at its own instant. */
import type { ExternalActor } from './faults/external-actors.ts';
import { connectsStore, isEnabled, type Schedule } from './schedule.ts';
import type { Store } from './store.ts';
import { settle } from './transitions.ts';
import type { World } from './world.ts';

/** Lets an actor act as of an instant. */
export type Act = (actor: ExternalActor, store: Store | undefined, atMs: number) => void;

/** Calls the target of a schedule as of its instant. */
export type Fire = (schedule: Schedule) => void;

/** Brings the world to `nowMs`. */
export function advance(world: World, nowMs: number, act: Act, fire: Fire): void {
  for (;;) {
    const atMs = Math.min(nextTransitionAtMs(world), world.scripts.actors.nextAtMs(), nextScheduleAtMs(world));
    if (atMs > nowMs) break;
    world.traffic.flow(world, atMs - 1);
    world.staleViews.record(world.stores, atMs);
    watchStates(world, atMs, act, () => settle(world, atMs));
    world.staleViews.record(world.stores, atMs);
    for (const actor of world.scripts.actors.takeDue(atMs)) act(actor, undefined, atMs);
    for (const schedule of takeDueSchedules(world, atMs)) fire(schedule);
  }
  world.traffic.flow(world, nowMs);
}

/** Carries something out and lets the actors act that wait for a state which a store has entered by it. */
export function watchStates<T>(world: World, atMs: number, act: Act, change: () => T): T {
  const { actors } = world.scripts;
  if (actors.count === 0) return change();
  const before = new Map([...world.stores].map(([id, { connection }]) => [id, connection.state]));
  try {
    return change();
  } finally {
    for (const [id, store] of world.stores) {
      const { state } = store.connection;
      if (before.get(id) === state) continue;
      for (const actor of actors.takeAt('reaches', state, store)) act(actor, store, atMs);
    }
  }
}

function nextScheduleAtMs({ schedules }: World): number {
  return Math.min(Number.POSITIVE_INFINITY, ...[...schedules.values()].filter(isEnabled).map(({ atMs }) => atMs));
}

/** Each comes once, and is tried once. */
function takeDueSchedules({ schedules }: World, nowMs: number): readonly Schedule[] {
  const due = [...schedules].filter(([, schedule]) => isEnabled(schedule) && schedule.atMs <= nowMs);
  for (const [name] of due) schedules.delete(name);
  return due.map(([, schedule]) => schedule).filter(connectsStore);
}

function nextTransitionAtMs(world: World): number {
  let nextMs = Number.POSITIVE_INFINITY;
  for (const { connection } of world.stores.values()) {
    if ('endsAtMs' in connection) nextMs = Math.min(nextMs, connection.endsAtMs);
  }
  for (const { deletionAtMs } of world.dyingKeys) nextMs = Math.min(nextMs, deletionAtMs ?? nextMs);
  return nextMs;
}
