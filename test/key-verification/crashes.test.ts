/** A run that dies around its canaries: whatever was encrypted and not remembered is made anew, and none is told of twice. */
import { expect, it } from 'vitest';
import { createCanaryVerifier } from '../../src/key-verification/key-verifier.ts';
import type { LogRecord } from '../../src/ports/log.ts';
import { type CrashPoint, crash, recordOf } from '../support/crash-and-resume.ts';
import { createMemoryLog } from '../support/memory-log.ts';
import { askInProcess } from '../support/services-in-process.ts';
import { addExternal, newEndpoint } from '../support/stores.ts';
import { createWorld } from '../support/world.ts';

const policy = { accept: ['outage', 'unverified-keys'], canaryKeys: ['all'], requireKeyVerification: true } as const;

/** A store of three keys moves to another endpoint, with proofs, and the process dies on its way there. */
async function dieAndGoOn(keyManager: string, point: CrashPoint) {
  const world = createWorld();
  const { clock, simulator } = world;
  const store = addExternal(world, { keys: 3 });
  simulator.addProxy({ endpoint: newEndpoint, keyManager });
  const { keys } = askInProcess(simulator, clock);
  const kept = { read: async () => [], write: async () => undefined };
  const keyVerifier = createCanaryVerifier({ keys, kept, clock, random: () => 0 });
  const request = {
    store,
    change: { XksProxyUriEndpoint: newEndpoint },
    policy,
    keyVerifier,
    startedAtMs: clock.now(),
  };
  const records: LogRecord[] = [];
  await crash(world, request, createMemoryLog(records), point);
  const result = await world.run({ ...request, log: createMemoryLog(records) });
  const prepared = records.filter(recordOf('result', 'prepareKeyVerification'));
  const disconnects = world.sent.filter(({ operation }) => operation === 'DisconnectCustomKeyStore');
  return { result, prepared, disconnects };
}

const sameKeys = createWorld().simulator.proxy(newEndpoint).keyManager;

const points = [
  ['prepareKeyVerification', 'result'],
  ['approve', 'result'],
  ['disconnectStore', 'intent'],
  ['updateStore', 'result'],
  ['connectStore', 'result'],
  ['verifyKeys', 'result'],
] as const;

it.each(points.flatMap(([step, kind]) => [false, true].map((isKept) => [step, kind, isKept] as const)))(
  'at %s, %s, kept: %s',
  async (step, kind, isKept) => {
    const point = { at: recordOf(kind, step), isKept };

    const same = await dieAndGoOn(sameKeys, point);
    const other = await dieAndGoOn('another', point);

    const verified = { status: 'verified', passed: 3, canaries: 3, keys: 3 };
    expect(same.result).toMatchObject({ outcome: 'updated', keyVerification: verified });
    expect(same.prepared).toHaveLength(1);
    expect(same.disconnects).toHaveLength(1);
    expect(other.result).toMatchObject({
      outcome: 'rolledBack',
      keyVerification: { ...verified, exposure: {} },
      reason: { code: 'KEY_MISMATCH', message: expect.stringContaining('3 of 3 keys tried') },
    });
    expect(other.prepared).toHaveLength(1);
  },
);
