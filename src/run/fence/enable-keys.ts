/**
 * Enables the keys of the fence again, the strongest evidence first: keys that both proxies hold, then the rest once the canary
 * key of the store is verified, or without one a key alone. A key that turns out to be different is disabled at once, and no
 * other is enabled.
 */
import type { EnableInput, FenceEnabled, KeysVerified } from '../../../machines/safe-update/index.ts';
import { keyIdOf } from '../../domain/arn.ts';
import { effectiveWithinMs } from '../../domain/cadence.ts';
import { type Fence, type FencedKey, type FenceEvidence, listDisabled, withKeys } from '../../domain/fence.ts';
import { untested } from '../../domain/key-test.ts';
import type { StepContext } from '../../ports/host.ts';
import type { StoreKey } from '../../ports/keys.ts';
import type { Run } from '../run.ts';
import { askUntilAnswered, forEachKey } from './ask.ts';
import { observeDisabled, observeDisabledWithin, observeEnabled } from './disable-keys.ts';
import { createVerify } from './verify-key.ts';

const tryAgainMs = 1_000;
/** So long a key that is different waits to be shown as Disabled; the Disconnect that follows ends its use in any case. */
const differentWithinMs = 10_000;

type Verified = FenceEnabled | (KeysVerified & { readonly fence: Fence });

export async function enableKeys(
  run: Run,
  { store, fence: left, preparation, sameKeys, askedAtMs, sinceMs, countsFromMs, isRollback }: EnableInput,
  { rerun }: StepContext,
): Promise<Verified> {
  const { canaryKeyId } = left;
  let fence = left;
  let different: FencedKey | null = null;
  let usedSince: readonly string[] = [];
  let isStoreVerified = false;
  const isOver = () => different !== null;
  const todo = listDisabled(left);
  const verify = createVerify(run, { store, preparation, sinceMs, isRollback });
  const isSame = ({ keyId }: FencedKey) => sameKeys.includes(keyId);

  run.emit({ type: 'keys.enabling', keys: todo.length });
  await nameUnfenced();
  await forEachKey(todo.filter(isSame), enable, isOver);
  const others = todo.filter((key) => !isSame(key));
  if (others.length > 0 && !isOver()) {
    // A host of KMS that does not know of the Disconnect yet would decrypt with the old settings.
    await run.clock.sleep(Math.max(0, countsFromMs - run.clock.now()));
    await verifyStore();
    const rest = [...others];
    // Without a canary key one alone before the others. What is to be deleted meanwhile shows nothing of them.
    for (let first = isStoreVerified ? undefined : rest.shift(); first && !isOver(); first = rest.shift()) {
      await enable(first);
      if (!isLeft(first)) break;
    }
    // No key is enabled on hope: without a key that was verified, the rest stays disabled.
    const isVerified = fence.keys.some(({ evidence }) => evidence !== undefined && evidence !== 'none');
    if (isRollback || isStoreVerified || isVerified) await forEachKey(rest, enable, isOver);
  }

  const enabled = todo.length - listDisabled(fence).length;
  run.emit({ type: 'keys.enabled', keys: todo.length, enabled });
  return different === null ? { kind: 'enabled', fence } : describeMismatch(different);

  /** By the canary key, which stays enabled. */
  async function verifyStore(): Promise<void> {
    if (canaryKeyId === undefined) return;
    const verdict = await verify(canaryKeyId);
    if (verdict.kind === 'different') different = { keyId: canaryKeyId, state: 'enabled' };
    isStoreVerified = verdict.kind === 'same';
  }

  function isLeft({ keyId }: FencedKey): boolean {
    return fence.keys.some((key) => key.keyId === keyId && key.state === 'left');
  }

  async function nameUnfenced(): Promise<void> {
    const listed = await askUntilAnswered(run, () => run.keys.listNew(store.customKeyStoreId));
    if (!listed.ok) return;
    const known = new Set([...fence.keys, ...fence.unfenced].map(({ keyId }) => keyId));
    const isNew = ({ arn, keyState, createdAtMs }: StoreKey) =>
      !known.has(arn) && keyState === 'Enabled' && createdAtMs >= fence.listedAtMs;
    const created = listed.value.keys.filter(isNew).map(({ arn }) => ({ keyId: arn, why: 'created during the run' }));
    fence = { ...fence, unfenced: [...fence.unfenced, ...created] };
  }

  async function enable(key: FencedKey): Promise<void> {
    const keyState = await waitUntilAvailable(key.keyId);
    if (keyState === undefined || keyState.startsWith('Pending'))
      return keep({
        ...key,
        state: 'left',
        detail: keyState === undefined ? 'it no longer exists' : `it is ${keyState}`,
      });
    const isEnabledAlready = keyState === 'Enabled';
    const triedSinceMs = rerun ? askedAtMs : key.triedSinceMs;
    const note = isEnabledAlready && triedSinceMs === undefined ? { detail: 'another principal enabled it' } : {};
    // KMS may act on it before its answer comes.
    const sentAtMs = run.clock.now();
    const reply = await askUntilAnswered(run, () => run.keys.setEnabled(key.keyId, true));
    if (!reply.ok) return keep({ ...key, detail: `EnableKey: ${reply.failure.code}: ${reply.failure.message}` });
    // What an interrupted process, or another principal, has enabled was exposed before.
    const sinceAtMs = isEnabledAlready ? (triedSinceMs ?? key.disabledAtMs) : undefined;
    const enabledAtMs = sinceAtMs ?? sentAtMs;
    const { triedSinceMs: _, detail: __, ...told } = key;
    const at = { ...told, ...note, state: 'enabled', enabledAtMs } as const;
    const verdict = await verify(key.keyId);
    const isExposed = !isRollback && !isSame(key) && !isStoreVerified;
    const exposure = isExposed ? { exposure: { fromMs: enabledAtMs, untilMs: run.clock.now() } } : {};
    if (verdict.kind === 'same') {
      keep({ ...at, ...exposure, evidence: evidenceFor(key, 'canary') });
    } else if (verdict.kind === 'unknown' && (isRollback || isSame(key) || isStoreVerified)) {
      // KMS may accept EnableKey without an effect, and without the right to describe a key nothing speaks against it.
      const isShown = isEnabledAlready || !(await isDescribable(key.keyId)) || (await observeEnabled(run, key.keyId));
      if (!isShown) return keep({ ...key, detail: 'KMS accepted EnableKey, and shows it as Disabled' });
      keep({ ...at, ...exposure, evidence: evidenceFor(key, 'none'), detail: verdict.detail });
    } else if (verdict.kind === 'unknown') {
      await disableAgain(at, `it could not be verified: ${verdict.detail}`);
    } else {
      different ??= key;
      usedSince = [...usedSince, ...verdict.usedSince];
      await disableDifferent(at);
    }
  }

  /** `otherwise`: what its own canary tells. */
  function evidenceFor(key: FencedKey, otherwise: 'canary' | 'none'): FenceEvidence {
    if (isSame(key)) return 'proxy';
    return isStoreVerified ? 'canary key' : otherwise;
  }

  /** The key was enabled without evidence that still holds, whatever spoke for it before. */
  async function disableAgain(key: FencedKey, why: string): Promise<void> {
    keep({ ...key, state: 'disabled' });
    const reply = await askUntilAnswered(run, () => run.keys.setEnabled(key.keyId, false));
    noteDisabled(key, why, reply.ok && (await observeDisabled(run, key.keyId)));
  }

  /** Asks once: a call that hangs or is throttled must not keep the store connected with this key. */
  async function disableDifferent(key: FencedKey): Promise<void> {
    keep({ ...key, state: 'disabled' });
    const reply = await run.keys.setEnabled(key.keyId, false);
    const isShown = reply.ok && (await observeDisabledWithin(run, key.keyId, differentWithinMs));
    noteDisabled(key, 'it is different key material', isShown);
  }

  async function isDescribable(keyId: string): Promise<boolean> {
    return (await askUntilAnswered(run, () => run.keys.describe(keyId))).ok;
  }

  function noteDisabled(key: FencedKey, why: string, isShown: boolean): void {
    const { enabledAtMs = run.clock.now() } = key;
    keep({
      ...key,
      state: 'disabled',
      detail: isShown ? why : `${why}, and KMS does not show it as Disabled`,
      exposure: { fromMs: enabledAtMs, untilMs: run.clock.now() },
    });
  }

  /** The state of a key follows its store late. Undefined: the key is gone. */
  async function waitUntilAvailable(keyId: string): Promise<string | undefined> {
    const untilMs = run.clock.now() + effectiveWithinMs;
    for (;;) {
      const shown = await askUntilAnswered(run, () => run.keys.describe(keyId));
      // Without the right to describe it, EnableKey itself tells.
      if (!shown.ok) return shown.failure.class === 'notFound' ? undefined : 'unknown';
      const { keyState } = shown.value;
      if (keyState !== 'Unavailable' || run.clock.now() >= untilMs) return keyState;
      await run.clock.sleep(tryAgainMs);
    }
  }

  function keep(key: FencedKey): void {
    fence = withKeys(fence, [key]);
  }

  function describeMismatch({ keyId }: FencedKey): KeysVerified & { readonly fence: Fence } {
    const exposed = fence.keys.find((key) => key.keyId === keyId);
    const exposure = {
      since: new Date(exposed?.exposure?.fromMs ?? run.clock.now()).toISOString(),
      seenAt: new Date(run.clock.now()).toISOString(),
      keysUsed: usedSince,
    };
    const verified = fence.keys.filter(({ evidence }) => evidence === 'canary' || evidence === 'canary key').length;
    return {
      kind: 'verified',
      fence,
      keyVerification: {
        status: 'mismatch',
        passed: verified,
        canaries: verified + 1,
        keys: preparation.keys,
        detail: `1 of ${verified + 1} keys tried: ${keyIdOf(keyId)}`,
        ...(exposed?.exposure === undefined ? {} : { exposure }),
      },
      keyTest: { ...untested, detail: 'the store has other key material' },
    };
  }
}
