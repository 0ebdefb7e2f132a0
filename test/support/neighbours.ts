/** What stands around KMS, over HTTP: a simulator and the ports to it, as one connection has them. */

import { vi } from 'vitest';
import { createClusters } from '../../src/cloudhsm/clusters.ts';
import { createAskEc2 } from '../../src/ec2/client.ts';
import { createEndpointServices } from '../../src/ec2/endpoint-services.ts';
import { createNetwork } from '../../src/ec2/network.ts';
import { createClient } from '../../src/kms/client.ts';
import { createSimulator, serveSimulator } from '../../src/simulator/index.ts';

export const startedAtMs = Date.UTC(2026, 0, 1);

export async function serveNeighbours() {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'canary-of-a-secret');
  vi.stubEnv('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true');
  const simulator = createSimulator({ seed: 1, now: () => startedAtMs });
  const server = await serveSimulator(simulator);
  const client = createClient({ region: 'us-east-1', endpoint: server.url });
  const neighbourhood = { current: () => client, endpoint: server.url };
  const ask = createAskEc2(neighbourhood);
  const [first, restored, unrelated] = simulator.describeWorld().clusters.map(({ clusterId }) => clusterId);
  return {
    simulator,
    ids: { first: first ?? '', restored: restored ?? '', unrelated: unrelated ?? '' },
    clusters: createClusters(neighbourhood),
    network: createNetwork(ask),
    endpointServices: createEndpointServices(ask),
    async close() {
      client.destroy();
      await server.close();
      vi.unstubAllEnvs();
    },
  };
}

export type Neighbours = Awaited<ReturnType<typeof serveNeighbours>>;
