/** The keys of a store, as the checks that ask a proxy about them need them. */

import type { Clock } from '../../ports/clock.ts';
import type { KeyInventory } from '../../ports/keys.ts';
import type { Reply } from '../../ports/kms.ts';
import type { XksProxy } from '../../ports/xks-proxy.ts';
import { describeUnseen, keyListing } from '../conclude.ts';
import { type AskKey, createAskKey, type ExternalKey, isExternal } from './ask-key.ts';
import { forEach } from './each.ts';
import type { Obstacle } from './obstacles.ts';
import type { FindSources } from './sources.ts';

export type ListKeys = (customKeyStoreId: string, signal?: AbortSignal) => Promise<Reply<KeyInventory>>;

/** What it takes to ask a proxy about the keys of a store. */
export interface KeyPorts {
  readonly proxy: XksProxy;
  readonly findSources: FindSources;
  readonly listKeys: ListKeys;
  readonly clock: Pick<Clock, 'now'>;
}

export interface ExternalKeys {
  readonly keys: readonly ExternalKey[];
  /** Keys that may be in the store too, and that this identity cannot ask about. */
  readonly hidden: number;
}

export async function listExternalKeys(
  { listKeys }: KeyPorts,
  store: string,
  signal: AbortSignal,
): Promise<ExternalKeys | Obstacle> {
  const reply = await listKeys(store, signal);
  if (!reply.ok) return { status: 'unknown', text: describeUnseen(keyListing, reply.failure) };
  const keys = reply.value.keys.filter(isExternal);
  return { keys, hidden: reply.value.hidden + reply.value.keys.length - keys.length };
}

/** Asks about all of them side by side. `isEnough`: an answer after which no further key is asked about. */
export function askAboutEach<R>(
  { proxy, clock }: KeyPorts,
  { keys }: ExternalKeys,
  signal: AbortSignal,
  inquire: (ask: AskKey, key: ExternalKey) => Promise<R>,
  isEnough: (result: R) => boolean,
): Promise<readonly R[]> {
  const ask = createAskKey(proxy, signal);
  return forEach(keys, { clock, signal }, (key) => inquire(ask, key), isEnough);
}

/** `1 external key`, `12 external keys` */
export function countKeys(count: number): string {
  return `${count} external ${count === 1 ? 'key' : 'keys'}`;
}
