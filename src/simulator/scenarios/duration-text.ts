/** Lengths of time as scenarios write them. The schema has checked their form. */
import { type Duration, spread } from '../durations.ts';
import type { DurationText } from './format.ts';

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Milliseconds. */
export function readDurationMs(text: string): number {
  const parts = [...text.matchAll(/([\d.]+)(ms|s|m|h)/g)];
  return Math.round(parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (unitMs[unit] ?? 0), 0));
}

/** @throws RangeError where the lengths of a spread are not in order */
export function readDuration(text: DurationText): Duration {
  if (typeof text === 'string') return readDurationMs(text);
  const shortestMs = readDurationMs(text.shortest);
  const longestMs = readDurationMs(text.longest);
  const usualMs = text.usual === undefined ? undefined : readDurationMs(text.usual);
  const middleMs = usualMs ?? shortestMs;
  if (shortestMs > middleMs || middleMs > longestMs) throw new RangeError('shortest, usual and longest must grow');
  return spread(shortestMs, longestMs, usualMs);
}
