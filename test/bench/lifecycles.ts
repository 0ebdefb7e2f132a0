/** How many complete lifecycles one core carries a second, at the port and through the SDK client; and what a waiting run weighs. */

import type { ConnectionState, KeyStore } from '../../src/domain/key-store.ts';
import { noLogins } from '../../src/domain/logins.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { createLocalHost, createMemoryLog } from '../../src/hosts/local.ts';
import { createKms } from '../../src/kms/kms.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Kms } from '../../src/ports/kms.ts';
import { startRun } from '../../src/run/start.ts';
import type { Row } from './table.ts';

/** Never waits: every look comes at once, so that only the machinery is measured. */
const noWaitClock: Clock = { now: () => Date.now(), sleep: async () => undefined };

/** Waits for ever: the run stays where it first has to wait. */
const frozenClock: Clock = { now: () => 1_000, sleep: () => new Promise(() => undefined) };

/** A KMS that does at once what it is told. */
function createInstantKms(state: ConnectionState = 'CONNECTED'): Kms {
  let connectionState = state;
  let CloudHsmClusterId = 'cluster-aaaaaaaaaaa';
  const done = { ok: true, value: null, calls: 1 } as const;
  const store = (): KeyStore => ({
    customKeyStoreId: 'cks-1',
    customKeyStoreType: 'AWS_CLOUDHSM',
    connectionState,
    settings: { NewCustomKeyStoreName: 'hsm', CloudHsmClusterId },
  });
  return {
    describe: async () => ({ ok: true, value: store(), calls: 1 }),
    list: async () => ({ ok: true, value: [store()], calls: 1 }),
    async update(_id, values) {
      CloudHsmClusterId = String(values.CloudHsmClusterId);
      return done;
    },
    async connect() {
      connectionState = 'CONNECTED';
      return done;
    },
    async disconnect() {
      connectionState = 'DISCONNECTED';
      return done;
    },
    renewCredentials: async () => undefined,
  };
}

function startLifecycle(kms: Kms, clock: Clock) {
  const ports = {
    kms,
    secrets: { resolve: async () => '' },
    checks: [],
    prover: { prove: async () => ({ status: 'unproven' as const }) },
    lock: { acquire: async () => null, tell: () => undefined, release: async () => undefined },
    logins: { read: async () => noLogins, write: async () => undefined },
    clock,
    random: () => 0,
    host: createLocalHost(createMemoryLog(), clock),
    progress: () => undefined,
  };
  const order = {
    change: { CloudHsmClusterId: 'cluster-bbbbbbbbbbb' },
    previous: {},
    policy: { ...defaultPolicy, accept: ['outage'] as const },
  };
  const place = { region: 'us-east-1', account: 'unknown' };
  return startRun(ports, { runId: 'run', store: 'cks-1', place, order, startedAtMs: clock.now() });
}

async function countASecond(createPort: () => Kms): Promise<number> {
  const budgetMs = 3_000;
  for (let warm = 0; warm < 50; warm += 1) await startLifecycle(createPort(), noWaitClock);
  const from = performance.now();
  let count = 0;
  while (performance.now() - from < budgetMs) {
    const { outcome } = await startLifecycle(createPort(), noWaitClock);
    if (outcome !== 'updated') throw new Error(`a lifecycle ended ${outcome}`);
    count += 1;
  }
  return (count * 1_000) / (performance.now() - from);
}

/** The same KMS behind the real adapter and a real client whose handler answers in process. */
async function createSdkPort(): Promise<() => Kms> {
  const { KMSClient } = await import('@aws-sdk/client-kms');
  const { createSend } = await import('../../src/kms/client.ts');
  const { HttpResponse } = await import('@smithy/core/protocols');
  const { Readable } = await import('node:stream');
  return () => {
    const instant = createInstantKms();
    const handle = async (request: { headers: Record<string, string>; body?: string }) => {
      const operation = (request.headers['x-amz-target'] ?? '').replace('TrentService.', '');
      const input = JSON.parse(request.body ?? '{}') as { CustomKeyStoreId: string };
      let output: object = {};
      if (operation === 'ConnectCustomKeyStore') await instant.connect('cks-1');
      else if (operation === 'DisconnectCustomKeyStore') await instant.disconnect('cks-1');
      else if (operation === 'UpdateCustomKeyStore') await instant.update('cks-1', input as never);
      else output = { CustomKeyStores: [await showStore(instant)], Truncated: false };
      const body = Readable.from([JSON.stringify(output)]);
      return {
        response: new HttpResponse({
          statusCode: 200,
          headers: { 'content-type': 'application/x-amz-json-1.1' },
          body,
        }),
      };
    };
    const client = new KMSClient({
      region: 'us-east-1',
      maxAttempts: 1,
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
      requestHandler: { handle, metadata: { handlerProtocol: 'http/1.1' }, destroy: () => undefined } as never,
    });
    return createKms(createSend(client), noWaitClock);
  };
}

async function showStore(kms: Kms) {
  const reply = await kms.describe('cks-1');
  if (!reply.ok) throw new Error('the instant KMS always answers');
  const { customKeyStoreId, customKeyStoreType, connectionState, settings } = reply.value;
  return {
    CustomKeyStoreId: customKeyStoreId,
    CustomKeyStoreType: customKeyStoreType,
    CustomKeyStoreName: settings.NewCustomKeyStoreName,
    CloudHsmClusterId: settings.CloudHsmClusterId,
    ConnectionState: connectionState,
  };
}

export async function measureLifecycles(): Promise<readonly Row[]> {
  const atPort = await countASecond(() => createInstantKms());
  const throughSdk = await countASecond(await createSdkPort());
  return [
    {
      what: 'lifecycles a second, at the KMS port',
      value: atPort,
      unit: '/s',
      target: { atLeast: 500 },
      against: { what: 'through the SDK client', value: throughSdk },
    },
  ];
}

export async function measureMemory(): Promise<readonly Row[]> {
  const waiting = 10_000;
  // The first run pays for what all share.
  void startLifecycle(createInstantKms('CONNECTING'), frozenClock);
  await new Promise((resolve) => setImmediate(resolve));
  const before = readHeap();
  const port = createInstantKms('CONNECTING');
  for (let nth = 0; nth < waiting; nth += 1) void startLifecycle(port, frozenClock);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const kilobytes = (readHeap() - before) / waiting / 1_024;
  return [{ what: 'memory of a waiting run, 10,000 at once', value: kilobytes, unit: 'KB', target: { atMost: 40 } }];
}

function readHeap(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
