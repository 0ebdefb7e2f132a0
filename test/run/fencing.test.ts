/** A run confirms its lock before each call that changes the store: what it does when the lock is gone, or nobody can say. */
import { describe, expect, it } from 'vitest';
import { LockError, type LockOwner, type StoreLock } from '../../src/ports/lock.ts';
import { addExternal, newEndpoint, newReference } from '../support/stores.ts';
import { createWorld, type World } from '../support/world.ts';

const other: LockOwner = { runId: 'run-2', pid: 8, host: 'elsewhere', sinceMs: 0, step: 'updateStore' };

/** `answer`: what the nth question is answered, from 1. */
function createLock(answer: (nth: number) => LockOwner | null, acquired: () => LockOwner | null = () => null) {
  let asked = 0;
  const lock: StoreLock = {
    acquire: async () => acquired(),
    async confirm() {
      asked += 1;
      return answer(asked);
    },
    recordStep: () => undefined,
    release: async () => undefined,
  };
  return lock;
}

const silence = (): never => {
  throw new LockError('the lock table cks-locks cannot be used (no answer)');
};

function move(world: World, lock: StoreLock) {
  const store = addExternal(world);
  const change = { XksProxyUriEndpoint: newEndpoint };
  return world.run({ store, change, lock, policy: { accept: ['outage', 'unverified-keys'] } });
}

const writes = ({ sent }: World) =>
  sent
    .map(({ operation }) => operation.replace('CustomKeyStore', ''))
    .filter((word) => ['Disconnect', 'Update', 'Connect'].includes(word));

describe('a run whose lock was taken by another', () => {
  it('sends nothing where it had sent nothing, and names who has it', async () => {
    const world = createWorld();
    const { outcome, reason } = await move(
      world,
      createLock(() => other),
    );
    expect([outcome, reason?.code, writes(world)]).toEqual(['refused', 'DRIFTED', []]);
    expect(reason?.message).toContain('its lock was taken by run run-2 (process 8 on elsewhere, since');
  });

  it.each([
    [2, ['Disconnect']],
    [3, ['Disconnect', 'Update']],
  ])('sends nothing more from its %ith call on, and leaves the store to it', async (nth, sent) => {
    const world = createWorld();
    const { outcome, reason } = await move(
      world,
      createLock((asked) => (asked < nth ? null : other)),
    );
    expect([outcome, reason?.code, writes(world)]).toEqual(['stranded', 'EXTERNAL_CHANGE', sent]);
  });
});

describe('a run whose lock nobody can confirm', () => {
  it('sends nothing before its first call', async () => {
    const world = createWorld();
    const { outcome, reason } = await move(world, createLock(silence));
    expect([outcome, reason?.code, writes(world)]).toEqual(['refused', 'LOCK_UNSURE', []]);
    expect(reason?.message).toContain('the lock table cks-locks cannot be used (no answer)');
  });

  it('goes on once it has sent something, and says so', async () => {
    const world = createWorld();
    const { outcome } = await move(
      world,
      createLock((asked) => (asked === 1 ? null : silence())),
    );
    expect([outcome, writes(world)]).toEqual(['updated', ['Disconnect', 'Update', 'Connect']]);
    expect(world.events.filter(({ type }) => type === 'lock.unsure')).toHaveLength(2);
  });

  it('does not begin where it cannot even be taken', async () => {
    const world = createWorld();
    const { outcome, reason } = await move(
      world,
      createLock(() => null, silence),
    );
    expect([outcome, reason?.code, writes(world)]).toEqual(['refused', 'SAFEGUARD_UNAVAILABLE', []]);
  });
});

it('a trial connect asks nobody: nobody else knows of its store', async () => {
  const world = createWorld();
  const store = addExternal(world);
  const change = { XksProxyUriEndpoint: newEndpoint, XksProxyAuthenticationCredential: newReference };
  const lock = createLock(() => other);
  const { outcome, checks } = await world.run({ store, change, lock, policy: { trialConnect: 'only' } });
  expect([outcome, checks.find(({ check }) => check === 'trial-connect')?.status]).toEqual(['unchanged', 'passed']);
});
