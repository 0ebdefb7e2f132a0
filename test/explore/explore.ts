/** Plays schedules until one breaks a promise, shrinks that, and counts what was seen on the way. */
import fc from 'fast-check';
import { describeHistory } from '../support/describe-history.ts';
import { judgeCrashes } from '../support/judge-crashes.ts';
import { play } from '../support/play-schedule.ts';
import { findBrokenPromises } from '../support/promises.ts';
import { type Schedule, schedules } from '../support/schedules.ts';
import { type Draw, drawsOf, switchOffDraws } from '../support/switch-off.ts';
import { countSights, type Sights } from './sights.ts';

export interface Share {
  readonly runs: number;
  readonly seed: number;
  /** What is drawn and does not happen. */
  readonly off: readonly Draw[];
  /** Stops at the first failure, as it was met: enough to know that there is one. */
  readonly isBrief: boolean;
  /** Each schedule moves the key source behind a fence. */
  readonly isFenced: boolean;
  /** Plays all schedules and counts the broken promises, in the place of stopping at the first. */
  readonly isSurvey: boolean;
}

export interface Findings {
  readonly runs: number;
  readonly sights: Sights;
  /** What broke, with the schedule that shows it and how to meet it again; null where all promises were kept. */
  readonly failure: string | null;
  readonly survey: Survey;
}

/** By what speaks against which promise: how often, in which schedules, and what happened in all of these. */
export type Survey = Readonly<Record<string, Found>>;

interface Found {
  readonly times: number;
  readonly seed: number;
  readonly paths: readonly string[];
  readonly draws: readonly string[];
}

export async function explore(share: Share): Promise<Findings> {
  return share.isSurvey ? survey(share) : search(share);
}

async function search({ runs, seed, isBrief, isFenced, off }: Share): Promise<Findings> {
  const sights: Record<string, number> = {};
  let hasFailed = false;
  const property = fc.asyncProperty(drawFrom(isFenced), async (drawn) => {
    const { broken, history } = await judge(switchOffDraws(drawn, off));
    if (!hasFailed && history) countSights(history, sights);
    hasFailed ||= broken.length > 0;
    return broken.length === 0;
  });
  const details = await fc.check(property, { numRuns: runs, seed, endOnFailure: isBrief });
  const [drawn] = details.counterexample ?? [];
  const failure = drawn
    ? `seed ${seed}, path ${details.counterexamplePath}\n${await emit(switchOffDraws(drawn, off))}`
    : null;
  return { runs: details.numRuns, sights, failure, survey: {} };
}

const drawFrom = (isFenced: boolean) =>
  isFenced ? schedules.map((drawn) => ({ ...drawn, isFenced: true as const })) : schedules;

const pathsKept = 5;

async function survey({ runs, seed, isFenced, off }: Share): Promise<Findings> {
  const found: Record<string, Found> = {};
  const sights: Record<string, number> = {};
  for (const [path, drawn] of fc.sample(drawFrom(isFenced), { numRuns: runs, seed }).entries()) {
    const schedule = switchOffDraws(drawn, off);
    const { broken, history } = await judge(schedule);
    if (history) countSights(history, sights);
    for (const fact of new Set(broken.map(summarize))) {
      const { times, paths, draws } = found[fact] ?? { times: 0, paths: [], draws: drawsOf(schedule) };
      found[fact] = {
        times: times + 1,
        seed,
        paths: [...paths, `${path}`].slice(0, pathsKept),
        draws: draws.filter((draw) => (drawsOf(schedule) as readonly string[]).includes(draw)),
      };
    }
  }
  return { runs, sights, failure: null, survey: found };
}

/** Without what differs from schedule to schedule. */
function summarize(fact: string): string {
  return (fact.split('\n')[0] ?? '').replace(/cks-[0-9a-f]{17}|run-1\+*|\d{4,}/g, '…').slice(0, 180);
}

/** One schedule of a search or a survey again, told from its beginning to its end. */
export async function replay(
  { seed, isFenced, off }: Pick<Share, 'seed' | 'isFenced' | 'off'>,
  path: string,
): Promise<string> {
  let told = '';
  const property = fc.asyncProperty(drawFrom(isFenced), async (drawn) => {
    told = await emit(switchOffDraws(drawn, off));
  });
  await fc.check(property, { seed, path, numRuns: 1, endOnFailure: true });
  return told;
}

async function judge(schedule: Schedule) {
  try {
    const history = await play(schedule);
    return { history, broken: [...findBrokenPromises(history), ...(await judgeCrashes(schedule, history))] };
  } catch (error) {
    return { broken: [`3: it never ends: ${(error as Error).stack}`] };
  }
}

async function emit(schedule: Schedule): Promise<string> {
  const { broken, history } = await judge(schedule);
  return [JSON.stringify(schedule), ...(history ? [describeHistory(history)] : []), ...broken].join('\n');
}
