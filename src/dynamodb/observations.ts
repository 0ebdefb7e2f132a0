/** Two items for an account and Region: whose turn it is, in few bytes, and what was seen last. */
import { namePlace, type Place } from '../locks/names.ts';
import type { Clock } from '../ports/clock.ts';
import type { Observations, Observed } from '../ports/observations.ts';
import { change, type Table } from './table.ts';

/** An item has 400 KB at most (DynamoDB developer guide, "Constraints"), in UTF-8 and with its names. */
const bytesAtMost = 390_000;
const keptMs = 24 * 3_600_000;

export function createObservations(table: Table, place: Place, clock: Pick<Clock, 'now'>): Observations {
  const turnId = `looks#${namePlace(place)}`;
  const seenId = `stores#${namePlace(place)}`;
  const keptUntilMs = () => clock.now() + keptMs;

  return {
    async findClaimed() {
      const item = await table.read(turnId);
      if (!item.ok) return undefined;
      const { atMs = 0 } = (item.value.body ?? {}) as { readonly atMs?: number };
      return { look: item.value.version, atMs };
    },

    async claim({ look }, atMs) {
      // It stays for good: its version is the number.
      const written = await table.write(turnId, look, { atMs });
      return written.ok ? written.value : undefined;
    },

    async read() {
      const item = await table.read(seenId);
      return item.ok ? revive(item.value.body) : undefined;
    },

    async publish(look, entries) {
      const size = Buffer.byteLength(JSON.stringify(entries));
      const observed: Observed = { look, entries: size > bytesAtMost ? null : entries };
      await change<Observed, null>(
        table,
        seenId,
        (kept) => ({ ...(kept !== null && kept.look >= look ? {} : { put: observed }), result: null }),
        keptUntilMs(),
      );
    },
  };
}

/** KMS gives dates, JSON has none. */
function revive(body: unknown): Observed | null {
  const observed = body as Observed | null;
  if (!observed?.entries) return observed;
  const entries = observed.entries.map((entry) =>
    typeof entry.CreationDate === 'string' ? { ...entry, CreationDate: new Date(entry.CreationDate) } : entry,
  );
  return { ...observed, entries };
}
