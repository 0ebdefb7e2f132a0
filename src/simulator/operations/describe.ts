/** DescribeCustomKeyStores. It may show the past while read replicas lag, and never shows a secret. */
import { refuse, refuseValues } from '../fault.ts';
import { takePage } from '../paging.ts';
import type { Input } from '../shapes.ts';
import { type StoreEntry, showStore } from '../store.ts';
import type { World } from '../world.ts';

export interface DescribeOutput {
  readonly CustomKeyStores: readonly StoreEntry[];
  readonly Truncated: boolean;
  readonly NextMarker?: string;
}

export function describeStores(world: World, input: Input<'DescribeCustomKeyStores'>, nowMs: number): DescribeOutput {
  const { CustomKeyStoreId: id, CustomKeyStoreName: name } = input;
  if (id !== undefined && name !== undefined) {
    refuseValues('CustomKeyStoreId and CustomKeyStoreName cannot be specified together');
  }
  const entries = visibleEntries(world, nowMs).filter(
    ({ entry }) =>
      (id === undefined || entry.CustomKeyStoreId === id) && (name === undefined || entry.CustomKeyStoreName === name),
  );
  if (entries.length === 0 && (id !== undefined || name !== undefined)) {
    refuse('CustomKeyStoreNotFoundException', `Custom key store ${id ?? name} does not exist`);
  }
  const { entries: page, ...rest } = takePage(entries, input);
  return { CustomKeyStores: page.map(({ entry }) => entry), ...rest };
}

function visibleEntries(world: World, nowMs: number): { ordinal: number; entry: StoreEntry }[] {
  const shown = new Map(
    [...world.stores].map(([id, store]) => [id, { ordinal: store.ordinal, entry: showStore(store) }]),
  );
  for (const [id, { ordinal, entry, untilMs }] of world.staleViews) {
    if (untilMs <= nowMs) continue;
    if (entry) shown.set(id, { ordinal, entry });
    else shown.delete(id);
  }
  return [...shown.values()].sort((a, b) => a.ordinal - b.ordinal);
}
