/** Whether a plan touches the keys of a store: a rename does not. */
import { changedNames } from './change.ts';
import type { Plan } from './plan.ts';
import { describeProperty } from './properties.ts';

type Way = Pick<Plan, 'path' | 'possibleRisks' | 'send' | 'wantedState'>;

/** The store goes offline, or KMS may make that necessary. */
export function mayGoOffline({ path, possibleRisks }: Pick<Way, 'path' | 'possibleRisks'>): boolean {
  return path === 'offline' || possibleRisks.includes('outage');
}

/** The store ends CONNECTED to another place where keys are. */
export function movesKeySource({ send, wantedState }: Way): boolean {
  return wantedState === 'CONNECTED' && changedNames(send).some((name) => describeProperty(name).keySource);
}

/** Afterwards keys are reached in another way than before, or once more. */
export function reachesKeysAnew(way: Way): boolean {
  if (mayGoOffline(way)) return true;
  const connects = changedNames(way.send).some((name) => describeProperty(name).connects);
  return way.wantedState === 'CONNECTED' && (connects || way.path === 'none');
}
