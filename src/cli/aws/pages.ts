/** Turns the pages of a Describe as the AWS CLI does: all of them, up to a number of stores, or from where it stopped. */
import type { Failure } from '../../domain/failure.ts';
import { turnPages as turnMarkers } from '../../domain/pages.ts';
import type { DescribePage } from '../../library/describe-pages.ts';
import { InvalidInputError } from '../../run/errors.ts';
import type { Json, JsonObject } from './json.ts';

/** An answer in the forms that formats want. */
export interface Answer {
  readonly whole: JsonObject;
  /** As text shows them: the stores page by page, and the token to go on with. */
  readonly parts: readonly JsonObject[];
  /** As KMS sent them. */
  readonly pages: readonly JsonObject[];
}

export interface Paging {
  readonly input: Readonly<Record<string, string | number>>;
  readonly isOnePage: boolean;
  readonly pageSize?: number;
  readonly maxItems?: number;
  readonly startingToken?: string;
}

interface Token {
  readonly marker: string | null;
  /** Stores of its page that have been shown before. */
  readonly skip: number;
}

/** `read`: gives a page in the order and with the dates of the AWS CLI. */
export async function turnPages(
  describePage: DescribePage,
  { input, isOnePage, pageSize, maxItems = Number.POSITIVE_INFINITY, startingToken }: Paging,
  read: (page: Readonly<Record<string, unknown>>) => JsonObject,
): Promise<Answer | Failure> {
  const start: Token = startingToken === undefined ? { marker: null, skip: 0 } : decodeToken(startingToken);
  const pages: JsonObject[] = [];
  let { skip } = start;
  let shown = 0;
  let next: string | undefined;
  let failure: Failure | undefined;
  await turnMarkers<string>(
    async (marker) => {
      const where = marker === undefined ? {} : { Marker: marker };
      const reply = await describePage({ ...input, ...where, ...(pageSize === undefined ? {} : { Limit: pageSize }) });
      if (!reply.ok) {
        failure = reply.failure;
        return undefined;
      }
      const page = read(reply.value);
      const stores = storesOf(page).slice(skip);
      const left = maxItems - shown;
      pages.push(isOnePage ? page : { ...page, CustomKeyStores: stores.slice(0, left) });
      if (isOnePage) return undefined;
      if (stores.length > left) {
        next = encodeToken({ marker: marker ?? null, skip: left + skip });
        return undefined;
      }
      shown += stores.length;
      const { Truncated: isTruncated, NextMarker: follows } = page;
      if (isTruncated !== true || typeof follows !== 'string') return undefined;
      if (shown === maxItems) {
        next = encodeToken({ marker: follows, skip: 0 });
        return undefined;
      }
      skip = 0;
      return follows;
    },
    { first: start.marker ?? undefined },
  );
  if (failure) return failure;
  const [only] = pages;
  if (isOnePage && only) return { whole: only, parts: [only], pages: [only] };
  const token: JsonObject = next === undefined ? {} : { NextToken: next };
  return {
    whole: { CustomKeyStores: pages.flatMap(storesOf), ...token },
    parts: [
      ...pages.map((page) => ({ CustomKeyStores: storesOf(page) })),
      ...(next === undefined ? [] : [{ NextToken: token }]),
    ],
    pages,
  };
}

function storesOf({ CustomKeyStores: stores }: JsonObject): readonly Json[] {
  return Array.isArray(stores) ? stores : [];
}

/** As botocore writes it, spaces and all: it may be handed on to `aws`. */
function encodeToken({ marker, skip }: Token): string {
  const amount = skip === 0 ? '' : `, "boto_truncate_amount": ${skip}`;
  return Buffer.from(`{"Marker": ${JSON.stringify(marker)}${amount}}`).toString('base64');
}

/** What is no token of ours or of botocore's is taken for a marker. @throws {InvalidInputError} */
function decodeToken(text: string): Token {
  let token: unknown;
  try {
    token = JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
  } catch {
    return { marker: text, skip: 0 };
  }
  const { Marker: marker = null, boto_truncate_amount: skip = 0 } = (token ?? {}) as Record<string, unknown>;
  if ((marker === null || typeof marker === 'string') && Number.isSafeInteger(skip) && Number(skip) >= 0) {
    return { marker, skip: Number(skip) };
  }
  throw new InvalidInputError('--starting-token: expected the NextToken of an earlier answer');
}
