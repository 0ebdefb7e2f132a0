/** The keys of a store, as the checks that ask a proxy about them need them. */
import type { KeyInventory } from '../../ports/keys.ts';
import type { Reply } from '../../ports/kms.ts';
import { keyListing, tellUnseen } from '../conclude.ts';
import { type ExternalKey, isExternal } from './ask-key.ts';
import type { Obstacle } from './obstacles.ts';

export type ListKeys = (customKeyStoreId: string, signal?: AbortSignal) => Promise<Reply<KeyInventory>>;

export interface ExternalKeys {
  readonly keys: readonly ExternalKey[];
  /** Keys that may be in the store too, and that nobody can ask about. */
  readonly hidden: number;
}

export async function listExternalKeys(
  listKeys: ListKeys,
  store: string,
  signal: AbortSignal,
): Promise<ExternalKeys | Obstacle> {
  const reply = await listKeys(store, signal);
  if (!reply.ok) return { status: 'unknown', text: tellUnseen(keyListing, reply.failure) };
  const keys = reply.value.keys.filter(isExternal);
  return { keys, hidden: reply.value.hidden + reply.value.keys.length - keys.length };
}

/** `1 external key`, `12 external keys` */
export function countKeys(count: number): string {
  return `${count} external ${count === 1 ? 'key' : 'keys'}`;
}
