/**
 * From a window on the wall clock to the instants of one opening. A window is open while the clock on the wall, in its time
 * zone, shows a time in it, with one exception:
 *
 * - Where the clock is set forward, times that it leaves out count as the instant at which it is set: `02:30-04:00` opens
 *   at 03:00 then, `01:00-02:30` closes there, and a window that lies wholly in the gap does not open that day.
 * - Where the clock is set back and a time comes twice, its first coming counts for the opening and for the close: so
 *   `02:00-02:30` is open once, and `02:00-04:00` for three hours.
 */
import type { Temporal } from 'temporal-polyfill';
import type { Opening } from '../window.ts';
import type { Window } from './window.ts';

/** The opening that is open now, or else the next one. @throws {RangeError} where there is no such time zone. */
export async function findOpening(text: string, window: Window, nowMs: number): Promise<Opening> {
  const { Temporal } = await import('temporal-polyfill');
  const { weekdays, timeZone, opensAt, closesAt } = window;
  const today = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timeZone).toPlainDate();
  // One of yesterday may go on over midnight.
  for (let day = today.subtract({ days: 1 }); ; day = day.add({ days: 1 })) {
    if (!weekdays.includes(day.dayOfWeek)) continue;
    const opening = {
      text,
      opensAtMs: toInstant(day, opensAt, timeZone),
      closesAtMs: toInstant(day, closesAt, timeZone),
    };
    if (opening.closesAtMs > Math.max(nowMs, opening.opensAtMs)) return opening;
  }
}

function toInstant(day: Temporal.PlainDate, minutes: number, timeZone: string): number {
  const time = day.toPlainDateTime().add({ minutes });
  const earlier = time.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  const isLeftOut = !earlier.toPlainDateTime().equals(time);
  // What it is turned into then lies before the gap, by as much as the clock is set forward.
  const at = isLeftOut ? earlier.getTimeZoneTransition('next') : earlier;
  return (at ?? earlier).epochMilliseconds;
}
