// The new endpoint was mistyped, and KMS finds no proxy there. With `onFailure: 'hold'` the run breaks off while the store
// is offline, its journal kept; it is resumed with the right value, here or in another process.
import { resumeRun, UnfinishedRunError, updateStore } from 'cks-safe-update';
import { trialConnect } from './support.mjs';

await trialConnect(async (simulator, connection) => {
  simulator.addProxy({ endpoint: 'https://xsk.example.com', reachable: false });
  const customKeyStoreId = simulator.addStore({
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    ConnectionState: 'CONNECTED',
  });

  try {
    await updateStore({
      ...connection,
      customKeyStoreId,
      change: { XksProxyUriEndpoint: 'https://xsk.example.com' },
      accept: ['outage', 'unverified-keys', 'unknown:xks-proxy'],
      onFailure: 'hold',
    });
  } catch (error) {
    if (!(error instanceof UnfinishedRunError)) throw error;
    console.log(`${error.held.reason.code}; held while the store is ${error.lastSeen}`);

    const { outcome, after } = await resumeRun({
      runId: error.runId,
      change: { XksProxyUriEndpoint: 'https://xks.example.com' },
    });
    console.log(`${outcome}: the store is ${after.connectionState} at ${after.settings.XksProxyUriEndpoint}`);
  }
});
