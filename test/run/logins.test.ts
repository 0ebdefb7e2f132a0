import { describe, expect, it } from 'vitest';
import { UnfinishedRunError } from '../../src/run/errors.ts';
import { crash, recordOf } from '../support/crash-and-resume.ts';
import { createMemoryLog } from '../support/memory-log.ts';
import { release } from '../support/operators.ts';
import { addCloudHsm, clusters } from '../support/stores.ts';
import { createWorld, type World } from '../support/world.ts';

const countConnects = ({ sent }: World) => sent.filter(({ operation }) => operation === 'ConnectCustomKeyStore').length;

/** An operator who says "go on" as often as they are asked, and never that the login may be tried again. */
const impatient = release();

describe('the acceptance of one more login', () => {
  it('ends with the refusal that follows it', async () => {
    const world = createWorld();
    const store = addCloudHsm(world, { ConnectionState: 'FAILED', ConnectionErrorCode: 'INVALID_CREDENTIALS' });
    world.simulator.failNextConnect(store, 'INVALID_CREDENTIALS', { times: 5 });
    const policy = { intent: 'reconnect', onFailure: 'hold', accept: ['login'] } as const;

    await expect(world.run({ store, policy, operatorPrompt: impatient })).rejects.toBeInstanceOf(UnfinishedRunError);
    expect(countConnects(world)).toBe(1);
  });

  it('ends with the connect that nothing else allowed', async () => {
    const world = createWorld();
    const store = addCloudHsm(world, { ConnectionState: 'DISCONNECTED' });
    world.simulator.failNextConnect(store, 'NETWORK_ERRORS', { times: 9 });
    const policy = { finalState: 'connected', onFailure: 'hold', accept: ['login'] } as const;

    await expect(world.run({ store, policy, operatorPrompt: impatient })).rejects.toBeInstanceOf(UnfinishedRunError);
    expect(countConnects(world)).toBe(4);
  });

  it('is used up by a process that dies before it could say so, and may be given again', async () => {
    const world = createWorld();
    const store = addCloudHsm(world, { ConnectionState: 'FAILED', ConnectionErrorCode: 'NETWORK_ERRORS' });
    world.logins.set(clusters(world).first, { count: 3, refusedWith: null });
    world.simulator.failNext('ConnectCustomKeyStore', 'ConnectionReset');
    const request = { store, policy: { intent: 'reconnect', onFailure: 'hold', accept: ['login'] } } as const;
    const log = createMemoryLog();

    await crash(world, request, log, { at: recordOf('result', 'connectStore'), isKept: false });
    const impatiently = world.run({ ...request, operatorPrompt: impatient, log: createMemoryLog([...log.past]) });
    await expect(impatiently).rejects.toBeInstanceOf(UnfinishedRunError);
    expect(countConnects(world)).toBe(1);

    expect((await world.run({ ...request, operatorPrompt: release(undefined, {}, ['login']), log })).outcome).toBe(
      'updated',
    );
    expect(countConnects(world)).toBe(2);
  });

  it('counts each connect whose answer was lost', async () => {
    const world = createWorld();
    const store = addCloudHsm(world, { ConnectionState: 'DISCONNECTED' });
    world.simulator.failNext('ConnectCustomKeyStore', 'ConnectionReset', { times: 9 });
    const policy = { finalState: 'connected', onFailure: 'hold', accept: ['login'] } as const;

    expect((await world.run({ store, policy, operatorPrompt: impatient })).outcome).toBe('refused');
    expect(countConnects(world)).toBe(4);
    const again = { finalState: 'connected', accept: ['login'] } as const;
    expect((await world.run({ store, policy: again })).outcome).toBe('refused');
    expect(countConnects(world)).toBe(5);
  });
});

it('remembers a refused login that it finds, for the runs after it', async () => {
  const world = createWorld();
  const store = addCloudHsm(world, { ConnectionState: 'FAILED', ConnectionErrorCode: 'USER_LOCKED_OUT' });

  const result = await world.run({ store, policy: { intent: 'reconnect' } });

  expect(result.reason?.message).toContain('--accept login');
  expect([...world.logins.values()]).toEqual([{ count: 0, refusedWith: 'USER_LOCKED_OUT' }]);
});

describe('a count that cannot be read', () => {
  const unknown = { count: 0, refusedWith: null, unknownBecause: 'the file is torn' };

  it('asks for the acceptance of a login before the outage', async () => {
    const world = createWorld();
    const store = addCloudHsm(world, { ConnectionState: 'DISCONNECTED' });
    world.logins.set(clusters(world).first, unknown);
    const result = await world.run({ store, policy: { finalState: 'connected' } });
    expect([result.outcome, result.reason?.message]).toEqual(['refused', 'not confirmed: --accept login is missing']);
    expect(world.sent.map(({ operation }) => operation)).toEqual(['DescribeCustomKeyStores']);
  });

  it('allows the one connect that is accepted, and no other', async () => {
    const world = createWorld();
    const store = addCloudHsm(world, { ConnectionState: 'DISCONNECTED' });
    world.logins.set(clusters(world).first, unknown);
    world.simulator.failNextConnect(store, 'NETWORK_ERRORS', { times: 9 });
    const policy = { finalState: 'connected', onFailure: 'hold', accept: ['login'] } as const;
    await expect(world.run({ store, policy, operatorPrompt: impatient })).rejects.toBeInstanceOf(UnfinishedRunError);
    expect(countConnects(world)).toBe(1);
  });

  it('is forgotten with CONNECTED', async () => {
    const world = createWorld();
    const store = addCloudHsm(world, { ConnectionState: 'DISCONNECTED' });
    world.logins.set(clusters(world).first, unknown);
    const policy = { finalState: 'connected', accept: ['login'] } as const;
    expect((await world.run({ store, policy })).outcome).toBe('updated');
    expect(world.logins.get(clusters(world).first)).toEqual({ count: 0, refusedWith: null });
  });

  it('is what the journal holds where a run is resumed', async () => {
    const world = createWorld();
    const store = addCloudHsm(world, { ConnectionState: 'CONNECTED' });
    const request = { store, policy: { intent: 'reconnect', accept: ['outage'] } } as const;
    const log = createMemoryLog();
    await crash(world, request, log, { at: recordOf('result', 'disconnectStore'), isKept: true });
    world.logins.set(clusters(world).first, unknown);
    expect((await world.run({ ...request, log })).outcome).toBe('updated');
    expect(countConnects(world)).toBe(1);
  });

  it('asks the operator where a run is resumed that broke off during a connect, which no journal has counted', async () => {
    const world = createWorld();
    const store = addCloudHsm(world, { ConnectionState: 'CONNECTED' });
    world.simulator.failNext('ConnectCustomKeyStore', 'InternalFailure', { times: 9 });
    const request = { store, policy: { intent: 'reconnect', onFailure: 'hold', accept: ['outage'] } } as const;
    const log = createMemoryLog();
    await crash(world, request, log, { at: recordOf('intent', 'connectStore'), isKept: true });
    world.logins.set(clusters(world).first, unknown);
    const connects = countConnects(world);
    await expect(world.run({ ...request, operatorPrompt: impatient, log })).rejects.toBeInstanceOf(UnfinishedRunError);
    expect(countConnects(world)).toBe(connects);
  });
});
