/**
 * The one closure of a run that holds secrets it was handed as values. Everything else holds references; a value is read
 * from where it is kept only for the call that needs it.
 */
import { readFile } from 'node:fs/promises';
import type { SecretReference } from '../domain/change.ts';
import { SecretUnavailableError, type Vault } from '../ports/secrets.ts';
import type { KeptSecret, ReadSecret } from './secrets-manager.ts';

type Source = (where: string) => Promise<string | undefined>;

/**
 * `environment`: where `env:NAME` looks, default the process's own. `readSecret`: Secrets Manager; its answer is kept, so
 * that nothing depends on that service once a store is offline.
 */
export function createVault(environment: NodeJS.ProcessEnv = process.env, readSecret: ReadSecret = haveNone): Vault {
  const given = new Map<string, string>();
  const read = new Map<string, KeptSecret>();
  const replaced = new Map<SecretReference, string>();

  const sources: Readonly<Record<string, Source>> = {
    env: async (name) => environment[name],
    // Editors and `echo` end a file with a newline that is no part of the secret.
    file: async (path) => (await readFile(path, 'utf8')).replace(/\r?\n$/, ''),
    secretsmanager: async (where) => (await readOnce(where)).secret,
    given: async (slot) => given.get(slot),
  };

  async function readOnce(where: string): Promise<KeptSecret> {
    const known = read.get(where) ?? (await readSecret(where));
    read.set(where, known);
    return known;
  }

  return {
    keep(slot, value) {
      given.set(slot, value);
      return `given:${slot}`;
    },
    async findAccessKeyId(reference) {
      const [, where] = /^secretsmanager:(.*)$/s.exec(reference) ?? [];
      return where === undefined ? undefined : (await readOnce(where)).accessKeyId;
    },
    replace: (reference, value) => replaced.set(reference, value),
    async resolve(reference: SecretReference) {
      const known = replaced.get(reference);
      if (known !== undefined) return known;
      const [kind = '', ...where] = reference.split(':');
      const value = await sources[kind]?.(where.join(':')).catch((error: NodeJS.ErrnoException) => {
        if (error instanceof SecretUnavailableError) throw error;
        throw new SecretUnavailableError(`${reference} cannot be read (${error.code ?? 'unknown error'})`);
      });
      if (value === undefined) throw new SecretUnavailableError(`${reference} is not set`);
      return value;
    },
  };
}

async function haveNone(where: string): Promise<never> {
  throw new SecretUnavailableError(`secretsmanager:${where} cannot be read (nothing is asked here)`);
}
