/** Enables one key of the fence, tries its canary, and disables it again where that speaks against it. */

import { effectiveWithinMs } from '../../domain/cadence.ts';
import { isRejection } from '../../domain/errors.ts';
import { expose, type FencedKey, type FenceEvidence } from '../../domain/fence.ts';
import type { Run } from '../run.ts';
import { askUntilAnswered } from './ask.ts';
import { observeDisabled, observeEnabled } from './disable-keys.ts';
import type { Verdict } from './verify-key.ts';

const tryAgainMs = 1_000;
/** So long after a stop KMS is asked to enable a key. */
const stoppedWithinMs = 60_000;
/** So long a key that is different waits to be shown as Disabled; the Disconnect that follows ends its use in any case. */
const differentWithinMs = 10_000;

interface EnableTerms {
  readonly verify: (keyId: string) => Promise<Verdict>;
  /** The old settings are in force. */
  readonly isRollback: boolean;
  /** Since when an interrupted process may have had any of the keys enabled. */
  readonly mayBeTriedSinceMs?: number | undefined;
  /** Heard before the key is disabled again: nothing else is to be enabled. `usedSince`: see `Verdict`. */
  readonly onDifferent: (key: FencedKey, usedSince: readonly string[]) => void;
  /** A key has turned out to be different: no EnableKey is sent any more. */
  readonly isOver: () => boolean;
  /** Aborts when a stop is asked for. */
  readonly signal: AbortSignal;
}

interface EnableOptions {
  /** What speaks for the key before its own canary is tried. */
  readonly evidence?: FenceEvidence | undefined;
  /** How long EnableKey is repeated, in milliseconds; until KMS answers, if absent. */
  readonly withinMs?: number | undefined;
}

/**
 * What came of it. `notSent`: it is not enabled any more. `unanswered`: KMS may have enabled it. `tested`: its canary was
 * tried, with whatever verdict.
 */
export interface EnabledKey {
  readonly tried: 'left' | 'notSent' | 'refused' | 'unanswered' | 'tested';
  readonly key: FencedKey;
}

export function createEnableKey(
  run: Run,
  { verify, isRollback, mayBeTriedSinceMs, onDifferent, isOver, signal }: EnableTerms,
) {
  return async (key: FencedKey, { evidence, withinMs }: EnableOptions): Promise<EnabledKey> => {
    const beganAtMs = run.clock.now();
    const isGivenUp = () => isOver() || (signal.aborted && run.clock.now() - beganAtMs > stoppedWithinMs);
    const keyState = await waitUntilAvailable(key.keyId, isGivenUp);
    if (keyState === undefined) return leave(key, 'it no longer exists');
    if (keyState.startsWith('Pending')) return leave(key, `it is ${keyState}`);
    const isEnabledAlready = keyState === 'Enabled';
    const triedSinceMs = mayBeTriedSinceMs ?? key.triedSinceMs;
    // KMS may act on it before its answer comes.
    const sentAtMs = run.clock.now();
    const patience = { what: `EnableKey of ${key.keyId}`, withinMs, isOver: isGivenUp };
    const isNeeded = () => !isOver();
    const reply = await askUntilAnswered(run, () => run.keys.setEnabled(key.keyId, true, isNeeded), patience);
    if (!reply.ok) {
      if (reply.failure.code === 'NOT_SENT' && reply.failure.class === 'refused') return { tried: 'notSent', key };
      const detail = `EnableKey: ${reply.failure.code}: ${reply.failure.message}`;
      return isRejection(reply.failure.class)
        ? { tried: 'refused', key: { ...key, detail } }
        : { tried: 'unanswered', key: { ...key, detail, triedSinceMs: triedSinceMs ?? sentAtMs } };
    }
    const { detail, evidence: _, ...known } = key;
    // What an interrupted process, or another principal, has enabled was exposed before.
    const sinceMs = isEnabledAlready ? (triedSinceMs ?? key.disabledAtMs) : undefined;
    // KMS showed it as Disabled, and no call of cks has enabled it since.
    const isByAnother = isEnabledAlready && triedSinceMs === undefined && key.disabledAtMs !== undefined;
    const enabled: FencedKey = {
      ...known,
      ...(triedSinceMs === undefined ? {} : { triedSinceMs }),
      ...(isByAnother ? { detail: 'another principal enabled it' } : {}),
      // What was seen of it under the other settings stays true.
      ...(key.exposure && detail !== undefined ? { detail } : {}),
      state: 'enabled',
      enabledAtMs: sinceMs ?? sentAtMs,
    };
    const { triedSinceMs: __, ...tested } = await test(enabled, { evidence, isEnabledAlready });
    return { tried: 'tested', key: tested };
  };

  async function test(
    key: FencedKey,
    { evidence, isEnabledAlready }: Pick<EnableOptions, 'evidence'> & { readonly isEnabledAlready: boolean },
  ): Promise<FencedKey> {
    const verdict = await verify(key.keyId);
    const isTrusted = isRollback || evidence !== undefined;
    if (verdict.kind === 'different') {
      onDifferent(key, verdict.usedSince);
      return disableDifferent(key);
    }
    if (verdict.kind === 'same')
      return { ...(isTrusted ? key : expose(key, run.clock.now())), evidence: evidence ?? 'canary' };
    if (!isTrusted) return disableUnverified(key, verdict.detail);
    // KMS may accept EnableKey without an effect, and without the right to describe a key nothing speaks against it.
    const seen = isEnabledAlready ? undefined : await observeEnabled(run, key.keyId);
    return seen?.kind === 'notShown'
      ? { ...key, state: 'disabled', detail: 'KMS accepted EnableKey, and shows it as Disabled' }
      : { ...key, evidence: evidence ?? 'none', detail: verdict.detail };
  }

  async function disableUnverified(key: FencedKey, detail: string): Promise<FencedKey> {
    const reply = await askUntilAnswered(run, () => run.keys.setEnabled(key.keyId, false));
    const isShown = reply.ok && (await observeDisabled(run, key.keyId)).kind === 'shown';
    const end = isShown ? '' : '; KMS does not show it as Disabled';
    return { ...asDisabled(key, isShown), state: 'disabled', detail: `it could not be verified: ${detail}${end}` };
  }

  /** Asks once: a call that hangs or is throttled must not keep the store connected with this key. */
  async function disableDifferent(key: FencedKey): Promise<FencedKey> {
    const reply = await run.keys.setEnabled(key.keyId, false);
    const isShown =
      reply.ok && (await observeDisabled(run, key.keyId, { withinMs: differentWithinMs })).kind === 'shown';
    const end = isShown ? '' : '; KMS did not show it as Disabled before the Disconnect';
    return { ...asDisabled(key, isShown), state: 'withheld', detail: `it was different key material${end}` };
  }

  /** If KMS did not show it as Disabled, no other principal is named if the key is Enabled later. */
  function asDisabled(key: FencedKey, isShown: boolean): FencedKey {
    const { disabledAtMs, ...exposed } = expose(key, run.clock.now());
    return isShown && disabledAtMs !== undefined ? { ...exposed, disabledAtMs } : exposed;
  }

  /** The state of a key follows its store late. Undefined: the key is gone. */
  async function waitUntilAvailable(keyId: string, isGivenUp: () => boolean): Promise<string | undefined> {
    const untilMs = run.clock.now() + effectiveWithinMs;
    const patience = { what: `DescribeKey of ${keyId}`, withinMs: effectiveWithinMs, isOver: isGivenUp };
    for (;;) {
      const shown = await askUntilAnswered(run, () => run.keys.describe(keyId), patience);
      // Without the right to describe it, the answer to EnableKey decides.
      if (!shown.ok) return shown.failure.class === 'notFound' ? undefined : 'unknown';
      const { keyState } = shown.value;
      if (keyState !== 'Unavailable' || run.clock.now() >= untilMs || isGivenUp()) return keyState;
      await run.clock.sleep(tryAgainMs);
    }
  }
}

function leave(key: FencedKey, detail: string): EnabledKey {
  return { tried: 'left', key: { ...key, state: 'left', detail } };
}
