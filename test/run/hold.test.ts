import { describe, expect, it } from 'vitest';
import type { Risk } from '../../src/domain/policy.ts';
import { UnfinishedRunError } from '../../src/run/errors.ts';
import { addCloudHsm, addClusterFromOldBackup, addExternal } from '../support/stores.ts';
import { createWorld } from '../support/world.ts';

const policy = { onFailure: 'hold', accept: ['outage'] } as const;

/** A cluster whose kmsuser password KMS does not know, and an operator who says each time that it is mended. */
function runToHold(answers: readonly (readonly Risk[])[]) {
  const world = createWorld();
  const store = addCloudHsm(world);
  const left = [...answers];
  const wait = async () => {
    const accepted = left.shift();
    return accepted ? ({ kind: 'released', correction: {}, accepted } as const) : ({ kind: 'left' } as const);
  };
  const change = { CloudHsmClusterId: addClusterFromOldBackup(world) };
  const run = world.run({ store, change, policy, operatorPrompt: { wait } });
  const connects = () => world.sent.filter(({ operation }) => operation === 'ConnectCustomKeyStore').length;
  return { run, connects };
}

async function endOf(run: Promise<unknown>): Promise<UnfinishedRunError> {
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof UnfinishedRunError)) throw new Error('the run did not break off');
  return error;
}

describe('a hold with a limit', () => {
  it.each([
    ['ignores its signal', () => new Promise<never>(() => undefined)],
    [
      'rejects when its signal aborts',
      (_: unknown, signal: AbortSignal) =>
        new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('closed')))),
    ],
  ])('rolls back at its limit where the prompt %s', async (_, wait) => {
    const world = createWorld();
    const limited = {
      accept: ['outage', 'no-rollback'],
      holdOffline: true,
      holdTimeoutMs: 60_000,
      mode: 'offline',
    } as const;
    const request = { store: addExternal(world), change: { NewCustomKeyStoreName: 'renamed' }, policy: limited };

    const { outcome, reason } = await world.run({ ...request, operatorPrompt: { wait } });

    expect([outcome, reason?.code]).toEqual(['rolledBack', 'HOLD_EXPIRED']);
    expect(world.simulator.store(request.store).ConnectionState).toBe('CONNECTED');
  });
});

describe('a run that is held after kmsuser was refused', () => {
  it('breaks off where nobody can say that it is mended', async () => {
    const { run, connects } = runToHold([]);
    const { held, hasWritten, lastSeen } = await endOf(run);
    expect([held?.missing, hasWritten, lastSeen]).toEqual([['login'], true, 'FAILED']);
    expect(connects()).toBe(1);
  });

  it('does not go on without one more login being accepted', async () => {
    const { run, connects } = runToHold([[]]);
    expect((await endOf(run)).message).toContain('--accept login');
    expect(connects()).toBe(1);
  });

  it('takes each acceptance for one login', async () => {
    const { run, connects } = runToHold([['login'], []]);
    expect((await endOf(run)).held?.missing).toEqual(['login']);
    expect(connects()).toBe(2);
  });
});
