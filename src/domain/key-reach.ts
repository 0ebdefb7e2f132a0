/** Whether a plan touches the keys of a store: a rename does not. */
import { changedNames } from './change.ts';
import type { PlannedCourse } from './outage.ts';
import type { Risk } from './policy.ts';
import { describeProperty } from './properties.ts';

interface Course extends PlannedCourse {
  readonly possibleRisks: readonly Risk[];
}

/** The store goes offline, or KMS may make that necessary. */
export function mayGoOffline({ mode, possibleRisks }: Pick<Course, 'mode' | 'possibleRisks'>): boolean {
  return mode === 'offline' || possibleRisks.includes('outage');
}

/** The store ends CONNECTED to another place where keys are. */
export function movesKeySource({ send, wantedState }: Pick<PlannedCourse, 'send' | 'wantedState'>): boolean {
  return wantedState === 'CONNECTED' && changedNames(send).some((name) => describeProperty(name).keySource);
}

/** Afterwards keys are reached in another way than before, or once more. */
export function reachesKeysAnew(course: Course): boolean {
  if (mayGoOffline(course)) return true;
  const connects = changedNames(course.send).some((name) => describeProperty(name).connects);
  return course.wantedState === 'CONNECTED' && (connects || course.mode === 'none');
}
