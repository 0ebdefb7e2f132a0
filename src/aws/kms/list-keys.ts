/** Which keys are in which store. KMS has no filter for that: every key of the account is listed and described. */
import type { Failure } from '../../domain/failure.ts';
import { EndlessPagesError, turnPages } from '../../domain/pages.ts';
import type { Clock } from '../../ports/clock.ts';
import type { KeyInventory, Keys, StoreKey } from '../../ports/keys.ts';
import type { Reply } from '../../ports/kms.ts';
import { classify } from '../classify.ts';
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
export function createListing(ask: Ask, clock: Clock): Pick<Keys, 'list' | 'listNew'> {
  const seen = new Set<string>();
  let shared: { readonly atMs: number; readonly listing: Promise<Reply<Listing>> } | undefined;

  function share(): Promise<Reply<Listing>> {
    const ageMs = shared ? clock.now() - shared.atMs : sharedForMs;
    if (shared && ageMs >= 0 && ageMs < sharedForMs) return shared.listing;
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
  const listed = await readPages((page) => ask('ListKeys', { Limit: 1_000, ...page }), 'Keys');
  if (!listed.ok) return listed;
  const keyIds = listed.value.map(({ KeyId }) => KeyId as string).filter((keyId) => !(isNewOnly && seen.has(keyId)));
  const replies = await Promise.all(keyIds.map((KeyId) => ask('DescribeKey', { KeyId })));
  const calls = replies.reduce((sum, reply) => sum + reply.calls, listed.calls);
  const stores = new Map<string, StoreKey[]>();
  let hidden = 0;
  for (const reply of replies) {
    if (!reply.ok) {
      const { code, class: failureClass } = reply.failure;
      // Deleted meanwhile.
      if (code === 'NotFoundException') continue;
      if (failureClass !== 'denied' && failureClass !== 'refused') return { ...reply, calls };
      hidden += 1;
      continue;
    }
    const metadata = reply.value.KeyMetadata as Output;
    const store = metadata.CustomKeyStoreId as string | undefined;
    if (store !== undefined) stores.set(store, [...(stores.get(store) ?? []), readKey(metadata)]);
  }
  for (const keyId of keyIds) seen.add(keyId);
  return { ok: true, value: { stores, hidden }, calls };
}

export function readKey({ KeyId, Arn, KeyState, CreationDate, XksKeyConfiguration }: Output): StoreKey {
  const xksKeyId = (XksKeyConfiguration as { readonly Id?: string } | undefined)?.Id;
  return {
    keyId: KeyId as string,
    arn: Arn as string,
    keyState: KeyState as string,
    createdAtMs: (CreationDate as Date).getTime(),
    ...(xksKeyId === undefined ? {} : { xksKeyId }),
  };
}

/** Every page: KMS may return fewer entries than it has, and still say Truncated. `member`: where they are in an answer. */
export async function readPages(
  readPage: (page: Output) => Promise<Reply<Output>>,
  member: string,
): Promise<Reply<readonly Output[]>> {
  const entries: Output[] = [];
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
      entries.push(...((reply.value[member] as readonly Output[] | undefined) ?? []));
      return reply.value.Truncated ? reply.value.NextMarker : undefined;
    });
  } catch (error) {
    if (!(error instanceof EndlessPagesError)) throw error;
    failure = classify(error);
  }
  return failure ? { ok: false, failure, calls } : { ok: true, value: entries, calls };
}
