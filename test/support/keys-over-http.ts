/** The keys of a simulator over HTTP, as the SDK brings them, on a clock that is set by hand; until the test is over. */
import { onTestFinished } from 'vitest';
import { createAskCloudWatch } from '../../src/aws/cloudwatch/client.ts';
import { createKeyMetrics } from '../../src/aws/cloudwatch/key-metrics.ts';
import { createClient, createSend } from '../../src/aws/kms/client.ts';
import { createKeys } from '../../src/aws/kms/keys.ts';
import { readStore } from '../../src/aws/kms/kms.ts';
import { makePlan } from '../../src/domain/plan.ts';
import { defaultPolicy, type Policy } from '../../src/domain/policy.ts';
import { serveSimulator } from '../../src/simulator/index.ts';
import { setStage } from '../simulator/stage.ts';
import { keep } from './servers.ts';
import { oldEndpoint } from './stores.ts';

export async function serveKeys() {
  const stage = setStage({ seed: 1 });
  const { simulator } = stage;
  const server = keep(await serveSimulator(simulator));
  const client = createClient({ region: simulator.region, endpoint: server.url });
  onTestFinished(() => client.destroy());
  // Whoever sleeps wakes at once, and it is as much later.
  const clock = {
    now: stage.now,
    sleep: async (ms: number) => {
      await new Promise<void>((resolve) => setImmediate(resolve));
      stage.wait(ms);
    },
  };
  const see = (id: string) => readStore({ ...simulator.store(id) });
  return {
    ...stage,
    clock,
    keys: createKeys(
      createSend(() => client),
      clock,
    ),
    metrics: createKeyMetrics(createAskCloudWatch({ current: () => client, endpoint: server.url }), clock),
    see,
    addExternal: (description: Parameters<typeof simulator.addStore>[0] = {}) =>
      simulator.addStore({
        CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
        ConnectionState: 'CONNECTED',
        XksProxyUriEndpoint: oldEndpoint,
        ...description,
      }),
    plan: (id: string, change = {}, policy: Partial<Policy> = {}) =>
      makePlan(see(id), { change, previous: {}, policy: { ...defaultPolicy, ...policy } }),
    /** Disconnects the store, changes it, and connects it again. */
    move(id: string, change: object) {
      stage.disconnect(id);
      stage.wait(120_000);
      stage.update(id, change);
      return stage.connectAndWait(id);
    },
    /** How often each operation was called. */
    count: (operation: string) => simulator.calls.filter((call) => call.operation === operation).length,
  };
}

export type ServedKeys = Awaited<ReturnType<typeof serveKeys>>;
