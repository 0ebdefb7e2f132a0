/** What a run says when keys do not work after the change, or are different ones: in virtual time, with real canaries. */
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Canary } from '../../src/domain/key-verification.ts';
import { exitCodeOf, type RunResult } from '../../src/domain/outcome.ts';
import type { Policy } from '../../src/domain/policy.ts';
import { encryptCanaries } from '../../src/key-verification/encrypt-canaries.ts';
import { createCanaryVerifier } from '../../src/key-verification/key-verifier.ts';
import { tryCanaries } from '../../src/key-verification/try-canaries.ts';
import type { KeptCanaries, KeyVerifier } from '../../src/ports/key-verifier.ts';
import type { LogRecord } from '../../src/ports/log.ts';
import { requestResume, requestRollback } from '../../src/run/resume.ts';
import { openScenario } from '../../src/simulator/index.ts';
import { crash, recordOf } from '../support/crash-and-resume.ts';
import { createMemoryLog } from '../support/memory-log.ts';
import { readCommand } from '../support/parse-command.ts';
import { readLeft } from '../support/read-left.ts';
import { runChecked } from '../support/run-with-checks.ts';
import { askInProcess } from '../support/services-in-process.ts';
import {
  addCloudHsm,
  addExternal,
  clusters,
  newEndpoint,
  newReference,
  oldEndpoint,
  oldReference,
} from '../support/stores.ts';
import { createWorld, createWorldOf, type RunOrder, type World } from '../support/world.ts';

let world: World;
let kept: readonly Canary[];
const keptCanaries: KeptCanaries = { read: async () => kept, write: async () => undefined };

beforeEach(() => {
  world = createWorld();
  kept = [];
});

const dayMs = 24 * 3_600_000;

const portsOf = ({ simulator, clock }: World) => ({
  keys: askInProcess(simulator, clock).keys,
  clock,
  random: () => 0,
});

const proverOf = (one: World): KeyVerifier => createCanaryVerifier({ ...portsOf(one), kept: keptCanaries });

/** As `cks canary create` does, a day before what follows. */
async function keepCanaries(one: World, store: string): Promise<void> {
  const ports = portsOf(one);
  const listed = await ports.keys.list(store);
  if (!listed.ok) throw new Error('the keys cannot be listed');
  const terms = { runId: 'kept', wanted: ['all'], signal: new AbortController().signal };
  kept = (await encryptCanaries(ports, listed.value, terms)).canaries;
  await one.clock.drive(one.clock.sleep(dayMs));
}

const passedOf = async () => (await tryCanaries(portsOf(world).keys, kept, 0)).passed;

const accept = ['outage', 'unverified-keys', 'no-rollback'] as const;

function request(store: string, change: NonNullable<RunOrder['change']>, policy: Partial<Policy> = {}): RunOrder {
  return { store, change, policy: { accept, ...policy }, keyVerifier: proverOf(world) };
}

const externalKeys = ['first', 'second'];
const keysOutside = externalKeys.map((XksKeyId) => ({ XksKeyId }));

const toNewEndpoint = { XksProxyUriEndpoint: newEndpoint };

/** What the proxy at an endpoint does to every use of a key, from the connect on. */
function spoil(how: 'accessDenied' | 'disabledKey', endpoint = newEndpoint): void {
  const proxy = world.simulator.addProxy({ endpoint });
  const disabled = { keySpec: 'AES_256', keyUsage: ['ENCRYPT', 'DECRYPT'], keyStatus: 'DISABLED' as const };
  world.when('ConnectCustomKeyStore', () => {
    if (how === 'accessDenied') proxy.principals = [];
    if (how === 'disabledKey') proxy.keys = Object.fromEntries(externalKeys.map((id) => [id, disabled]));
  });
}

/** What KMS answers to each use of a key, from the connect on. */
function failUses(fault: { readonly name: string; readonly message?: string }, untilMs?: number): void {
  world.when('ConnectCustomKeyStore', () => {
    for (const operation of ['Decrypt', 'Encrypt'])
      world.simulator.failNext(operation, fault, { times: 'always', ...(untilMs === undefined ? {} : { untilMs }) });
  });
}

const minutesOf = ({ startedAt, endedAt }: RunResult) => (Date.parse(endedAt) - Date.parse(startedAt)) / 60_000;

describe('keys that worked before the change and do not work after it', () => {
  it.each([
    ['the new proxy denies every use', 'accessDenied', 'denied access'],
    ['the external keys are disabled there', 'disabledKey', 'not enabled'],
  ] as const)('are a failure, and the store is rolled back, if %s', async (_, how, words) => {
    const store = addExternal(world, { keys: keysOutside });
    spoil(how);

    const result = await world.run(request(store, toNewEndpoint));

    expect(result).toMatchObject({
      outcome: 'rolledBack',
      settings: 'old',
      after: { connectionState: 'CONNECTED' },
      reason: { code: 'KEYS_FAILED', message: expect.stringContaining(words) },
      keyVerification: { status: 'verified', passed: 2 },
      keyTest: { status: 'working', passed: 2 },
    });
    expect(exitCodeOf(result)).toBe(4);
    // KMS documents that it may use the old settings for five minutes.
    expect(minutesOf(result)).toBeGreaterThan(5);
  });

  it('are rolled back live after a live change', async () => {
    const proxy = world.simulator.addProxy({ endpoint: oldEndpoint });
    const store = addExternal(world, { keys: 1 });
    const secret = { [oldReference.AccessKeyId]: world.secrets.get('env:OLD') ?? '' };
    proxy.credentials = { ...secret, [newReference.AccessKeyId]: world.secrets.get('env:NEW') ?? '' };
    const change = { XksProxyAuthenticationCredential: newReference };
    const previous = { XksProxyAuthenticationCredential: oldReference };
    // The proxy forgets the new credential as soon as KMS has checked it.
    const keyVerifier = proverOf(world);
    const spoiling: KeyVerifier = {
      ...keyVerifier,
      tryKeys(...words) {
        proxy.credentials = secret;
        return keyVerifier.tryKeys(...words);
      },
    };

    const result = await world.run({ ...request(store, change), previous, keyVerifier: spoiling });

    expect(result).toMatchObject({
      outcome: 'rolledBack',
      mode: 'live',
      offlineMs: null,
      reason: { code: 'KEYS_FAILED', message: expect.stringContaining('could not authenticate AWS KMS') },
    });
  });

  it('leave the store stranded where no old value can be restored', async () => {
    const { second } = clusters(world);
    const store = addCloudHsm(world, { keys: 2 });
    failUses({ name: 'KMSInvalidStateException', message: 'KMS cannot communicate with your CloudHSM cluster' });

    const result = await world.run(request(store, { CloudHsmClusterId: second }));

    expect(result).toMatchObject({
      outcome: 'stranded',
      settings: 'new',
      after: { connectionState: 'CONNECTED' },
      reason: { code: 'KEYS_FAILED', message: expect.stringContaining('cannot be rolled back') },
    });
    expect(exitCodeOf(result)).toBe(5);
  });

  it('leave a reconnected store stranded: a rollback would restore nothing', async () => {
    const store = addExternal(world, { keys: 1 });
    spoil('accessDenied', oldEndpoint);

    const result = await world.run(request(store, {}, { intent: 'reconnect' }));

    expect(result).toMatchObject({
      outcome: 'stranded',
      reason: { code: 'KEYS_FAILED', message: expect.stringContaining('a rollback cannot make the keys') },
    });
    expect(world.sent.filter(({ operation }) => operation === 'DisconnectCustomKeyStore')).toHaveLength(1);
  });

  it('are verified where the failure passes within five minutes', async () => {
    const store = addExternal(world, { keys: 1 });
    failUses({ name: 'KMSInvalidStateException', message: 'the key is unavailable' }, 200_000);

    expect(await world.run(request(store, toNewEndpoint))).toMatchObject({
      outcome: 'updated',
      keyVerification: { status: 'verified' },
      keyTest: { status: 'working' },
    });
  });

  it('turn a run back that dies before it has acted on it', async () => {
    const store = addExternal(world, { keys: 1 });
    spoil('accessDenied');
    const records: LogRecord[] = [];
    const begun = { ...request(store, toNewEndpoint), startedAtMs: world.clock.now() };
    await crash(world, { ...begun, log: createMemoryLog(records) }, createMemoryLog(records), {
      at: recordOf('result', 'verifyKeys'),
      isKept: true,
    });
    const { left, input } = readLeft(world, begun, records);

    expect(left).toMatchObject({ goal: 'back', reason: { code: 'KEYS_FAILED' } });
    if (left === null) throw new Error('nothing is left');
    const resumed = requestResume(left, input.request, {}, []);
    const result = await world.run({
      ...resumed.request,
      ...resumed,
      ...begun,
      policy: resumed.request.policy,
      change: resumed.request.change,
      runId: 'run-2',
    });
    expect(result).toMatchObject({ outcome: 'rolledBack', reason: { code: 'KEYS_FAILED' } });
  });
});

describe('keys about which only our own side gives no answer', () => {
  it.each(['AccessDeniedException', 'ExpiredTokenException', 'ThrottlingException'])(
    'are unknown, with exit 8 and no rollback, at %s',
    async (name) => {
      const store = addExternal(world, { keys: 1 });
      failUses({ name });

      const result = await world.run(request(store, toNewEndpoint));

      expect(result).toMatchObject({
        outcome: 'updated',
        settings: 'new',
        keyVerification: { status: 'inconclusive' },
        keyTest: { status: 'unknown', detail: expect.stringContaining(name) },
      });
      expect(exitCodeOf(result)).toBe(8);
    },
  );
});

describe('kept canaries', () => {
  const change = 'cks update pay --xks-proxy-uri-endpoint https://xks-b.example.com';
  const command = `${change} --accept outage,unverified-keys,unknown:xks-proxy --yes`;

  async function openCase(name: string) {
    const opened = await openScenario(join(import.meta.dirname, '../fixtures/cases', `${name}.yaml`));
    const one = createWorldOf((now) => opened.start({ now }));
    const [entry] = one.simulator.describeWorld().stores;
    return { one, store: entry?.CustomKeyStoreId ?? '' };
  }

  it('decide where the proxy of a CONNECTED store died, and the new one has other keys', async () => {
    const { one, store } = await openCase('proxy-dies-later');
    await keepCanaries(one, store);
    one.simulator.proxy('https://xks-a.example.com').reachable = false;

    const result = await runChecked(one, readCommand(command), {}, keptCanaries);

    expect(result).toMatchObject({
      outcome: 'stranded',
      settings: 'new',
      keyVerification: { status: 'mismatch', passed: 0, canaries: 1 },
      reason: { code: 'KEY_MISMATCH', message: expect.stringContaining('a rollback cannot make the keys') },
    });
    // No key works at the old proxy, so another outage would bring nothing.
    expect(one.sent.filter(({ operation }) => operation === 'DisconnectCustomKeyStore')).toHaveLength(1);
  });

  it('say how old the oldest verified ciphertext is', async () => {
    const store = addExternal(world, { keys: 1 });
    await keepCanaries(world, store);
    const result = await world.run(request(store, toNewEndpoint));
    expect(result.keyVerification).toMatchObject({ status: 'verified', oldestVerifiedAt: expect.any(String) });
    expect(Date.parse(result.startedAt) - Date.parse(result.keyVerification.oldestVerifiedAt ?? '')).toBe(dayMs);
  });

  it('lead back to the right keys after a move to the wrong ones', async () => {
    const { simulator } = world;
    simulator.addProxy({ endpoint: newEndpoint, keyManager: 'another' });
    const store = addExternal(world, { keys: 2 });
    await keepCanaries(world, store);
    // The operator wanted no proof of the move.
    expect(await world.run(request(store, toNewEndpoint, { canaryKeys: ['none'] }))).toMatchObject({
      outcome: 'updated',
      keyTest: { status: 'untested' },
    });
    expect(await passedOf()).toBe(0);

    const result = await world.run(request(store, { XksProxyUriEndpoint: oldEndpoint }));

    expect(result).toMatchObject({
      outcome: 'updated',
      settings: 'new',
      keyVerification: { status: 'verified', passed: 2 },
      keyTest: { status: 'working' },
    });
    expect(await passedOf()).toBe(2);
  });

  it('kept canaries of the run itself lead its undoing back to the right keys', async () => {
    const { simulator } = world;
    const proxy = simulator.addProxy({ endpoint: newEndpoint });
    const store = addExternal(world, { keys: 1 });
    const records: LogRecord[] = [];
    const begun = { ...request(store, toNewEndpoint), startedAtMs: world.clock.now() };
    const moved = await world.run({ ...begun, log: createMemoryLog(records) });
    expect(moved).toMatchObject({ outcome: 'updated', keyVerification: { status: 'verified' } });
    // A day later the new key manager turns out to be replaced by another one.
    await world.clock.drive(world.clock.sleep(dayMs));
    proxy.keyManager = 'another';
    const { left, input } = readLeft(world, begun, records);
    if (left === null) throw new Error('the run has changed something');
    const undoing = requestRollback(left, input.request, accept);
    if ('lost' in undoing) throw new Error('it can be undone');

    const result = await world.run({
      ...undoing.request,
      store,
      resumedFrom: undoing.resumedFrom,
      keyVerifier: proverOf(world),
      runId: 'run-2',
    });

    expect(result).toMatchObject({
      outcome: 'updated',
      after: { settings: { XksProxyUriEndpoint: oldEndpoint } },
      keyVerification: { status: 'verified', passed: 1 },
    });
  });

  it('are no reason to go offline for a rollback that cannot help', async () => {
    const { simulator } = world;
    simulator.addProxy({ endpoint: newEndpoint, keyManager: 'third' });
    const store = addExternal(world, { keys: 1 });
    await keepCanaries(world, store);
    simulator.addProxy({ endpoint: oldEndpoint, keyManager: 'another' });

    const result = await world.run(request(store, toNewEndpoint));

    expect(result).toMatchObject({ outcome: 'stranded', keyVerification: { status: 'mismatch' } });
    expect(world.sent.filter(({ operation }) => operation === 'DisconnectCustomKeyStore')).toHaveLength(1);
  });

  it('have nothing to say about a store whose proxy refused the old credential, and its keys are tested all the same', async () => {
    const { one } = await openCase('restored-at-once');
    const credential = 'AccessKeyId=NEWKEYNEWKEYNEWKEYNE,RawSecretAccessKey=env:NEW_SECRET';
    const line = `cks update rotated-at-once --xks-proxy-authentication-credential ${credential} --accept no-rollback --yes`;
    const environment = { NEW_SECRET: 'newSecretNewSecretNewSecretNewSecretNewSecr' };

    const result = await runChecked(one, readCommand(line), environment, keptCanaries);

    expect(result).toMatchObject({
      outcome: 'updated',
      keyVerification: { status: 'unverified' },
      keyTest: { status: 'working', passed: 1, keys: [expect.any(String)] },
    });
    expect(exitCodeOf(result)).toBe(0);
    // The proxy refuses it already.
    expect(result.oldCredentialNeededUntil).toBeUndefined();
  });

  it('are not asked for a credential that the proxy still takes', async () => {
    const store = addExternal(world, { keys: 1 });
    const result = await world.run(request(store, { XksProxyAuthenticationCredential: newReference }));
    expect(result).toMatchObject({ outcome: 'updated', oldCredentialNeededUntil: expect.any(String) });
  });
});

describe('a store whose keys failed before the change', () => {
  it('is not called updated where they fail afterwards too', async () => {
    const store = addExternal(world, { keys: 1 });
    world.simulator.addProxy({ endpoint: oldEndpoint, principals: [] });
    world.simulator.addProxy({ endpoint: newEndpoint, principals: [] });

    const result = await world.run(request(store, toNewEndpoint));

    expect(result).toMatchObject({
      outcome: 'stranded',
      keyTest: { status: 'failing', passed: 0 },
      reason: { code: 'KEYS_FAILED' },
    });
  });

  it('is tested where it was FAILED and the change cures it', async () => {
    const store = addExternal(world, {
      keys: 1,
      ConnectionState: 'FAILED',
      ConnectionErrorCode: 'XKS_PROXY_NOT_REACHABLE',
    });
    expect(await world.run(request(store, toNewEndpoint))).toMatchObject({
      outcome: 'updated',
      keyVerification: { status: 'unverified' },
      keyTest: { status: 'working', passed: 1 },
    });
  });
});
