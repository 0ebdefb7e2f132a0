/** Plays schedules until one breaks a promise, shrinks that, and counts what was seen on the way. */
import fc from 'fast-check';
import { play } from '../support/history.ts';
import { judgeCrashes } from '../support/judge-crashes.ts';
import { findBrokenPromises } from '../support/promises.ts';
import { type Schedule, schedules } from '../support/random-runs.ts';
import { tellHistory } from '../support/tell-history.ts';
import { countSights, type Sights } from './sights.ts';

export interface Share {
  readonly runs: number;
  readonly seed: number;
  /** Stops at the first failure, as it was met: enough to know that there is one. */
  readonly isBrief: boolean;
}

export interface Findings {
  readonly runs: number;
  readonly sights: Sights;
  /** What broke, with the schedule that shows it and how to meet it again; null where all promises were kept. */
  readonly failure: string | null;
}

export async function explore({ runs, seed, isBrief }: Share): Promise<Findings> {
  const sights: Record<string, number> = {};
  let hasFailed = false;
  const property = fc.asyncProperty(schedules, async (schedule) => {
    const { broken, history } = await judge(schedule);
    if (!hasFailed && history) countSights(history, sights);
    hasFailed ||= broken.length > 0;
    return broken.length === 0;
  });
  const details = await fc.check(property, { numRuns: runs, seed, endOnFailure: isBrief });
  const [schedule] = details.counterexample ?? [];
  const failure = schedule ? `seed ${seed}, path ${details.counterexamplePath}\n${await tell(schedule)}` : null;
  return { runs: details.numRuns, sights, failure };
}

async function judge(schedule: Schedule) {
  try {
    const history = await play(schedule);
    return { history, broken: [...findBrokenPromises(history), ...(await judgeCrashes(schedule, history))] };
  } catch (error) {
    return { broken: [`3: it never ends: ${(error as Error).stack}`] };
  }
}

async function tell(schedule: Schedule): Promise<string> {
  const { broken, history } = await judge(schedule);
  return [JSON.stringify(schedule), ...(history ? [tellHistory(history)] : []), ...broken].join('\n');
}
