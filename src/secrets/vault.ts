/**
 * The one closure of a run that holds secrets it was handed as values. Everything else holds references; a value is read
 * from where it is kept only for the call that needs it.
 */
import { readFile } from 'node:fs/promises';
import type { SecretReference } from '../domain/change.ts';
import { SecretUnavailableError, type Vault } from '../ports/secrets.ts';

type Source = (where: string) => Promise<string | undefined>;

/** `environment`: where `env:NAME` looks, default the process's own. */
export function createVault(environment: NodeJS.ProcessEnv = process.env): Vault {
  const given = new Map<string, string>();
  const replaced = new Map<SecretReference, string>();

  const sources: Readonly<Record<string, Source>> = {
    env: async (name) => environment[name],
    // Editors and `echo` end a file with a newline that is no part of the secret.
    file: async (path) => (await readFile(path, 'utf8')).replace(/\r?\n$/, ''),
    given: async (slot) => given.get(slot),
  };

  return {
    keep(slot, value) {
      given.set(slot, value);
      return `given:${slot}`;
    },
    replace: (reference, value) => replaced.set(reference, value),
    async resolve(reference: SecretReference) {
      const known = replaced.get(reference);
      if (known !== undefined) return known;
      const [kind = '', ...where] = reference.split(':');
      const value = await sources[kind]?.(where.join(':')).catch((error: NodeJS.ErrnoException) => {
        throw new SecretUnavailableError(`${reference} cannot be read (${error.code ?? 'unknown error'})`);
      });
      if (value === undefined) throw new SecretUnavailableError(`${reference} is not set`);
      return value;
    },
  };
}
