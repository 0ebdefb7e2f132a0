/** Takes the throw-away store of a rehearsal away, in whatever state it was left. A store in transition is waited for. */
import type { Sighting, Write } from '../../machines/safe-update/index.ts';
import type { KeyStore } from '../domain/key-store.ts';
import { connectDeadlineMs } from '../domain/policy.ts';
import { graceMs } from '../domain/stale-reads.ts';
import type { Run } from './run.ts';
import { isAbsent, type ThrowAway } from './throw-away.ts';

const tries = 3;

/** Null when it is gone, else why it is left. `seen`: its steady state, where that is known. */
export async function takeAway(
  run: Run,
  throwAway: ThrowAway,
  idOrName: string,
  seen?: Sighting,
): Promise<string | null> {
  const { policy } = run.input.order;
  // Long enough to tell one that is not shown yet from one that is not there.
  const steadyWithinMs = Math.max(connectDeadlineMs(policy, 'EXTERNAL_KEY_STORE'), 2 * graceMs);
  let steady = seen;
  let left = '';
  for (let nth = 1; nth <= tries; nth += 1) {
    if (!steady) {
      const settled = await throwAway.wait('settled', idOrName, steadyWithinMs);
      if (isAbsent(settled)) return null;
      if (settled.kind !== 'reached') return settled.failure?.message ?? `it is ${settled.seen?.store.connectionState}`;
      steady = settled.seen;
    }
    const { customKeyStoreId, connectionState } = steady.store;
    if (connectionState !== 'DISCONNECTED') {
      const disconnected = await disconnect(throwAway, steady);
      if (isFinal(disconnected)) return explainWrite(disconnected);
      const settled = await throwAway.wait('DISCONNECTED', customKeyStoreId, policy.disconnectDeadlineMs);
      steady = settled.kind === 'reached' ? settled.seen : undefined;
      left = `it is ${settled.seen?.store.connectionState}`;
      if (!steady) continue;
    }
    const deleted = await remove(throwAway, steady);
    const mayBeGone = deleted.kind === 'accepted' || (deleted.kind === 'foreign' && deleted.mayBeDone);
    if (mayBeGone) return throwAway.awaitGone(customKeyStoreId);
    left = explainWrite(deleted);
    if (isFinal(deleted)) return left;
    steady = undefined;
  }
  return left;
}

/** A no that another try would not change. */
const isFinal = (write: Write) => write.kind === 'refused' && write.failure.class !== 'invalidState';

const isDisconnected = ({ connectionState }: KeyStore) => connectionState === 'DISCONNECTED';

function disconnect(throwAway: ThrowAway, seen: Sighting): Promise<Write> {
  return throwAway.write(
    'disconnect',
    {
      operation: 'DisconnectCustomKeyStore',
      from: [seen.store.connectionState],
      isDone: ({ connectionState }) => ['DISCONNECTING', 'DISCONNECTED'].includes(connectionState),
      isUndone: ({ connectionState }) => ['CONNECTED', 'FAILED'].includes(connectionState),
    },
    seen,
  );
}

/** While Describe shows it, it is not deleted. */
function remove(throwAway: ThrowAway, seen: Sighting): Promise<Write> {
  return throwAway.write(
    'delete',
    { operation: 'DeleteCustomKeyStore', from: ['DISCONNECTED'], isDone: () => false, isUndone: isDisconnected },
    seen,
  );
}

function explainWrite(write: Write): string {
  if (write.kind === 'accepted') return 'KMS accepted the call';
  return write.kind === 'foreign' ? write.detail : write.failure.message;
}
