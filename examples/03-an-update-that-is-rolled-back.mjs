// Moves a store to a cluster from an old backup, whose kmsuser password KMS does not know. The connect fails, and the
// store is brought back to its old cluster. Nothing is thrown: a rollback is a result.
import { updateStore } from 'cks-safe-update';
import { trialConnect } from './support.mjs';

await trialConnect(async (simulator, connection) => {
  const [first] = simulator.describeWorld().clusters;
  const customKeyStoreId = simulator.addStore({ ConnectionState: 'CONNECTED', CloudHsmClusterId: first.clusterId });

  const { outcome, settings, reason, after } = await updateStore({
    ...connection,
    customKeyStoreId,
    change: { CloudHsmClusterId: simulator.addCluster({ restoredFrom: first.clusterId, backup: 'old' }) },
    accept: ['outage'],
  });

  console.log(`${outcome}: ${reason.code}; the store is ${after.connectionState} with the ${settings} settings`);
});
