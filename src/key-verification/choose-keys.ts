/** Which keys are tried: those that were named, or three that say the most. */
import type { KeyInventory, Keys, StoreKey } from '../ports/keys.ts';

export interface Choice {
  readonly keys: readonly StoreKey[];
  /** What was named and cannot be tried. */
  readonly missing: readonly string[];
}

const triedAtMost = 3;

/** Whose last use is asked for: the newest, so that a large store takes no longer than this. */
const askedAtMost = 200;

/** A key of a store that is not CONNECTED is `Unavailable`, and works again with its store. */
const usableStates: ReadonlySet<string> = new Set(['Enabled', 'Unavailable']);

/** `wanted`: ids, ARNs, aliases, or `all`; empty: the newest key, the one used last, and others by chance. */
export async function chooseKeys(
  port: Keys,
  { keys }: KeyInventory,
  wanted: readonly string[],
  random: () => number,
  signal: AbortSignal,
): Promise<Choice> {
  const usable = keys
    .filter(({ keyState }) => usableStates.has(keyState))
    .sort((a, b) => b.createdAtMs - a.createdAtMs);
  if (wanted.includes('all')) return { keys: usable, missing: [] };
  if (wanted.length > 0) return chooseNamed(port, usable, wanted, signal);
  const chosen = new Set(usable.slice(0, 1));
  const usedLast = await findUsedLast(port, usable.slice(0, askedAtMost), signal);
  if (usedLast) chosen.add(usedLast);
  while (chosen.size < triedAtMost) {
    const others = usable.filter((key) => !chosen.has(key));
    const other = others[Math.floor(random() * others.length)];
    if (other === undefined) break;
    chosen.add(other);
  }
  return { keys: [...chosen], missing: [] };
}

async function findUsedLast(port: Keys, keys: readonly StoreKey[], signal: AbortSignal): Promise<StoreKey | undefined> {
  const uses = await Promise.all(
    keys.map(async (key) => {
      const use = await port.findLastUse(key.arn, signal);
      return { key, atMs: (use.ok && use.value?.atMs) || 0 };
    }),
  );
  return uses.filter(({ atMs }) => atMs > 0).sort((a, b) => b.atMs - a.atMs)[0]?.key;
}

async function chooseNamed(
  port: Keys,
  usable: readonly StoreKey[],
  names: readonly string[],
  signal: AbortSignal,
): Promise<Choice> {
  const aliasOf = (name: string) => /(?:^|:)(alias\/.+)$/.exec(name)?.[1];
  const listed = names.some(aliasOf) ? await port.listAliases(signal) : undefined;
  const aliases = listed?.ok ? listed.value : [];
  const find = (name: string) => {
    const alias = aliasOf(name);
    const id = alias === undefined ? name : aliases.find((known) => known.name === alias)?.keyId;
    return usable.find(({ keyId, arn }) => keyId === id || arn === id);
  };
  const found = names.map((name) => ({ name, key: find(name) }));
  return {
    keys: [...new Set(found.flatMap(({ key }) => key ?? []))],
    missing: found.filter(({ key }) => key === undefined).map(({ name }) => name),
  };
}
