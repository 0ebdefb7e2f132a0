/** Maintenance windows as people write them: `Sun 02:00-04:00 Europe/Berlin`, on the wall clock of that time zone. */

/** The expected form, for messages. */
export const windowForm =
  'days, times and an IANA time zone, such as "Sun 02:00-04:00 Europe/Berlin", "Mon-Fri 22:00-23:30 UTC" or "daily 23:00-01:00 Europe/Berlin"';

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

export interface Window {
  /** Of the openings; 1 is Monday, as ISO 8601 counts. */
  readonly weekdays: readonly number[];
  /** Minutes since midnight of the day it opens on; a close behind midnight is beyond 1440. */
  readonly opensAt: number;
  readonly closesAt: number;
  readonly timeZone: string;
}

/** Undefined where it has another form. Whether there is such a time zone shows when an opening is looked for. */
export function parseWindow(text: string): Window | undefined {
  const [, dayWords = '', from = '', to = '', timeZone = ''] =
    /^([a-z,-]+) +(\d\d:\d\d) ?- ?(\d\d:\d\d) +([\w/+-]+)$/i.exec(text.trim()) ?? [];
  const weekdays = parseDays(dayWords.toLowerCase());
  const opensAt = parseTime(from);
  const end = to === '24:00' ? 24 * 60 : parseTime(to);
  if (weekdays === undefined || opensAt === undefined || end === undefined || end === opensAt) return undefined;
  return { weekdays, opensAt, closesAt: end > opensAt ? end : end + 24 * 60, timeZone };
}

function parseDays(words: string): readonly number[] | undefined {
  if (words === 'daily') return days.map((_, at) => at + 1);
  const parts = words.split(',').map((word) => parseRange(word.split('-').map((day) => days.indexOf(day))));
  return parts.includes(undefined) ? undefined : [...new Set(parts.flatMap((part) => part ?? []))];
}

/** One day, or from one to the other: Fri-Mon goes over Sunday. */
function parseRange([from = -1, to = from, ...more]: readonly number[]): readonly number[] | undefined {
  if (from < 0 || to < 0 || more.length > 0) return undefined;
  const length = ((to - from + days.length) % days.length) + 1;
  return Array.from({ length }, (_, at) => ((from + at) % days.length) + 1);
}

function parseTime(text: string): number | undefined {
  const [hours = Number.NaN, minutes = Number.NaN] = text.split(':').map(Number);
  return hours < 24 && minutes < 60 ? hours * 60 + minutes : undefined;
}
