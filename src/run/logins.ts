/** Keeps the count of logins true across runs: what a connect may have led to, and how it ended. */
import { explainConnectionError } from '../domain/connection-errors.ts';
import type { Failure } from '../domain/failure.ts';
import type { KeyStore } from '../domain/key-store.ts';
import {
  type CountedLogin,
  type LoginRecord,
  mayLogIn,
  noLogins,
  reconcileLogins,
  withoutLogin,
} from '../domain/logins.ts';
import type { Risk } from '../domain/policy.ts';
import type { Logins } from '../ports/logins.ts';

/**
 * Counts a connect before it is sent, as a process that dies now may have had kmsuser logged in. `failure`: why it must
 * not be sent, and was not counted.
 */
export async function countLogin(
  logins: Logins,
  clusterId: string,
  { record, isGrantSpent }: CountedLogin,
  accepted: readonly Risk[],
): Promise<CountedLogin & { readonly failure?: Failure }> {
  const kept = await logins.read(clusterId);
  const known = reconcileLogins(kept, record);
  // A process that died has counted the connect that its grant allowed, and kept nothing else of it.
  const hasDied = kept.count > record.count && !mayLogIn({ ...known, count: known.count - 1 }, []);
  const isSpent = isGrantSpent || hasDied;
  if (!mayLogIn(known, isSpent ? withoutLogin(accepted) : accepted))
    return { record: known, isGrantSpent: isSpent, failure: explainLimit(known) };
  const counted = { ...known, count: known.count + 1 };
  await logins.write(clusterId, counted);
  return { record: counted, isGrantSpent: isSpent || !mayLogIn(known, []) };
}

/** CONNECTED forgets all; a refused login is remembered until the operator or a new password allows another. */
export async function keepLogin(logins: Logins, store: KeyStore): Promise<void> {
  const { connectionState, connectionErrorCode: code, customKeyStoreType, settings } = store;
  const clusterId = settings.CloudHsmClusterId;
  if (clusterId === undefined) return;
  if (connectionState === 'CONNECTED') return logins.write(clusterId, noLogins);
  if (connectionState !== 'FAILED' || code === undefined) return;
  if (explainConnectionError(code, customKeyStoreType).login !== 'refused') return;
  await logins.write(clusterId, { ...(await logins.read(clusterId)), refusedWith: code });
}

function explainLimit({ count, refusedWith, unknownBecause }: LoginRecord): Failure {
  const counted = `${count} connects have not led to CONNECTED`;
  const unknown = unknownBecause && `how many connects came before is not known: ${unknownBecause}`;
  const why = refusedWith === null ? (unknown ?? counted) : `the last one ended ${refusedWith}`;
  return { code: 'LOGIN_LIMIT', message: `not sent, or kmsuser may be locked out: ${why}`, class: 'refused' };
}
