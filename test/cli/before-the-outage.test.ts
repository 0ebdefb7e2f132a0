/** What cks finds out before it takes a store offline, because it would be found out offline else. */
import { afterAll, beforeAll, describe, expect, vi } from 'vitest';
import { type Here, test } from '../support/here.ts';
import { stubSurroundings } from '../support/in-process.ts';
import { newCredential, oldCredential } from '../support/stores.ts';

const undo = { surroundings: () => {} };
beforeAll(() => {
  undo.surroundings = stubSurroundings();
  vi.stubEnv('OLD', oldCredential.RawSecretAccessKey);
  vi.stubEnv('NEW', newCredential.RawSecretAccessKey);
});
afterAll(() => undo.surroundings());

interface Told {
  readonly outcome?: string;
  readonly reason?: { readonly code: string; readonly message: string };
  readonly checks: readonly { readonly check: string; readonly status: string; readonly message: string }[];
  readonly missing: readonly string[];
}

const hour = 3_600_000;

/** Calls that KMS accepted and that changed a store. */
const writes = ({ simulator }: Here, id: string) =>
  simulator.calls.filter(
    ({ operation, input }) => /^(Update|Connect|Disconnect)/.test(operation) && JSON.stringify(input).includes(id),
  );

describe.concurrent('before the outage', { timeout: 60_000 }, () => {
  test('a cluster that lacks keys of the store is refused until missing-keys is accepted by name', async ({ here }) => {
    const { simulator, clock, cks } = here;
    const blue = simulator.addCluster();
    const old = simulator.addCluster({ restoredFrom: blue, backupAtMs: clock() - 72 * hour });
    const id = simulator.addStore({
      CustomKeyStoreName: 'ledger',
      CloudHsmClusterId: blue,
      ConnectionState: 'CONNECTED',
      keys: [
        { AliasName: 'alias/new', CreationDate: (clock() - hour) / 1000 },
        { AliasName: 'alias/old', CreationDate: (clock() - 200 * hour) / 1000 },
      ],
    });
    const move = ['ledger', '--cloud-hsm-cluster-id', old];

    const refused = await cks('update', ...move, '--accept', 'outage', '--yes');
    const plan = await cks('plan', ...move, '--output', 'text');

    expect(refused.exitCode).toBe(3);
    expect(refused.json<Told>()).toMatchObject({ outcome: 'refused', reason: { code: 'CONSENT_MISSING' } });
    expect(refused.stderr).toContain('--accept missing-keys');
    expect(writes(here, id)).toEqual([]);
    expect(plan.stdout.replace(/\s+/g, ' ')).toMatch(
      /missing-keys the new cluster lacks keys of the store: .* cannot go back to the old cluster .* 1 of 2 keys are younger than the backup/,
    );
  });

  test.for(['MODIFY_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS'] as const)(
    'a reconnect is refused while the cluster is %s',
    async (state, { here }) => {
      const { simulator, cks } = here;
      const cluster = simulator.addCluster({ state: state as 'MODIFY_IN_PROGRESS' });
      const id = simulator.addStore({
        CustomKeyStoreName: 'ledger',
        CloudHsmClusterId: cluster,
        ConnectionState: 'CONNECTED',
        keys: 2,
      });
      const refused = await cks('reconnect', 'ledger', '--accept', 'outage', '--yes');
      expect(refused.exitCode).toBe(3);
      expect(refused.json<Told>().reason).toMatchObject({
        code: 'CHECK_FAILED',
        message: expect.stringContaining(`${cluster} is ${state}`),
      });
      expect(writes(here, id)).toEqual([]);
    },
  );
});
