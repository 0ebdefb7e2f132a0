import { describe, expect, it } from 'vitest';
import { LogError, type LogRecord, type RunLog } from '../../src/ports/log.ts';
import { requestResume } from '../../src/run/resume.ts';
import { crash, recordOf } from '../support/crash-and-resume.ts';
import { createKeyVerifier } from '../support/key-verifiers.ts';
import { createMemoryLog } from '../support/memory-log.ts';
import { readLeft } from '../support/read-left.ts';
import { addCloudHsm, addExternal, clusters, newEndpoint } from '../support/stores.ts';
import { createWorld } from '../support/world.ts';

const minutes = (n: number) => n * 60_000;
const deadMansSwitch = 'arn:aws:iam::111122223333:role/connect';
const reconnect = { deadMansSwitch, intent: 'reconnect', accept: ['outage'] } as const;
const move = {
  change: { XksProxyUriEndpoint: newEndpoint },
  policy: { deadMansSwitch, accept: ['outage', 'unverified-keys'] },
} as const;

/** The process dies as soon as the store is on its way offline, and the switch strikes. */
async function dieOffline() {
  const world = createWorld();
  const request = { store: addExternal(world), ...move, startedAtMs: world.clock.now() };
  const records: LogRecord[] = [];
  await crash(world, request, createMemoryLog(records), { at: recordOf('result', 'disconnectStore'), isKept: true });
  const state = () => world.simulator.store(request.store).ConnectionState;
  return { world, request, records, state };
}

describe("a dead man's switch", () => {
  it('brings a store back of whose run nothing is left, after the longest way that the run could have gone', async () => {
    const { world, state } = await dieOffline();
    world.clock.advance(minutes(69));
    expect(state()).toBe('DISCONNECTED');

    world.clock.advance(minutes(3));

    expect(state()).toBe('CONNECTED');
    expect(world.simulator.describeWorld().schedules).toEqual([]);
  });

  it("a dead man's switch that has struck is no foreign hand to the process that goes on with the run", async () => {
    const { world, request, records, state } = await dieOffline();
    world.clock.advance(minutes(120));

    const { outcome, reason, settings } = await world.run({ ...request, log: createMemoryLog(records) });

    expect([outcome, settings, state()]).toEqual(['rolledBack', 'old', 'CONNECTED']);
    expect(reason?.code).toBe('SWITCH_FIRED');
  });

  it("a dead man's switch that has struck in vain is no call without effect to the process that continues the run", async () => {
    const { world, request, records, state } = await dieOffline();
    world.simulator.failNextConnect(request.store, 'NETWORK_ERRORS');
    world.clock.advance(minutes(120));

    const { outcome, reason, settings } = await world.run({ ...request, log: createMemoryLog(records) });

    expect([outcome, settings, state()]).toEqual(['rolledBack', 'old', 'CONNECTED']);
    expect(reason?.code).toBe('SWITCH_FIRED');
  });

  it("a dead man's switch that has struck is armed anew by the run that takes it up, which does what is left", async () => {
    const { world, request, records, state } = await dieOffline();
    world.clock.advance(minutes(120));
    const { input, left } = readLeft(world, request, records);
    if (left === null) throw new Error('it has left the store offline');

    const sequel = requestResume(left, input.request, {}, []);
    const { outcome } = await world.run({ ...request, ...sequel, ...sequel.request });

    expect([outcome, state()]).toEqual(['updated', 'CONNECTED']);
    expect(world.simulator.calls.filter(({ operation }) => operation === 'CreateSchedule')).toHaveLength(2);
    expect(world.simulator.describeWorld().schedules).toEqual([]);
  });

  it('brings no store back to keys that were seen to be others', async () => {
    const world = createWorld();
    const keyVerifier = createKeyVerifier(({ settings }) =>
      settings.XksProxyUriEndpoint === newEndpoint ? 'mismatch' : 'verified',
    );
    const request = { store: addExternal(world), ...move, keyVerifier, startedAtMs: world.clock.now() };
    const isBack = (record: LogRecord) =>
      recordOf('result', 'disconnectStore')(record) &&
      world.simulator.store(request.store).XksProxyConfiguration?.UriEndpoint === newEndpoint;
    await crash(world, request, createMemoryLog(), { at: isBack, isKept: true });

    world.clock.advance(minutes(120));

    expect(world.simulator.store(request.store).ConnectionState).toBe('DISCONNECTED');
  });

  it('is taken away where the process that armed it died, and the next one may not arm it', async () => {
    const world = createWorld();
    const request = { store: addExternal(world), policy: reconnect, startedAtMs: world.clock.now() };
    const records: LogRecord[] = [];
    await crash(world, request, createMemoryLog(records), { at: recordOf('result', 'armSwitch'), isKept: false });
    expect(world.simulator.describeWorld().schedules).toHaveLength(1);
    world.simulator.failNext('CreateSchedule', 'AccessDeniedException');

    const { outcome, reason } = await world.run({ ...request, log: createMemoryLog(records) });

    expect([outcome, reason?.code]).toEqual(['refused', 'NOT_ARMED']);
    expect(world.simulator.describeWorld().schedules).toEqual([]);
  });

  it("a dead man's switch that a resume arms anew is counted as one login, not two", async () => {
    const world = createWorld();
    const request = { store: addCloudHsm(world), policy: reconnect, startedAtMs: world.clock.now() };
    const records: LogRecord[] = [];
    await crash(world, request, createMemoryLog(records), { at: recordOf('result', 'disconnectStore'), isKept: true });
    world.clock.advance(minutes(5));
    const { input, left } = readLeft(world, request, records);
    if (left === null) throw new Error('it has left the store offline');
    const counts: unknown[] = [];
    world.when('ConnectCustomKeyStore', () => counts.push(world.logins.get(clusters(world).first)?.count));

    const sequel = requestResume(left, input.request, {}, []);
    const { outcome } = await world.run({ ...request, ...sequel, ...sequel.request });

    // One for the switch, one for our own Connect.
    expect([outcome, counts]).toEqual(['updated', [2]]);
  });

  it("a dead man's switch that is armed anew passes over no hold", async () => {
    const world = createWorld();
    const policy = { ...move.policy, holdOffline: true };
    const request = { store: addExternal(world), ...move, policy, startedAtMs: world.clock.now() };
    const records: LogRecord[] = [];
    await crash(world, request, createMemoryLog(records), { at: recordOf('result', 'disconnectStore'), isKept: true });
    world.clock.advance(minutes(5));
    const { input, left } = readLeft(world, request, records);
    if (left === null) throw new Error('it has left the store offline');
    const sentWhenHeld: number[] = [];
    const updates = () => world.sent.filter(({ operation }) => operation === 'UpdateCustomKeyStore').length;
    const wait = async () => {
      sentWhenHeld.push(updates());
      return { kind: 'released', correction: {}, accepted: [] } as const;
    };

    const sequel = requestResume(left, input.request, {}, []);
    const { outcome } = await world.run({ ...request, ...sequel, ...sequel.request, operatorPrompt: { wait } });

    expect([outcome, sentWhenHeld]).toEqual(['updated', [0]]);
  });

  it('counts neither as a call to KMS nor as time offline', async () => {
    const [world, other] = [createWorld(), createWorld()];
    const { deadMansSwitch: _, ...plain } = reconnect;

    const without = await world.run({ store: addExternal(world), policy: plain });
    const { calls, offlineMs } = await other.run({ store: addExternal(other), policy: reconnect });

    expect(Object.keys(calls).sort()).toEqual(Object.keys(without.calls).sort());
    expect(Math.abs(Number(offlineMs) - Number(without.offlineMs))).toBeLessThan(1_000);
  });

  it("a dead man's switch that is left on purpose is told, with the instant and the command that takes it away", async () => {
    const world = createWorld();
    const store = addExternal(world);
    world.simulator.failNext('ConnectCustomKeyStore', 'AccessDeniedException', { times: 100 });

    const { outcome, deadMansSwitch: left } = await world.run({ store, policy: reconnect });

    expect(outcome).toBe('stranded');
    expect(left).toEqual({
      schedule: `dead-mans-switch-${store}`,
      firesAt: '2026-11-24T04:11:00.000Z',
      isWanted: true,
      remove: `aws scheduler delete-schedule --name dead-mans-switch-${store} --region us-east-1`,
    });
  });

  it("a dead man's switch that could not be taken away is told too", async () => {
    const world = createWorld();
    world.simulator.failNext('DeleteSchedule', 'AccessDeniedException', { times: 100 });

    const { outcome, deadMansSwitch: left } = await world.run({ store: addExternal(world), policy: reconnect });

    expect([outcome, left?.isWanted]).toEqual(['updated', false]);
  });

  it('is taken away where the journal fails before anything was sent', async () => {
    for (const step of ['result.armSwitch', 'intent.disconnectStore']) {
      const world = createWorld();
      const memory = createMemoryLog();
      const log: RunLog = {
        past: memory.past,
        async append(record, sync) {
          const name = 'step' in record ? `${record.kind}.${record.step.split('.').at(-1)}` : '';
          if (name === step) throw new LogError('no space left on device');
          await memory.append(record, sync);
        },
      };

      const { outcome, reason } = await world.run({ store: addExternal(world), policy: reconnect, log });

      expect([outcome, reason?.code]).toEqual(['refused', 'SAFEGUARD_UNAVAILABLE']);
      expect(world.simulator.describeWorld().schedules).toEqual([]);
    }
  });

  it("a dead man's switch of a CloudHSM key store counts as a login from when it is armed", async () => {
    const world = createWorld();
    const { first } = clusters(world);
    const counted: unknown[] = [];
    world.when('DisconnectCustomKeyStore', () => counted.push(world.logins.get(first)?.count));

    await world.run({ store: addCloudHsm(world), policy: reconnect });

    expect(counted).toEqual([1]);
    expect(world.logins.get(first)?.count).toBe(0);
  });
});
