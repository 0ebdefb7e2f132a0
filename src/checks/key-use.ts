/** Who would miss the keys: those that were used within the last hour, by name. */
import type { Keys, StoreKey } from '../ports/keys.ts';

const lateMs = 3_600_000;

/** Of more keys than this nobody asks: it would take long, and these tell enough. */
const askedAtMost = 200;
const namedAtMost = 10;

export async function describeUse(
  port: Keys,
  keys: readonly StoreKey[],
  nowMs: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const asked = keys.toSorted((a, b) => b.createdAtMs - a.createdAtMs).slice(0, askedAtMost);
  const uses = await Promise.all(asked.map(async (key) => ({ key, use: await port.findLastUse(key.arn, signal) })));
  const told = uses.flatMap(({ key, use }) => (use.ok && use.value ? [{ key, atMs: use.value.atMs }] : []));
  const late = told
    .flatMap(({ key, atMs }) => (atMs !== null && atMs > nowMs - lateMs ? [{ key, atMs }] : []))
    .sort((a, b) => b.atMs - a.atMs);
  const listed = late.length > 0 ? await port.listAliases(signal) : undefined;
  const nameOf = ({ keyId }: StoreKey) =>
    (listed?.ok && listed.value.find((alias) => alias.keyId === keyId)?.name) || keyId;
  const shown = late
    .slice(0, namedAtMost)
    .map(({ key, atMs }) => `${nameOf(key)} was used ${describeAge(nowMs - atMs)}`);
  return [
    ...shown,
    ...(listed && !listed.ok ? ['their aliases are not known (kms:ListAliases)'] : []),
    ...describeRest(keys.length, asked.length, told.length, late.length),
  ];
}

function describeRest(all: number, asked: number, told: number, late: number): readonly string[] {
  const keys = (count: number) => `${count} ${count === 1 ? 'key' : 'keys'}`;
  return [
    ...(late > namedAtMost ? [`${keys(late - namedAtMost)} more used within the last hour`] : []),
    ...(late === 0 && told > 0 ? [`none of ${keys(told)} was used within the last hour`] : []),
    ...(told < asked ? [`the last use of ${keys(asked - told)} is not known (kms:GetKeyLastUsage)`] : []),
    ...(asked < all ? [`only the newest ${asked} of ${keys(all)} were asked for their last use`] : []),
  ];
}

function describeAge(ms: number): string {
  const minutes = Math.floor(Math.max(0, ms) / 60_000);
  return minutes === 0 ? 'less than a minute ago' : `${minutes} min ago`;
}
