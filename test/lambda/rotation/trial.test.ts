import { describe, expect, it } from 'vitest';
import {
  createRotationWorld,
  done,
  outcomes,
  type RotationWorld,
  rotatedTo,
  secretName,
  show,
  version,
} from '../../support/rotation-world.ts';
import { oldCredential, oldEndpoint } from '../../support/stores.ts';

const updates = (world: RotationWorld) => world.trace().filter((line) => /Update|hook|Move|Put/.test(line));

describe('the test of Secrets Manager (RotateImmediately: false)', () => {
  it.each(['copy', 'empty'] as const)('passes with a version that is a %s, and nothing is sent', async (kind) => {
    const world = createRotationWorld();
    const before = show(world);
    expect(await world.tryOut(kind)).toMatchObject({ outcome: 'nothingToDo' });
    expect(updates(world)).toEqual([]);
    expect(show(world)).toEqual(before);
  });

  it.each(['copy', 'empty'] as const)('passes after a rotation too, with a version that is a %s', async (kind) => {
    const world = createRotationWorld();
    await world.rotate('a');
    const before = { ...show(world), updates: updates(world) };
    expect(await world.tryOut(kind)).toMatchObject({ outcome: 'nothingToDo' });
    expect(updates(world)).toEqual(before.updates);
    expect(world.inForce()).toBe('a');
    expect(outcomes(await world.rotate('b'))).toEqual(done);
    expect(show(world)).toEqual(rotatedTo('b', 'a'));
  });

  it('fails where the store uses no version of the secret, as a rotation would', async () => {
    const world = createRotationWorld();
    world.storeId = world.simulator.addStore({
      CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
      ConnectionState: 'CONNECTED',
    });
    expect(await world.tryOut('copy')).toMatchObject({ refused: expect.stringMatching(/^NOT_IN_FORCE/) });
  });
});

describe('a version that holds the credential in force', () => {
  const copy = (world: RotationWorld) => {
    const { SecretString } = world.simulator.call('GetSecretValue', { SecretId: secretName }) as {
      readonly SecretString: string;
    };
    world.simulator.addSecret({
      Name: secretName,
      SecretString,
      VersionId: version('a'),
      VersionStages: ['AWSPENDING'],
    });
  };

  it('is rotated to without a call to the proxy or KMS, and nothing is retired', async () => {
    const world = createRotationWorld();
    copy(world);
    expect(outcomes(await world.rotate('a'))).toEqual(['nothingToDo', 'nothingToDo', 'nothingToDo', 'done']);
    expect(world.trace().filter((line) => /Update|hook/.test(line))).toEqual([]);
    expect(world.labels().a).toEqual(['AWSPENDING', 'AWSCURRENT']);
    expect(world.works()).toBe(true);
    const told = await world.rotate('b');
    expect(outcomes(told)).toEqual(done);
    expect(told.at(-1)).toMatchObject({ retired: [oldCredential.AccessKeyId] });
    expect(show(world)).toMatchObject({ taken: ['b'], inForce: 'b', works: true });
    expect(world.faults).toEqual([]);
  });

  it('is never sent as what KMS is to be set back to', async () => {
    const world = createRotationWorld();
    copy(world);
    await world.call('a', 'setSecret');
    world.simulator.proxy(oldEndpoint).keyManager = 'another';
    for (const step of ['testSecret', 'finishSecret'] as const) await world.call('a', step);
    expect(world.trace().filter((line) => /Update/.test(line))).toEqual([]);
  });

  it('a version that holds the credential in force that no store shows is not finished', async () => {
    const world = createRotationWorld();
    await world.call('a', 'createSecret');
    expect(await world.call('a', 'testSecret')).toMatchObject({ outcome: 'nothingToDo' });
    expect(await world.call('a', 'finishSecret')).toMatchObject({ refused: expect.stringMatching(/^NOT_IN_FORCE/) });
  });
});
