import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as machine from '../machines/safe-update/index.ts';
import * as library from '../src/index.ts';
import {
  createLogger,
  InvalidInputError,
  type ProgressEvent,
  planUpdate,
  reconnectStore,
  updateStore,
} from '../src/index.ts';
import * as rotation from '../src/lambda/rotation/index.ts';
import * as durable from '../src/lambda/safe-update/index.ts';
import * as simulation from '../src/simulator/index.ts';
import { createScaledClock, createSimulator, type Simulator, serveSimulator } from '../src/simulator/index.ts';
import { createKeyVerifier } from './support/key-verifiers.ts';
import { connectedExternal } from './support/stores.ts';

// Fast enough that a transition is over at the first look; nothing here waits for the sake of waiting.
const timeScale = 20_000;

let simulator: Simulator;
let server: Awaited<ReturnType<typeof serveSimulator>>;
let endpoint: { endpoint: string; region: string };

beforeEach(async () => {
  simulator = createSimulator({ now: createScaledClock(timeScale), seed: 1 });
  server = await serveSimulator(simulator, {});
  endpoint = { endpoint: server.url, region: 'us-east-1' };
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

function addExternal(): string {
  return simulator.addStore(connectedExternal);
}

describe('the library over HTTP', () => {
  it('updates a store by its name, and tells of it', async () => {
    addExternal();
    const events: ProgressEvent[] = [];

    const result = await updateStore({
      ...endpoint,
      customKeyStoreId: 'xks',
      change: { XksProxyUriPath: '/new/kms/xks/v1' },
      accept: ['unverified-keys'],
      onProgress: (event) => events.push(event),
    });

    expect(result.outcome).toBe('updated');
    expect(result.mode).toBe('live');
    expect(result.calls).toEqual({ DescribeCustomKeyStores: 2, UpdateCustomKeyStore: 1 });
    expect(events.map(({ type }) => type)).toContain('store.observed');
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', outcome: 'updated', runId: result.runId });
  });

  it('plans without sending anything but reads', async () => {
    addExternal();

    const plan = await planUpdate({
      ...endpoint,
      customKeyStoreId: 'xks',
      change: { XksProxyUriEndpoint: 'https://new.xks.example.com' },
    });

    expect(plan).toMatchObject({ verdict: 'proceed', mode: 'offline', missing: ['outage', 'unknown:xks-proxy'] });
    expect(plan.safeguards.join(' ')).toMatch(/cks resume/);
    const isRead = ({ operation }: { operation: string }) => /^(Describe|List|Get)/.test(operation);
    expect(simulator.calls.filter((call) => !isRead(call))).toEqual([]);
  });

  it('reconnects a store', async () => {
    const customKeyStoreId = addExternal();
    const result = await reconnectStore({ ...endpoint, customKeyStoreId, accept: ['outage'] });
    expect(result).toMatchObject({ outcome: 'updated', mode: 'offline', changes: [] });
    expect(result.offlineMs).toBeGreaterThan(0);
  });

  it('refuses what nobody accepted, and names it', async () => {
    const customKeyStoreId = addExternal();
    const result = await reconnectStore({ ...endpoint, customKeyStoreId });
    expect(result).toMatchObject({ outcome: 'refused', reason: { code: 'CONSENT_MISSING' } });
    expect(result.reason?.message).toContain('--accept outage');
  });

  it('throws for a wrong input, and calls nothing', async () => {
    const wrong = updateStore({ ...endpoint, customKeyStoreId: 'xks', change: { KeyStorePassword: 'short' } });
    await expect(wrong).rejects.toThrow(InvalidInputError);
    expect(simulator.calls).toEqual([]);
  });

  it('refuses an option that it does not know, and none at all', async () => {
    const options = {
      ...endpoint,
      customKeyStoreId: 'xks',
      change: { NewCustomKeyStoreName: 'other' },
      acept: ['outage'],
    };
    await expect(updateStore(options)).rejects.toThrow('unknown option acept');
    await expect(planUpdate(options)).rejects.toThrow(InvalidInputError);
    await expect(updateStore(undefined as never)).rejects.toThrow('the options are missing');
  });

  it('throws for a change that the type of the store cannot have, and calls nothing but Describe', async () => {
    addExternal();
    const wrong = updateStore({ ...endpoint, customKeyStoreId: 'xks', change: { KeyStorePassword: 'longEnough1' } });
    await expect(wrong).rejects.toThrow('KeyStorePassword is not valid for this store: its type is EXTERNAL_KEY_STORE');
    expect(simulator.calls.map(({ operation }) => operation)).toEqual(['DescribeCustomKeyStores']);
  });

  it('takes an abort as a stop', async () => {
    const customKeyStoreId = addExternal();
    const result = await reconnectStore({
      ...endpoint,
      customKeyStoreId,
      accept: ['outage'],
      signal: AbortSignal.abort(),
    });
    expect(result.outcome).toBe('cancelled');
    expect(simulator.store(customKeyStoreId).ConnectionState).toBe('CONNECTED');
  });

  it('shares each Describe between runs of one account and Region', async () => {
    const ids = ['a', 'b', 'c'].map((name) =>
      simulator.addStore({
        CustomKeyStoreName: name,
        CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
        ConnectionState: 'CONNECTED',
      }),
    );
    const rename = (customKeyStoreId: string) =>
      updateStore({ ...endpoint, customKeyStoreId, change: { NewCustomKeyStoreName: `${customKeyStoreId}-new` } });

    const results = await Promise.all(ids.map(rename));

    expect(results.map(({ outcome }) => outcome)).toEqual(['updated', 'updated', 'updated']);
    const describes = simulator.calls.filter(({ operation }) => operation === 'DescribeCustomKeyStores');
    expect(describes.length).toBeLessThan(6);
  });

  describe('where what the caller handed in is broken', () => {
    const fail = async () => {
      throw new Error('broken');
    };
    const rename = { NewCustomKeyStoreName: 'renamed' };

    it.each([
      ['a logger that throws', { logger: Object.assign(createLogger({ level: 'silent' }), { debug: raise }) }],
      ['a listener that throws', { onProgress: raise }],
      ['a listener whose promise is rejected', { onProgress: fail }],
    ])('goes on without %s', async (_, broken) => {
      const customKeyStoreId = addExternal();
      const result = await updateStore({ ...endpoint, customKeyStoreId, change: rename, ...broken });
      expect(result).toMatchObject({ outcome: 'updated', settings: 'new' });
    });

    it('calls a check unknown that fails, and asks for consent', async () => {
      const customKeyStoreId = addExternal();
      const checks = [{ name: 'quorum', run: fail }];
      const result = await updateStore({ ...endpoint, customKeyStoreId, change: rename, checks });
      expect(result).toMatchObject({
        outcome: 'refused',
        reason: { code: 'CONSENT_MISSING', message: 'not confirmed: --accept unknown:quorum is missing' },
      });
      expect(result.checks.at(-1)).toEqual({ check: 'quorum', status: 'unknown', message: 'broken' });
    });

    it('calls the proof inconclusive where the prover fails, and tells how the run ended', async () => {
      const customKeyStoreId = addExternal();
      const result = await updateStore({
        ...endpoint,
        customKeyStoreId,
        change: rename,
        keyVerifier: { ...createKeyVerifier(() => 'verified'), tryKeys: fail },
      });
      expect(result).toMatchObject({
        outcome: 'updated',
        keyVerification: { status: 'inconclusive', detail: 'broken' },
      });
    });
  });

  it('writes a secret nowhere', async () => {
    const canary = 'CANARYcanaryCANARYcanaryCANARYcanaryCANARYc';
    const customKeyStoreId = addExternal();
    simulator.addProxy({
      endpoint: simulator.store(customKeyStoreId).XksProxyConfiguration?.UriEndpoint ?? '',
      credentials: {},
    });
    const written: string[] = [];
    const stream = new Writable({
      write(chunk, _encoding, done) {
        written.push(String(chunk));
        done();
      },
    });

    const result = await updateStore({
      ...endpoint,
      customKeyStoreId,
      change: { XksProxyAuthenticationCredential: { AccessKeyId: 'NEWKEYNEWKEYNEWKEYNE', RawSecretAccessKey: canary } },
      accept: ['no-rollback'],
      logger: createLogger({ level: 'trace' }, stream),
      onProgress: (event) => written.push(JSON.stringify(event)),
    });

    expect(result).toMatchObject({
      outcome: 'refused',
      reason: { code: 'XksProxyIncorrectAuthenticationCredentialException' },
    });
    expect(written.join('')).toContain('UpdateCustomKeyStore');
    expect(`${written.join('')}${JSON.stringify(result)}`).not.toContain(canary);
  });
});

it('each entry point exports these names', () => {
  expect(
    [library, machine, durable, rotation, simulation].map((entry) => Object.keys(entry).sort()),
  ).toMatchInlineSnapshot(`
    [
      [
        "InvalidInputError",
        "UnfinishedRunError",
        "applyPlan",
        "checkCanaries",
        "checkStore",
        "createCanaries",
        "createCanaryKey",
        "createLogger",
        "describeStores",
        "diagnoseStore",
        "findImpact",
        "findKnownRuns",
        "findLongOutages",
        "followEvents",
        "listRuns",
        "makeIamPolicy",
        "outcomes",
        "planUpdate",
        "properties",
        "pruneRuns",
        "readRun",
        "reconnectStore",
        "reportRun",
        "resumeRun",
        "risks",
        "rollBackRun",
        "savePlan",
        "stopRun",
        "updateStore",
      ],
      [
        "safeUpdateMachine",
      ],
      [
        "createSafeUpdateHandler",
      ],
      [
        "RotationError",
        "createHttpProxyCredentials",
        "createRotationHandler",
        "makeRotationPolicy",
      ],
      [
        "ScenarioError",
        "SimulatorFault",
        "createScaledClock",
        "createScenarioSimulator",
        "createSelfSigned",
        "createSimulator",
        "defaultInterpretations",
        "documentedRates",
        "hungReply",
        "interpretations",
        "listScenarioNames",
        "listScenarios",
        "lostReply",
        "openScenario",
        "serveSimulator",
        "serveXksProxy",
      ],
    ]
  `);
});

function raise(): never {
  throw new Error('broken');
}
