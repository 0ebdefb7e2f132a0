import { describe, expect, it } from 'vitest';
import { EndlessPagesError, turnPages } from '../../src/domain/pages.ts';

describe('the pages of a list', () => {
  it('are read to the last, each by the marker of the one before', async () => {
    const asked: unknown[] = [];
    const next = new Map<string | undefined, string>([
      [undefined, 'a'],
      ['a', 'b'],
    ]);
    await turnPages<string>(async (marker) => {
      asked.push(marker);
      return next.get(marker);
    });
    expect(asked).toEqual([undefined, 'a', 'b']);
  });

  it('are read from a marker where one is named', async () => {
    const asked: unknown[] = [];
    await turnPages<string>(
      async (marker) => {
        asked.push(marker);
        return undefined;
      },
      { first: 'b' },
    );
    expect(asked).toEqual(['b']);
  });

  it.each([
    ['the same marker again and again', () => 'a', 2],
    ['markers that go round', (page: number) => `m${page % 3}`, 4],
    ['the marker that was asked for first', () => 'first', 1],
    ['a key that is the same object anew', () => ({ id: { S: 'x' } }), 2],
    ['endless new markers', (page: number) => `m${page}`, 10],
  ])('end with an error at %s', async (_, markerOf, pages) => {
    let read = 0;
    const turning = turnPages<unknown>(
      async () => {
        read += 1;
        return markerOf(read);
      },
      { first: 'first', most: 10 },
    );
    await expect(turning).rejects.toThrow(EndlessPagesError);
    expect(read).toBe(pages);
  });
});
