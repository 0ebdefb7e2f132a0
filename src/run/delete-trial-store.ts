/** Takes the trial store of a trial connect away, in whatever state it was left. A store in transition is waited for. */
import type { Observation, Write } from '../../machines/safe-update/index.ts';
import type { KeyStore } from '../domain/key-store.ts';
import { maxConnectWaitMs } from '../domain/policy.ts';
import { graceMs } from '../domain/stale-reads.ts';
import type { Run } from './run.ts';
import { isAbsent, type TrialStore } from './trial-store.ts';

const tries = 3;

/** Null when it is gone, else why it is left. `seen`: its steady state, where that is known. */
export async function takeAway(
  run: Run,
  trialStore: TrialStore,
  idOrName: string,
  observed?: Observation,
): Promise<string | null> {
  const { policy } = run.input.request;
  // Long enough to tell one that is not shown yet from one that is not there.
  const steadyWithinMs = Math.max(maxConnectWaitMs(policy, 'EXTERNAL_KEY_STORE'), 2 * graceMs);
  let steady = observed;
  let left = '';
  for (let nth = 1; nth <= tries; nth += 1) {
    if (!steady) {
      const settled = await trialStore.wait('settled', idOrName, steadyWithinMs);
      if (isAbsent(settled)) return null;
      if (settled.kind !== 'reached')
        return settled.failure?.message ?? `it is ${settled.observed?.store.connectionState}`;
      steady = settled.observed;
    }
    const { customKeyStoreId, connectionState } = steady.store;
    if (connectionState !== 'DISCONNECTED') {
      const disconnected = await disconnect(trialStore, steady);
      if (isFinal(disconnected)) return explainWrite(disconnected);
      const settled = await trialStore.wait('DISCONNECTED', customKeyStoreId, policy.maxDisconnectWaitMs);
      steady = settled.kind === 'reached' ? settled.observed : undefined;
      left = `it is ${settled.observed?.store.connectionState}`;
      if (!steady) continue;
    }
    const deleted = await remove(trialStore, steady);
    const mayBeGone = deleted.kind === 'accepted' || (deleted.kind === 'foreign' && deleted.mayBeDone);
    if (mayBeGone) return trialStore.awaitGone(customKeyStoreId);
    left = explainWrite(deleted);
    if (isFinal(deleted)) return left;
    steady = undefined;
  }
  return left;
}

/** A no that another try would not change. */
const isFinal = (write: Write) => write.kind === 'refused' && write.failure.class !== 'invalidState';

const isDisconnected = ({ connectionState }: KeyStore) => connectionState === 'DISCONNECTED';

function disconnect(trialStore: TrialStore, observed: Observation): Promise<Write> {
  return trialStore.write(
    'disconnect',
    {
      operation: 'DisconnectCustomKeyStore',
      from: [observed.store.connectionState],
      isDone: ({ connectionState }) => ['DISCONNECTING', 'DISCONNECTED'].includes(connectionState),
      isNotDone: ({ connectionState }) => ['CONNECTED', 'FAILED'].includes(connectionState),
    },
    observed,
  );
}

/** While Describe shows it, it is not deleted. */
function remove(trialStore: TrialStore, observed: Observation): Promise<Write> {
  return trialStore.write(
    'delete',
    { operation: 'DeleteCustomKeyStore', from: ['DISCONNECTED'], isDone: () => false, isNotDone: isDisconnected },
    observed,
  );
}

function explainWrite(write: Write): string {
  if (write.kind === 'accepted') return 'KMS accepted the call';
  return write.kind === 'foreign' ? write.detail : write.failure.message;
}
