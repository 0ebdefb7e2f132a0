/** The verb that only looks. It stands alone, so that a look loads neither machine nor run. */

import type { Place } from '../aws/place.ts';
import type { KeyStore } from '../domain/key-store.ts';
import type { Reply } from '../ports/kms.ts';
import { type ConnectionOptions, connect, connectionOptions, logRequests } from './wiring/connection.ts';
import { requireOptions, text } from './wiring/expected.ts';

/**
 * Describes the custom key stores of the account and Region, or the one with this id or name.
 *
 * @returns Where KMS was asked, and its answer: `reply.value` if `reply.ok`, else `reply.failure`.
 * @throws {InvalidInputError} if an argument is wrong.
 * @example
 * const { reply } = await describeStores({ region: 'eu-central-1' });
 * if (reply.ok) for (const { settings, connectionState } of reply.value) console.log(settings.name, connectionState);
 */
export async function describeStores(
  options: ConnectionOptions & { readonly customKeyStoreId?: string },
): Promise<{ readonly place: Place; readonly reply: Reply<readonly KeyStore[]> }> {
  requireOptions(options, { ...connectionOptions, customKeyStoreId: text });
  const connection = await connect(options);
  const { kms, place } = connection;
  return logRequests(
    connection,
    () => options.logger,
    async () => {
      if (options.customKeyStoreId === undefined) return { place, reply: await kms.list() };
      const reply = await kms.describe(options.customKeyStoreId);
      return { place, reply: reply.ok ? { ...reply, value: [reply.value] } : reply };
    },
  );
}
