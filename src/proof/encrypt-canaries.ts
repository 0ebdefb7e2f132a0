/** Canaries of the chosen keys of a store, as far as they can be had. */
import type { Canary, Preparation } from '../domain/proof.ts';
import type { Clock } from '../ports/clock.ts';
import type { KeyInventory, Keys } from '../ports/keys.ts';
import { makeCanary } from './canary.ts';
import { chooseKeys } from './choose-keys.ts';

export interface CanaryPorts {
  readonly keys: Keys;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
}

export interface CanaryTerms {
  readonly runId: string;
  /** Ids, ARNs, aliases, or `all`; empty: three that say the most. */
  readonly wanted: readonly string[];
  readonly signal: AbortSignal;
}

/** Null where nobody could see all of the account's keys, and none of those seen is in the store. */
export function countKeys({ keys, hidden }: KeyInventory): number | null {
  return keys.length > 0 || hidden === 0 ? keys.length : null;
}

export async function encryptCanaries(
  { keys, clock, random }: CanaryPorts,
  inventory: KeyInventory,
  { runId, wanted, signal }: CanaryTerms,
): Promise<Preparation> {
  const chosen = await chooseKeys(keys, inventory, wanted, random, signal);
  const context = { purpose: 'cks-safe-update canary', runId };
  const made = await Promise.all(chosen.keys.map((key) => makeCanary(keys, key, context, clock.now(), signal)));
  const canaries = made.filter((one): one is Canary => 'ciphertext' in one);
  const [failure, ...others] = made.flatMap((one) => ('code' in one ? [one] : []));
  const problems = [
    ...chosen.missing.map((name) => `${name} is no Enabled key of the store`),
    ...(failure
      ? [`${others.length + 1} of ${made.length} keys gave no canary: ${failure.code}, ${failure.message}`]
      : []),
    ...(made.length === 0 && chosen.missing.length === 0
      ? [countKeys(inventory) === 0 ? 'the store holds no KMS key' : 'no key of the store is Enabled']
      : []),
  ];
  const keysFail = made.length > 0 && made.every((one) => 'code' in one && one.code === 'KMSInvalidStateException');
  return {
    canaries,
    keys: countKeys(inventory),
    ...(problems.length > 0 ? { detail: problems.join('; ') } : {}),
    ...(keysFail ? { keysFail } : {}),
  };
}
