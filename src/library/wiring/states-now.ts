/** Where stores stand now, each asked where its run acted. */

import type { Digest } from '../../disk/journal/digest.ts';
import type { ConnectionState } from '../../domain/key-store.ts';
import { connect } from './connection.ts';

const patienceMs = 3_000;

/** Null if it is not known: KMS does not answer, the credentials are those of another account, or the store is gone. */
export async function findStateNow({
  customKeyStoreId,
  region,
  endpoint,
  profile,
}: Pick<Digest, 'customKeyStoreId' | 'region' | 'endpoint' | 'profile'>): Promise<ConnectionState | null> {
  if (customKeyStoreId === null) return null;
  const late = AbortSignal.timeout(patienceMs);
  const observe = async () => {
    const { kms } = await connect({ region, ...(endpoint ? { endpoint } : {}), ...(profile ? { profile } : {}) });
    const reply = await kms.describe(customKeyStoreId, late);
    return reply.ok ? reply.value.connectionState : null;
  };
  const tooLate = new Promise<null>((resolve) => late.addEventListener('abort', () => resolve(null)));
  return Promise.race([observe().catch(() => null), tooLate]);
}
