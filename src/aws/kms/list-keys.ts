/** Which keys are in which store. KMS has no filter for that: every key of the account is listed and described. */
import type { Failure } from '../../domain/failure.ts';
import { EndlessPagesError, turnPages } from '../../domain/pages.ts';
import { type Check, isInstant, isListOf, isOptional, isShaped, isText } from '../../domain/shape.ts';
import type { Clock } from '../../ports/clock.ts';
import type { KeyInventory, Keys, StoreKey } from '../../ports/keys.ts';
import type { Reply } from '../../ports/kms.ts';
import { classify } from '../classify.ts';
import { readReply, UnreadableAnswerError } from '../unreadable-answer.ts';
import type { KeyOperation } from './send.ts';

type Output = Readonly<Record<string, unknown>>;

/** Asks, retried as reads are. */
export type Ask = (operation: KeyOperation, input: Output, signal?: AbortSignal) => Promise<Reply<Output>>;

/** By the id of their store. */
interface Listing {
  readonly stores: ReadonlyMap<string, readonly StoreKey[]>;
  readonly hidden: number;
}

const sharedForMs = 60_000;

/** `list`: one listing serves all who ask within a minute, whatever their store; one that failed is forgotten. */
export function createListing(ask: Ask, clock: Clock): Pick<Keys, 'list' | 'listNow' | 'listNew'> {
  const seen = new Set<string>();
  let shared: { readonly atMs: number; readonly listing: Promise<Reply<Listing>> } | undefined;

  function share(atMostMs = sharedForMs): Promise<Reply<Listing>> {
    const ageMs = shared ? clock.now() - shared.atMs : sharedForMs;
    if (shared && ageMs >= 0 && ageMs < atMostMs) return shared.listing;
    const mine = { atMs: clock.now(), listing: listKeys(ask, seen, false) };
    shared = mine;
    void mine.listing.then(({ ok }) => {
      if (!ok && shared === mine) shared = undefined;
    });
    return mine.listing;
  }

  const pick = (store: string, reply: Reply<Listing>): Reply<KeyInventory> =>
    reply.ok ? { ...reply, value: { keys: reply.value.stores.get(store) ?? [], hidden: reply.value.hidden } } : reply;

  return {
    list: async (store, signal) => pick(store, await orAborted(share(), signal)),
    listNow: async (store, signal) => pick(store, await orAborted(share(0), signal)),
    listNew: async (store, signal) => pick(store, await orAborted(listKeys(ask, seen, true), signal)),
  };
}

/** A caller whose signal aborts waits no longer; the listing continues for the others. */
function orAborted<T>(reply: Promise<Reply<T>>, signal: AbortSignal | undefined): Promise<Reply<T>> {
  if (!signal) return reply;
  return new Promise((resolve) => {
    const stop = () => resolve({ ok: false, calls: 0, failure: classify(signal.reason) });
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    void reply.then(resolve).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** `seen`: the ids of keys that were described; with `isNewOnly` they are left out. */
async function listKeys(ask: Ask, seen: Set<string>, isNewOnly: boolean): Promise<Reply<Listing>> {
  const read = (page: Output) => ask('ListKeys', { Limit: 1_000, ...page });
  const listed = await readPages(read, 'Keys', isShaped<{ readonly KeyId: string }>({ KeyId: isText }));
  if (!listed.ok) return listed;
  const keyIds = listed.value.map(({ KeyId }) => KeyId).filter((keyId) => !(isNewOnly && seen.has(keyId)));
  const replies = await Promise.all(
    keyIds.map(async (KeyId) => ({ KeyId, reply: readReply(await ask('DescribeKey', { KeyId }), readPlacedKey) })),
  );
  const calls = replies.reduce((sum, { reply }) => sum + reply.calls, listed.calls);
  const stores = new Map<string, StoreKey[]>();
  let hidden = 0;
  const unreadable = new Set<string>();
  for (const { KeyId, reply } of replies) {
    if (!reply.ok) {
      const { code, class: failureClass } = reply.failure;
      // Deleted meanwhile.
      if (code === 'NotFoundException') continue;
      const isUnreadable = code === 'UNREADABLE_ANSWER';
      if (failureClass !== 'denied' && failureClass !== 'refused' && !isUnreadable) return { ...reply, calls };
      if (isUnreadable) unreadable.add(KeyId);
      hidden += 1;
      continue;
    }
    const { store, key } = reply.value;
    if (store !== undefined) stores.set(store, [...(stores.get(store) ?? []), key]);
  }
  for (const keyId of keyIds) if (!unreadable.has(keyId)) seen.add(keyId);
  return { ok: true, value: { stores, hidden }, calls };
}

interface KeyMetadata {
  readonly KeyId: string;
  readonly Arn: string;
  readonly KeyState: string;
  readonly CreationDate: Date;
  readonly CustomKeyStoreId?: string;
  readonly XksKeyConfiguration?: { readonly Id?: string };
}

const isMetadata = isShaped<KeyMetadata>({
  KeyId: isText,
  Arn: isText,
  KeyState: isText,
  CreationDate: isInstant,
  CustomKeyStoreId: isOptional(isText),
  XksKeyConfiguration: isOptional(isShaped<{ readonly Id?: string }>({ Id: isOptional(isText) })),
});

/** Of the answer to DescribeKey or CreateKey, with the id of its custom key store. @throws {UnreadableAnswerError} */
export function readPlacedKey({ KeyMetadata: metadata }: Output): {
  readonly key: StoreKey;
  readonly store: string | undefined;
} {
  if (!isMetadata(metadata)) throw new UnreadableAnswerError('KeyMetadata with KeyId, Arn, KeyState and CreationDate');
  const { KeyId, Arn, KeyState, CreationDate, CustomKeyStoreId, XksKeyConfiguration } = metadata;
  const xksKeyId = XksKeyConfiguration?.Id;
  const key = {
    keyId: KeyId,
    arn: Arn,
    keyState: KeyState,
    createdAtMs: CreationDate.getTime(),
    ...(xksKeyId === undefined ? {} : { xksKeyId }),
  };
  return { key, store: CustomKeyStoreId };
}

/** @throws {UnreadableAnswerError} */
export const readKey = (output: Output): StoreKey => readPlacedKey(output).key;

/** Every page: KMS may return fewer entries than it has, and still say Truncated. `member`: where they are in an answer. */
export async function readPages<E>(
  readPage: (page: Output) => Promise<Reply<Output>>,
  member: string,
  isEntry: Check<E>,
): Promise<Reply<readonly E[]>> {
  const isPage = isListOf(isEntry);
  const entries: E[] = [];
  let calls = 0;
  let failure: Failure | undefined;
  try {
    await turnPages<unknown>(async (marker) => {
      const reply = await readPage(marker === undefined ? {} : { Marker: marker });
      calls += reply.calls;
      if (!reply.ok) {
        failure = reply.failure;
        return undefined;
      }
      const page = reply.value[member];
      if (!isPage(page)) throw new UnreadableAnswerError(`list of ${member} that cks can read`);
      entries.push(...page);
      return readMarker(reply.value);
    });
  } catch (error) {
    if (!(error instanceof EndlessPagesError || error instanceof UnreadableAnswerError)) throw error;
    failure = classify(error);
  }
  return failure ? { ok: false, failure, calls } : { ok: true, value: entries, calls };
}

/** The marker of the next page; undefined: this was the last. @throws {UnreadableAnswerError} */
export function readMarker({ Truncated: isTruncated, NextMarker: marker }: Output): string | undefined {
  if (!isTruncated) return undefined;
  if (typeof marker === 'string' && marker !== '') return marker;
  throw new UnreadableAnswerError('NextMarker, and says that the list is Truncated');
}
