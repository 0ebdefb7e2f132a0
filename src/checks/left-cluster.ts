/**
 * Whether the store once left the cluster that it is to return to. KMS keeps one password of kmsuser, and replaces it at each
 * connect: after a connect to another cluster it does not know the one of the first any more (CloudHSM key stores,
 * "Connect a custom key store"). The journals of earlier runs tell.
 */
import type { BuiltInCheck } from './rights.ts';
import type { EarlierRuns } from './unfinished-runs.ts';

/** `own`: the run itself, and the one that it resumes. */
export function createLeftClusterCheck(
  list: (customKeyStoreId: string) => Promise<EarlierRuns>,
  own: readonly string[],
): BuiltInCheck {
  return {
    name: 'left-cluster',
    async run({ customKeyStoreId }, { send, wantedState }) {
      const { CloudHsmClusterId: clusterId, KeyStorePassword: password } = send;
      if (clusterId === undefined || password !== undefined || wantedState !== 'CONNECTED') return null;
      const { runs } = await list(customKeyStoreId);
      const left = runs.find(
        ({ runId, customKeyStoreId: id, firstClusterId, lastClusterId, outcome }) =>
          !own.includes(runId) &&
          id === customKeyStoreId &&
          outcome === 'updated' &&
          firstClusterId === clusterId &&
          lastClusterId !== clusterId,
      );
      if (left === undefined) return null;
      return {
        status: 'failed',
        message: `run ${left.runId} moved the store from ${clusterId} to ${left.lastClusterId}, and KMS replaced the password of kmsuser when it connected there: KMS does not know the one of ${clusterId} any more, so its login would be refused. Set a password with the CloudHSM CLI, and give it with --key-store-password`,
        curedBy: 'KeyStorePassword',
      };
    },
  };
}
