/** Judges the throw-away stores of trial connects: they go as they came, and the real one waits for that. */
import { nameTrialStore } from '../../src/domain/trial-connect.ts';
import type { History, Life } from './play-schedule.ts';
import { isThrowAway } from './world.ts';

/** An end that says which trial store is left, and that `cks resume` deletes it. */
export function tellsWhatIsLeft({ end }: Life): boolean {
  if (end.kind === 'unfinished') return end.error.mayLeaveStore;
  if (end.kind !== 'result') return false;
  const { runId, checks, nextCommands = [] } = end.result;
  const isTold = checks.some(({ leaves }) => leaves === nameTrialStore(runId));
  return isTold && nextCommands.includes(`cks resume ${runId}`);
}

export function leaveNothing({ world, lives }: History): string[] {
  const last = lives.at(-1);
  if (last === undefined || tellsWhatIsLeft(last)) return [];
  return world.simulator
    .describeWorld()
    .stores.filter(isThrowAway)
    .map(({ CustomKeyStoreName, ConnectionState }) => `${CustomKeyStoreName} is left ${ConnectionState}`);
}

export function comeFirst({ world }: History): string[] {
  return world.sent
    .filter(({ operation }) => operation !== 'DescribeCustomKeyStores')
    .filter(({ isThrowAwayThere, isThrowAwayShown }) => isThrowAwayThere || isThrowAwayShown)
    .map(({ operation, isThrowAwayThere }) => `${operation} while it ${isThrowAwayThere ? 'is' : 'may be'} there`);
}
