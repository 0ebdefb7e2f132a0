/** The vault of a run, with Secrets Manager behind it: asked as KMS is, and only where a secret is kept there. */
import type { Vault } from '../../ports/secrets.ts';
import { createVault } from '../../secrets/vault.ts';
import type { Connection } from './connection.ts';

export function openVault(reach: () => Promise<Connection>): Vault {
  return createVault({ readSecret: async (where) => (await reach()).readSecret(where) });
}
