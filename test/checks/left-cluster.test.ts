/** A cluster that the store has left: KMS does not know its password any more. */
import { describe, expect, it } from 'vitest';
import { createLeftClusterCheck } from '../../src/checks/left-cluster.ts';
import type { EarlierRun } from '../../src/checks/unfinished-runs.ts';
import { makePlan } from '../../src/domain/plan.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';

const [first, second] = ['cluster-aaaaaaaaaaa', 'cluster-bbbbbbbbbbb'];
const store = {
  customKeyStoreId: 'cks-1234567890abcdef0',
  customKeyStoreType: 'AWS_CLOUDHSM',
  connectionState: 'CONNECTED',
  settings: { name: 'hsm', CloudHsmClusterId: second },
} as const;
const moved: EarlierRun = {
  runId: 'run-1',
  startedAtMs: 1,
  customKeyStoreId: store.customKeyStoreId,
  hasWritten: true,
  mayLeaveStore: false,
  hasEnded: true,
  outcome: 'updated',
  resumedFrom: null,
  firstClusterId: first,
  lastClusterId: second,
};

const observe = (runs: readonly EarlierRun[], change: Parameters<typeof makePlan>[1]['change']) => {
  const plan = makePlan(store, { change, previous: {}, policy: defaultPolicy });
  const check = createLeftClusterCheck(async () => ({ runs, problems: [] }), ['own']);
  return check.run(store, plan, new AbortController().signal);
};

describe('the check of a cluster that the store has left', () => {
  it('fails a return without a new password, and names the run that left it', async () => {
    const found = await observe([moved], { CloudHsmClusterId: first });
    expect(found).toMatchObject({ status: 'failed', curedBy: 'KeyStorePassword' });
    expect(found?.message).toContain(`run run-1 moved the store from ${first} to ${second}`);
  });

  it('says nothing of a return with a new password, of another cluster, or of a move that was rolled back', async () => {
    expect(await observe([moved], { CloudHsmClusterId: first, KeyStorePassword: 'env:PASSWORD' })).toBeNull();
    expect(await observe([moved], { CloudHsmClusterId: 'cluster-ccccccccccc' })).toBeNull();
    expect(await observe([{ ...moved, outcome: 'rolledBack' }], { CloudHsmClusterId: first })).toBeNull();
    expect(await observe([{ ...moved, runId: 'own' }], { CloudHsmClusterId: first })).toBeNull();
  });
});
