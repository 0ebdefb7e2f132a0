/** What stands around KMS, over HTTP: a simulator, the ports to it as one connection has them, and checks that look. */
import { expect, onTestFinished, vi } from 'vitest';
import { createAskCloudHsm } from '../../src/aws/cloudhsm/client.ts';
import { createClusters } from '../../src/aws/cloudhsm/clusters.ts';
import { createAskEc2 } from '../../src/aws/ec2/client.ts';
import { createEndpointServices } from '../../src/aws/ec2/endpoint-services.ts';
import { createNetwork } from '../../src/aws/ec2/network.ts';
import { createClient, createSend } from '../../src/aws/kms/client.ts';
import { createKms, readStore } from '../../src/aws/kms/kms.ts';
import type { Change } from '../../src/domain/change.ts';
import { makePlan } from '../../src/domain/plan.ts';
import { defaultPolicy, type Policy } from '../../src/domain/policy.ts';
import type { Check } from '../../src/ports/checks.ts';
import { createSimulator, serveSimulator } from '../../src/simulator/index.ts';
import { keep } from './servers.ts';

export const startedAtMs = Date.UTC(2026, 0, 1);

const canary = 'canary-of-a-secret-access-key';
const instantClock = { now: () => 0, sleep: async () => undefined };

export async function serveNeighbours() {
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', canary);
  onTestFinished(() => void vi.unstubAllEnvs());
  const simulator = createSimulator({ seed: 1, now: () => startedAtMs });
  const server = keep(await serveSimulator(simulator));
  const client = createClient({ region: simulator.region, endpoint: server.url });
  onTestFinished(() => client.destroy());
  const neighbourhood = { current: () => client, endpoint: server.url };
  const askEc2 = createAskEc2(neighbourhood);
  const [first, restored, unrelated] = simulator.describeWorld().clusters.map(({ clusterId }) => clusterId);
  return {
    simulator,
    ids: { first: first ?? '', restored: restored ?? '', unrelated: unrelated ?? '' },
    kms: createKms(
      createSend(() => client),
      instantClock,
    ),
    clusters: createClusters(createAskCloudHsm(neighbourhood)),
    network: createNetwork(askEc2),
    endpointServices: createEndpointServices(askEc2),
    /** Every call of the operation is denied. */
    deny: (operation: string) => simulator.failNext(operation, 'AccessDeniedException', { times: 100 }),
    /** What the check finds before the store is changed so. */
    async observe(check: Check, customKeyStoreId: string, change: Change, policy: Partial<Policy> = {}) {
      const store = readStore({ ...simulator.store(customKeyStoreId) });
      const plan = makePlan(store, { change, previous: {}, policy: { ...defaultPolicy, ...policy } });
      const finding = await check.run(store, plan, new AbortController().signal);
      expect(JSON.stringify(finding)).not.toContain(canary);
      return finding;
    },
  };
}

export type Neighbours = Awaited<ReturnType<typeof serveNeighbours>>;
