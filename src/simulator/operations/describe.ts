/** DescribeCustomKeyStores. It may show the past while read replicas lag, and never shows a secret. */
import { refuse, refuseValues } from '../fault.ts';
import type { Input } from '../shapes.ts';
import type { StoreEntry } from '../store.ts';
import type { World } from '../world.ts';

export interface DescribeOutput {
  readonly CustomKeyStores: readonly StoreEntry[];
  readonly Truncated: boolean;
  readonly NextMarker?: string;
}

const defaultLimit = 100;

export function describeStores(world: World, input: Input<'DescribeCustomKeyStores'>, nowMs: number): DescribeOutput {
  const { CustomKeyStoreId: id, CustomKeyStoreName: name, Limit: limit = defaultLimit, Marker: marker } = input;
  if (id !== undefined && name !== undefined) {
    refuseValues('CustomKeyStoreId and CustomKeyStoreName cannot be specified together');
  }
  const afterOrdinal = marker === undefined ? -1 : readMarker(marker);
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
  const rest = entries.filter(({ ordinal }) => ordinal > afterOrdinal);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  const truncated = rest.length > page.length;
  return {
    CustomKeyStores: page.map(({ entry }) => entry),
    Truncated: truncated,
    ...(truncated && last ? { NextMarker: writeMarker(last.ordinal) } : {}),
  };
}

function writeMarker(ordinal: number): string {
  return Buffer.from(`after:${ordinal}`).toString('base64url');
}

/** @throws SimulatorFault InvalidMarkerException */
function readMarker(marker: string): number {
  const ordinal = /^after:(\d+)$/.exec(Buffer.from(marker, 'base64url').toString())?.[1];
  return Number(ordinal ?? refuse('InvalidMarkerException', 'The marker is not valid'));
}
