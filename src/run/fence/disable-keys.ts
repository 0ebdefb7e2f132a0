/** Disables the keys of the fence, and is done only when each is observed Disabled. */
import type { DisableInput, FenceRaised } from '../../../machines/safe-update/index.ts';
import type { Failure } from '../../domain/failure.ts';
import { type FencedKey, withKeys } from '../../domain/fence.ts';
import type { StepContext } from '../../ports/host.ts';
import type { Run } from '../run.ts';
import { askUntilAnswered, forEachKey } from './ask.ts';

/** KMS shows a new key state within seconds (eventual consistency); AWS documents no longest time. */
const shownWithinMs = 5 * 60_000;
const observeAgainMs = 1_000;

export async function disableKeys(
  run: Run,
  { store, fence: planned, isOnline }: DisableInput,
  { rerun, signal }: StepContext,
): Promise<FenceRaised> {
  const { customKeyStoreId } = store;
  let fence = planned;
  let failure: Failure | null = null;
  const isOver = () => failure !== null || (isOnline && signal.aborted);

  const todo = fence.keys.filter(({ state, disabledAtMs }) => state !== 'left' && disabledAtMs === undefined);
  if (isOnline) run.emit({ type: 'keys.disabling', keys: todo.length });
  await forEachKey(todo, (key) => disable(key), isOver);
  // Keys that were created since the listing, and while these were disabled.
  if (!isOver()) await disableNew();
  const counted = fence.keys.filter(({ state }) => state === 'disabled').length;
  if (failure === null && isOnline && !signal.aborted) run.emit({ type: 'keys.disabled', keys: counted });
  return failure === null ? { kind: 'fenced', fence } : { kind: 'fenceFailed', fence, failure };

  async function disableNew(): Promise<void> {
    const listed = await askUntilAnswered(run, () => run.keys.listNew(customKeyStoreId));
    if (!listed.ok) {
      if (isOnline) failure = listed.failure;
      return;
    }
    const known = new Set(fence.keys.map(({ keyId }) => keyId));
    const created = listed.value.keys.filter(
      ({ arn, keyState, createdAtMs }) =>
        !known.has(arn) && (keyState === 'Enabled' || (keyState === 'Unavailable' && createdAtMs >= fence.listedAtMs)),
    );
    await forEachKey(created, ({ arn }) => disable({ keyId: arn, state: 'enabled' }), isOver);
  }

  async function disable(key: FencedKey): Promise<void> {
    const shown = await askUntilAnswered(run, () => run.keys.describe(key.keyId));
    const keyState = shown.ok ? shown.value.keyState : undefined;
    if (keyState === 'Disabled' && !rerun && key.state === 'enabled')
      return keep({ ...key, state: 'left', detail: 'another principal disabled it' });
    if (keyState?.startsWith('Pending')) return keep({ ...key, state: 'left', detail: `it is ${keyState}` });
    const reply = await askUntilAnswered(run, () => run.keys.setEnabled(key.keyId, false));
    if (!reply.ok) {
      failure ??= { ...reply.failure, message: `DisableKey of ${key.keyId}: ${reply.failure.message}` };
      return;
    }
    // Kept before it is observed: from now on it may be disabled.
    keep({ ...key, state: 'disabled' });
    if (!isOnline)
      return keep({
        ...key,
        state: 'disabled',
        disabledAtMs: run.clock.now(),
        detail: 'created during the run, and disabled while the store was offline, where KMS does not show it',
      });
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
export async function observeDisabled(run: Run, keyId: string): Promise<boolean> {
  const untilMs = run.clock.now() + shownWithinMs;
  for (;;) {
    const shown = await askUntilAnswered(run, () => run.keys.describe(keyId));
    if (shown.ok && shown.value.keyState === 'Disabled') return true;
    if (run.clock.now() >= untilMs) return false;
    await run.clock.sleep(observeAgainMs);
  }
}
