import { describe, expect, it } from 'vitest';
import { createRotationWorld, minuteMs, rotatedTo, secretName, show, version } from '../../support/rotation-world.ts';
import { oldCredential } from '../../support/stores.ts';

const otherSecret = Buffer.alloc(33, 7).toString('base64');

describe('an AccessKeyId that two versions hold with different secrets', () => {
  it('tells nobody which of them KMS uses, so nothing is sent and AWSCURRENT stays', async () => {
    const world = createRotationWorld();
    world.simulator.call('PutSecretValue', {
      SecretId: secretName,
      ClientRequestToken: version('a'),
      SecretString: JSON.stringify({ ...oldCredential, RawSecretAccessKey: otherSecret }),
      VersionStages: ['AWSPENDING'],
    });

    const told = await world.rotate('a');

    expect(told.at(-1)).toMatchObject({ refused: expect.stringContaining('AMBIGUOUS_CREDENTIAL') });
    expect(show(world)).toMatchObject({ labels: { '0': ['AWSCURRENT'] }, works: true });
  });
});

describe('what tells since when a version is used', () => {
  it('is gone as a whole when KMS is told another, also where two calls have told of it', async () => {
    const world = createRotationWorld();
    for (const step of ['createSecret', 'setSecret'] as const) await world.call('a', step);
    const later = 'cks-accepted-20990101T000000.000Z';
    world.simulator.call('UpdateSecretVersionStage', {
      SecretId: secretName,
      VersionStage: later,
      MoveToVersionId: version('a'),
    });
    const { stores } = world.simulator.describeWorld();
    world.simulator.call('UpdateCustomKeyStore', {
      CustomKeyStoreId: stores[0]?.CustomKeyStoreId,
      XksProxyAuthenticationCredential: oldCredential,
    });

    await world.call('a', 'setSecret');

    expect(world.labels().a?.filter((label) => label.startsWith('cks-accepted-'))).toHaveLength(1);
    expect(world.labels().a).not.toContain(later);
  });

  it('is from now on where the clock that told it was ahead', async () => {
    const world = createRotationWorld();
    for (const step of ['createSecret', 'setSecret', 'testSecret'] as const) await world.call('a', step);
    world.simulator.call('UpdateSecretVersionStage', {
      SecretId: secretName,
      VersionStage: 'cks-accepted-20990101T000000.000Z',
      MoveToVersionId: version('a'),
    });

    expect(await world.call('a', 'finishSecret')).toMatchObject({ outcome: 'done' });
    expect(show(world)).toEqual(rotatedTo('a'));
  });
});

describe('AWSCURRENT that somebody else has moved', () => {
  it('AWSCURRENT that somebody else has moved too early has the old credential kept for as long as a host of KMS may use it', async () => {
    const world = createRotationWorld();
    for (const step of ['createSecret', 'setSecret', 'testSecret'] as const) await world.call('a', step);
    const acceptedAtMs = world.clock.now();
    world.simulator.call('UpdateSecretVersionStage', {
      SecretId: secretName,
      VersionStage: 'AWSCURRENT',
      RemoveFromVersionId: version('0'),
      MoveToVersionId: version('a'),
    });
    const retiredAtMs: number[] = [];
    world.hook.retire = async () => void retiredAtMs.push(world.clock.now());

    await world.call('a', 'finishSecret');

    expect(retiredAtMs.map((ms) => ms - acceptedAtMs >= 5 * minuteMs - 5_000)).toEqual([true]);
    expect(show(world)).toEqual(rotatedTo('a'));
  });
});
