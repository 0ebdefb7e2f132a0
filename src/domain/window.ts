/** Maintenance windows: one opening of them, and whether a run fits into what is left of it. Instants only: no calendar. */
import { formatDuration, formatInstant, toIso } from './duration.ts';

/** The opening that a run goes by. `text`: the window as it was asked for, which opens again. */
export interface Opening {
  readonly text: string;
  readonly opensAtMs: number;
  readonly closesAtMs: number;
}

/** An opening as a plan and an event show it: instants in ISO 8601. */
export interface PlannedWindow {
  readonly text: string;
  readonly opensAt: string;
  readonly closesAt: string;
}

export function toPlannedWindow({ text, opensAtMs, closesAtMs }: Opening): PlannedWindow {
  return { text, opensAt: toIso(opensAtMs), closesAt: toIso(closesAtMs) };
}

/** Whether the window has still to open. Without one a run may begin at once. */
export function isAhead(window: Opening | undefined, nowMs: number): boolean {
  return window !== undefined && nowMs < window.opensAtMs;
}

/**
 * Why something that takes so long does not fit, in words; undefined where it does. Before the opening it is counted from
 * there. `needed`: the duration in words.
 */
export function findOverrun(
  { text, opensAtMs, closesAtMs }: Opening,
  durationMs: number,
  needed: string,
  nowMs: number,
): string | undefined {
  const leftMs = closesAtMs - Math.max(nowMs, opensAtMs);
  if (durationMs <= leftMs) return undefined;
  const closing = formatInstant(closesAtMs);
  if (leftMs <= 0) return `"${text}" has closed at ${closing}`;
  const left = nowMs < opensAtMs ? `is open for ${formatDuration(leftMs)}` : `has ${formatDuration(leftMs)} left`;
  return `it takes ${needed}, and "${text}" ${left} and closes at ${closing}`;
}
