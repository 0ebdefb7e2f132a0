import { describe, expect, it } from 'vitest';
import { createRandom } from '../../support/random.ts';
import { outcomes } from '../../support/rotated.ts';
import { createRotationWorld, type RotationWorld } from '../../support/rotation-world.ts';
import { oldEndpoint } from '../../support/stores.ts';
import { isWhole } from '../../support/whole.ts';

const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
const operations = [
  'DescribeSecret',
  'GetSecretValue',
  'PutSecretValue',
  'UpdateSecretVersionStage',
  'UpdateCustomKeyStore',
  'DescribeCustomKeyStores',
  'Decrypt',
];
const faults = ['InternalServiceError', 'ThrottlingException', 'ConnectionReset', 'AccessDeniedException'];

type Act = (world: RotationWorld, pick: <T>(all: readonly T[]) => T) => Promise<unknown> | unknown;

/** What may happen between two calls, or to one. */
const acts: readonly Act[] = [
  (world, pick) => world.call(pick(['a', 'b']), pick(steps)),
  (world, pick) => world.call(pick(['a', 'b']), pick(steps)),
  (world, pick) => world.rotate(pick(['a', 'b'])),
  (world) => world.rotateAll('a', 'a'),
  (world) => world.rotateAll('a', 'b'),
  (world, pick) => {
    world.killAt = world.count() + 1 + pick([0, 3, 8, 15, 25, 40]);
  },
  (world, pick) =>
    world.simulator.orderFault({
      match: { operation: pick(operations), times: pick([1, 2]), caller: 'cks' },
      effect: { kind: 'answer', fault: { name: pick(faults) }, afterEffect: pick([true, false]) },
    }),
  (world, pick) => world.clock.advance(pick([1_000, 100_000, 400_000])),
  (world, pick) => {
    const broken = async () => Promise.reject(new Error('out of order'));
    world.hook = pick([
      {},
      { establish: broken },
      { retire: broken },
      { retire: () => new Promise<void>(() => undefined) },
    ]);
  },
  (world, pick) => {
    world.simulator.staleReads = pick([{}, { values: { forMs: 30_000, likelihood: 0.5 } }]);
  },
];

describe('rotations in any order, with kills and faults', () => {
  it('have AWSCURRENT work at every moment, and end rotated once all is well', async () => {
    for (let seed = 1; seed <= (isWhole ? 2_000 : 40); seed += 1) {
      const next = createRandom(seed);
      const pick = <T>(all: readonly T[]): T => all[Math.floor(next() * all.length)] as T;
      const world = createRotationWorld();
      const moments = 4 + Math.floor(next() * 12);
      for (let moment = 0; moment < moments; moment += 1) {
        await pick(acts)(world, pick);
        expect({ seed, moment, works: world.works() }).toEqual({ seed, moment, works: true });
      }
      Object.assign(world, { killAt: null, hook: {} });
      world.simulator.clearFaults();
      world.simulator.staleReads = {};
      const told = outcomes(await world.rotate('c'));
      expect({ seed, told: told.length, last: told.at(-1) }).toEqual({ seed, told: 4, last: 'done' });
      expect({ seed, inForce: world.inForce(), works: world.works() }).toEqual({ seed, inForce: 'c', works: true });
      expect({ seed, taken: Object.keys(world.simulator.proxy(oldEndpoint).credentials ?? {}).length }).toEqual({
        seed,
        taken: 1,
      });
      expect({ seed, disconnects: world.trace().filter((line) => /connect$/.test(line)) }).toEqual({
        seed,
        disconnects: [],
      });
    }
  });
});
