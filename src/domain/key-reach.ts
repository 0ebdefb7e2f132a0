/** Whether a plan touches the keys of a store: a rename does not. */
import { changedNames } from './change.ts';
import type { Plan } from './plan.ts';
import { describeProperty } from './properties.ts';

type PlannedCourse = Pick<Plan, 'mode' | 'possibleRisks' | 'send' | 'wantedState'>;

/** The store goes offline, or KMS may make that necessary. */
export function mayGoOffline({ mode, possibleRisks }: Pick<PlannedCourse, 'mode' | 'possibleRisks'>): boolean {
  return mode === 'offline' || possibleRisks.includes('outage');
}

/** The store ends CONNECTED to another place where keys are. */
export function movesKeySource({ send, wantedState }: Pick<PlannedCourse, 'send' | 'wantedState'>): boolean {
  return wantedState === 'CONNECTED' && changedNames(send).some((name) => describeProperty(name).keySource);
}

/** Afterwards keys are reached in another way than before, or once more. */
export function reachesKeysAnew(course: PlannedCourse): boolean {
  if (mayGoOffline(course)) return true;
  const connects = changedNames(course.send).some((name) => describeProperty(name).connects);
  return course.wantedState === 'CONNECTED' && (connects || course.mode === 'none');
}
