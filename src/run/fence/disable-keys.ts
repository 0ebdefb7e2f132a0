/** Disables the keys of the fence, and is done only when each is observed Disabled. */
import type { DisableInput, FenceRaised } from '../../../machines/safe-update/index.ts';
import { isRejection } from '../../domain/errors.ts';
import type { Failure } from '../../domain/failure.ts';
import { assumeDisabled, type FencedKey, withKeys } from '../../domain/fence.ts';
import type { StepContext } from '../../ports/host.ts';
import type { Run } from '../run.ts';
import { askUntilAnswered, forEachKey } from './ask.ts';

/** KMS shows a new key state within seconds (eventual consistency); AWS documents no longest time. */
const shownWithinMs = 5 * 60_000;
const observeAgainMs = 1_000;

export async function disableKeys(
  run: Run,
  { fence: planned }: DisableInput,
  { rerun, signal }: StepContext,
): Promise<FenceRaised> {
  // An earlier process may have disabled any of them.
  let fence = rerun ? assumeDisabled(planned) : planned;
  let failure: Failure | null = null;
  const isOver = () => failure !== null || signal.aborted;

  const todo = fence.keys.filter(({ state, disabledAtMs }) => state !== 'left' && disabledAtMs === undefined);
  run.emit({ type: 'keys.disabling', keys: todo.length });
  await forEachKey(todo, disable, isOver);
  if (failure !== null) return { kind: 'fenceFailed', fence, failure };
  if (!signal.aborted)
    run.emit({ type: 'keys.disabled', keys: fence.keys.filter(({ state }) => state === 'disabled').length });
  return { kind: 'fenced', fence };

  async function disable(key: FencedKey): Promise<void> {
    const shown = await askUntilAnswered(run, () => run.keys.describe(key.keyId), signal);
    if (isOver()) return;
    const keyState = shown.ok ? shown.value.keyState : undefined;
    if (keyState === 'Disabled' && key.state === 'enabled')
      return keep({ ...key, state: 'left', detail: 'another principal disabled it' });
    if (keyState?.startsWith('Pending')) return keep({ ...key, state: 'left', detail: `it is ${keyState}` });
    const reply = await askUntilAnswered(run, () => run.keys.setEnabled(key.keyId, false), signal);
    if (!reply.ok && isRejection(reply.failure.class)) {
      failure ??= { ...reply.failure, message: `DisableKey of ${key.keyId}: ${reply.failure.message}` };
      return;
    }
    // Also without an answer: from now on it may be disabled.
    keep({ ...key, state: 'disabled' });
    if (!reply.ok) return;
    const isShown = await observeDisabled(run, key.keyId);
    if (isShown) return keep({ ...key, state: 'disabled', disabledAtMs: run.clock.now() });
    failure ??= {
      code: 'NOT_OBSERVED',
      message: `KMS does not show ${key.keyId} as Disabled, 5 minutes after it accepted DisableKey`,
      class: 'unclear',
    };
  }

  function keep(key: FencedKey): void {
    fence = withKeys(fence, [key]);
  }
}

/** Whether KMS shows the key as Disabled within the time that eventual consistency may take. */
export function observeDisabled(run: Run, keyId: string): Promise<boolean> {
  return observeState(run, keyId, (keyState) => keyState === 'Disabled', shownWithinMs);
}

/** The same within this time, also where KMS gives no answer. */
export function observeDisabledWithin(run: Run, keyId: string, withinMs: number): Promise<boolean> {
  return observeState(run, keyId, (keyState) => keyState === 'Disabled', withinMs, AbortSignal.abort());
}

/** Whether KMS shows the key in another state than Disabled within that time. */
export function observeEnabled(run: Run, keyId: string): Promise<boolean> {
  return observeState(run, keyId, (keyState) => keyState !== 'Disabled', shownWithinMs);
}

async function observeState(
  run: Run,
  keyId: string,
  isAsWanted: (keyState: string) => boolean,
  withinMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const untilMs = run.clock.now() + withinMs;
  for (;;) {
    const shown = await askUntilAnswered(run, () => run.keys.describe(keyId), signal);
    if (shown.ok && isAsWanted(shown.value.keyState)) return true;
    if (run.clock.now() >= untilMs) return false;
    await run.clock.sleep(observeAgainMs);
  }
}
