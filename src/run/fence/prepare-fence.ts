/** Which keys the fence is to hold, in which order they are enabled again, and whether this identity may enable them. */
import type { FencePrepared, PrepareFenceInput } from '../../../machines/safe-update/index.ts';
import type { Failure } from '../../domain/failure.ts';
import { type Fence, findCanaryKey } from '../../domain/fence.ts';
import type { StepContext } from '../../ports/host.ts';
import type { StoreKey } from '../../ports/keys.ts';
import type { Run } from '../run.ts';
import { forEachKey } from './ask.ts';

/** How long keys are asked for their last use, so that the least used is enabled first. */
const lastUsesForMs = 30_000;

/** A key in any other state might be used. Source: KMS API reference, KeyMetadata, KeyState. */
const knownStates: readonly string[] = ['Enabled', 'Disabled', 'PendingDeletion', 'PendingReplicaDeletion'];

/**
 * There is no dry run of EnableKey. On a key that is enabled it changes nothing, and shows the right before the outage
 * (KMS API reference, EnableKey).
 */
export async function prepareFence(
  run: Run,
  { store, preparation, sameKeys }: PrepareFenceInput,
  { signal }: StepContext,
): Promise<FencePrepared> {
  const { customKeyStoreId } = store;
  const listedAtMs = run.clock.now();
  const [listed, aliases] = await Promise.all([run.keys.list(customKeyStoreId, signal), run.keys.listAliases(signal)]);
  if (!listed.ok) return { kind: 'unfenced', failure: listed.failure };
  const enabled = listed.value.keys.filter(({ keyState }) => keyState === 'Enabled');
  const unclear = listed.value.keys.filter(({ keyState }) => !knownStates.includes(keyState));
  const { lost = [], unusable = [] } = preparation.failedBefore ?? {};
  const worked = preparation.canaries.filter(({ keyId }) => ![...lost, ...unusable].includes(keyId));
  const isVerifiable = ({ arn }: StoreKey) => sameKeys.includes(arn) || worked.some(({ keyId }) => keyId === arn);
  const verifiable = enabled.filter(isVerifiable);
  if (enabled.length > 0 && verifiable.length === 0)
    return { kind: 'unfenced', failure: lackOfEvidence(preparation.detail) };

  const failures: Failure[] = [];
  await forEachKey(
    verifiable,
    async ({ arn }) => {
      const reply = await run.keys.setEnabled(arn, true);
      if (!reply.ok) failures.push({ ...reply.failure, message: `EnableKey of ${arn}: ${reply.failure.message}` });
    },
    () => failures.length > 0 || signal.aborted,
  );
  const [failure] = failures;
  if (failure) return { kind: 'unfenced', failure };

  const canaryKey = aliases.ok ? findCanaryKey(customKeyStoreId, verifiable, aliases.value) : undefined;
  const keys = await orderByUse(
    run,
    verifiable.filter((key) => key !== canaryKey),
    signal,
  );
  const fence: Fence = {
    keys: keys.map(({ arn }) => ({ keyId: arn, state: 'enabled' })),
    ...(canaryKey ? { canaryKeyId: canaryKey.arn } : {}),
    unfenced: [
      ...enabled
        .filter((key) => !isVerifiable(key))
        .map(({ arn }) => ({ keyId: arn, why: 'it did not work before the run, so cks could not verify it' })),
      ...unclear.map(({ arn, keyState }) => ({ keyId: arn, why: `it is ${keyState}, which cks does not disable` })),
    ],
    listedAtMs,
    hidden: listed.value.hidden,
  };
  return { kind: 'fencePrepared', fence };
}

/** The least used first. A key whose last use is not known comes last. */
async function orderByUse(run: Run, keys: readonly StoreKey[], signal: AbortSignal): Promise<readonly StoreKey[]> {
  const arns = keys.map(({ arn }) => arn);
  const { uses } = await run.keys.findLastUses(arns, { limitMs: lastUsesForMs, signal });
  const usedAtMs = ({ arn }: StoreKey) => {
    const use = uses.get(arn);
    return use === undefined ? Number.POSITIVE_INFINITY : (use.atMs ?? 0);
  };
  return keys
    .map((key) => ({ key, atMs: usedAtMs(key) }))
    .sort((one, other) => (one.atMs === other.atMs ? 0 : one.atMs - other.atMs))
    .map(({ key }) => key);
}

function lackOfEvidence(detail = 'no canary could be made'): Failure {
  const message = `no key of the store could be verified before its use: ${detail}`;
  return { code: 'NO_EVIDENCE', message, class: 'refused' };
}
