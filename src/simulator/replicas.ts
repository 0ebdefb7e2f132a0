/**
 * Replicas of what KMS knows of its stores. Each change of a store, by a call or by time, reaches each replica later, and a
 * request meets one of them: reads go back and forth between old and new. Where values arrive apart, one answer mixes them.
 */
import { type Duration, drawDurationMs } from './durations.ts';
import type { Random } from './random.ts';
import { type Store, type StoreEntry, showStore } from './store.ts';

export interface ReplicaOptions {
  /** Default 3. */
  readonly count?: number;
  /** How long after a change a replica shows it, drawn for each change and replica. */
  readonly lagMs: Duration;
  /** Each value of a store arrives by itself, so that one answer may hold old and new values. Default false. */
  readonly apart?: boolean;
  /** A call that changes a store is judged by what a replica knows of its connection state too. Default false. */
  readonly writes?: boolean;
}

export interface Replicas {
  /** Notes what has changed since the last time; to be called before and after each change. */
  record(stores: ReadonlyMap<string, Store>, nowMs: number): void;
  /** Picks the replica that a request meets. */
  meet(): number;
  /** The store as a replica shows it; undefined where it knows none. */
  show(id: string, replica: number, nowMs: number): StoreEntry | undefined;
  /** All stores that a replica may know, with their order of creation. */
  readonly known: ReadonlyMap<string, number>;
}

const parts = [
  'exists',
  'ConnectionState',
  'CustomKeyStoreName',
  'CloudHsmClusterId',
  'Connectivity',
  'AccessKeyId',
  'UriEndpoint',
  'UriPath',
  'VpcEndpointServiceName',
  'VpcEndpointServiceOwner',
] as const;

type Part = (typeof parts)[number];

interface Version {
  readonly entry: StoreEntry | undefined;
  /** For each replica: from when on it shows this part of the entry. */
  readonly fromMs: Readonly<Record<Part, readonly number[]>>;
}

export function createReplicas({ count = 3, lagMs, apart = false }: ReplicaOptions, random: Random): Replicas {
  const histories = new Map<string, Version[]>();
  const known = new Map<string, number>();

  function drawArrivals(earlier: readonly number[] | undefined, nowMs: number): readonly number[] {
    // A replica learns of changes in their order.
    return Array.from({ length: count }, (_, replica) =>
      Math.max(earlier?.[replica] ?? 0, nowMs + drawDurationMs(lagMs, random.next())),
    );
  }

  function add(id: string, entry: StoreEntry | undefined, nowMs: number): void {
    const history = histories.get(id) ?? [];
    const last = history.at(-1);
    if (last && JSON.stringify(last.entry) === JSON.stringify(entry)) return;
    const latest = last && parts.map((part) => last.fromMs[part]);
    const together = drawArrivals(
      latest && Array.from({ length: count }, (_, at) => Math.max(...latest.map((fromMs) => fromMs[at] ?? 0))),
      nowMs,
    );
    const fromMs = Object.fromEntries(
      parts.map((part) => [part, apart ? drawArrivals(last?.fromMs[part], nowMs) : together]),
    ) as Version['fromMs'];
    histories.set(id, [...history, { entry, fromMs }]);
  }

  return {
    known,
    record(stores, nowMs) {
      for (const [id, store] of stores) {
        known.set(id, store.ordinal);
        add(id, showStore(store), nowMs);
      }
      for (const id of known.keys()) if (!stores.has(id)) add(id, undefined, nowMs);
    },
    meet: () => Math.floor(random.next() * count),
    show(id, replica, nowMs) {
      const history = histories.get(id) ?? [];
      const find = (part: Part) =>
        history.findLast(({ fromMs }) => (fromMs[part][replica] ?? 0) <= nowMs) ?? history[0];
      if (find('exists')?.entry === undefined) return undefined;
      const whole = history.findLast(({ entry }) => entry !== undefined)?.entry;
      return whole && compose(whole, (part) => find(part)?.entry ?? whole);
    },
  };
}

/** One entry of the parts that have arrived, each from the version that a replica has of it. */
function compose(whole: StoreEntry, from: (part: Part) => StoreEntry): StoreEntry {
  const { ConnectionErrorCode: _, ...entry } = whole;
  const { ConnectionState, ConnectionErrorCode } = from('ConnectionState');
  const { XksProxyConfiguration: proxy } = entry;
  return {
    ...entry,
    ConnectionState,
    ...(ConnectionErrorCode === undefined ? {} : { ConnectionErrorCode }),
    CustomKeyStoreName: from('CustomKeyStoreName').CustomKeyStoreName,
    ...(entry.CloudHsmClusterId === undefined
      ? {}
      : { CloudHsmClusterId: from('CloudHsmClusterId').CloudHsmClusterId ?? entry.CloudHsmClusterId }),
    ...(proxy === undefined ? {} : { XksProxyConfiguration: composeProxy(proxy, from) }),
  };
}

type Proxy = NonNullable<StoreEntry['XksProxyConfiguration']>;

function composeProxy(proxy: Proxy, from: (part: Part) => StoreEntry): Proxy {
  const values = (Object.keys(proxy) as (keyof Proxy)[])
    .concat(['VpcEndpointServiceName', 'VpcEndpointServiceOwner'])
    .map((name) => [name, from(name).XksProxyConfiguration?.[name]] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as unknown as Proxy;
}
