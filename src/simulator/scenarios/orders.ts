/** Faults and external actors as a scenario writes them, turned into what the simulator takes. */

import { hungReply, lostReply } from '../fault.ts';
import type { ExternalActor, Moment } from '../faults/external-actors.ts';
import type { FaultEffect, FaultRule } from '../faults/fault-book.ts';
import type { Simulator } from '../simulator.ts';
import type { Store } from '../store.ts';
import { readDuration, readDurationMs } from './duration-text.ts';
import type { ExternalActorText, FaultText, WorldMembers } from './format.ts';

/** @throws RangeError where a length of time makes no sense */
export function readFault(fault: FaultText): FaultRule {
  const { operation, store, key, state, caller, nth, times, probability, from, until } = fault;
  const match = {
    ...present({ operation, store, key, state, caller, nth, times, probability }),
    ...(from === undefined ? {} : { fromMs: readDurationMs(from) }),
    ...(until === undefined ? {} : { untilMs: readDurationMs(until) }),
  };
  return { match, effect: readEffect(fault) };
}

function readEffect({ error, reset, hang, delay, failConnect }: FaultText): FaultEffect {
  if (delay !== undefined) return { kind: 'delay', delay: readDuration(delay) };
  if (failConnect !== undefined) {
    const { code, after } = failConnect;
    const connectMs = after === undefined ? {} : { connectMs: readDurationMs(after) };
    return { kind: 'failConnect', errorCode: code, ...connectMs };
  }
  const silence = reset ?? hang;
  if (silence !== undefined) {
    const name = reset === undefined ? hungReply : lostReply;
    return { kind: 'answer', fault: { name }, afterEffect: silence === 'after' };
  }
  const { afterEffect = false, ...described } = typeof error === 'string' ? { name: error } : (error ?? { name: '' });
  return { kind: 'answer', fault: { name: described.name, ...present(described) }, afterEffect };
}

/** `change`: carries out what the actor changes. */
export function readExternalActor(
  actor: ExternalActorText,
  simulator: Simulator,
  change: (members: WorldMembers) => void,
): ExternalActor {
  const { store, nth, times, call } = actor;
  return {
    moment: readMoment(actor),
    ...present({ store, nth, times }),
    act(touched) {
      if (actor.change) change(actor.change);
      if (!call) return;
      const id = touched?.id ?? findId(simulator, store);
      const input = { ...(id === undefined ? {} : { CustomKeyStoreId: id }), ...call.input };
      simulator.call(call.operation, input, call.caller ?? 'somebody-else');
    },
  };
}

function readMoment({ before, after, at, reaches }: ExternalActorText): Moment {
  if (before !== undefined) return { before };
  if (after !== undefined) return { after };
  if (reaches !== undefined) return { reaches };
  return { atMs: readDurationMs(at ?? '0s') };
}

function findId(simulator: Simulator, store: string | undefined): Store['id'] | undefined {
  const { stores } = simulator.describeWorld();
  return stores.find((entry) => entry.CustomKeyStoreId === store || entry.CustomKeyStoreName === store)
    ?.CustomKeyStoreId;
}

/** Without the members that are not there. */
function present<T extends object>(members: T): { [M in keyof T]?: Exclude<T[M], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [M in keyof T]?: Exclude<T[M], undefined>;
  };
}
