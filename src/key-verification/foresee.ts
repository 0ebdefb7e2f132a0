/** Whether a run could prepare the key verification that it has to, as far as can be seen without a use of a key. */
import { reachesKeysAnew } from '../domain/key-reach.ts';
import type { KeyStore } from '../domain/key-store.ts';
import type { Canary } from '../domain/key-verification.ts';
import type { Plan } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';
import type { Keys } from '../ports/keys.ts';
import { chooseKeys } from './choose-keys.ts';
import { countKeys } from './encrypt-canaries.ts';

export interface ForeseeTerms {
  readonly policy: Policy;
  readonly readKept: () => Promise<readonly Canary[]>;
  readonly signal: AbortSignal;
}

/** Why there would be nothing to decrypt afterwards; null: nothing speaks against it. */
export async function foreseeNoCanaries(
  keys: Keys,
  store: KeyStore,
  plan: Plan,
  { policy, readKept, signal }: ForeseeTerms,
): Promise<string | null> {
  if (!policy.requireKeyVerification && !reachesKeysAnew(plan)) return null;
  const listed = await keys.list(store.customKeyStoreId, signal);
  if (listed.ok && countKeys(listed.value) === 0) return null;
  if ((await readKept()).length > 0) return null;
  if (store.connectionState !== 'CONNECTED')
    return 'no canaries were kept, and only a CONNECTED store can make new ones';
  if (!listed.ok) return `its keys could not be listed: ${listed.failure.message}`;
  const wanted = policy.canaryKeys.filter((word) => word !== 'none');
  const { keys: chosen, missing } = await chooseKeys(keys, listed.value, wanted, () => 0, signal);
  const [name] = missing;
  if (chosen.length === 0)
    return name === undefined ? 'no key of the store is Enabled' : `${name} is no Enabled key of the store`;
  const rights = await Promise.all(chosen.map(({ arn }) => keys.requireRights(arn, context, signal)));
  const denied = rights.flatMap((reply) => (reply.ok ? [] : [reply.failure]));
  const [first] = denied;
  if (first === undefined || denied.length < chosen.length) return null;
  return `this AWS identity may not use ${chosen.length} of ${chosen.length} keys: ${first.code}: ${first.message}`;
}

const context = { purpose: 'cks-safe-update canary' };
