/**
 * The count of logins as kmsuser for all machines. This machine keeps it too: for runs that name no table, and apart from
 * that what DynamoDB has not taken yet.
 */
import { type LoginRecord, mergeLogins, noLogins, unite } from '../domain/logins.ts';
import { nameCluster } from '../locks/names.ts';
import type { Logins } from '../ports/logins.ts';
import { change, type Table } from './table.ts';

/** `beside`: what is counted on this machine. `simulator`: as for that. */
export function createTableLogins(table: Table, beside: Logins, simulator?: string): Logins {
  const idOf = (clusterId: string) => `logins#${nameCluster(clusterId, simulator)}`;
  const owedOf = (clusterId: string) => `${clusterId}-owed`;
  /** What this process went by, to tell what it has added from what others have. */
  const known = new Map<string, LoginRecord>();

  return {
    async read(clusterId) {
      const item = await table.read(idOf(clusterId));
      if (!item.ok) return beside.read(clusterId);
      const record = (item.value.body as LoginRecord | null) ?? noLogins;
      known.set(clusterId, record);
      return unite(record, await beside.read(owedOf(clusterId)));
    },
    async write(clusterId, record) {
      const from = known.get(clusterId) ?? noLogins;
      await beside.write(clusterId, record);
      const written = await change<LoginRecord, LoginRecord>(table, idOf(clusterId), (kept) => {
        const merged = mergeLogins(from, record, kept ?? noLogins);
        return { put: merged, result: merged };
      });
      if (written.ok) known.set(clusterId, written.value);
      await beside.write(owedOf(clusterId), written.ok ? noLogins : record);
    },
  };
}
