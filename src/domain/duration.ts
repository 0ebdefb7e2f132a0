/** Lengths of time and instants, in words. */

/** `23 s`, `4 min 10 s`, `1 h 5 min`: how long something took, for sentences. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The last instant of a Date: an option may set a limit beyond it. */
const lastInstantMs = 8.64e15;

/** `2026-11-29T01:00:00.000Z`: an instant as every result, event and document shows it (ISO 8601). */
export function toIso(ms: number): string {
  return new Date(Math.min(ms, lastInstantMs)).toISOString();
}

/** The milliseconds from one instant in ISO 8601 to another. */
export function msBetween(from: string, until: string): number {
  return Date.parse(until) - Date.parse(from);
}

/** `2026-11-29T01:00Z`, of milliseconds or of an instant in ISO 8601. */
export function formatInstant(instant: number | string): string {
  return `${new Date(instant).toISOString().slice(0, 16)}Z`;
}

/** `23 s`, `4 min`, `5 h`, `12 days`: how long ago something was. A clock that was set back gives no negative age. */
export function formatAge(ms: number): string {
  const minutes = Math.floor(Math.max(0, ms) / 60_000);
  if (minutes < 1) return formatDuration(Math.max(0, ms));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}

/** `04:07`, `1:04:07`: how far a run is. */
export function formatElapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3_600);
  return `${hours > 0 ? `${hours}:` : ''}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
