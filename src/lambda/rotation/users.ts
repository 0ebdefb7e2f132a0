/**
 * Which stores use an AccessKeyId: those of this account and Region, and of the places that the options name. A store of any
 * other place is not seen.
 */
import { type KeyStore, nameStore } from '../../domain/key-store.ts';
import { RotationError } from './rotation-error.ts';
import type { Turn } from './turn.ts';

/** Every store that uses it, or why that could not be found out. */
export type Users = { readonly stores: readonly KeyStore[] } | { readonly problem: string };

export async function findUsers({ kms, otherPlaces }: Turn, accessKeyId: string): Promise<Users> {
  const stores: KeyStore[] = [];
  for (const place of [kms, ...otherPlaces]) {
    const reply = await place.list();
    if (!reply.ok) {
      const { code, message } = reply.failure;
      return { problem: `whether another store uses ${accessKeyId} could not be seen: ${code}, ${message}` };
    }
    stores.push(...reply.value);
  }
  return { stores: stores.filter(({ settings }) => settings.proxyCredentialAccessKeyId === accessKeyId) };
}

/**
 * A rotation that retires the credential would cut off every other store that uses it.
 *
 * @throws {RotationError} also where that could not be seen.
 */
export async function requireSoleUser(turn: Turn, store: KeyStore, accessKeyId: string): Promise<void> {
  const users = await findUsers(turn, accessKeyId);
  if ('problem' in users) throw new RotationError('CREDENTIAL_SHARED', users.problem);
  const others = users.stores.filter(({ customKeyStoreId }) => customKeyStoreId !== store.customKeyStoreId);
  const [other] = others;
  if (other === undefined) return;
  const message = `${others.map(nameStore).join(', ')} uses the AccessKeyId ${accessKeyId} as ${nameStore(store)} does, and could not use it any more after the rotation. Nothing was changed. Give each store a credential of its own: cks update ${other.customKeyStoreId} --xks-proxy-authentication-credential secretsmanager:ARN`;
  throw new RotationError('CREDENTIAL_SHARED', message);
}
