/**
 * Reads that lag behind: after an accepted call Describe may show the state before it, the values before it, or both, and
 * keys may still be in the state that the store was in. Developer guide, "Eventual consistency": usually less than a few
 * seconds, sometimes several minutes.
 */
import { type Duration, drawDurationMs } from './durations.ts';
import type { Random } from './random.ts';
import { createReplicas, type ReplicaOptions, type Replicas } from './replicas.ts';
import type { ConnectionState } from './shapes.ts';
import { type Store, type StoreEntry, showStore } from './store.ts';

/** What may lag, each by itself. A store that was just created or deleted is a value. */
export type StaleAspect = 'state' | 'values' | 'keyState';

export interface StaleRead {
  /** How long after an accepted call, drawn anew for each. */
  readonly forMs: Duration;
  /** How likely each read is to be stale in that time, from 0 to 1: replicas do not agree. Default 1. */
  readonly likelihood?: number;
}

export type StaleReads = { readonly [A in StaleAspect]?: StaleRead } & {
  /** Replicas that lag behind each change, beside or instead of what lags behind a call. */
  readonly replicas?: ReplicaOptions;
  /** Replicas that lag behind EnableKey and DisableKey, for reads of a key and for its use. Default as `replicas`. */
  readonly enabled?: Pick<ReplicaOptions, 'count' | 'lagMs'>;
};

export interface StaleViews {
  rules: StaleReads;
  /** A call on the store was accepted; this is what it was before, undefined where the call created it. */
  remember(id: string, ordinal: number, before: StoreEntry | undefined, nowMs: number): void;
  /** Notes what has changed since the last time; to be called before and after each change. */
  record(stores: ReadonlyMap<string, Store>, nowMs: number): void;
  /** All stores as one Describe shows them, in the order of their creation. */
  look(stores: ReadonlyMap<string, Store>, nowMs: number): { ordinal: number; entry: StoreEntry }[];
  /** The state that the keys of a store are seen to follow. */
  keyState(store: Store, nowMs: number): ConnectionState;
  /** The state by which a call that changes the store is judged, beside its true one. */
  writeState(store: Store, nowMs: number): ConnectionState;
}

interface View {
  readonly ordinal: number;
  readonly before: StoreEntry | undefined;
  readonly untilMs: Readonly<Record<StaleAspect, number>>;
}

export function createStaleViews(rules: StaleReads, random: Random): StaleViews {
  const past = new Map<string, View>();
  let replicas: Replicas | undefined;
  let replicasAreOf: ReplicaOptions | undefined;

  function findReplicas(): Replicas | undefined {
    const options = views.rules.replicas;
    if (options === replicasAreOf) return replicas;
    replicasAreOf = options;
    replicas = options && createReplicas(options, random);
    return replicas;
  }

  const untilMs = (aspect: StaleAspect, nowMs: number): number => {
    const rule = views.rules[aspect];
    return rule === undefined ? 0 : nowMs + drawDurationMs(rule.forMs, random.next());
  };

  function isStale(view: View, aspect: StaleAspect, nowMs: number): boolean {
    const { likelihood = 1 } = views.rules[aspect] ?? {};
    return view.untilMs[aspect] > nowMs && (likelihood >= 1 || random.next() < likelihood);
  }

  function show(truth: StoreEntry | undefined, view: View, nowMs: number): StoreEntry | undefined {
    const showsOldValues = isStale(view, 'values', nowMs);
    const values = showsOldValues ? view.before : truth;
    if (values === undefined) return undefined;
    const state = (isStale(view, 'state', nowMs) ? view.before : truth) ?? values;
    return { ...withoutState(values), ...stateOf(state) };
  }

  const views: StaleViews = {
    rules,
    remember(id, ordinal, before, nowMs) {
      const { state, values, keyState } = views.rules;
      if (!state && !values && !keyState) return;
      const until = {
        state: untilMs('state', nowMs),
        values: untilMs('values', nowMs),
        keyState: untilMs('keyState', nowMs),
      };
      past.set(id, { ordinal, before, untilMs: until });
    },
    record: (stores, nowMs) => findReplicas()?.record(stores, nowMs),
    look(stores, nowMs) {
      const met = findReplicas();
      met?.record(stores, nowMs);
      const replica = met?.meet() ?? 0;
      const shown: { ordinal: number; entry: StoreEntry }[] = [];
      for (const id of new Set([...stores.keys(), ...past.keys(), ...(met?.known.keys() ?? [])])) {
        const store = stores.get(id);
        const truth = met ? met.show(id, replica, nowMs) : store && showStore(store);
        const view = past.get(id);
        const entry = view ? show(truth, view, nowMs) : truth;
        const ordinal = store?.ordinal ?? view?.ordinal ?? met?.known.get(id);
        if (entry && ordinal !== undefined) shown.push({ ordinal, entry });
      }
      return shown.sort((a, b) => a.ordinal - b.ordinal);
    },
    keyState(store, nowMs) {
      const view = past.get(store.id);
      const isOld = view !== undefined && isStale(view, 'keyState', nowMs);
      return (isOld ? view.before?.ConnectionState : undefined) ?? store.connection.state;
    },
    writeState(store, nowMs) {
      const met = findReplicas();
      const isJudged = met !== undefined && views.rules.replicas?.writes === true;
      return (isJudged ? met.show(store.id, met.meet(), nowMs)?.ConnectionState : undefined) ?? store.connection.state;
    },
  };
  return views;
}

function withoutState({ ConnectionState: _, ConnectionErrorCode: __, ...values }: StoreEntry) {
  return values;
}

function stateOf({ ConnectionState, ConnectionErrorCode }: StoreEntry) {
  return { ConnectionState, ...(ConnectionErrorCode === undefined ? {} : { ConnectionErrorCode }) };
}
