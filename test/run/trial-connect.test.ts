import { expect, it } from 'vitest';
import type { LogRecord } from '../../src/ports/log.ts';
import { createMemoryLog } from '../support/memory-log.ts';
import { addExternal, newCredential, newEndpoint, newReference } from '../support/stores.ts';
import { createWorld } from '../support/world.ts';

const change = { XksProxyUriEndpoint: newEndpoint, XksProxyAuthenticationCredential: newReference };
const policy = { trialConnect: true, accept: ['outage', 'no-rollback', 'unverified-keys'] } as const;

it('answers for a proxy that could not be checked from here, and says so in the result', async () => {
  const world = createWorld();
  const unseen = { name: 'xks-proxy', run: async () => ({ status: 'unknown', message: 'no way there' }) as const };

  const result = await world.run({ store: addExternal(world), change, policy, checks: [unseen] });

  expect(result.outcome).toBe('updated');
  expect(result.checks).toEqual([
    { check: 'xks-proxy', status: 'unknown', message: 'no way there' },
    {
      check: 'trial-connect',
      status: 'passed',
      message: 'KMS connected a trial store with the new settings; it is deleted again',
      answers: ['xks-proxy', 'endpoint-service'],
    },
  ]);
  expect(result.calls).toMatchObject({ CreateCustomKeyStore: 1, DeleteCustomKeyStore: 2, UpdateCustomKeyStore: 1 });
});

it('sends the update only after the trial store was seen to be gone, however long it is shown', async () => {
  const world = createWorld();
  world.simulator.staleReadsForMs = 20_000;

  await world.run({ store: addExternal(world), change, policy });

  const gone = world.sentBeside.findLast(({ operation }) => operation === 'DescribeCustomKeyStores');
  const update = world.sent.find(({ operation }) => operation === 'UpdateCustomKeyStore');
  const remove = world.sentBeside.findLast(({ operation }) => operation === 'DeleteCustomKeyStore');
  expect(gone?.error).toBe('CustomKeyStoreNotFoundException');
  expect((gone?.atMs ?? 0) - (remove?.atMs ?? 0)).toBeGreaterThanOrEqual(20_000);
  expect(update?.atMs).toBeGreaterThan(gone?.atMs ?? Number.POSITIVE_INFINITY);
});

it('writes no secret into its log or its events, also where KMS quotes what it was sent', async () => {
  const world = createWorld();
  const records: LogRecord[] = [];
  const quoting = { name: 'XksProxyUriUnreachableException', message: 'cannot reach it with (sent)' };
  world.simulator.failNext('CreateCustomKeyStore', quoting);

  const result = await world.run({ store: addExternal(world), change, policy, log: createMemoryLog(records) });

  expect(result.outcome).toBe('refused');
  expect(world.sentBeside.some(({ input }) => JSON.stringify(input).includes(newCredential.RawSecretAccessKey))).toBe(
    true,
  );
  expect(JSON.stringify([records, world.events, result])).not.toContain(newCredential.RawSecretAccessKey);
});

it('names the command that deletes a store that it had to leave', async () => {
  const world = createWorld();
  const store = addExternal(world);
  world.when(
    () => world.sentBeside.some(({ shown }) => shown?.ConnectionState === 'DISCONNECTING'),
    () => world.simulator.failNext('DeleteCustomKeyStore', 'AccessDeniedException', { times: 9 }),
  );

  const result = await world.run({ store, change, policy });

  expect(result).toMatchObject({ outcome: 'refused', settings: 'old', nextCommands: ['cks resume run-1'] });
  expect(result.reason?.message).toContain('"cks-trial-run-1" still exists');
});
