/** The verb that looks at all stores with their age, which no run has a use for. */
import type { KeyStore } from '../domain/key-store.ts';
import { readStore } from '../kms/kms.ts';
import type { Place } from '../kms/place.ts';
import type { Reply } from '../ports/kms.ts';
import { type ConnectionOptions, connect, logRequests } from './connection.ts';

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
      const stores: SurveyedStore[] = [];
      let calls = 0;
      let marker: unknown;
      do {
        const reply = await describePage(marker === undefined ? {} : { Marker: marker });
        calls += reply.calls;
        if (!reply.ok) return { place, reply: { ...reply, calls } };
        const { CustomKeyStores: entries = [], Truncated, NextMarker } = reply.value;
        stores.push(...(entries as readonly Readonly<Record<string, unknown>>[]).map(survey));
        marker = Truncated ? NextMarker : undefined;
      } while (marker !== undefined);
      return { place, reply: { ok: true, value: stores, calls } };
    },
  );
}

function survey(entry: Readonly<Record<string, unknown>>): SurveyedStore {
  const { CreationDate: created } = entry;
  return { store: readStore(entry), ...(created instanceof Date ? { createdAtMs: created.getTime() } : {}) };
}
