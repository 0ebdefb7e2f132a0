// A stop never interrupts a call that changes the store. Asked for while the store goes offline, it brings it back.
import { reconnectStore } from 'cks-safe-update';
import { trialConnect } from './support.mjs';

await trialConnect(async (simulator, connection) => {
  const customKeyStoreId = simulator.addStore({
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    ConnectionState: 'CONNECTED',
  });
  const stop = new AbortController();

  const result = await reconnectStore({
    ...connection,
    customKeyStoreId,
    accept: ['outage'],
    signal: stop.signal,
    onProgress: ({ type, step, result }) => {
      if (type === 'step.finished' && step === 'disconnectStore' && result === 'accepted') stop.abort();
    },
  });

  console.log(`${result.outcome}: the store is ${result.after.connectionState}`);
});
