/** DescribeCustomKeyStores. It may show the past while read replicas lag, and never shows a secret. */
import { refuse, refuseValues } from '../fault.ts';
import { takePage } from '../paging.ts';
import type { Input } from '../shapes.ts';
import type { StoreEntry } from '../store.ts';
import { noteShown } from '../transitions.ts';
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
  const entries = world.staleViews
    .look(world.stores, nowMs)
    .filter(
      ({ entry }) =>
        (id === undefined || entry.CustomKeyStoreId === id) &&
        (name === undefined || entry.CustomKeyStoreName === name),
    );
  if (entries.length === 0 && (id !== undefined || name !== undefined)) {
    refuse('CustomKeyStoreNotFoundException', `Custom key store ${id ?? name} does not exist`);
  }
  const { entries: page, ...rest } = takePage(entries, input);
  for (const { entry } of page) {
    const store = world.stores.get(entry.CustomKeyStoreId);
    if (store) noteShown(store, entry.ConnectionState, nowMs);
  }
  return { CustomKeyStores: page.map(({ entry }) => entry), ...rest };
}
