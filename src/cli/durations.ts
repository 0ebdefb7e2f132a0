/** Durations as people write and read them: `90s`, `15m`, `1h`; `0:05`, `12:30`. */
import { UsageError } from './usage-error.ts';

const unitsMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

/** @throws {UsageError} */
export function parseDurationMs(word: string): number {
  const [, amount = '', unit = ''] = /^(\d+(?:\.\d+)?)([smh])$/.exec(word) ?? [];
  const ms = Number(amount) * (unitsMs[unit] ?? Number.NaN);
  if (!(ms > 0)) throw new UsageError(`"${word}" is no duration; write 90s, 15m or 1h`);
  return ms;
}

/** `0:07`, `12:30`: for a column of elapsed times. */
export function clockTime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** `23 s`, `5 min 3 s`: for a sentence. */
export function describeDuration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 120) return `${seconds} s`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
