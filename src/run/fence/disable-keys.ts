/** Disables the keys of the fence, and is done only when each is observed Disabled. */
import type { DisableInput, FenceRaised } from '../../../machines/safe-update/index.ts';
import { isRejection } from '../../domain/errors.ts';
import type { Failure } from '../../domain/failure.ts';
import { assumeDisabled, type FencedKey, listDisabled, withKeys } from '../../domain/fence.ts';
import type { StepContext } from '../../ports/host.ts';
import type { Run } from '../run.ts';
import { askUntilAnswered, forEachKey } from './ask.ts';
import { nameUnfenced } from './name-unfenced.ts';

/** KMS shows a new key state within seconds (eventual consistency); AWS documents no longest time. */
const shownWithinMs = 5 * 60_000;
const observeAgainMs = 1_000;
/** So long KMS is asked to disable a key, while others are disabled already and the store is online. */
const disableWithinMs = 2 * 60_000;

export async function disableKeys(
  run: Run,
  { store, fence: planned }: DisableInput,
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
  if (signal.aborted) return { kind: 'fenced', fence };
  run.emit({ type: 'keys.disabled', keys: listDisabled(fence).length });
  return { kind: 'fenced', fence: await nameUnfenced(run, store.customKeyStoreId, fence, signal) };

  async function disable(key: FencedKey): Promise<void> {
    const shown = await askUntilAnswered(run, () => run.keys.describe(key.keyId), {
      signal,
      withinMs: disableWithinMs,
    });
    if (isOver()) return;
    if (!shown.ok && isRejection(shown.failure.class)) {
      failure ??= explainUnseen(key.keyId, { kind: 'rejected', failure: shown.failure });
      return;
    }
    const keyState = shown.ok ? shown.value.keyState : undefined;
    if (keyState === 'Disabled' && key.state === 'enabled')
      return keep({ ...key, state: 'left', detail: 'another principal disabled it' });
    if (keyState?.startsWith('Pending')) return keep({ ...key, state: 'left', detail: `it is ${keyState}` });
    const what = `DisableKey of ${key.keyId}`;
    const patience = { what, signal, isOver, withinMs: disableWithinMs };
    const reply = await askUntilAnswered(run, () => run.keys.setEnabled(key.keyId, false), patience);
    const isRejected = !reply.ok && isRejection(reply.failure.class);
    // Also without an answer: from now on it may be disabled.
    if (!isRejected) keep({ ...key, state: 'disabled' });
    if (!reply.ok && !isOver()) failure = { ...reply.failure, message: `${what}: ${reply.failure.message}` };
    if (!reply.ok) return;
    const seen = await observeDisabled(run, key.keyId, { isOver, signal });
    if (seen.kind === 'shown') return keep({ ...key, state: 'disabled', disabledAtMs: run.clock.now() });
    if (!isOver()) failure = explainUnseen(key.keyId, seen);
  }

  function keep(key: FencedKey): void {
    fence = withKeys(fence, [key]);
  }
}

function explainUnseen(keyId: string, seen: Seen): Failure {
  if (seen.kind === 'rejected') return { ...seen.failure, message: `DescribeKey of ${keyId}: ${seen.failure.message}` };
  const message = `KMS does not show ${keyId} as Disabled, 5 minutes after it accepted DisableKey`;
  return { code: 'NOT_OBSERVED', message, class: 'unclear' };
}

/** `rejected`: KMS does not let cks describe the key, so nothing can be observed. */
export type Seen = { readonly kind: 'shown' | 'notShown' } | { readonly kind: 'rejected'; readonly failure: Failure };

interface Patience {
  /** Also where KMS gives no answer. By default 5 minutes, and then until it gives one. */
  readonly withinMs?: number;
  /** Whether the answer is still needed. */
  readonly isOver?: () => boolean;
  readonly signal?: AbortSignal;
}

export function observeDisabled(run: Run, keyId: string, patience?: Patience): Promise<Seen> {
  return observeState(run, keyId, (keyState) => keyState === 'Disabled', patience);
}

/** In any other state than Disabled: what a deletion or the store does to the key is no disabling. */
export function observeEnabled(run: Run, keyId: string): Promise<Seen> {
  return observeState(run, keyId, (keyState) => keyState !== 'Disabled');
}

async function observeState(
  run: Run,
  keyId: string,
  isAsWanted: (keyState: string) => boolean,
  { withinMs, isOver = () => false, signal }: Patience = {},
): Promise<Seen> {
  const untilMs = run.clock.now() + (withinMs ?? shownWithinMs);
  for (;;) {
    const patience = { signal, withinMs: shownWithinMs, isOver: () => withinMs !== undefined || isOver() };
    const reply = await askUntilAnswered(run, () => run.keys.describe(keyId), patience);
    if (reply.ok && isAsWanted(reply.value.keyState)) return { kind: 'shown' };
    if (!reply.ok && isRejection(reply.failure.class)) return { kind: 'rejected', failure: reply.failure };
    if (isOver() || run.clock.now() >= untilMs) return { kind: 'notShown' };
    await run.clock.sleep(observeAgainMs, signal);
  }
}
