/**
 * One Describe for all processes of an account and Region: whose turn it is claims it, sends the unfiltered call, and shows
 * the others what it saw. Where that is not to be had in time, each looks for itself.
 */
import type { Clock } from '../ports/clock.ts';
import type { Claimed, Entry, Observations } from '../ports/observations.ts';
import type { DescribeSender } from './shared-describe.ts';

/** Between two looks of all processes, as between two of one. */
const gapMs = 1_000;
const pollMs = 250;
/** Whoever has claimed a look and shows nothing by then is gone, or waits for KMS itself. */
const patienceMs = 3_000;
/** A look must not wait for what does not answer, nor for what is too large to share. */
const restMs = 60_000;

/** `find`: null where nobody knows whose stores these are. */
export function shareLooks(
  send: DescribeSender,
  find: () => Promise<Observations | null>,
  clock: Clock,
): DescribeSender {
  let restUntilMs = 0;

  return async (filter, signal) => {
    if (clock.now() >= restUntilMs) {
      const observations = await find();
      const claimed = await observations?.findClaimed();
      const entries = observations && claimed ? await take(observations, claimed, signal) : undefined;
      if (entries) return entries;
      if (!signal?.aborted) restUntilMs = clock.now() + restMs;
    }
    return send(filter, signal);
  };

  /** What was seen after `asked`; undefined: look for yourself. */
  async function take(
    observations: Observations,
    asked: Claimed,
    signal: AbortSignal | undefined,
  ): Promise<readonly Entry[] | undefined> {
    let claimed = asked;
    while (!signal?.aborted) {
      await clock.sleep(Math.min(Math.max(0, claimed.atMs + gapMs - clock.now()), gapMs), signal);
      if (signal?.aborted) return undefined;
      const isOurs = await observations.claim(claimed, clock.now());
      if (isOurs === undefined) return undefined;
      if (isOurs) return look(observations, claimed.look + 1);
      const observed = await awaitAnswer(observations, asked.look, signal);
      if (observed !== 'late') return observed;
      const now = await observations.findClaimed();
      if (now === undefined) return undefined;
      claimed = now;
    }
    return undefined;
  }

  /** What others wait for is not broken off. */
  async function look(observations: Observations, number: number): Promise<readonly Entry[]> {
    const entries = await send({}, undefined);
    await observations.publish(number, entries);
    return entries;
  }

  async function awaitAnswer(
    observations: Observations,
    after: number,
    signal: AbortSignal | undefined,
  ): Promise<readonly Entry[] | undefined | 'late'> {
    const untilMs = clock.now() + patienceMs;
    while (!signal?.aborted && clock.now() < untilMs) {
      await clock.sleep(pollMs, signal);
      const observed = await observations.read();
      if (observed === undefined) return undefined;
      if (observed && observed.look > after) return observed.entries ?? undefined;
    }
    return 'late';
  }
}
