/** Canaries of the chosen keys of a store, as far as they can be had. */
import { judgeKeyFailure, refusesCredential } from '../domain/key-failure.ts';
import type { Preparation } from '../domain/key-verification.ts';
import type { Clock } from '../ports/clock.ts';
import type { KeyInventory, Keys } from '../ports/keys.ts';
import { makeWithRights } from './canary.ts';
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

/** Null if not all keys of the account could be seen, and none of those seen is in the store. */
export function countKeys({ keys, hidden }: KeyInventory): number | null {
  return keys.length > 0 || hidden === 0 ? keys.length : null;
}

export async function encryptCanaries(
  { keys, clock, random }: CanaryPorts,
  inventory: KeyInventory,
  { runId, wanted, signal }: CanaryTerms,
): Promise<Preparation> {
  const chosen = await chooseKeys(keys, inventory, wanted, random, signal);
  const encryptionContext = { purpose: 'cks-safe-update canary', runId };
  const terms = { encryptionContext, nowMs: clock.now(), signal };
  const made = await Promise.all(
    chosen.keys.map(async (key) => ({ key, canary: await makeWithRights(keys, key.arn, terms) })),
  );
  const canaries = made.flatMap(({ canary }) => ('ciphertext' in canary ? [canary] : []));
  const failed = made.flatMap(({ key, canary }) => ('code' in canary ? [{ keyId: key.arn, failure: canary }] : []));
  const [first, ...others] = failed;
  const problems = [
    ...chosen.missing.map((name) => `${name} is no Enabled key of the store`),
    ...(first
      ? [`${others.length + 1} of ${made.length} keys gave no canary: ${first.failure.code}, ${first.failure.message}`]
      : []),
    ...(made.length === 0 && chosen.missing.length === 0
      ? [countKeys(inventory) === 0 ? 'the store holds no KMS key' : 'no key of the store is Enabled']
      : []),
  ];
  const unusable = failed.filter(({ failure }) => judgeKeyFailure(failure) !== 'unknown').map(({ keyId }) => keyId);
  return {
    canaries,
    keys: countKeys(inventory),
    ...(problems.length > 0 ? { detail: problems.join('; ') } : {}),
    ...(made.length > 0 && unusable.length === made.length ? { keysFail: true } : {}),
    ...(failed.some(({ failure }) => refusesCredential(failure)) ? { isCredentialRefused: true } : {}),
    ...(unusable.length > 0 ? { failedBefore: { lost: [], unusable } } : {}),
    ...(made.length > 0 ? { chosen: made.map(({ key }) => key.arn) } : {}),
  };
}
