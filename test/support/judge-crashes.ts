/** Judges a run whose process died against the same run with a process that lived. */

import { type History, play, readTruth } from './play-schedule.ts';
import { hasTime, type Schedule } from './schedules.ts';
import { drawsOf } from './switch-off.ts';

/**
 * Whether nothing but a stop and deaths befalls the run, so that replayed from its log it must end as if none had died.
 * What depends on how often or when a run calls (a fault, an external actor) may meet the two in different places.
 */
export function isCalm(schedule: Schedule): boolean {
  const { request, mishaps, operator, lives } = schedule;
  const { faults, connectFailures, hand, trouble, cut, clock, trialStore } = mishaps;
  const isInTime = !hand && !trouble && !cut && !clock && !trialStore.hand;
  const isHarsh = drawsOf(schedule).length > 0;
  const isUntroubled = [...faults, ...connectFailures, ...operator].length === 0 && isInTime && !isHarsh;
  const isReplayed = lives.every(
    ({ death, stopAt, diskFailsAt, next, undoes, isLockedOut }, nth) =>
      death && (stopAt === null || nth === 0) && diskFailsAt === null && next === 'replay' && !undoes && !isLockedOut,
  );
  return isUntroubled && hasTime(schedule) && !request.hasShortDeadlines && lives.length > 0 && isReplayed;
}

export async function judgeCrashes(schedule: Schedule, history: History): Promise<string[]> {
  const [first] = schedule.lives;
  // A process may have ended before the record at which it should die; then the next one goes on from its end.
  const haveDied = history.lives.slice(0, -1).every(({ end }) => end.kind === 'died');
  if (!isCalm(schedule) || !first || !haveDied) return [];
  const isStopped = history.lives[0]?.events.some(({ type }) => type === 'stop.requested') ?? false;
  const isStopKept = history.lives[0]?.records.some((record) => record.kind === 'result' && record.cancelRequested);
  if (isStopped && !isStopKept) return [];
  const lived = await play({ ...schedule, lives: isStopped ? [{ ...first, death: null }] : [] });
  if (lived.lives.length > 1) return [];
  const [resumed, uninterrupted] = [describeEnd(history), describeEnd(lived)];
  if (resumed === uninterrupted) return [];
  return [`7: a resumed run ends as an uninterrupted one: ${resumed}, not ${uninterrupted}`];
}

function describeEnd(history: History): string {
  const end = history.lives.at(-1)?.end;
  const told = end?.kind === 'result' ? [end.result.outcome, end.result.settings] : [end?.kind];
  return JSON.stringify([...told, readTruth(history)]);
}
