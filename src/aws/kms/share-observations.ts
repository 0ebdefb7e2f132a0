/**
 * One Describe for all processes of an account and Region: whose turn it is claims it, sends the unfiltered call, and shows
 * the others what it saw. Where that is not to be had in time, each looks for itself.
 */
import type { Clock } from '../../ports/clock.ts';
import type { Claimed, Entry, Observations } from '../../ports/observations.ts';
import { classify } from '../classify.ts';
import type { DescribeSender } from './shared-describe.ts';

/** Between two looks of all processes, as between two of one. */
const gapMs = 1_000;
const pollMs = 250;
/** A process that claimed an observation and has kept none by then has ended, or waits for KMS itself. */
const answerMs = 3_000;
/**
 * An observation is returned within seconds, by a Describe of its own if necessary: whatever the items of the table hold, a
 * store may be offline behind it.
 */
const patienceMs = 5_000;
/** A look must not wait for what does not answer, nor for what is too large to share. */
const restMs = 60_000;

/** `find`: null if the account of the stores is not known. */
export function shareObservations(
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

  /** What was seen after `last`; undefined: look for yourself. */
  async function take(
    observations: Observations,
    last: Claimed,
    signal: AbortSignal | undefined,
  ): Promise<readonly Entry[] | undefined> {
    const giveUpAtMs = clock.now() + patienceMs;
    let asked = last;
    let claimed = last;
    while (!signal?.aborted && clock.now() < giveUpAtMs) {
      await clock.sleep(Math.min(Math.max(0, claimed.atMs + gapMs - clock.now()), gapMs), signal);
      if (signal?.aborted) return undefined;
      const ours = await observations.claim(claimed, clock.now());
      if (ours === undefined) return undefined;
      if (ours) return observe(observations, ours);
      const observed = asked.observe === 0 ? 'late' : await awaitAnswer(observations, asked, signal);
      if (observed !== 'late') return observed;
      const now = await observations.findClaimed();
      if (now === undefined) return undefined;
      // Numbers of another series say nothing of when the question was asked.
      if (now.series !== asked.series) asked = now;
      claimed = now;
    }
    return undefined;
  }

  /** What others wait for is not broken off. A process that KMS refuses takes no more turns of the others for a while. */
  async function observe(observations: Observations, claimed: Claimed): Promise<readonly Entry[]> {
    try {
      const entries = await send({}, undefined);
      await observations.publish(claimed, entries);
      return entries;
    } catch (error) {
      const { class: failureClass } = classify(error);
      if (failureClass === 'credentials' || failureClass === 'denied') restUntilMs = clock.now() + restMs;
      await observations.giveUp(claimed);
      throw error;
    }
  }

  async function awaitAnswer(
    observations: Observations,
    asked: Claimed,
    signal: AbortSignal | undefined,
  ): Promise<readonly Entry[] | undefined | 'late'> {
    const untilMs = clock.now() + answerMs;
    while (!signal?.aborted && clock.now() < untilMs) {
      await clock.sleep(pollMs, signal);
      const observed = await observations.read();
      if (observed === undefined) return undefined;
      if (observed && observed.series !== asked.series) return 'late';
      if (!observed || observed.observe <= asked.observe) continue;
      return observed.hasFailed ? 'late' : (observed.entries ?? undefined);
    }
    return 'late';
  }
}
