import { describe, expect, it } from 'vitest';
import { formatInstant, msBetween, toIso } from '../../src/domain/duration.ts';

describe('an instant', () => {
  it('is shown in ISO 8601, to the millisecond', () => {
    expect(toIso(1_500)).toBe('1970-01-01T00:00:01.500Z');
    expect(toIso(-500)).toBe('1969-12-31T23:59:59.500Z');
  });

  it.each([8.64e15 + 1, Number.MAX_VALUE, Number.POSITIVE_INFINITY])(
    'is shown as the last instant of a Date where a limit is set beyond it: %d',
    (ms) => {
      expect(toIso(ms)).toBe('+275760-09-13T00:00:00.000Z');
    },
  );

  it('is shown to the minute to people, from milliseconds and from ISO 8601', () => {
    expect(formatInstant(61_000)).toBe('1970-01-01T00:01Z');
    expect(formatInstant('1970-01-01T00:01:01.000Z')).toBe('1970-01-01T00:01Z');
  });

  it('is apart from another by milliseconds', () => {
    expect(msBetween('1970-01-01T00:00:01.000Z', '1970-01-01T00:00:03.250Z')).toBe(2_250);
  });
});
