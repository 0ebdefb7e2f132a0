import { expect, it } from 'vitest';
import { createRandom } from '../support/random.ts';
import { addExternal } from '../support/stores.ts';
import { createWorld } from '../support/world.ts';

/** A look a second, its call, and the way of Update and Connect. Who misses a look is a second later. */
const longestMs = 1_000 + 150 + 300;

it.each([1, 2, 3])('ten runs of one process share each look: none waits for its turn (seed %d)', async (seed) => {
  const random = createRandom(seed);
  const tookMs: number[] = [];
  const disconnect = () => {
    tookMs.push(Math.round(10_000 + random() * 60_000));
    return tookMs.at(-1) ?? 0;
  };
  const world = createWorld({ seed, durations: { disconnect: { EXTERNAL_KEY_STORE: disconnect } } });
  const kms = world.connect();
  const stores = Array.from({ length: 10 }, (_, nth) =>
    addExternal(world, { CustomKeyStoreName: `xks-${nth}`, XksProxyUriPath: `/${nth}/kms/xks/v1` }),
  );
  const runs = stores.map((store, nth) => {
    const change = { XksProxyUriEndpoint: `https://new-${nth}.xks.example.com` };
    return world.start({ store, change, policy: { accept: ['outage', 'unverified-keys'] }, kms, random });
  });
  const results = await world.clock.drive(Promise.all(runs));
  expect(results.map(({ outcome }) => outcome)).toEqual(stores.map(() => 'updated'));

  const calls = world.simulator.calls.map((call) => ({ ...call, input: call.input as { CustomKeyStoreId?: string } }));
  const addedMs = calls
    .filter(({ operation }) => operation === 'DisconnectCustomKeyStore')
    .map(({ input, atMs }, nth) => {
      const connect = calls.find(
        (call) => call.operation === 'ConnectCustomKeyStore' && call.input.CustomKeyStoreId === input.CustomKeyStoreId,
      );
      return (connect?.atMs ?? Number.NaN) - atMs - (tookMs[nth] ?? Number.NaN);
    });
  expect(addedMs).toHaveLength(stores.length);
  expect(addedMs.filter((ms) => !(ms <= longestMs))).toEqual([]);
});
