/** The external key managers behind the proxies. Proxies that name the same one reach the same keys. */
import { type Materials, type Sealed, seal, unseal } from '../crypto/seal.ts';
import type { Random } from '../random.ts';

export interface KeyManagers {
  encrypt(manager: string, keyId: string, plaintext: Buffer, authenticated: Buffer): Sealed;
  /** undefined where the ciphertext is not one of this key, or was tampered with. */
  decrypt(manager: string, keyId: string, sealed: Sealed, authenticated: Buffer): Buffer | undefined;
}

export function createKeyManagers(materials: Materials, random: Random): KeyManagers {
  const materialOf = (manager: string, keyId: string): Buffer => materials('external', manager, keyId);
  return {
    encrypt: (manager, keyId, plaintext, authenticated) =>
      seal(materialOf(manager, keyId), plaintext, authenticated, random),
    decrypt: (manager, keyId, sealed, authenticated) => unseal(materialOf(manager, keyId), sealed, authenticated),
  };
}
