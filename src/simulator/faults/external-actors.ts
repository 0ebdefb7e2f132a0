/** An external actor at a chosen moment: its call, or a change of the world outside KMS. Faults do not affect it. */
import type { ConnectionState } from '../shapes.ts';
import type { Store } from '../store.ts';

/** When the actor acts. */
export type Moment =
  /** Just before, or just after, a call of this operation by another caller. */
  | { readonly before: string }
  | { readonly after: string }
  /** The instant, in milliseconds after it was ordered. */
  | { readonly atMs: number }
  /** When a store enters this state. */
  | { readonly reaches: ConnectionState };

export interface ExternalActor {
  readonly moment: Moment;
  /** Id or name of the store that the call names or that enters the state; default any. */
  readonly store?: string;
  /** The first such moment that is meant, counted from 1. Default 1. */
  readonly nth?: number;
  /** How many moments from that one on. Default 1. An instant comes once. */
  readonly times?: number;
  /** What is done; calls of the simulator in it are made at that moment, even if the world was not observed then. */
  readonly act: (store: Store | undefined) => void;
}

export interface ExternalActors {
  order(actor: ExternalActor, nowMs: number): void;
  /** The next instant at which an actor acts; Infinity without one. */
  nextAtMs(): number;
  /** The actors whose instant has come. */
  takeDue(nowMs: number): readonly ExternalActor[];
  /** The actors that wait for this moment. */
  takeAt(kind: 'before' | 'after' | 'reaches', word: string, store: Store | undefined): readonly ExternalActor[];
  /** How many may still act. */
  readonly count: number;
  clear(): void;
}

interface Entry {
  readonly actor: ExternalActor;
  readonly atMs: number;
  seen: number;
  acted: number;
}

export function createExternalActors(): ExternalActors {
  let entries: Entry[] = [];

  function take(isTheMoment: (entry: Entry) => boolean): readonly ExternalActor[] {
    if (entries.length === 0) return [];
    const acting: Entry[] = [];
    for (const entry of entries.filter(isTheMoment)) {
      entry.seen += 1;
      if (entry.seen < (entry.actor.nth ?? 1)) continue;
      entry.acted += 1;
      acting.push(entry);
    }
    entries = entries.filter(({ actor, acted }) => acted < (actor.times ?? 1));
    return acting.map(({ actor }) => actor);
  }

  return {
    order(actor, nowMs) {
      const atMs = 'atMs' in actor.moment ? nowMs + actor.moment.atMs : Number.POSITIVE_INFINITY;
      entries.push({ actor, atMs, seen: 0, acted: 0 });
    },
    nextAtMs: () => entries.reduce((next, { atMs }) => Math.min(next, atMs), Number.POSITIVE_INFINITY),
    takeDue: (nowMs) => take(({ atMs }) => atMs <= nowMs),
    takeAt: (kind, word, store) =>
      take(({ actor }) => {
        const isNamed = actor.store === undefined || actor.store === store?.id || actor.store === store?.name;
        return isNamed && (actor.moment as Readonly<Record<string, unknown>>)[kind] === word;
      }),
    get count() {
      return entries.length;
    },
    clear() {
      entries = [];
    },
  };
}
