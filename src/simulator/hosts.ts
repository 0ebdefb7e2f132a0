/**
 * The hosts of KMS behind one endpoint. A live change shows in Describe at once, and takes up to five minutes to reach all
 * of them (developer guide, "Edit external key store properties"): until then some use keys with the old settings.
 */
import { type Duration, drawDurationMs } from './durations.ts';
import type { Random } from './random.ts';
import type { Backing, Store } from './store.ts';

export interface HostOptions {
  /** Default 4. */
  readonly count?: number;
  /** How long a host uses the old settings, drawn for each; default up to five minutes. */
  readonly lagMs?: Duration;
}

export interface Hosts {
  readonly count: number;
  /** A change was accepted while the store is CONNECTED; these were its settings before. */
  change(storeId: string, before: Backing, nowMs: number): void;
  /** The store goes offline: once it connects again, every host uses what is in force then. */
  forget(storeId: string): void;
  /** The settings with which a host, counted from 0, would use a key of the store now. */
  settingsOn(store: Store, host: number, nowMs: number): Backing;
  /** The settings with which the host that a call happens to reach, by its request id, uses the keys of a store now. */
  settingsMet(store: Store, requestId: string, nowMs: number): Backing;
  /** When each host uses, or began to use, the settings in force; empty where nothing changed while connected. */
  effectiveAtMs(storeId: string): readonly number[];
}

interface LiveChange {
  readonly before: Backing;
  readonly fromMs: readonly number[];
}

const fiveMinutesMs = 300_000;

export function createHosts(options: HostOptions, random: Random): Hosts {
  const { count = 4, lagMs = (chance: number) => Math.round(chance * fiveMinutesMs) } = options;
  const changes = new Map<string, LiveChange[]>();
  const hosts: Hosts = {
    count,
    change(storeId, before, nowMs) {
      const earlier = changes.get(storeId) ?? [];
      const previous = earlier.at(-1);
      // A host takes changes in their order: it cannot use the second before the first.
      const fromMs = Array.from({ length: count }, (_, host) =>
        Math.max(previous?.fromMs[host] ?? 0, nowMs + drawDurationMs(lagMs, random.next())),
      );
      const pending = earlier.filter((change) => change.fromMs.some((atMs) => atMs > nowMs));
      changes.set(storeId, [...pending, { before, fromMs }]);
    },
    forget: (storeId) => void changes.delete(storeId),
    settingsOn(store, host, nowMs) {
      const awaited = changes.get(store.id)?.find(({ fromMs }) => (fromMs[host] ?? 0) > nowMs);
      return awaited?.before ?? store.backing;
    },
    settingsMet: (store, requestId, nowMs) =>
      hosts.settingsOn(store, Number.parseInt(requestId.slice(0, 8), 16) % count, nowMs),
    effectiveAtMs: (storeId) => changes.get(storeId)?.at(-1)?.fromMs ?? [],
  };
  return hosts;
}
