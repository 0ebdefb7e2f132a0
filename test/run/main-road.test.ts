import { expect, it } from 'vitest';
import { createWorld } from '../support/world.ts';

it('moves a CloudHSM store to a related cluster: describe, disconnect, update, connect', async () => {
  const world = createWorld();
  const [first, second] = world.simulator.describeWorld().clusters;
  const store = world.simulator.addStore({ ConnectionState: 'CONNECTED', CloudHsmClusterId: first?.clusterId ?? '' });

  const result = await world.run({
    store,
    change: { CloudHsmClusterId: second?.clusterId ?? '' },
    policy: { accept: ['outage'] },
  });

  expect(world.trace.lines).toMatchInlineSnapshot(`
    [
      "describing: Describe→CONNECTED",
      "planning",
      "checking",
      "approving",
      "disconnecting.calling: Disconnect",
      "disconnecting.settling: Describe→DISCONNECTING ×8, Describe→DISCONNECTED",
      "updating: Update(CloudHsmClusterId)",
      "connecting.calling: Connect",
      "connecting.settling: Describe→CONNECTING ×4, Describe→CONNECTED",
      "proving",
      "verifying: Describe→CONNECTED",
      "updated",
    ]
  `);
  expect(result).toMatchInlineSnapshot(`
    {
      "after": {
        "connectionState": "CONNECTED",
        "customKeyStoreId": "cks-026ffd3548cad860a",
        "customKeyStoreType": "AWS_CLOUDHSM",
        "settings": {
          "CloudHsmClusterId": "cluster-oua4btlwz2x",
          "NewCustomKeyStoreName": "store-1",
        },
      },
      "before": {
        "connectionState": "CONNECTED",
        "customKeyStoreId": "cks-026ffd3548cad860a",
        "customKeyStoreType": "AWS_CLOUDHSM",
        "settings": {
          "CloudHsmClusterId": "cluster-3pr2epsys2u",
          "NewCustomKeyStoreName": "store-1",
        },
      },
      "calls": {
        "ConnectCustomKeyStore": 1,
        "DescribeCustomKeyStores": 16,
        "DisconnectCustomKeyStore": 1,
        "UpdateCustomKeyStore": 1,
      },
      "changes": [
        {
          "from": "cluster-3pr2epsys2u",
          "property": "CloudHsmClusterId",
          "restorable": true,
          "secret": false,
          "to": "cluster-oua4btlwz2x",
        },
      ],
      "checks": [],
      "customKeyStoreId": "cks-026ffd3548cad860a",
      "endedAt": "2026-11-24T03:00:24.435Z",
      "offlineMs": 23135,
      "outcome": "updated",
      "path": "offline",
      "proof": {
        "status": "unproven",
      },
      "runId": "run-1",
      "settings": "new",
      "startedAt": "2026-11-24T03:00:00.000Z",
    }
  `);
});
