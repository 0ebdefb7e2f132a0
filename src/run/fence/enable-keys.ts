/**
 * Enables the keys of the fence again, the strongest evidence first: keys that both proxies hold, then the rest once the canary
 * key of the store is verified, or without one a key alone. A key that turns out to be different is disabled at once, and no
 * other is enabled.
 */
import type { EnableInput, FenceEnabled, KeysVerified } from '../../../machines/safe-update/index.ts';
import { keyIdOf } from '../../domain/arn.ts';
import { toIso } from '../../domain/duration.ts';
import {
  type Fence,
  type FencedKey,
  type FenceEvidence,
  listDisabled,
  withhold,
  withKeys,
} from '../../domain/fence.ts';
import { untested } from '../../domain/key-test.ts';
import type { StepContext } from '../../ports/host.ts';
import type { Run } from '../run.ts';
import { forEachKey } from './ask.ts';
import { createEnableKey, type EnabledKey } from './enable-key.ts';
import { nameUnfenced } from './name-unfenced.ts';
import { createVerify } from './verify-key.ts';

/** So long the key that goes first is asked for, before another one goes first. */
const aloneWithinMs = 60_000;
/** So long KMS is asked to enable a key before the run ends without it. */
const enableWithinMs = 15 * 60_000;

const withheldWords =
  'it was not enabled: the key source held different keys. cks resume with --accept exposure enables it to test it again';

type Verified = FenceEnabled | (KeysVerified & { readonly fence: Fence });

export async function enableKeys(
  run: Run,
  { store, fence: left, preparation, sameKeys, askedAtMs, sinceMs, countsFromMs, isRollback, mayExpose }: EnableInput,
  { rerun, signal }: StepContext,
): Promise<Verified> {
  const { canaryKeyId } = left;
  // Under the old settings the keys are the same again.
  let fence = isRollback ? withhold(left, false) : left;
  const different: FencedKey[] = [];
  let usedSince: readonly string[] = [];
  let isStoreVerified = false;
  let isFirstVerified = false;
  const isOver = () => different.length > 0;
  const todo = listDisabled(fence);
  const verify = createVerify(run, { store, preparation, sinceMs, isRollback });
  const enableKey = createEnableKey(run, {
    verify,
    isRollback,
    ...(rerun ? { mayBeTriedSinceMs: askedAtMs } : {}),
    isOver,
    signal,
    onDifferent(key, keysUsed) {
      different.push(key);
      usedSince = [...usedSince, ...keysUsed];
    },
  });
  const isSame = ({ keyId }: FencedKey) => sameKeys.includes(keyId);

  run.emit({ type: 'keys.enabling', keys: todo.length });
  fence = await nameUnfenced(run, store.customKeyStoreId, fence);
  await forEachKey(todo.filter(isSame), enable, isOver);
  const others = todo.filter((key) => !isSame(key));
  if (others.length > 0 && !isOver()) {
    // A host of KMS that does not know of the Disconnect yet would use the settings from before it.
    await run.clock.sleep(Math.max(0, countsFromMs - run.clock.now()));
    await verifyStore();
    const rest = isStoreVerified || isOver() ? others : await enableFirst(others.filter(mayGoFirst));
    // No key is enabled on hope: without one that was verified now, the rest stays disabled.
    if (isRollback || isStoreVerified || isFirstVerified) await forEachKey(rest, enable, isOver);
  }

  const enabled = todo.length - listDisabled(fence).length;
  run.emit({ type: 'keys.enabled', keys: todo.length, enabled });
  if (!isOver()) return { kind: 'enabled', fence };
  nameUnanswered();
  fence = withhold(fence, true);
  return describeMismatch();

  /** A key that is withheld is tested by enabling it only where that was accepted anew. */
  function mayGoFirst(key: FencedKey): boolean {
    if (key.state !== 'withheld' || mayExpose) return true;
    fence = withKeys(fence, [{ ...key, detail: withheldWords }]);
    return false;
  }

  /** By the canary key, which stays enabled. */
  async function verifyStore(): Promise<void> {
    if (canaryKeyId === undefined) return;
    const verdict = await verify(canaryKeyId);
    if (verdict.kind === 'different') different.push({ keyId: canaryKeyId, state: 'enabled' });
    isStoreVerified = verdict.kind === 'same';
  }

  /** One key alone before the others. One that KMS does not enable shows nothing of them. Returns those that remain. */
  async function enableFirst(keys: readonly FencedKey[]): Promise<readonly FencedKey[]> {
    const rest = [...keys];
    for (let first = rest.shift(); first && !isOver(); first = rest.shift()) {
      const { tried, key } = await enable(first, rest.length > 0 ? aloneWithinMs : enableWithinMs);
      isFirstVerified = tried === 'tested' && key.evidence === 'canary' && key.state === 'enabled';
      if (tried === 'tested') break;
      if (tried === 'unanswered') rest.push(key);
    }
    return rest;
  }

  async function enable(key: FencedKey, withinMs = enableWithinMs): Promise<EnabledKey> {
    const enabledKey = await enableKey(key, { evidence: evidenceFor(key), withinMs });
    fence = withKeys(fence, [enabledKey.key]);
    return enabledKey;
  }

  /** What speaks for a key before its own canary is tried. */
  function evidenceFor(key: FencedKey): FenceEvidence | undefined {
    if (isSame(key)) return 'proxy';
    return isStoreVerified ? 'canary key' : undefined;
  }

  /** Where EnableKey got no answer, KMS may have enabled the key under the different key material. */
  function nameUnanswered(): void {
    if (isRollback) return;
    const untilMs = run.clock.now();
    const exposed = listDisabled(fence).flatMap(({ triedSinceMs: fromMs, exposure, ...key }) =>
      fromMs === undefined || exposure !== undefined ? [] : [{ ...key, exposure: { fromMs, untilMs } }],
    );
    fence = withKeys(fence, exposed);
  }

  function describeMismatch(): KeysVerified & { readonly fence: Fence } {
    const keyIds = different.map(({ keyId }) => keyId);
    const exposures = fence.keys.flatMap(({ keyId, exposure }) =>
      exposure && keyIds.includes(keyId) ? [exposure] : [],
    );
    const since = toIso(Math.min(...exposures.map(({ fromMs }) => fromMs)));
    const exposure = { since, seenAt: toIso(run.clock.now()), keysUsed: usedSince };
    const passed = fence.keys.filter(({ evidence }) => evidence === 'canary' || evidence === 'canary key').length;
    const canaries = passed + different.length;
    return {
      kind: 'verified',
      fence,
      keyVerification: {
        status: 'mismatch',
        passed,
        canaries,
        keys: preparation.keys,
        detail: `${different.length} of ${canaries} keys tried: ${keyIds.map(keyIdOf).join(', ')}`,
        ...(exposures.length > 0 ? { exposure } : {}),
      },
      keyTest: { ...untested, detail: 'the store has other key material' },
    };
  }
}
