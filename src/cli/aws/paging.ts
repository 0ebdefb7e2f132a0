/** Which pages of a Describe are wanted, and from where. */
import { InvalidInputError } from '../../run/errors.ts';
import { hasFlag, type OptionValues, readText, rejectValue } from '../options/option-values.ts';
import type { OptionName } from '../options/options.ts';
import type { Paging } from './pages.ts';

const pageOptions = ['starting-token', 'page-size', 'max-items'] as const;

/** @throws {InvalidInputError} */
export function readPaging(optionValues: OptionValues): Paging {
  const limit = readCount(optionValues, 'limit', 1_000);
  const marker = readText(optionValues, 'marker');
  const id = readText(optionValues, 'custom-key-store-id');
  const name = readText(optionValues, 'custom-key-store-name');
  const pageSize = readCount(optionValues, 'page-size', 1_000);
  const maxItems = readCount(optionValues, 'max-items', Number.MAX_SAFE_INTEGER);
  const startingToken = readText(optionValues, 'starting-token');
  const isOnePage = hasFlag(optionValues, 'no-paginate') || limit !== undefined || marker !== undefined;
  const turned = pageOptions.filter((option) => optionValues[option] !== undefined);
  if (isOnePage && turned.length > 0) {
    throw new InvalidInputError(`one page was requested: remove ${turned.map((option) => `--${option}`).join(', ')}`);
  }
  return {
    input: {
      ...(id === undefined ? {} : { CustomKeyStoreId: id }),
      ...(name === undefined ? {} : { CustomKeyStoreName: name }),
      ...(limit === undefined ? {} : { Limit: limit }),
      ...(marker === undefined ? {} : { Marker: marker }),
    },
    isOnePage,
    ...(pageSize === undefined ? {} : { pageSize }),
    ...(maxItems === undefined ? {} : { maxItems }),
    ...(startingToken === undefined ? {} : { startingToken }),
  };
}

function readCount(optionValues: OptionValues, name: OptionName, most: number): number | undefined {
  const text = readText(optionValues, name);
  if (text === undefined) return undefined;
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= most) return count;
  throw rejectValue(name, text, `a whole number from 1${most === 1_000 ? ' to 1000' : ''}`);
}
