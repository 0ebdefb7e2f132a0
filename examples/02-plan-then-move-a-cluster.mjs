// Looks first: what would happen, and which risks have to be accepted by name? Then does exactly that.
import { planUpdate, updateStore } from 'cks-safe-update';
import { trialConnect } from './support.mjs';

await trialConnect(async (simulator, connection) => {
  const [first, second] = simulator.describeWorld().clusters;
  simulator.addStore({
    CustomKeyStoreName: 'ledger',
    ConnectionState: 'CONNECTED',
    CloudHsmClusterId: first.clusterId,
  });
  const wanted = { ...connection, customKeyStoreId: 'ledger', change: { CloudHsmClusterId: second.clusterId } };

  const plan = await planUpdate(wanted);
  console.log(`${plan.verdict}: mode ${plan.mode}, to be accepted: ${plan.missing.join(', ')}`);

  const result = await updateStore({
    ...wanted,
    accept: plan.missing,
    onProgress: (event) => {
      if (event.type === 'state.entered') console.log(`  ${event.state}`);
    },
  });
  console.log(`${result.outcome}, ${result.offlineMs} ms offline, settings ${result.settings}`);
});
