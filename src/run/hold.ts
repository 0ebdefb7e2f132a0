/** Waits for the operator while the store is offline, and looks at it when they are done. */
import type { Held, HoldQuestion, Sighting } from '../../machines/safe-update/index.ts';
import { mayLogIn } from '../domain/logins.ts';
import type { Risk } from '../domain/policy.ts';
import { mayBeStale } from '../domain/stale-reads.ts';
import type { HeldStore } from '../ports/holder.ts';
import { HeldError } from './errors.ts';
import { extendStaleReads } from './lost-time.ts';
import type { Run } from './run.ts';

const pauseMs = 1_000;

/** @throws {HeldError} where nobody can say that it is done: another process goes on with the run. */
export async function hold(run: Run, question: HoldQuestion, signal: AbortSignal): Promise<Held> {
  const held = describeHold(question);
  const { reason } = question;
  run.tell({ type: 'operator.awaited', ...(reason ? { reason: reason.message } : {}) });
  const release = (await run.holder?.wait(held, signal)) ?? { kind: 'left' };
  if (release.kind === 'left') throw new HeldError(held);
  // A hold may outlast the credentials of its beginning.
  await run.kms.renewCredentials();
  if (release.kind === 'givenUp') {
    const look = await run.look(question.store.customKeyStoreId);
    return { kind: 'givenUp', seen: look.kind === 'seen' ? look.seen : null };
  }
  const { correction, accepted } = release;
  const isToldAnew = correction.KeyStorePassword !== undefined || correction.CloudHsmClusterId !== undefined;
  const missing = isToldAnew ? [] : held.missing.filter((risk) => !accepted.includes(risk));
  if (missing.length > 0) throw new HeldError({ ...held, missing });
  const seen = await observeMoved(run, question);
  return { kind: 'released', correction, accepted, seen };
}

/**
 * A store that is not DISCONNECTED was moved by somebody, or is FAILED, unless the read is older than the last call: then it
 * is observed again. Null: the store cannot be observed.
 */
async function observeMoved(run: Run, { store, stale }: HoldQuestion): Promise<Sighting | null> {
  for (;;) {
    const look = await run.look(store.customKeyStoreId);
    if (look.kind === 'unreadable') return null;
    const { connectionState } = look.seen.store;
    const isStill = connectionState === 'DISCONNECTED';
    if (isStill || !mayBeStale(extendStaleReads(run, stale), connectionState, run.clock.now())) return look.seen;
    await run.clock.sleep(pauseMs);
  }
}

function describeHold({
  store,
  plan,
  reason,
  obstacle,
  settings,
  canRollBack,
  logins,
  accepted,
}: HoldQuestion): HeldStore {
  // Without a new password, going on means one more login with the one that was refused.
  const missing: Risk[] = reason !== null && !mayLogIn(logins, accepted) ? ['login'] : [];
  return { store, changes: plan.changes, settings, reason, obstacle, canRollBack, missing };
}
