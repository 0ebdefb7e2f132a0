/** Pages of a listing: a marker names the last entry that was shown, so entries may come and go between two pages. */
import { refuse } from './fault.ts';

export interface Page<T> {
  readonly entries: readonly T[];
  readonly Truncated: boolean;
  readonly NextMarker?: string;
}

const defaultLimit = 100;

/** Entries go by `ordinal`, their order of creation. @throws SimulatorFault `error` */
export function takePage<T extends { readonly ordinal: number }>(
  entries: readonly T[],
  { Limit: limit = defaultLimit, Marker: marker }: { readonly Limit?: number; readonly Marker?: string },
  error = 'InvalidMarkerException',
): Page<T> {
  const afterOrdinal = marker === undefined ? -1 : readMarker(marker, error);
  const rest = entries.filter(({ ordinal }) => ordinal > afterOrdinal);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  const truncated = rest.length > page.length;
  return {
    entries: page,
    Truncated: truncated,
    ...(truncated && last ? { NextMarker: writeMarker(last.ordinal) } : {}),
  };
}

function writeMarker(ordinal: number): string {
  return Buffer.from(`after:${ordinal}`).toString('base64url');
}

function readMarker(marker: string, error: string): number {
  const ordinal = /^after:(\d+)$/.exec(Buffer.from(marker, 'base64url').toString())?.[1];
  return Number(ordinal ?? refuse(error, 'The marker is not valid'));
}
