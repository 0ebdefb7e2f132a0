/** Rehearses a change: KMS connects a trial store with the new settings, which is taken away again whatever happens. */
import type { ActorInputs, Checked, Observation, Settled, Stamped } from '../../machines/safe-update/index.ts';
import { type CheckFinding, weighUnknown } from '../domain/checks.ts';
import type { KeyStore } from '../domain/key-store.ts';
import { trialStoreChange, trialStoreSettings } from '../domain/plan-trial-connect.ts';
import { maxConnectWaitMs } from '../domain/policy.ts';
import { judgeTrialConnect, nameTrialStore, type TrialConnectEnd, trialConnectCheck } from '../domain/trial-connect.ts';
import { createTrialStore } from './create-trial-store.ts';
import { takeAway } from './delete-trial-store.ts';
import type { Run } from './run.ts';
import { openTrialStore, type TrialStore } from './trial-store.ts';

export async function trialConnect(run: Run, { store, plan }: ActorInputs['trialConnect']): Promise<Stamped<Checked>> {
  const { previous, policy } = run.input.request;
  const change = trialStoreChange(store, plan.send, previous);
  const trialStore = openTrialStore(run, trialStoreSettings(nameTrialStore(run.input.runId), change));
  const finding = weighUnknown(await findOut(), plan);
  return run.host.step('trialConnect', null, async () => ({
    kind: 'checked',
    findings: [finding],
    calls: trialStore.calls,
  }));

  async function findOut(): Promise<CheckFinding> {
    if (policy.skipChecks.includes(trialConnectCheck))
      return { check: trialConnectCheck, status: 'skipped', message: 'because of --skip-check' };
    if (plan.trialConnectPlan?.kind === 'needless')
      return { check: trialConnectCheck, status: 'skipped', message: `${plan.trialConnectPlan.why}: nothing to try` };
    if (plan.trialConnectPlan?.kind === 'impossible')
      return { check: trialConnectCheck, status: 'unknown', message: `cannot be tried: ${plan.trialConnectPlan.why}` };
    const denied = await askRights(run, trialStore);
    return denied ? judgeTrialConnect(denied, trialStore.name, null) : tryOut();
  }

  async function tryOut(): Promise<CheckFinding> {
    const { name } = trialStore;
    const sending = { operation: 'CreateCustomKeyStore', name, change };
    const { value: created, cancelRequested } = await trialStore.step('create', sending, ({ rerun }) =>
      createTrialStore(run, trialStore, change, rerun),
    );
    if (created.kind === 'refused') {
      const end: TrialConnectEnd = { kind: 'refused', operation: 'CreateCustomKeyStore', failure: created.failure };
      return judgeTrialConnect(end, name, created.mayBeDone ? await takeAway(run, trialStore, name) : null);
    }
    const { customKeyStoreId } = created.observed.store;
    if (cancelRequested) {
      return judgeTrialConnect(
        { kind: 'stopped' },
        name,
        await takeAway(run, trialStore, customKeyStoreId, created.observed),
      );
    }
    const { end, observed } = await connect(
      trialStore,
      created.observed,
      maxConnectWaitMs(policy, store.customKeyStoreType),
    );
    return judgeTrialConnect(end, name, await takeAway(run, trialStore, customKeyStoreId, observed));
  }
}

/** cks creates a trial store only if it may delete it again. As in the checks, a store that cannot exist shows the right. */
async function askRights({ kms, input, count }: Run, trialStore: TrialStore): Promise<TrialConnectEnd | null> {
  const probeId = `cks-permission-probe-${input.runId}`.slice(0, 64);
  const { value } = await trialStore.step('rights', null, async () => {
    for (const [operation, ask] of [
      ['DisconnectCustomKeyStore', kms.disconnect],
      ['DeleteCustomKeyStore', kms.delete],
    ] as const) {
      const reply = await count(operation, ask(probeId));
      if (!reply.ok && reply.failure.class === 'denied')
        return { end: { kind: 'refused', operation, failure: reply.failure } as const };
    }
    return { end: null };
  });
  return value.end;
}

/** `seen`: how it was seen last, where that is something to go on from. */
async function connect(
  trialStore: TrialStore,
  created: Observation,
  withinMs: number,
): Promise<{ readonly end: TrialConnectEnd; readonly observed?: Observation }> {
  const operation = 'ConnectCustomKeyStore';
  const isNotDone = ({ connectionState }: KeyStore) => connectionState === 'DISCONNECTED';
  const isDone = (store: KeyStore) => !isNotDone(store);
  const write = await trialStore.write('connect', { operation, from: ['DISCONNECTED'], isDone, isNotDone }, created);
  if (write.kind === 'refused')
    return { end: { kind: 'refused', operation, failure: write.failure }, observed: write.observed };
  if (write.kind === 'foreign') return { end: { kind: 'unclear', detail: write.detail } };
  if (write.kind !== 'accepted') return { end: { kind: 'unclear', detail: write.failure.message } };
  return judgeWait(await trialStore.wait('CONNECTED', created.store.customKeyStoreId, withinMs));
}

function judgeWait(settled: Settled): { readonly end: TrialConnectEnd; readonly observed?: Observation } {
  switch (settled.kind) {
    case 'reached':
      return { end: { kind: 'connected' }, observed: settled.observed };
    case 'failed':
      return { end: { kind: 'failed', store: settled.observed.store }, observed: settled.observed };
    case 'overdue':
      return { end: { kind: 'overdue', state: settled.observed?.store.connectionState ?? 'it cannot be described' } };
    case 'foreign':
    case 'unmoved':
    case 'stopped':
    case 'cutOff':
      return {
        end: {
          kind: 'unclear',
          detail: settled.failure?.message ?? `it is ${settled.observed?.store.connectionState}`,
        },
      };
  }
}
