/** AES-256-GCM as an HSM or a key manager does it, and the key material that it works with. It protects nothing: a seed is no secret. */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import type { Random } from '../random.ts';

export interface Sealed {
  readonly ciphertext: Buffer;
  readonly iv: Buffer;
  readonly tag: Buffer;
}

/** Gives the material of a key by what the key is called and where it lives; always the same in worlds of one seed. */
export type Materials = (...names: readonly string[]) => Buffer;

const algorithm = 'aes-256-gcm';

export function createMaterials(seed: number): Materials {
  const derived = new Map<string, Buffer>();
  return (...names) => {
    const name = JSON.stringify(names);
    const known = derived.get(name) ?? Buffer.from(hkdfSync('sha256', `${seed}`, 'cks simulator', name, 32));
    derived.set(name, known);
    return known;
  };
}

export function seal(material: Buffer, plaintext: Buffer, authenticated: Buffer, random: Random): Sealed {
  const iv = random.bytes(12);
  const cipher = createCipheriv(algorithm, material, iv, { authTagLength: 16 }).setAAD(authenticated);
  return { iv, ciphertext: Buffer.concat([cipher.update(plaintext), cipher.final()]), tag: cipher.getAuthTag() };
}

/** The plaintext; undefined where the material, the ciphertext or what it is bound to is another one. */
export function unseal(material: Buffer, { ciphertext, iv, tag }: Sealed, authenticated: Buffer): Buffer | undefined {
  try {
    const decipher = createDecipheriv(algorithm, material, iv, { authTagLength: 16 });
    decipher.setAAD(authenticated).setAuthTag(tag);
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
  } catch {
    return undefined;
  }
}
