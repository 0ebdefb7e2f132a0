/** The verb that looks at all stores with their age, which no run has a use for. */

import { readStore } from '../aws/kms/kms.ts';
import { readPages } from '../aws/kms/list-keys.ts';
import type { Place } from '../aws/place.ts';
import type { KeyStore } from '../domain/key-store.ts';
import { isRecord } from '../domain/shape.ts';
import type { Reply } from '../ports/kms.ts';
import { type ConnectionOptions, connect, logRequests } from './wiring/connection.ts';

export interface SurveyedStore {
  readonly store: KeyStore;
  /** Absent where KMS did not say. */
  readonly createdAtMs?: number;
}

export async function surveyStores(
  options: ConnectionOptions,
): Promise<{ readonly place: Place; readonly reply: Reply<readonly SurveyedStore[]> }> {
  const connection = await connect(options);
  const { describePage, place } = connection;
  return logRequests(
    connection,
    () => options.logger,
    async () => {
      const reply = await readPages(describePage, 'CustomKeyStores', isRecord);
      return { place, reply: reply.ok ? { ...reply, value: reply.value.map(survey) } : reply };
    },
  );
}

function survey(entry: Readonly<Record<string, unknown>>): SurveyedStore {
  const { CreationDate: created } = entry;
  return { store: readStore(entry), ...(created instanceof Date ? { createdAtMs: created.getTime() } : {}) };
}
