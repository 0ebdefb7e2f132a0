/** Canaries kept for later, one small file a store: what was encrypted while its settings were known to be right. */
import { join } from 'node:path';
import type { Canary } from '../../domain/key-verification.ts';
import { isNumber, isRecordOf, isShaped, isText, isTextLike } from '../../domain/shape.ts';
import { type KeptCanaries, KeptCanariesError } from '../../ports/key-verifier.ts';
import { type Files, nodeFiles } from '../files/files.ts';

/** Where a store is. `endpoint`: of a simulator, whose stores are not AWS's whatever their ids. */
export interface StorePlace {
  readonly account: string;
  readonly region: string;
  readonly endpoint?: string;
}

const schema = 1;

export function createKeptCanaries(folder: string, place: StorePlace, files: Files = nodeFiles): KeptCanaries {
  const describe = (customKeyStoreId: string) => ({ schema, ...place, customKeyStoreId });
  const fileOf = (customKeyStoreId: string) => {
    // Without the account, which a run may not have found out: the id of a store is unique in AWS.
    const parts = [place.region, ...(place.endpoint ? [place.endpoint] : []), customKeyStoreId];
    return join(folder, `${parts.map((part) => part.replace(/[^\w-]+/g, '-')).join('.')}.json`);
  };

  return {
    async read(customKeyStoreId) {
      const file = fileOf(customKeyStoreId);
      const text = await files.read(file).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw new KeptCanariesError(`${file} cannot be read (${error.code})`, { cause: error });
      });
      return text === undefined ? [] : readCanaries(String(text), describe(customKeyStoreId), file);
    },

    async write(customKeyStoreId, canaries) {
      const file = fileOf(customKeyStoreId);
      const text = JSON.stringify({ ...describe(customKeyStoreId), canaries }, null, 2);
      try {
        await files.makeFolder(folder);
        await files.replace(file, `${text}\n`);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        throw new KeptCanariesError(`${file} cannot be written (${code})`, { cause: error });
      }
    },
  };
}

function readCanaries(text: string, expected: Readonly<Record<string, unknown>>, file: string): readonly Canary[] {
  const { canaries, ...described } = parse(text);
  if (Number(described.schema) > schema)
    throw new KeptCanariesError(
      `${file} was written by a newer version of cks. Use that version, or move the file away and create new canaries.`,
    );
  if (!Array.isArray(canaries) || canaries.length === 0 || !canaries.every(isCanary))
    throw new KeptCanariesError(
      `${file} holds no canaries that cks can read: it was changed or is incomplete. Restore it from a backup, or move it away and create new canaries.`,
    );
  const other = Object.keys(expected).find((name) => !isSame(described[name], expected[name]));
  if (other !== undefined)
    throw new KeptCanariesError(
      `${file} holds the canaries of another store: its ${other} is another one. Move it away, and create new canaries.`,
    );
  return canaries;
}

/** An account that is not known may be any. */
const isSame = (one: unknown, other: unknown) => one === other || one === 'unknown' || other === 'unknown';

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

const isCanary = isShaped<Canary>({
  keyId: isText,
  ciphertext: isTextLike(/^[A-Za-z0-9+/]+=*$/),
  sha256: isTextLike(/^[0-9a-f]{64}$/),
  encryptionContext: isRecordOf(isText),
  encryptedAtMs: isNumber,
});
