import { describe, expect, it } from 'vitest';
import {
  createRotationWorld,
  outcomes,
  type RotationWorld,
  rotatedTo,
  show,
  traceUnusual,
} from '../../support/rotation-world.ts';
import { sample } from '../../support/sampling.ts';
import { oldCredential, oldEndpoint } from '../../support/stores.ts';

const old = { [oldCredential.AccessKeyId]: oldCredential.RawSecretAccessKey };

/** A rotation that has told KMS, before it is tested. */
async function setUp(): Promise<RotationWorld> {
  const world = createRotationWorld();
  for (const step of ['createSecret', 'setSecret'] as const) await world.call('a', step);
  expect(world.inForce()).toBe('a');
  return world;
}

/** What is asked of the store, and told to it, by the test and its way back. */
const settled = {
  DISCONNECTED: ['Describe→DISCONNECTED a ×2', 'Describe→DISCONNECTED a', 'Update 0', 'Describe→DISCONNECTED 0'],
  FAILED: ['Describe→FAILED a ×2', 'Describe→FAILED a'],
  CONNECTING: [
    'Describe→CONNECTING a ×2',
    'Describe→CONNECTING a ×140',
    'Describe→CONNECTED a ×2',
    'Update 0',
    'Describe→CONNECTED 0',
  ],
} as const;

describe('a new credential that does not stand its test', () => {
  it('a new credential that does not stand its test because the proxy takes it no more, gives way to the old one, live', async () => {
    const world = await setUp();
    world.simulator.proxy(oldEndpoint).credentials = old;
    // The hosts that still use the old one do not hide it for ever.
    world.clock.advance(300_000);

    const { refused } = (await world.call('a', 'testSecret')) as { refused: string };
    expect(refused).toMatch(
      /^TEST_FAILED: its keys are not verified with the new credential: inconclusive, 2 of 2 did not decrypt: KMSInvalidStateException/,
    );
    expect(refused).toMatch(/\. KMS uses the old credential again \(0\)$/);
    expect(show(world)).toMatchObject({ labels: { '0': ['AWSCURRENT'] }, inForce: '0', works: true });
    expect(await traceUnusual(world)).toMatchInlineSnapshot(`
      [
        "a.createSecret: as usual",
        "a.setSecret: as usual",
        "a.testSecret: as usual for 5 lines, to Describe→CONNECTED a",
        "a.testSecret: Decrypt→KMSInvalidStateException ×62",
        "a.testSecret: Describe→CONNECTED a",
        "a.testSecret: Move cks-accepted-20261124T030002.880Z a→-",
        "a.testSecret: Get 0",
        "a.testSecret: Get a",
        "a.testSecret: Describe→CONNECTED a",
        "a.testSecret: Update 0",
        "a.testSecret: Describe→CONNECTED 0",
      ]
    `);
  });

  it('a new credential that does not stand its test because keys do not decrypt what they encrypted before, gives way to it too', async () => {
    const world = await setUp();
    world.simulator.proxy(oldEndpoint).keyManager = 'another';

    const { refused } = (await world.call('a', 'testSecret')) as { refused: string };
    expect(refused).toMatch(/^TEST_FAILED: .*mismatch, .*2 of 2 keys tried.*KMS uses the old credential again \(0\)$/);
    expect(show(world)).toMatchObject({ inForce: '0', works: true });
    expect(await traceUnusual(world)).toMatchInlineSnapshot(`
      [
        "a.createSecret: as usual",
        "a.setSecret: as usual",
        "a.testSecret: as usual for 5 lines, to Describe→CONNECTED a",
        "a.testSecret: Decrypt→KMSInvalidStateException ×2",
        "a.testSecret: Describe→CONNECTED a",
        "a.testSecret: Move cks-accepted-20261124T030002.880Z a→-",
        "a.testSecret: Get 0",
        "a.testSecret: Get a",
        "a.testSecret: Describe→CONNECTED a",
        "a.testSecret: Update 0",
        "a.testSecret: Describe→CONNECTED 0",
      ]
    `);
  });

  it.each(['DISCONNECTED', 'FAILED', 'CONNECTING'] as const)(
    'a new credential that does not stand its test because the store is %s',
    async (state) => {
      const world = await setUp();
      const [store] = world.simulator.describeWorld().stores;
      world.simulator.moveStore(store?.CustomKeyStoreId ?? '', state);

      const { refused } = (await world.call('a', 'testSecret')) as { refused: string };
      expect(refused).toMatch(new RegExp(`^TEST_FAILED: "xks" \\(cks-\\w+\\) is ${state}\\. KMS `));
      expect(world.trace().filter((line) => /^a\.testSecret: (Describe→|Update)/.test(line))).toEqual(
        settled[state].map((word) => `a.testSecret: ${word}`),
      );
      expect(refused).toMatch(
        state === 'FAILED' ? /could not be set back to the old credential \(0\): refused/ : /uses the old/,
      );
      expect(show(world)).toMatchObject({ labels: { '0': ['AWSCURRENT'] }, inForce: state === 'FAILED' ? 'a' : '0' });
    },
  );

  it('a new credential that does not stand its test and which KMS cannot be set back from, is told with both', async () => {
    const world = await setUp();
    world.simulator.proxy(oldEndpoint).reachable = false;

    const { refused } = (await world.call('a', 'testSecret')) as { refused: string };
    expect(refused).toMatch(/^TEST_FAILED: its keys are not verified/);
    expect(refused).toMatch(
      /KMS could not be set back to the old credential \(0\): refused: .*XksProxyUriUnreachable|cannot reach/,
    );
    expect(world.inForce()).toBe('a');
    world.simulator.proxy(oldEndpoint).reachable = true;
    expect(outcomes(await world.rotate('a'))).toEqual(['nothingToDo', 'nothingToDo', 'done', 'done']);
    expect(show(world)).toEqual(rotatedTo('a'));
    expect(await traceUnusual(world)).toMatchInlineSnapshot(`
      [
        "a.createSecret: as usual",
        "a.setSecret: as usual",
        "a.testSecret: as usual for 5 lines, to Describe→CONNECTED a",
        "a.testSecret: Decrypt→KMSInternalException ×10",
        "a.testSecret: Decrypt→KMSInvalidStateException ×48",
        "a.testSecret: Describe→CONNECTED a",
        "a.testSecret: Move cks-accepted-20261124T030002.880Z a→-",
        "a.testSecret: Get 0",
        "a.testSecret: Get a",
        "a.testSecret: Describe→CONNECTED a",
        "a.testSecret: Update 0→XksProxyUriUnreachableException",
        "a.createSecret: DescribeSecret",
        "a.createSecret: Get a",
        "a.setSecret: as usual for 3 lines, to Get a",
        "a.setSecret: Get canaries",
        "a.setSecret: Describe→CONNECTED a",
        "a.setSecret: Move cks-accepted-20261124T030105.080Z -→a",
        "a.testSecret: as usual",
        "a.finishSecret: as usual",
      ]
    `);
  });

  it('a new credential that does not stand its test in the last step neither becomes AWSCURRENT', async () => {
    const world = await setUp();
    await world.call('a', 'testSecret');
    world.simulator.proxy(oldEndpoint).credentials = old;

    expect(await world.call('a', 'finishSecret')).toMatchObject({
      refused: expect.stringMatching(/^TEST_FAILED: .*KMS uses the old credential again \(0\)$/),
    });
    expect(show(world)).toMatchObject({ labels: { '0': ['AWSCURRENT'] }, taken: ['0'], inForce: '0', works: true });
    expect(await traceUnusual(world)).toMatchInlineSnapshot(`
      [
        "a.createSecret: as usual",
        "a.setSecret: as usual",
        "a.testSecret: as usual",
        "a.finishSecret: as usual for 5 lines, to Describe→CONNECTED a ×2",
        "a.finishSecret: Decrypt→KMSInvalidStateException ×62",
        "a.finishSecret: Describe→CONNECTED a",
        "a.finishSecret: Move cks-accepted-20261124T030002.880Z a→-",
        "a.finishSecret: Get 0",
        "a.finishSecret: Get a",
        "a.finishSecret: Describe→CONNECTED a",
        "a.finishSecret: Update 0",
        "a.finishSecret: Describe→CONNECTED 0",
      ]
    `);
  });

  it('is rotated to again once that is mended, and the wait begins anew', async () => {
    const world = await setUp();
    const { credentials } = world.simulator.proxy(oldEndpoint);
    world.simulator.proxy(oldEndpoint).credentials = old;
    world.clock.advance(300_000);
    await world.call('a', 'testSecret');
    expect(world.labels().a).toEqual(['AWSPENDING', 'cks-begun-a']);
    world.simulator.proxy(oldEndpoint).credentials = credentials;

    const startedAtMs = world.clock.now();
    expect(outcomes(await world.rotate('a'))).toEqual(['nothingToDo', 'done', 'done', 'done']);
    expect(world.clock.now() - startedAtMs).toBeGreaterThan(300_000);
    expect(show(world)).toEqual(rotatedTo('a'));
  });

  it('is not ours to set back from where somebody else has told KMS another', async () => {
    const world = await setUp();
    const [store] = world.simulator.describeWorld().stores;
    world.simulator.call('UpdateCustomKeyStore', {
      CustomKeyStoreId: store?.CustomKeyStoreId,
      XksProxyAuthenticationCredential: oldCredential,
    });
    for (const step of ['testSecret', 'finishSecret'] as const) {
      expect(await world.call('a', step)).toMatchObject({ refused: expect.stringMatching(/^NOT_IN_FORCE: /) });
    }
    expect(world.trace().filter((line) => /Update/.test(line))).toEqual(['a.setSecret: Update a']);
    expect(show(world)).toMatchObject({ labels: { '0': ['AWSCURRENT'] }, inForce: '0', works: true });
  });

  it('is set back from whenever the function is killed meanwhile, or rotated to after all', async () => {
    const prepare = async () => {
      const world = await setUp();
      const { credentials } = world.simulator.proxy(oldEndpoint);
      world.simulator.proxy(oldEndpoint).credentials = old;
      world.clock.advance(300_000);
      return { world, mend: () => Object.assign(world.simulator.proxy(oldEndpoint), { credentials }) };
    };
    const { world: first } = await prepare();
    const begun = first.count();
    await first.call('a', 'testSecret');
    const calls = Array.from({ length: first.count() - begun }, (_, at) => begun + 1 + at);
    // Most of them are tries of the canaries, one as the other.
    for (const nth of [...calls.slice(0, 8), ...sample(calls.slice(8, -8), 24, String), ...calls.slice(-8)]) {
      const { world, mend } = await prepare();
      world.killAt = nth;
      expect(await world.call('a', 'testSecret')).toBe(null);
      world.killAt = null;
      expect(world.simulator.proxy(oldEndpoint).credentials).toEqual(old);
      mend();
      expect({ nth, told: outcomes(await world.rotate('a')).length }).toEqual({ nth, told: 4 });
      expect({ nth, ...show(world) }).toEqual({ nth, ...rotatedTo('a') });
    }
  });
});
