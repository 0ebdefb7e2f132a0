import { describe, expect, test } from 'vitest';
import { setStage } from './stage.ts';

function setListing(count: number) {
  const stage = setStage();
  for (let number = 1; number <= count; number += 1) stage.addExternal({ CustomKeyStoreName: `store-${number}` });
  const names = (input: object = {}) => stage.describe(input).CustomKeyStores.map((entry) => entry.CustomKeyStoreName);
  return { ...stage, names };
}

describe('describing custom key stores', () => {
  test('lists all of them in the order of creation', () => {
    const { names, describe } = setListing(3);

    expect(names()).toEqual(['store-1', 'store-2', 'store-3']);
    expect(describe()).toMatchObject({ Truncated: false });
    expect(describe()).not.toHaveProperty('NextMarker');
  });

  test('is an empty list where there are none', () => {
    expect(setListing(0).describe()).toEqual({ CustomKeyStores: [], Truncated: false });
  });

  test('finds one by id or by name, never by both', () => {
    const { names, simulator, attempt } = setListing(3);
    const id = simulator.addStore({ CustomKeyStoreName: 'wanted' });

    expect(names({ CustomKeyStoreId: id })).toEqual(['wanted']);
    expect(names({ CustomKeyStoreName: 'wanted' })).toEqual(['wanted']);
    expect(attempt('DescribeCustomKeyStores', { CustomKeyStoreId: id, CustomKeyStoreName: 'wanted' })).toBe(
      'ValidationException',
    );
  });

  test.each([{ CustomKeyStoreId: 'cks-none' }, { CustomKeyStoreName: 'none' }])('finds nothing by %o', (input) => {
    expect(setListing(1).attempt('DescribeCustomKeyStores', input)).toBe('CustomKeyStoreNotFoundException');
  });

  test('gives pages that join into the whole', () => {
    const { describe } = setListing(5);
    const pages: string[][] = [];
    let Marker: string | undefined;
    do {
      const page = describe({ Limit: 2, Marker });
      pages.push(page.CustomKeyStores.map((entry) => entry.CustomKeyStoreName));
      expect(page.Truncated).toBe(page.NextMarker !== undefined);
      Marker = page.NextMarker;
    } while (Marker !== undefined);

    expect(pages).toEqual([['store-1', 'store-2'], ['store-3', 'store-4'], ['store-5']]);
  });

  test('goes on after a marker though stores were deleted meanwhile', () => {
    const { describe, names, remove } = setListing(4);
    const page = describe({ Limit: 2 });
    for (const { CustomKeyStoreId } of page.CustomKeyStores) remove(CustomKeyStoreId);

    expect(names({ Marker: page.NextMarker })).toEqual(['store-3', 'store-4']);
  });

  test('knows its own markers', () => {
    expect(setListing(1).attempt('DescribeCustomKeyStores', { Marker: 'made up' })).toBe('InvalidMarkerException');
  });
});
