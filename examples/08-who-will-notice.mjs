// Before an outage: who uses the keys of a store, how often, and what happens to them? Reads only, and uses no key.
import { setTimeout as sleep } from 'node:timers/promises';
import { findImpact } from 'cks-safe-update';
import { trialConnect } from './support.mjs';

await trialConnect(async (simulator, connection) => {
  simulator.addStore({
    CustomKeyStoreName: 'ledger',
    ConnectionState: 'CONNECTED',
    keys: [
      {
        AliasName: 'alias/ledger',
        grants: [{ GranteePrincipal: 'rds.amazonaws.com', Operations: ['Decrypt', 'GenerateDataKey'] }],
      },
    ],
  });
  simulator.orderTraffic({ key: 'alias/ledger', operation: 'Decrypt', everyMs: 30_000, principal: 'role/ledger-api' });
  // Half an hour of the simulator: CloudTrail shows a call minutes after it was made.
  await sleep(1_000);

  const { users, consequences, gaps } = await findImpact({ ...connection, customKeyStoreId: 'ledger' });
  for (const { what, why } of gaps) console.log(`not known: ${what}: ${why}`);
  for (const { service, text } of consequences) console.log(`${service}: ${text}`);
  for (const { name, keys } of users) {
    const isSeen = keys.some(({ seen }) => seen !== undefined);
    const grants = keys.reduce((sum, key) => sum + key.grants, 0);
    console.log(`${name}: ${isSeen ? 'seen' : 'not seen'} by CloudTrail, ${grants} grants`);
  }
});
