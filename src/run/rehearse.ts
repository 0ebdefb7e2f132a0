/** Rehearses a change: KMS connects a throw-away store with the new settings, which is taken away again whatever happens. */
import type { Checked, Questions, Settled, Sighting, Stamped } from '../../machines/safe-update/index.ts';
import { type CheckFinding, weighUnknown } from '../domain/checks.ts';
import type { KeyStore } from '../domain/key-store.ts';
import { connectDeadlineMs } from '../domain/policy.ts';
import {
  judgeRehearsal,
  nameRehearsal,
  type RehearsalEnd,
  rehearsalCheck,
  rehearsedChange,
  rehearsedSettings,
} from '../domain/rehearsal.ts';
import { createThrowAway } from './create-throw-away.ts';
import type { Run } from './run.ts';
import { takeAway } from './take-away.ts';
import { openThrowAway, type ThrowAway } from './throw-away.ts';

export async function rehearse(run: Run, { store, plan }: Questions['rehearse']): Promise<Stamped<Checked>> {
  const { previous, policy } = run.input.order;
  const change = rehearsedChange(store, plan.send, previous);
  const throwAway = openThrowAway(run, rehearsedSettings(nameRehearsal(run.input.runId), change));
  const finding = weighUnknown(await findOut(), plan);
  return run.host.step('rehearse', null, async () => ({
    kind: 'checked',
    findings: [finding],
    calls: throwAway.calls,
  }));

  async function findOut(): Promise<CheckFinding> {
    if (policy.skipChecks.includes(rehearsalCheck))
      return { check: rehearsalCheck, status: 'skipped', message: 'left out by --skip-check' };
    if (plan.rehearsal?.kind === 'needless')
      return { check: rehearsalCheck, status: 'skipped', message: `${plan.rehearsal.why}: nothing to rehearse` };
    if (plan.rehearsal?.kind === 'impossible')
      return { check: rehearsalCheck, status: 'unknown', message: `cannot be rehearsed: ${plan.rehearsal.why}` };
    const denied = await askRights(run, throwAway);
    return denied ? judgeRehearsal(denied, throwAway.name, null) : tryOut();
  }

  async function tryOut(): Promise<CheckFinding> {
    const { name } = throwAway;
    const sending = { operation: 'CreateCustomKeyStore', name, change };
    const { value: created, cancelRequested } = await throwAway.step('create', sending, ({ rerun }) =>
      createThrowAway(run, throwAway, change, rerun),
    );
    if (created.kind === 'refused') {
      const end: RehearsalEnd = { kind: 'refused', operation: 'CreateCustomKeyStore', failure: created.failure };
      return judgeRehearsal(end, name, created.mayBeDone ? await takeAway(run, throwAway, name) : null);
    }
    const { customKeyStoreId } = created.seen.store;
    if (cancelRequested) {
      return judgeRehearsal({ kind: 'stopped' }, name, await takeAway(run, throwAway, customKeyStoreId, created.seen));
    }
    const { end, seen } = await connect(throwAway, created.seen, connectDeadlineMs(policy, store.customKeyStoreType));
    return judgeRehearsal(end, name, await takeAway(run, throwAway, customKeyStoreId, seen));
  }
}

/** Nobody shall make what he may not take away again. A store that cannot exist tells, as the checks do it. */
async function askRights({ kms, input, count }: Run, throwAway: ThrowAway): Promise<RehearsalEnd | null> {
  const probeId = `cks-permission-probe-${input.runId}`.slice(0, 64);
  const { value } = await throwAway.step('rights', null, async () => {
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
  throwAway: ThrowAway,
  created: Sighting,
  withinMs: number,
): Promise<{ readonly end: RehearsalEnd; readonly seen?: Sighting }> {
  const operation = 'ConnectCustomKeyStore';
  const isUndone = ({ connectionState }: KeyStore) => connectionState === 'DISCONNECTED';
  const isDone = (store: KeyStore) => !isUndone(store);
  const write = await throwAway.write('connect', { operation, from: ['DISCONNECTED'], isDone, isUndone }, created);
  if (write.kind === 'refused')
    return { end: { kind: 'refused', operation, failure: write.failure }, seen: write.seen };
  if (write.kind === 'foreign') return { end: { kind: 'unclear', detail: write.detail } };
  if (write.kind !== 'accepted') return { end: { kind: 'unclear', detail: write.failure.message } };
  return judgeWait(await throwAway.wait('CONNECTED', created.store.customKeyStoreId, withinMs));
}

function judgeWait(settled: Settled): { readonly end: RehearsalEnd; readonly seen?: Sighting } {
  switch (settled.kind) {
    case 'reached':
      return { end: { kind: 'connected' }, seen: settled.seen };
    case 'failed':
      return { end: { kind: 'failed', store: settled.seen.store }, seen: settled.seen };
    case 'overdue':
      return { end: { kind: 'overdue', state: settled.seen?.store.connectionState ?? 'it cannot be described' } };
    default:
      return {
        end: { kind: 'unclear', detail: settled.failure?.message ?? `it is ${settled.seen?.store.connectionState}` },
      };
  }
}
