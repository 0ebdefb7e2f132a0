/**
 * The one closure of a run that holds secrets. Everything else holds references. What a reference leads to is read once and
 * kept: a FIFO gives its content once, and nothing may depend on a file or a service once a store is offline.
 */

import { createKnownSecrets } from '../aws/known-secrets.ts';
import type { KeptSecret, ReadSecret } from '../aws/secrets-manager/secrets-manager.ts';
import type { SecretReference } from '../domain/change.ts';
import { SecretUnavailableError, type Vault } from '../ports/secrets.ts';
import { type FileLimits, readSecretFile } from './read-secret-file.ts';

/** Undefined without a value. */
type Source = (where: string) => Promise<KeptSecret | undefined>;

export interface VaultOptions {
  /** Where `env:NAME` looks; default the process's own. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Secrets Manager; default: no secret is read there. */
  readonly readSecret?: ReadSecret;
  readonly fileLimits?: FileLimits;
}

export function createVault({
  environment = process.env,
  readSecret = haveNone,
  fileLimits,
}: VaultOptions = {}): Vault {
  const values = new Map<SecretReference, Promise<KeptSecret>>();
  const known = createKnownSecrets();

  const sources: Readonly<Record<string, Source>> = {
    env: async (name) => asSecret(environment[name]),
    // Editors and `echo` end a file with a newline that is no part of the secret.
    file: async (path) => asSecret((await readSecretFile(path, fileLimits)).replace(/\r?\n$/, '')),
    secretsmanager: readSecret,
  };

  function find(reference: SecretReference): Promise<KeptSecret> {
    const found = values.get(reference) ?? read(reference);
    values.set(reference, found);
    // It may be there the next time.
    found.catch(() => values.get(reference) === found && values.delete(reference));
    return found;
  }

  async function read(reference: SecretReference): Promise<KeptSecret> {
    const [kind = '', ...where] = reference.split(':');
    const found = await sources[kind]?.(where.join(':')).catch((error: NodeJS.ErrnoException) => {
      if (error instanceof SecretUnavailableError) throw error;
      throw new SecretUnavailableError(`${nameSource(reference)} cannot be read (${error.code ?? 'unknown error'})`);
    });
    if (found === undefined) throw new SecretUnavailableError(`${nameSource(reference)} is not set`);
    known.add(found.secret);
    return found;
  }

  function put(reference: SecretReference, secret: string): void {
    known.add(secret);
    values.set(reference, Promise.resolve({ secret }));
  }

  return {
    keep(slot, value) {
      const reference: SecretReference = `given:${slot}`;
      put(reference, value);
      return reference;
    },
    async findAccessKeyId(reference) {
      return reference.startsWith('secretsmanager:') ? (await find(reference)).accessKeyId : undefined;
    },
    async pinVersion(reference) {
      if (!reference.startsWith('secretsmanager:')) return reference;
      const found = await find(reference);
      if (found.versionId === undefined) return reference;
      const [secretId] = reference.split('#');
      const pinned = `${secretId}##${found.versionId}` as SecretReference;
      values.set(pinned, Promise.resolve(found));
      return pinned;
    },
    replace: put,
    resolve: async (reference) => (await find(reference)).secret,
  };
}

const asSecret = (secret: string | undefined): KeptSecret | undefined =>
  secret === undefined ? undefined : { secret };

const unnamed: Readonly<Record<string, string>> = {
  env: 'the environment variable that env: names',
  file: 'the file that file: names',
  secretsmanager: 'the secret that secretsmanager: names',
};

/**
 * A reference that leads nowhere may be the secret itself, as `env:$NEW_SECRET` is when the shell has expanded it: what
 * follows the colon is shown only where it can be no secret.
 */
function nameSource(reference: SecretReference): string {
  const [kind = ''] = reference.split(':');
  return /^(given:|secretsmanager:arn:)/.test(reference) ? reference : (unnamed[kind] ?? 'the secret');
}

async function haveNone(): Promise<never> {
  throw new SecretUnavailableError('Secrets Manager is not asked here');
}
