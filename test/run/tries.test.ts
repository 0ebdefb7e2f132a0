/** A call that changes the store is tried again until KMS itself rejects it, once the store is not as it was found. */
import { describe, expect, it } from 'vitest';
import type { LogRecord } from '../../src/ports/log.ts';
import type { HeldStore, OperatorPrompt } from '../../src/ports/operator-prompt.ts';
import { UnfinishedRunError } from '../../src/run/errors.ts';
import { crash, recordOf } from '../support/crash-and-resume.ts';
import { createKeyVerifier } from '../support/key-verifiers.ts';
import { createMemoryLog } from '../support/memory-log.ts';
import { callAsSomebodyElse, before as justBefore } from '../support/scenario.ts';
import {
  addCloudHsm,
  addExternal,
  clusters,
  moveEndpoint,
  newCredential,
  newEndpoint,
  newPath,
  newReference,
  oldEndpoint,
  reconnect,
} from '../support/stores.ts';
import { createWorld, minuteMs, type World } from '../support/world.ts';

const connect = 'ConnectCustomKeyStore';
const update = 'UpdateCustomKeyStore';
const disconnect = 'DisconnectCustomKeyStore';

const countOf = ({ sent }: World, name: string) => sent.filter(({ operation }) => operation === name).length;
const stateOf = ({ simulator }: World, store: string) => simulator.store(store).ConnectionState;
const endpointOf = ({ simulator }: World, store: string) => simulator.store(store).XksProxyConfiguration?.UriEndpoint;
const failedCalls = ({ events }: World) => events.filter((event) => event.type === 'call.failed');

/** Each call of the operation from its first on is answered so, for so long. */
function answerFor(world: World, operation: string, forMs: number, fault: { name: string; statusCode?: number }) {
  world.when(operation, () => world.simulator.failNext(operation, fault, { times: 'always', untilMs: forMs }));
}

const passing = [
  ['internal errors', { name: 'KMSInternalException' }],
  ['HTTP status 503', { name: 'ServiceUnavailableException' }],
  ['connection resets', { name: 'ConnectionReset' }],
  ['the HTML page of a proxy, with 403', { name: 'SyntaxError', statusCode: 403 }],
  ['the HTML page of a proxy, with 502', { name: 'SyntaxError', statusCode: 502 }],
  ['an unknown error', { name: 'NovelException' }],
  ['an unknown error with HTTP status 429', { name: 'NovelException', statusCode: 429 }],
  ['throttling by another name', { name: 'RequestLimitExceeded' }],
  ['a token that STS does not take', { name: 'InvalidIdentityToken' }],
  ['AccessDenied for some seconds', { name: 'AccessDeniedException' }],
  ['a state that KMS has not seen yet', { name: 'CustomKeyStoreInvalidStateException' }],
] as const;

describe('once the store is offline', () => {
  it.each(passing)('a Connect outlasts %s', async (_, fault) => {
    const world = createWorld();
    const store = addExternal(world);
    answerFor(world, connect, 45_000, fault);

    const { outcome } = await world.run({ store, ...moveEndpoint });

    expect([outcome, stateOf(world, store)]).toEqual(['updated', 'CONNECTED']);
    // Throttling is also retried below: five requests a try.
    expect(countOf(world, connect)).toBeLessThan(20);
  });

  it.each(passing)('an update outlasts %s', async (_, fault) => {
    const world = createWorld();
    const store = addExternal(world);
    answerFor(world, update, 45_000, fault);

    const { outcome } = await world.run({ store, ...moveEndpoint });

    expect([outcome, endpointOf(world, store)]).toEqual(['updated', newEndpoint]);
  });

  it.each(passing)('a rollback outlasts %s', async (_, fault) => {
    const world = createWorld();
    const store = addExternal(world);
    world.simulator.failNextConnect(store, 'XKS_PROXY_INVALID_RESPONSE');
    let updates = 0;
    world.when(
      (called) => called === update && ++updates === 2,
      () => {
        for (const operation of [update, connect])
          world.simulator.failNext(operation, fault, { times: 'always', untilMs: 45_000 });
      },
    );

    const { outcome } = await world.run({ store, ...moveEndpoint });

    expect([outcome, endpointOf(world, store), stateOf(world, store)]).toEqual([
      'rolledBack',
      oldEndpoint,
      'CONNECTED',
    ]);
  });

  it('looks at the store before each further try', async () => {
    const world = createWorld();
    const store = addExternal(world);
    answerFor(world, connect, 45_000, { name: 'KMSInternalException' });

    await world.run({ store, ...moveEndpoint });

    const calls = world.sent.map(({ operation }) => operation).filter((name) => name !== disconnect);
    for (const [nth, name] of calls.entries()) if (name === connect) expect(calls[nth - 1]).not.toBe(connect);
  });

  it('tells each failed call, which try it was, and until when it is tried', async () => {
    const world = createWorld();
    const store = addExternal(world);
    answerFor(world, connect, 10_000, { name: 'KMSInternalException' });

    await world.run({ store, ...moveEndpoint });

    const [first, ...more] = failedCalls(world);
    expect(first).toMatchObject({
      operation: connect,
      code: 'KMSInternalException',
      message: 'An internal error occurred.',
      tries: 1,
    });
    expect(more.map(({ tries }) => tries)).toEqual(more.map((_, nth) => nth + 2));
    expect(new Set([first, ...more].map((event) => Date.parse(event?.until ?? '')))).toEqual(
      new Set([Date.parse(first?.at ?? '') + 15 * minuteMs - 150].map((ms) => expect.closeTo(ms, -3))),
    );
  });

  it('tells no secret that an answer repeats', async () => {
    const world = createWorld();
    const store = addExternal(world);
    const fault = { name: 'KMSInternalException', message: 'failed with (sent)' };
    answerFor(world, update, 10_000, fault);

    await world.run({
      store,
      change: { ...moveEndpoint.change, XksProxyAuthenticationCredential: newReference },
      policy: { accept: ['outage', 'unverified-keys', 'no-rollback'] },
    });

    const told = failedCalls(world);
    expect(told.length).toBeGreaterThan(0);
    expect(JSON.stringify(told)).toContain('(secret)');
    expect(JSON.stringify(world.events)).not.toContain(newCredential.RawSecretAccessKey);
  });

  it('reconnects with the old settings when the update gets no definite answer for two minutes', async () => {
    const world = createWorld();
    const store = addExternal(world);
    let firstAtMs = 0;
    world.when(update, () => {
      firstAtMs = world.clock.now();
      world.simulator.failNext(update, 'KMSInternalException', { times: 'always', untilMs: 2 * minuteMs });
    });

    const { outcome, settings, reason } = await world.run({ store, ...moveEndpoint });

    expect([outcome, settings, stateOf(world, store)]).toEqual(['rolledBack', 'old', 'CONNECTED']);
    expect(reason?.code).toBe('UNCLEAR');
    const rolledBackAt = world.events.find(
      (event) => event.type === 'state.entered' && event.state.includes('rollingBack'),
    )?.at;
    const afterMs = Date.parse(rolledBackAt ?? '') - firstAtMs;
    expect(afterMs).toBeGreaterThanOrEqual(2 * minuteMs - 1_000);
    expect(afterMs).toBeLessThan(3 * minuteMs);
  });

  it('sends the old values where an update without an answer may be in force', async () => {
    const world = createWorld();
    const store = addExternal(world);
    world.when(update, () => {
      world.simulator.staleReadsForMs = 2.5 * minuteMs;
      world.simulator.failNext(update, 'ConnectionReset', { afterEffect: true });
      world.simulator.failNext(update, 'KMSInternalException', { times: 'always', untilMs: 2 * minuteMs });
      world.when(
        (called) => called === update && world.trace.lines.at(-1)?.startsWith('acting.rollingBack') === true,
        () => {
          world.simulator.staleReadsForMs = 0;
        },
      );
    });

    const { outcome, settings } = await world.run({ store, ...moveEndpoint });

    expect([outcome, settings, endpointOf(world, store)]).toEqual(['rolledBack', 'old', oldEndpoint]);
    expect(stateOf(world, store)).toBe('CONNECTED');
  });

  it('lets Describe decide where the old value cannot be restored', async () => {
    const world = createWorld();
    const store = addExternal(world);
    answerFor(world, update, 60 * minuteMs, { name: 'KMSInternalException' });

    const { outcome, settings } = await world.run({
      store,
      change: { XksProxyAuthenticationCredential: newReference },
      policy: { mode: 'offline', accept: ['outage', 'unverified-keys', 'no-rollback'] },
    });

    expect([outcome, settings, stateOf(world, store)]).toEqual(['rolledBack', 'old', 'CONNECTED']);
  });

  it('connects an external store, and says so, where nobody can tell or restore which credential is in force', async () => {
    const world = createWorld();
    const store = addExternal(world);
    answerFor(world, update, 60 * minuteMs, { name: 'KMSInternalException' });
    const change = {
      XksProxyAuthenticationCredential: { ...newReference, AccessKeyId: 'OLDKEYOLDKEYOLDKEYOL' },
    } as const;

    const { outcome, settings, reason } = await world.run({
      store,
      change,
      policy: { mode: 'offline', accept: ['outage', 'unverified-keys', 'no-rollback'] },
    });

    expect([outcome, settings, stateOf(world, store)]).toEqual(['stranded', 'unknown', 'CONNECTED']);
    expect(reason?.message).toContain('XksProxyAuthenticationCredential');
  });

  it('leaves a CloudHSM store offline where nobody can tell which password KMS has', async () => {
    const world = createWorld();
    const store = addCloudHsm(world, { ConnectionState: 'DISCONNECTED' });
    answerFor(world, update, 60 * minuteMs, { name: 'KMSInternalException' });

    const { outcome, settings } = await world.run({
      store,
      change: { KeyStorePassword: 'env:PASSWORD' },
      policy: { finalState: 'connected', accept: ['no-rollback'] },
    });

    expect([outcome, settings, countOf(world, connect)]).toEqual(['stranded', 'unknown', 0]);
  });

  it('ends a Connect without a definite answer at the longest wait from its first attempt', async () => {
    const world = createWorld();
    const store = addExternal(world);
    answerFor(world, connect, 60 * minuteMs, { name: 'KMSInternalException' });

    const { outcome, nextCommands } = await world.run({ store, ...moveEndpoint });

    expect(outcome).toBe('stranded');
    expect(nextCommands).toEqual([`cks describe ${store}`, `cks reconnect ${store}`]);
    const connects = world.sent.filter(({ operation }) => operation === connect).map(({ atMs }) => atMs);
    const overMs = (connects.at(-1) ?? 0) - (connects[0] ?? 0);
    expect(overMs).toBeGreaterThan(13 * minuteMs);
    expect(overMs).toBeLessThanOrEqual(15 * minuteMs);
    expect(countOf(world, update)).toBe(1);
  });

  it('holds a Connect without a definite answer at its limit, where a hold was asked for', async () => {
    const world = createWorld();
    const store = addExternal(world);
    answerFor(world, connect, 15 * minuteMs, { name: 'KMSInternalException' });
    const asked: HeldStore[] = [];
    const operatorPrompt: OperatorPrompt = {
      async wait(held) {
        asked.push(held);
        return { kind: 'released', correction: {}, accepted: [] };
      },
    };

    const policy = { ...moveEndpoint.policy, onFailure: 'hold' } as const;
    const { outcome } = await world.run({ store, ...moveEndpoint, policy, operatorPrompt });

    expect([outcome, asked.length, asked[0]?.reason?.code]).toEqual(['updated', 1, 'UNCLEAR']);
  });

  it('counts the limit of a Connect on through a suspension, and tries again after it before it gives up', async () => {
    const world = createWorld();
    const store = addExternal(world);
    answerFor(world, connect, 60 * minuteMs, { name: 'KMSInternalException' });
    let cutAtMs = 0;
    let connects = 0;
    world.when(
      (called) => called === connect && ++connects === 3,
      () => {
        cutAtMs = world.clock.now();
        world.cutOff('ECONNREFUSED', 30 * minuteMs);
      },
    );

    const { outcome } = await world.run({ store, ...moveEndpoint });

    expect(outcome).toBe('stranded');
    const after = world.sent.filter(({ operation, atMs }) => operation === connect && atMs >= cutAtMs + 30 * minuteMs);
    expect(after.length).toBeGreaterThanOrEqual(3);
    expect(world.clock.now() - cutAtMs).toBeLessThan(33 * minuteMs);
  });

  it('counts the limit of a Connect on in a process that resumes the run', async () => {
    const world = createWorld();
    const request = { store: addExternal(world), ...moveEndpoint, startedAtMs: world.clock.now() };
    answerFor(world, connect, 60 * minuteMs, { name: 'KMSInternalException' });
    const log = createMemoryLog();
    const ends = world.clock.sleep(5 * minuteMs);
    await world.clock.drive(Promise.race([world.start({ ...request, log }), ends]));
    world.die();
    const firstAtMs = world.sent.find(({ operation }) => operation === connect)?.atMs ?? 0;

    const { outcome } = await world.run({ ...request, log });

    expect(outcome).toBe('stranded');
    expect(world.clock.now() - firstAtMs).toBeGreaterThan(15 * minuteMs - 1_000);
    expect(world.clock.now() - firstAtMs).toBeLessThan(17 * minuteMs);
  });

  it('tries again after a process was gone for longer than the limit, before it gives up', async () => {
    const world = createWorld();
    const request = { store: addExternal(world), ...moveEndpoint, startedAtMs: world.clock.now() };
    answerFor(world, connect, 5 * minuteMs, { name: 'KMSInternalException' });
    const log = createMemoryLog();
    await world.clock.drive(Promise.race([world.start({ ...request, log }), world.clock.sleep(2 * minuteMs)]));
    world.die();
    world.clock.advance(60 * minuteMs);

    expect((await world.run({ ...request, log })).outcome).toBe('updated');
  });

  it('comes to an end where a process died at the last try of a rollback', async () => {
    const world = createWorld();
    const store = addExternal(world);
    const keyVerifier = createKeyVerifier(({ settings }) => {
      if (settings.XksProxyUriPath !== newPath) return 'verified';
      world.simulator.proxy(oldEndpoint).reachable = false;
      return 'mismatch';
    });
    const change = { XksProxyUriPath: newPath };
    const request = { store, change, policy: { accept: ['unverified-keys'] as const }, keyVerifier };
    const records: LogRecord[] = [];
    const startedAtMs = world.clock.now();
    let intents = 0;
    const isLast = (record: LogRecord) => recordOf('intent', 'restoreStore')(record) && ++intents === 8;
    await crash(world, { ...request, startedAtMs }, createMemoryLog(records), { at: isLast, isKept: true });

    const { outcome, settings } = await world.run({ ...request, startedAtMs, log: createMemoryLog(records) });

    expect([intents, outcome, settings]).toEqual([8, 'stranded', 'new']);
  });

  it('believes that access is denied after three answers over a minute', async () => {
    const world = createWorld();
    const store = addExternal(world);
    answerFor(world, connect, 60 * minuteMs, { name: 'AccessDeniedException' });

    const { outcome, reason } = await world.run({ store, ...reconnect });

    expect([outcome, reason?.code]).toEqual(['stranded', 'AccessDeniedException']);
    const connects = world.sent.filter(({ operation }) => operation === connect).map(({ atMs }) => atMs);
    expect(connects.length).toBeGreaterThanOrEqual(3);
    expect((connects.at(-1) ?? 0) - (connects[0] ?? 0)).toBeGreaterThanOrEqual(60_000);
    expect((connects.at(-1) ?? 0) - (connects[0] ?? 0)).toBeLessThan(2 * minuteMs);
  });

  it('believes a definite rejection at once', async () => {
    const world = createWorld();
    const store = addCloudHsm(world);
    world.when(connect, () => {
      world.simulator.cluster(clusters(world).first).state = 'UPDATE_IN_PROGRESS';
    });

    const { outcome, reason } = await world.run({ store, ...reconnect });

    expect([outcome, reason?.code]).toEqual(['stranded', 'CloudHsmClusterNotActiveException']);
    expect(countOf(world, connect)).toBe(1);
  });

  it('backs off where credentials fail for one operation while Describe works', async () => {
    const world = createWorld();
    const store = addExternal(world);
    answerFor(world, connect, 7 * minuteMs, { name: 'ExpiredTokenException' });

    const { outcome } = await world.run({ store, ...moveEndpoint });

    expect(outcome).toBe('updated');
    expect(countOf(world, connect)).toBeLessThan(16);
    expect(world.events.filter(({ type }) => type === 'run.suspended')[0]).toMatchObject({
      code: 'ExpiredTokenException',
      times: 1,
    });
  });

  it.each(['ExpiredTokenException', 'ECONNREFUSED'])('outlasts %s beyond every limit', async (name) => {
    const world = createWorld();
    const store = addExternal(world);
    answerFor(world, connect, 180 * minuteMs, { name });

    expect((await world.run({ store, ...moveEndpoint })).outcome).toBe('updated');
  });

  it('tries again when a secret cannot be read for a moment', async () => {
    const world = createWorld();
    const store = addExternal(world);
    world.when(justBefore(world, 'Describe', store, 'DISCONNECTED'), () => {
      const value = world.secrets.get('env:NEW') ?? '';
      world.secrets.delete('env:NEW');
      world.clock.at(world.clock.now() + 30_000, () => world.secrets.set('env:NEW', value));
    });

    const { outcome } = await world.run({
      store,
      change: { ...moveEndpoint.change, XksProxyAuthenticationCredential: newReference },
      policy: { accept: ['outage', 'unverified-keys', 'no-rollback'] },
    });

    expect(outcome).toBe('updated');
  });
});

describe('before the first write', () => {
  it.each(['AccessDeniedException', 'ExpiredTokenException', 'NovelException'])(
    'a Disconnect that is answered %s is not sent again',
    async (name) => {
      const world = createWorld();
      const store = addExternal(world);
      world.simulator.failNext(disconnect, name);

      const { outcome } = await world.run({ store, ...moveEndpoint });

      expect([outcome, countOf(world, disconnect)]).toEqual(['refused', 1]);
    },
  );

  it('a Disconnect whose answer is no answer of KMS may have been carried out, and is tried again', async () => {
    const world = createWorld();
    const store = addExternal(world);
    world.simulator.failNext(disconnect, { name: 'SyntaxError', statusCode: 403 }, { times: 5, afterEffect: true });

    expect((await world.run({ store, ...moveEndpoint })).outcome).toBe('updated');
  });
});

it('gives up a Disconnect that begins no outage for two minutes', async () => {
  const world = createWorld();
  const store = addExternal(world);
  answerFor(world, disconnect, 60 * minuteMs, { name: 'KMSInternalException' });

  const { outcome, nextCommands } = await world.run({ store, ...moveEndpoint });

  expect([outcome, stateOf(world, store), nextCommands]).toEqual(['refused', 'CONNECTED', undefined]);
  const times = world.sent.filter(({ operation }) => operation === disconnect).map(({ atMs }) => atMs);
  expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThan(3 * minuteMs);
});

describe('a login as kmsuser', () => {
  const { policy } = reconnect;
  const countOfLogins = (world: World) => world.logins.get(clusters(world).first);

  it.each([
    'CustomKeyStoreInvalidStateException',
    'ThrottlingException',
    'ExpiredTokenException',
    'AccessDeniedException',
    'ECONNREFUSED',
  ])('is not counted for a Connect that was answered %s', async (name) => {
    const world = createWorld();
    const store = addCloudHsm(world);
    answerFor(world, connect, 45_000, { name });
    const counts: (number | undefined)[] = [];
    const see = () => counts.push(countOfLogins(world)?.count);
    for (const _ of Array(20).keys()) world.when('DescribeCustomKeyStores', see);

    const { outcome } = await world.run({ store, policy });

    expect(outcome).toBe('updated');
    expect(Math.max(...counts.map((count) => count ?? 0))).toBeLessThanOrEqual(1);
  });

  it('is counted for each Connect without a definite answer, and never a fourth is sent', async () => {
    const world = createWorld();
    const store = addCloudHsm(world);
    answerFor(world, connect, 60 * minuteMs, { name: 'KMSInternalException' });

    const { outcome, reason, nextCommands } = await world.run({ store, policy });

    expect([outcome, reason?.code, countOf(world, connect)]).toEqual(['stranded', 'LOGIN_LIMIT', 3]);
    expect(countOfLogins(world)?.count).toBe(3);
    const lastAtMs = world.sent.findLast(({ operation }) => operation === connect)?.atMs ?? 0;
    expect(world.clock.now() - lastAtMs).toBeGreaterThan(30 * minuteMs);
    expect(nextCommands?.at(-1)).toBe(`cks reconnect ${store} --accept login`);

    world.simulator.clearFaults();
    const next = await world.run({ store, policy: { intent: 'reconnect', accept: ['login'] } });
    expect(next.outcome).toBe('updated');
  });

  it('holds with the reason at the third Connect without a definite answer', async () => {
    const world = createWorld();
    const store = addCloudHsm(world);
    answerFor(world, connect, 60 * minuteMs, { name: 'KMSInternalException' });
    const asked: HeldStore[] = [];
    const operatorPrompt: OperatorPrompt = {
      async wait(held) {
        asked.push(held);
        return { kind: 'left' };
      },
    };

    const request = { store, policy: { ...policy, onFailure: 'hold' }, operatorPrompt } as const;
    await expect(world.run(request)).rejects.toBeInstanceOf(UnfinishedRunError);

    expect(asked.map(({ reason, missing }) => [reason?.code, missing])).toEqual([['LOGIN_LIMIT', ['login']]]);
  });

  it('goes on when a Connect without an answer shows at last', async () => {
    const world = createWorld();
    const store = addCloudHsm(world);
    world.when(connect, () => {
      world.simulator.staleReadsForMs = 50_000;
      world.simulator.failNext(connect, 'ConnectionReset', { times: 3, afterEffect: true });
    });

    expect((await world.run({ store, policy })).outcome).toBe('updated');
  });

  it('takes back the count of a Connect that failed before the login, where it was seen under way', async () => {
    const world = createWorld();
    const store = addCloudHsm(world);
    world.simulator.failNextConnect(store, 'INSUFFICIENT_FREE_ADDRESSES_IN_SUBNET');

    const { outcome } = await world.run({ store, policy });

    expect([outcome, countOfLogins(world)?.count]).toEqual(['stranded', 0]);
  });

  it.each([
    ['with a code that may come after the login', 'INTERNAL_ERROR', 10_000],
    ['that was never seen under way', 'INSUFFICIENT_FREE_ADDRESSES_IN_SUBNET', 10],
  ] as const)('keeps the count of a Connect that failed %s', async (_, code, connectMs) => {
    const world = createWorld();
    const store = addCloudHsm(world);
    world.simulator.failNextConnect(store, code, { times: 3, connectMs });

    await world.run({ store, policy });

    expect(countOfLogins(world)?.count).toBe(countOf(world, connect));
  });

  it('keeps the count of a Connect without a definite answer that then failed before the login', async () => {
    const world = createWorld();
    const store = addCloudHsm(world);
    world.simulator.failNextConnect(store, 'INSUFFICIENT_FREE_ADDRESSES_IN_SUBNET');
    world.simulator.failNext(connect, 'ConnectionReset', { afterEffect: true });

    await world.run({ store, policy });

    expect(countOfLogins(world)?.count).toBe(1);
  });

  it("takes back the count of a dead man's switch that could not be armed", async () => {
    const world = createWorld();
    const store = addCloudHsm(world);
    world.simulator.failNext('CreateSchedule', 'AccessDeniedException', { times: 9 });
    const deadMansSwitch = 'arn:aws:iam::111122223333:role/connect';

    const { outcome } = await world.run({ store, policy: { ...policy, deadMansSwitch } });

    expect([outcome, countOfLogins(world)?.count ?? 0]).toEqual(['refused', 0]);
  });
});

describe('a rollback', () => {
  const rename = { NewCustomKeyStoreName: 'renamed' };

  it('tries an update again that an old proxy answers late', async () => {
    const world = createWorld();
    const store = addExternal(world);
    world.when(justBefore(world, 'Connect', store), () => {
      world.simulator.proxy(newEndpoint).reachable = false;
      world.simulator.proxy(oldEndpoint).reachable = false;
      world.clock.at(world.clock.now() + minuteMs, () => {
        world.simulator.proxy(oldEndpoint).reachable = true;
      });
    });

    const { outcome } = await world.run({ store, ...moveEndpoint });

    expect([outcome, endpointOf(world, store), stateOf(world, store)]).toEqual([
      'rolledBack',
      oldEndpoint,
      'CONNECTED',
    ]);
  });

  it('restores the rest, reconnects and says so where the old name is taken', async () => {
    const world = createWorld();
    const store = addExternal(world);
    world.when(justBefore(world, 'Connect', store), () => {
      world.simulator.proxy(newEndpoint).reachable = false;
      const input = { CustomKeyStoreId: addExternal(world, other), NewCustomKeyStoreName: 'xks' };
      callAsSomebodyElse(world, update, input);
    });
    const other = { CustomKeyStoreName: 'other', XksProxyUriPath: '/other/kms/xks/v1' };

    const { outcome, settings, reason, nextCommands } = await world.run({
      store,
      change: { ...moveEndpoint.change, ...rename },
      policy: moveEndpoint.policy,
    });

    expect([outcome, settings, endpointOf(world, store)]).toEqual(['stranded', 'new', oldEndpoint]);
    expect([world.simulator.store(store).CustomKeyStoreName, stateOf(world, store)]).toEqual(['renamed', 'CONNECTED']);
    expect(reason?.message).toContain('NewCustomKeyStoreName');
    expect(nextCommands).toEqual([`cks update ${store} --new-custom-key-store-name xks --final-state connected`]);
  });

  it('restores the name and stays offline where the old proxy is gone', async () => {
    const world = createWorld();
    const store = addExternal(world);
    world.when(justBefore(world, 'Connect', store), () => {
      world.simulator.failNextConnect(store, 'XKS_PROXY_INVALID_RESPONSE');
      world.simulator.proxy(oldEndpoint).reachable = false;
    });

    const { outcome, settings, reason, nextCommands } = await world.run({
      store,
      change: { ...moveEndpoint.change, ...rename },
      policy: moveEndpoint.policy,
    });

    expect([outcome, settings, stateOf(world, store)]).toEqual(['stranded', 'new', 'DISCONNECTED']);
    expect(world.simulator.store(store).CustomKeyStoreName).toBe('xks');
    expect(endpointOf(world, store)).toBe(newEndpoint);
    expect(reason?.message).toContain('XksProxyUriEndpoint');
    expect(nextCommands).toEqual([
      `cks update ${store} --xks-proxy-uri-endpoint ${oldEndpoint} --final-state connected`,
    ]);
  });
});
