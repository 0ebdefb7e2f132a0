/**
 * A secret that is encrypted with a key of the very store could not be read where its credential does not work: nothing
 * could set KMS back then.
 */
import type { Failure } from '../../domain/failure.ts';
import { type KeyStore, nameStore } from '../../domain/key-store.ts';
import { RotationError } from './rotation-error.ts';
import type { Turn } from './turn.ts';

/** @throws {RotationError} also if that is not known. */
export async function requireOtherKey({ secret, keys, deadline }: Turn, store: KeyStore): Promise<void> {
  const { kmsKeyId, arn } = secret;
  if (kmsKeyId === null) return;
  const listed = await keys.list(store.customKeyStoreId, deadline.signal);
  if (!listed.ok) return refuseUnseen(listed.failure);
  const name = /(?:^|:)(alias\/.+)$/.exec(kmsKeyId)?.[1];
  const aliases = name === undefined ? null : await keys.listAliases(deadline.signal);
  if (aliases?.ok === false) return refuseUnseen(aliases.failure);
  const id = aliases === null ? kmsKeyId : aliases.value.find((alias) => alias.name === name)?.keyId;
  if (!listed.value.keys.some((key) => key.keyId === id || key.arn === id)) return;
  const message = `${arn} is encrypted with ${kmsKeyId}, a key of ${nameStore(store)} itself: it could not be read when its credential fails. Encrypt it with another key`;
  throw new RotationError('SECRET_IN_STORE', message);

  function refuseUnseen({ code, message }: Failure): never {
    const told = `whether ${kmsKeyId}, which ${arn} is encrypted with, is a key of ${nameStore(store)} could not be seen: ${code}, ${message}`;
    throw new RotationError('SECRET_IN_STORE', told);
  }
}
