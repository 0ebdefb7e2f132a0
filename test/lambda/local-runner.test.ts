/** The handler as it is deployed, on AWS's own local runner: real adapters, a simulator and a table over HTTP. */
import { LocalDurableTestRunner } from '@aws/durable-execution-sdk-js-testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RunResult } from '../../src/domain/outcome.ts';
import { readKeptLog } from '../../src/hosts/lambda-log.ts';
import { foldHistory } from '../../src/lambda/safe-update/history.ts';
import { createSafeUpdateHandler, type SafeUpdateEvent } from '../../src/lambda/safe-update/index.ts';
import { findLeft } from '../../src/lambda/safe-update/succession.ts';
import {
  createScaledClock,
  createSimulator,
  type Simulator,
  serveSimulator,
  serveXksProxy,
} from '../../src/simulator/index.ts';
import { createCollectingLogger } from '../support/collecting-logger.ts';
import { serveLambdaApi } from '../support/deployed.ts';
import { useFastTime } from '../support/fast-time.ts';
import { serveTable, tableName } from '../support/lock-tables.ts';
import { connectedExternal, newCredential, newEndpoint, oldCredential, oldEndpoint } from '../support/stores.ts';

useFastTime();

const closing: (() => Promise<void>)[] = [];
let simulator: Simulator;
let store: string;
let table: Awaited<ReturnType<typeof serveTable>>;
let handler: ReturnType<typeof createSafeUpdateHandler>;
/** What the function told: metrics, progress, and its log down to each request. */
const told: unknown[] = [];

beforeAll(async () => {
  await LocalDurableTestRunner.setupTestEnvironment();
  vi.stubEnv('AWS_REGION', 'us-east-1');
  // A minute of the simulator is half a second here.
  simulator = createSimulator({ now: createScaledClock(120), seed: 1 });
  const [kms, proxy, lambda] = await Promise.all([
    serveSimulator(simulator),
    serveXksProxy(simulator),
    serveLambdaApi(),
  ]);
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', lambda.url);
  table = await serveTable();
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', table.url);
  for (const [name, { AccessKeyId, RawSecretAccessKey }] of Object.entries({
    old: oldCredential,
    new: newCredential,
  })) {
    simulator.addSecret({ Name: name, SecretString: JSON.stringify({ AccessKeyId, RawSecretAccessKey }) });
  }
  const credentials = {
    [oldCredential.AccessKeyId]: oldCredential.RawSecretAccessKey,
    [newCredential.AccessKeyId]: newCredential.RawSecretAccessKey,
  };
  simulator.addProxy({ endpoint: oldEndpoint, credentials });
  simulator.addProxy({ endpoint: newEndpoint, credentials });
  store = simulator.addStore({
    ...connectedExternal,
    XksProxyUriEndpoint: oldEndpoint,
    XksProxyAuthenticationCredential: oldCredential,
    keys: 2,
  });
  handler = createSafeUpdateHandler({
    lockTable: tableName,
    endpoint: kms.url,
    logger: createCollectingLogger(told),
    onProgress: (event) => void told.push(event),
    onMetrics: (metrics) => void told.push(metrics),
    xksProxyConnectTo: { [oldEndpoint]: proxy.url, [newEndpoint]: proxy.url },
  });
  closing.push(kms.close, proxy.close, table.close, lambda.close);
});

afterAll(async () => {
  await LocalDurableTestRunner.teardownTestEnvironment();
  await Promise.all(closing.map((close) => close()));
  vi.unstubAllEnvs();
});

async function run(event: Partial<SafeUpdateEvent>) {
  const runner = new LocalDurableTestRunner<RunResult>({ handlerFunction: handler as never });
  const execution = await runner.run({ payload: { customKeyStoreId: store, ...event } });
  return { execution, written: JSON.stringify([execution.getHistoryEvents(), execution.getOperations()]) };
}

describe("an execution on AWS's own local runner", () => {
  it('moves a store to another endpoint with another credential, and nothing that is kept holds a secret', async () => {
    const { execution, written } = await run({
      change: {
        XksProxyUriEndpoint: newEndpoint,
        XksProxyAuthenticationCredential: 'secretsmanager:new',
      },
      previous: { XksProxyAuthenticationCredential: 'secretsmanager:old' },
      accept: ['outage'],
    });

    expect(execution.getStatus()).toBe('SUCCEEDED');
    expect(execution.getResult()).toMatchObject({
      outcome: 'updated',
      settings: 'new',
      keyVerification: { status: 'verified' },
    });
    expect(simulator.store(store)).toMatchObject({ ConnectionState: 'CONNECTED' });
    expect(execution.getOperations().length).toBeLessThanOrEqual(30);
    // As whoever goes on with an execution reads it.
    const history = foldHistory(execution.getHistoryEvents());
    expect(history.isOver).toBe(true);
    expect(findLeft(history.operations)).toMatchObject({ result: execution.getResult() });
    expect(readKeptLog(history.operations, 'run 1').records.filter(({ kind }) => kind === 'intent')).toHaveLength(3);
    expect(told).toContainEqual(expect.objectContaining({ Outcome: 'updated', OfflineMs: expect.any(Number) }));
    expect(told).toContainEqual(expect.stringContaining('kms.request'));
    const kept = written + JSON.stringify([await table.scan(), told]);
    for (const secret of [oldCredential.RawSecretAccessKey, newCredential.RawSecretAccessKey])
      expect(kept).not.toContain(secret);
  });

  it('is refused with a literal secret, before anything is asked', async () => {
    const before = simulator.calls.length;
    const { execution } = await run({ change: { KeyStorePassword: 'Sup3rS3cretCanary' } });

    expect(execution.getStatus()).toBe('FAILED');
    expect(execution.getError()).toMatchObject({ errorMessage: expect.stringContaining('secretsmanager:ARN') });
    expect(JSON.stringify(execution.getError())).not.toContain('Sup3rS3cretCanary');
    expect(simulator.calls.slice(before)).toEqual([]);
  });

  it("an execution on AWS's own local runner that finds the lock of the store taken is refused, and says by whom", async () => {
    const [one, other] = await Promise.all([
      run({ intent: 'reconnect', accept: ['outage'], canaryKeys: ['none'] }),
      run({ intent: 'reconnect', accept: ['outage'], canaryKeys: ['none'] }),
    ]);

    const outcomes = [one, other].map(({ execution }) => execution.getResult()?.outcome);
    expect(outcomes.sort()).toEqual(['refused', 'updated']);
  });
});
