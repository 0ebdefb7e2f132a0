/** Names that keep stores and clusters of different places apart, in locks and counts. */
import { isLoopback } from '../../aws/endpoints.ts';
import type { Place } from '../../disk/locks/names.ts';

export function locate(place: Place, endpoint: string | undefined): Place {
  const simulator = findSimulator({ endpoint });
  return simulator === undefined ? place : { region: place.region, account: 'unknown', endpoint: simulator };
}

/** The account of a simulator is not a real one: its URL keeps its stores and clusters apart. */
export function findSimulator({ endpoint }: { readonly endpoint: string | undefined }): string | undefined {
  return endpoint !== undefined && isLoopback(endpoint) ? endpoint : undefined;
}
