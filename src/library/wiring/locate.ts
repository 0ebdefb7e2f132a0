/** How the stores and clusters of one place are told from those of another, in locks and counts. */
import { isLoopback } from '../../aws/endpoints.ts';
import type { Place } from '../../disk/locks/names.ts';

export function locate(place: Place, endpoint: string | undefined): Place {
  const simulator = findSimulator({ endpoint });
  return simulator === undefined ? place : { region: place.region, account: 'unknown', endpoint: simulator };
}

/** A simulator's account is nobody's: where it listens tells its stores and clusters apart. */
export function findSimulator({ endpoint }: { readonly endpoint: string | undefined }): string | undefined {
  return endpoint !== undefined && isLoopback(endpoint) ? endpoint : undefined;
}
