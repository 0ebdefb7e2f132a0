/** Two items for an account and Region: whose turn it is, in few bytes, and what was seen last. */

import { namePlace, type Place } from '../../disk/locks/names.ts';
import { isFlag, isListOf, isNumber, isOptional, isRecordOf, isShaped } from '../../domain/shape.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Claimed, Observations, Observed } from '../../ports/observations.ts';
import { change, readItem, type Table } from './table.ts';

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
      const { version, body } = item.value;
      // An item without a version counts as none: the next claim makes it anew.
      if (version === 0) return { observe: 0, atMs: 0, series: 0 };
      return isTurn(body) ? { observe: version, ...body } : { observe: version, atMs: 0, series: 0 };
    },

    async claim({ observe, series }, atMs) {
      // It stays for good: its version is the number.
      const next = { atMs, series: observe === 0 ? atMs : series };
      const written = await table.write(turnId, observe, next);
      if (!written.ok) return undefined;
      return written.value ? { observe: observe + 1, ...next } : null;
    },

    async read() {
      const item = await readItem(table, seenId, isObserved);
      return item.ok ? revive(item.value.body) : undefined;
    },

    async publish({ observe, series }, entries) {
      const size = Buffer.byteLength(JSON.stringify(entries));
      await show({ observe, series, entries: size > bytesAtMost ? null : entries });
    },

    giveUp: ({ observe, series }) => show({ observe, series, entries: null, hasFailed: true }),
  };

  async function show(observed: Observed): Promise<void> {
    const { observe, series } = observed;
    const isLater = (kept: Observed | null) => kept !== null && kept.series === series && kept.observe >= observe;
    await change<Observed, null>(
      table,
      seenId,
      isObserved,
      (kept) => ({ ...(isLater(kept) ? {} : { put: observed }), result: null }),
      { expiresAtMs: keptUntilMs(), unreadableAs: { observe: 0, series: 0, entries: null } },
    );
  }
}

const isTurn = isShaped<Pick<Claimed, 'atMs' | 'series'>>({ atMs: isNumber, series: isNumber });

const isEntries = isListOf(isRecordOf((value): value is unknown => value !== undefined));

const isObserved = isShaped<Observed>({
  observe: isNumber,
  series: isNumber,
  entries: (value): value is Observed['entries'] => value === null || isEntries(value),
  hasFailed: isOptional(isFlag),
});

/** KMS gives dates, JSON has none. */
function revive(observed: Observed | null): Observed | null {
  if (!observed?.entries) return observed;
  const entries = observed.entries.map((entry) =>
    typeof entry.CreationDate === 'string' ? { ...entry, CreationDate: new Date(entry.CreationDate) } : entry,
  );
  return { ...observed, entries };
}
