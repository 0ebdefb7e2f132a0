/** The stores to choose from: a row each with name, type, state and age, those that FAILED first and explained. */

import { formatAge } from '../../domain/duration.ts';
import { type KeyStore, storeName } from '../../domain/key-store.ts';
import type { SurveyedStore } from '../../library/survey-stores.ts';
import { columnsOf, wrap } from '../output/render/lines.ts';
import { explainFailed } from '../output/render/stores.ts';
import type { SearchedOffers } from '../terminal/asking/asking.ts';

/** With the rest of a row, and what a question puts before it, a line has 80 columns. */
const longestName = 24;

export function rowsOf(stores: readonly SurveyedStore[], nowMs: number): SearchedOffers<string> {
  const cells = sortStores(stores).map(({ store, createdAtMs }) => ({
    id: store.customKeyStoreId,
    names: [store.customKeyStoreId, storeName(store)],
    row: [
      shorten(storeName(store)),
      store.customKeyStoreType,
      store.connectionState,
      createdAtMs === undefined ? '' : `${formatAge(nowMs - createdAtMs)} old`,
    ],
  }));
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map(({ row }) => row[column]?.length ?? 0)));
  const toLine = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return cells.map(({ id, names, row }) => [id, toLine(row), names] as const);
}

/** Why stores cannot be used, and what to do: at once, without having to ask. */
export function explainFailures(stores: readonly SurveyedStore[]): string {
  const failed = sortStores(stores).filter(({ store }) => isFailed(store));
  return failed
    .map(({ store }) =>
      [wrap(`${storeName(store)} is FAILED, and no key in it can be used.`), ...columnsOf(explainFailed(store))]
        .map((line) => `${line}\n`)
        .join(''),
    )
    .join('');
}

const isFailed = ({ connectionState }: KeyStore) => connectionState === 'FAILED';

function sortStores(stores: readonly SurveyedStore[]): readonly SurveyedStore[] {
  const rank = ({ store }: SurveyedStore) => (isFailed(store) ? 0 : 1);
  return [...stores].sort((a, b) => rank(a) - rank(b) || storeName(a.store).localeCompare(storeName(b.store), 'en'));
}

function shorten(name: string): string {
  return name.length > longestName ? `${name.slice(0, longestName - 3)}...` : name;
}
