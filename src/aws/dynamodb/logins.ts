/**
 * The count of logins as kmsuser for all machines. This machine keeps it too: for runs that name no table, and apart from
 * that what DynamoDB has not taken yet. A table that does not answer says nothing of the count, and that is not zero.
 */

import { nameAlone } from '../../disk/locks/names.ts';
import {
  checkLogins,
  type LoginRecord,
  mergeLogins,
  noLogins,
  unite,
  unknownLogins,
  withoutOne,
} from '../../domain/logins.ts';
import type { Check } from '../../domain/shape.ts';
import type { KeptLogins } from '../../ports/logins.ts';
import { change, explainTable, readItem, type Table } from './table.ts';

/** `beside`: what is counted on this machine. `simulator`: as for that. */
export function createTableLogins(table: Table, beside: KeptLogins, simulator?: string): KeptLogins {
  const idOf = (clusterId: string) => `logins#${nameAlone(clusterId, simulator)}`;
  const owedOf = (clusterId: string) => `${clusterId}-owed`;
  /** What the table had last, to tell what this process has added from what others have. */
  const shared = new Map<string, LoginRecord>();
  /** What this process has read or written last: it goes by that where the table does not answer. */
  const known = new Map<string, LoginRecord>();

  async function readTable(clusterId: string): Promise<LoginRecord> {
    const item = await readItem(table, idOf(clusterId), isCount);
    return item.ok ? (item.value.body ?? noLogins) : unknownLogins(explainTable(table.name, item.failure));
  }

  return {
    async read(clusterId) {
      const record = await readTable(clusterId);
      if (record.unknownBecause !== undefined)
        return known.get(clusterId) ?? unite(record, await beside.read(clusterId));
      shared.set(clusterId, record);
      const read = unite(record, await beside.read(owedOf(clusterId)));
      if (read.unknownBecause !== undefined) return known.get(clusterId) ?? read;
      known.set(clusterId, read);
      return read;
    },

    async write(clusterId, record) {
      const from = shared.get(clusterId) ?? noLogins;
      known.set(clusterId, record);
      await beside.write(clusterId, record);
      const merge = (kept: LoginRecord | null) => {
        const merged = mergeLogins(from, record, kept ?? noLogins);
        return { put: merged, result: merged };
      };
      // An unreadable count stays unknown until a reset; it is not zero.
      const unreadableAs = unknownLogins(`the item ${idOf(clusterId)} of ${table.name} did not hold a count`);
      const written = await change<LoginRecord, LoginRecord>(table, idOf(clusterId), isCount, merge, { unreadableAs });
      if (written.ok) shared.set(clusterId, written.value);
      await beside.write(owedOf(clusterId), written.ok ? noLogins : record);
    },

    async takeBack(clusterId) {
      const read = known.get(clusterId);
      if (read) known.set(clusterId, withoutOne(read));
      await beside.takeBack(clusterId);
      // What the table has not taken is not in it.
      if ((await beside.read(owedOf(clusterId))).count > 0) return beside.takeBack(owedOf(clusterId));
      const written = await change<LoginRecord, LoginRecord>(table, idOf(clusterId), isCount, (kept) => {
        const less = withoutOne(kept ?? noLogins);
        return { put: less, result: less };
      });
      if (written.ok) shared.set(clusterId, written.value);
    },

    async findProblem(clusterId) {
      return (await readTable(clusterId)).unknownBecause ?? beside.findProblem(owedOf(clusterId));
    },
  };
}

const isCount: Check<LoginRecord> = (value): value is LoginRecord => checkLogins(value) !== undefined;
