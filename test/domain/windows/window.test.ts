import { describe, expect, it } from 'vitest';
import { findOpening } from '../../../src/domain/windows/find-opening.ts';
import { parseWindow, type Window } from '../../../src/domain/windows/window.ts';

/** The opening of a window as somebody sees it who looks at this instant. */
async function open(text: string, now: string) {
  const { opensAtMs, closesAtMs } = await findOpening(text, parseWindow(text) as Window, Date.parse(now));
  const emit = (ms: number) => new Date(ms).toISOString().replace(':00.000Z', 'Z');
  return `${emit(opensAtMs)} to ${emit(closesAtMs)}`;
}

describe('the words of a window', () => {
  it('name a day, days from one to another, several, or every day', () => {
    const weekdays = (text: string) => parseWindow(`${text} 02:00-04:00 UTC`)?.weekdays;

    expect(weekdays('Sun')).toEqual([7]);
    expect(weekdays('mon-FRI')).toEqual([1, 2, 3, 4, 5]);
    expect(weekdays('Fri-Mon')).toEqual([5, 6, 7, 1]);
    expect(weekdays('Tue,Thu,Tue')).toEqual([2, 4]);
    expect(weekdays('daily')).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('may go over midnight, or end with the day', () => {
    expect(parseWindow('Sat 23:00-01:00 UTC')).toMatchObject({ opensAt: 23 * 60, closesAt: 25 * 60 });
    expect(parseWindow('Sat 22:00-24:00 UTC')).toMatchObject({ opensAt: 22 * 60, closesAt: 24 * 60 });
  });

  it.each([
    '',
    'Sun',
    'Sun 02:00-04:00',
    '02:00-04:00 UTC',
    'Son 02:00-04:00 UTC',
    'Sun-Tue-Thu 02:00-04:00 UTC',
    'daily,Sun 02:00-04:00 UTC',
    'Sun, 02:00-04:00 UTC',
    'Sun 2:00-4:00 UTC',
    'Sun 02:00-04:60 UTC',
    'Sun 24:00-02:00 UTC',
    'Sun 25:00-26:00 UTC',
    'Sun 02:00-02:00 UTC',
    'Sun 00:00-24:30 UTC',
    'Sun 02:00-04:00 UTC and then',
  ])('are refused as %j', (text) => {
    expect(parseWindow(text)).toBeUndefined();
  });
});

describe('an opening', () => {
  const berlin = 'Sun 02:00-04:00 Europe/Berlin';

  it('is the one that is open now, to the instant at which it closes', async () => {
    expect(await open(berlin, '2026-11-29T02:59:59Z')).toBe('2026-11-29T01:00Z to 2026-11-29T03:00Z');
    expect(await open(berlin, '2026-11-29T03:00:00Z')).toBe('2026-12-06T01:00Z to 2026-12-06T03:00Z');
  });

  it('is the next one where none is open', async () => {
    expect(await open(berlin, '2026-11-24T12:00:00Z')).toBe('2026-11-29T01:00Z to 2026-11-29T03:00Z');
    expect(await open('Mon-Fri 22:00-23:30 UTC', '2026-11-27T23:30:00Z')).toBe(
      '2026-11-30T22:00Z to 2026-11-30T23:30Z',
    );
    expect(await open('daily 02:00-04:00 Europe/Berlin', '2026-11-24T12:00:00Z')).toBe(
      '2026-11-25T01:00Z to 2026-11-25T03:00Z',
    );
  });

  it('an opening that began yesterday is still open behind midnight', async () => {
    const text = 'Sat 23:00-01:00 America/New_York';
    expect(await open(text, '2026-11-29T05:30:00Z')).toBe('2026-11-29T04:00Z to 2026-11-29T06:00Z');
    expect(await open(text, '2026-11-29T06:00:00Z')).toBe('2026-12-06T04:00Z to 2026-12-06T06:00Z');
  });

  it('is counted by the days of its own time zone', async () => {
    // Monday has begun in Auckland while it is Sunday in UTC.
    expect(await open('Mon 01:00-02:00 Pacific/Auckland', '2026-11-29T11:30:00Z')).toBe(
      '2026-11-29T12:00Z to 2026-11-29T13:00Z',
    );
  });

  describe('on a day on which the clock is set forward', () => {
    it('is shorter by the hour that is left out', async () => {
      expect(await open('Sun 01:00-04:00 Europe/Berlin', '2027-03-27T12:00:00Z')).toBe(
        '2027-03-28T00:00Z to 2027-03-28T02:00Z',
      );
      expect(await open('Sun 01:00-04:00 America/New_York', '2027-03-13T12:00:00Z')).toBe(
        '2027-03-14T06:00Z to 2027-03-14T08:00Z',
      );
    });

    it('begins as the clock is set where its time is left out', async () => {
      expect(await open('Sun 02:30-04:00 Europe/Berlin', '2027-03-27T12:00:00Z')).toBe(
        '2027-03-28T01:00Z to 2027-03-28T02:00Z',
      );
      expect(await open('Sun 02:30-04:00 America/New_York', '2027-03-13T12:00:00Z')).toBe(
        '2027-03-14T07:00Z to 2027-03-14T08:00Z',
      );
    });

    it('ends as the clock is set where its end is left out', async () => {
      expect(await open('Sun 01:00-02:30 Europe/Berlin', '2027-03-27T12:00:00Z')).toBe(
        '2027-03-28T00:00Z to 2027-03-28T01:00Z',
      );
    });

    it('does not exist where all of it is left out: the next week has one', async () => {
      expect(await open('Sun 02:00-03:00 Europe/Berlin', '2027-03-27T12:00:00Z')).toBe(
        '2027-04-04T00:00Z to 2027-04-04T01:00Z',
      );
      expect(await open('Sun 02:15-02:45 America/New_York', '2027-03-13T12:00:00Z')).toBe(
        '2027-03-21T06:15Z to 2027-03-21T06:45Z',
      );
    });
  });

  describe('on a day on which the clock is set back', () => {
    it('is longer by the hour that comes twice', async () => {
      expect(await open(berlin, '2026-10-24T12:00:00Z')).toBe('2026-10-25T00:00Z to 2026-10-25T03:00Z');
      expect(await open('Sun 01:00-03:00 America/New_York', '2026-10-31T12:00:00Z')).toBe(
        '2026-11-01T05:00Z to 2026-11-01T08:00Z',
      );
    });

    it('is open once, the first time, where all of it comes twice', async () => {
      const text = 'Sun 02:00-02:30 Europe/Berlin';
      expect(await open(text, '2026-10-24T12:00:00Z')).toBe('2026-10-25T00:00Z to 2026-10-25T00:30Z');
      // The clock on the wall shows 02:10 again.
      expect(await open(text, '2026-10-25T01:10:00Z')).toBe('2026-11-01T01:00Z to 2026-11-01T01:30Z');
    });

    it('ends the first time where its end comes twice', async () => {
      expect(await open('Sun 01:00-01:30 America/New_York', '2026-10-31T12:00:00Z')).toBe(
        '2026-11-01T05:00Z to 2026-11-01T05:30Z',
      );
      expect(await open('Sun 00:00-02:30 Europe/Berlin', '2026-10-24T12:00:00Z')).toBe(
        '2026-10-24T22:00Z to 2026-10-25T00:30Z',
      );
    });
  });

  it('cannot be looked for where there is no such time zone', async () => {
    await expect(open('Sun 02:00-04:00 Europe/Atlantis', '2026-11-24T12:00:00Z')).rejects.toThrow(RangeError);
  });
});
