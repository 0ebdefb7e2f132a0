import { describe, expect, it } from 'vitest';
import { createRotationWorld, type RotationWorld, rotatedTo, show } from '../../support/rotation-world.ts';
import { inDepth, sample } from '../../support/sampling.ts';

async function countCalls(): Promise<number> {
  const world = createRotationWorld();
  await world.rotate('a');
  return world.count();
}

/** Rotates with the function killed at these calls, and again each time, as Secrets Manager does. */
async function rotateKilledAt(...calls: readonly number[]): Promise<RotationWorld> {
  const world = createRotationWorld();
  for (const killAt of calls) {
    world.killAt = killAt;
    const told = await world.rotate('a');
    const isKilled = told.includes(null);
    expect({ killAt, works: world.works() }).toEqual({ killAt, works: true });
    if (!isKilled) return world;
  }
  world.killAt = null;
  const told = await world.rotate('a');
  expect({ calls, refused: told.filter((one) => one === null || 'refused' in one) }).toEqual({ calls, refused: [] });
  return world;
}

describe('a rotation whose function is killed', () => {
  it('a rotation whose function is killed after any call ends rotated when it is called again, and AWSCURRENT works all the while', async () => {
    const calls = await countCalls();
    expect(calls).toBeGreaterThan(50);
    const all = Array.from({ length: calls }, (_, at) => at + 1);
    for (const nth of sample(all, 4, (nth) => `killed at ${nth}`)) {
      const world = await rotateKilledAt(nth);
      expect({ nth, ...show(world) }).toEqual({ nth, ...rotatedTo('a') });
    }
  });

  it('a rotation whose function is killed and killed once more while it goes on, does so too', async () => {
    const calls = Array.from({ length: await countCalls() }, (_, nth) => nth + 1);
    for (const first of sample(calls, 12, (first) => `first at ${first}`)) {
      for (const second of sample(calls, 60, (second) => `${first} and ${second}`, 10)) {
        const world = await rotateKilledAt(first, first + second);
        expect({ first, second, ...show(world) }).toEqual({ first, second, ...rotatedTo('a') });
      }
    }
  });

  it('never has the old credential retired while a host of KMS may use it', async () => {
    for (let nth = 1; nth <= (await countCalls()); nth += inDepth(20, 5)) {
      const world = createRotationWorld();
      const retired: number[] = [];
      world.hook.retire = async () => void retired.push(world.clock.now());
      world.killAt = nth;
      await world.rotate('a');
      world.killAt = null;
      await world.rotate('a');
      const [store] = world.simulator.describeWorld().stores;
      const lastHostMs = Math.max(...world.simulator.hostsEffectiveAtMs(store?.CustomKeyStoreId ?? ''));
      expect({ nth, isLater: retired.every((atMs) => atMs >= lastHostMs) }).toEqual({ nth, isLater: true });
    }
  });
});
