import { describe, expect, it } from 'vitest';
import { makeCredential } from '../../../src/lambda/rotation/credential.ts';
import {
  createRotationWorld,
  done,
  minuteMs,
  outcomes,
  type RotationWorld,
  rotatedTo,
  secretName,
  show,
  version,
} from '../../support/rotation-world.ts';
import { oldCredential, oldEndpoint } from '../../support/stores.ts';

const early = ['createSecret', 'setSecret', 'testSecret'] as const;

/** Another store behind the same proxy. */
function addOther(world: RotationWorld, credential = oldCredential): string {
  return world.simulator.addStore({
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    CustomKeyStoreName: 'other',
    ConnectionState: 'CONNECTED',
    XksProxyUriEndpoint: oldEndpoint,
    XksProxyUriPath: '/other/kms/xks/v1',
    XksProxyAuthenticationCredential: credential,
  });
}

function sendToStore({ simulator }: RotationWorld, credential: object): void {
  simulator.call('UpdateCustomKeyStore', {
    CustomKeyStoreId: simulator.describeWorld().stores[0]?.CustomKeyStoreId,
    XksProxyAuthenticationCredential: credential,
  });
}

function moveCurrent({ simulator }: RotationWorld, from: string, to: string): void {
  simulator.call('UpdateSecretVersionStage', {
    SecretId: secretName,
    VersionStage: 'AWSCURRENT',
    RemoveFromVersionId: version(from),
    MoveToVersionId: version(to),
  });
}

describe('a credential that another store uses too', () => {
  it('is not rotated, and the refusal names the store', async () => {
    const world = createRotationWorld();
    const id = addOther(world);
    expect(await world.call('a', 'createSecret')).toMatchObject({
      refused: expect.stringMatching(
        new RegExp(`^CREDENTIAL_SHARED: "other" \\(${id}\\) uses the AccessKeyId 0 as "xks" .*cks update ${id}`),
      ),
    });
    expect(world.labels()).toEqual({ '0': ['AWSCURRENT'] });
  });

  it('is not retired where the store began to use it meanwhile, but once it uses another', async () => {
    const world = createRotationWorld();
    for (const step of early) await world.call('a', step);
    const id = addOther(world);
    expect(await world.call('a', 'finishSecret')).toMatchObject({
      outcome: 'done',
      retired: [],
      notRetired: [{ accessKeyId: oldCredential.AccessKeyId, message: `"other" (${id}) uses it` }],
    });
    expect(world.faults).toEqual([]);
    expect(world.taken()).toEqual(['0', 'a']);

    const own = makeCredential([]);
    const { credentials } = world.simulator.proxy(oldEndpoint);
    world.simulator.proxy(oldEndpoint).credentials = { ...credentials, [own.AccessKeyId]: own.RawSecretAccessKey };
    world.simulator.call('UpdateCustomKeyStore', { CustomKeyStoreId: id, XksProxyAuthenticationCredential: own });
    await world.call('b', 'createSecret');
    expect(world.taken()).toContain('0');
    world.clock.advance(10 * minuteMs);
    expect(outcomes(await world.rotate('c'))).toEqual(done);
    expect(world.taken()).toEqual([own.AccessKeyId, 'c']);
    expect(world.faults).toEqual([]);
  });

  it('is not retired where a store of another place uses it, or that place cannot be asked', async () => {
    const world = createRotationWorld();
    const elsewhere = createRotationWorld();
    const { stores } = elsewhere.simulator.describeWorld();
    const [store] = stores;
    const other = {
      customKeyStoreId: store?.CustomKeyStoreId ?? '',
      customKeyStoreType: 'EXTERNAL_KEY_STORE',
      connectionState: 'CONNECTED',
      settings: { name: 'far', proxyCredentialAccessKeyId: 'FARFARFARFARFARFARFA' },
    } as const;
    let list = async () => ({ ok: true, value: [other], calls: 1 }) as const;
    world.otherPlaces = [{ list: () => list() as never }];
    for (const step of early) await world.call('a', step);
    const failure = { code: 'AccessDeniedException', message: 'no', class: 'rejected' };
    list = async () => ({ ok: false, failure, calls: 1 }) as never;

    expect(await world.call('a', 'finishSecret')).toMatchObject({
      outcome: 'done',
      notRetired: [{ message: expect.stringMatching(/could not be seen: AccessDeniedException/) }],
    });
    expect(await world.call('b', 'createSecret')).toMatchObject({
      refused: expect.stringMatching(/^CREDENTIAL_SHARED: whether another store uses a could not be seen/),
    });
    expect(world.taken()).toEqual(['0', 'a']);
  });
});

describe('an operator who sends the old credential to KMS again', () => {
  it('an operator who sends the old credential to KMS again while the keys are verified keeps AWSCURRENT and both credentials', async () => {
    const world = createRotationWorld();
    for (const step of early) await world.call('a', step);
    world.clock.advance(6 * minuteMs);
    world.when('Decrypt', () => sendToStore(world, oldCredential));
    expect(await world.call('a', 'finishSecret')).toMatchObject({ refused: expect.stringMatching(/^NOT_IN_FORCE/) });
    expect(show(world)).toMatchObject({ taken: ['0', 'a'], inForce: '0', works: true });
    expect(world.labels()['0']).toContain('AWSCURRENT');
  });

  it('an operator who sends the old credential to KMS again after AWSCURRENT has moved keeps it from being retired', async () => {
    const world = createRotationWorld();
    world.when('Move AWSCURRENT', () => sendToStore(world, oldCredential));
    const told = await world.rotate('a');
    expect(told.at(-1)).toMatchObject({ notRetired: [{ accessKeyId: oldCredential.AccessKeyId }] });
    expect(world.taken()).toEqual(['0', 'a']);
    expect(world.works()).toBe(true);
  });

  it('an operator who sends the old credential to KMS again and a third one while the keys are verified is not overwritten by the rollback', async () => {
    const world = createRotationWorld();
    for (const step of ['createSecret', 'setSecret'] as const) await world.call('a', step);
    const third = makeCredential([]);
    const { credentials } = world.simulator.proxy(oldEndpoint);
    Object.assign(world.simulator.proxy(oldEndpoint), {
      credentials: { ...credentials, [third.AccessKeyId]: third.RawSecretAccessKey },
      keyManager: 'another',
    });
    world.when('Decrypt', () => sendToStore(world, third));
    expect(await world.call('a', 'testSecret')).toMatchObject({ refused: expect.stringMatching(/^NOT_IN_FORCE/) });
    expect(world.inForce()).toBe(third.AccessKeyId);
  });
});

describe('an operator who moves AWSCURRENT', () => {
  it('an operator who moves AWSCURRENT to a credential that KMS was never sent has nothing retired, and is told the command', async () => {
    const world = createRotationWorld();
    await world.call('a', 'createSecret');
    moveCurrent(world, '0', 'a');
    for (const step of ['setSecret', 'testSecret', 'finishSecret'] as const) {
      expect(await world.call('a', step)).toMatchObject({
        refused: expect.stringMatching(/^NOT_IN_FORCE: .*is AWSCURRENT already, so nothing is retired.*cks update/),
      });
    }
    expect(world.taken()).toEqual(['0']);
    expect(world.inForce()).toBe('0');
  });

  it('an operator who moves AWSCURRENT and gives KMS a third credential during the wait for its hosts keeps the old one', async () => {
    const world = createRotationWorld();
    for (const step of ['createSecret', 'setSecret'] as const) await world.call('a', step);
    moveCurrent(world, '0', 'a');
    const third = makeCredential([]);
    const { credentials } = world.simulator.proxy(oldEndpoint);
    world.simulator.proxy(oldEndpoint).credentials = { ...credentials, [third.AccessKeyId]: third.RawSecretAccessKey };
    void world.clock.sleep(3 * minuteMs).then(() => sendToStore(world, third));
    expect(await world.call('a', 'finishSecret')).toMatchObject({ refused: expect.stringMatching(/^NOT_IN_FORCE/) });
    expect(world.inForce()).toBe(third.AccessKeyId);
    expect(world.taken()).toEqual(['0', 'a', third.AccessKeyId]);
  });

  it('back before the old credential is retired keeps that', async () => {
    const world = createRotationWorld();
    world.when('Move AWSCURRENT', () => world.when('DescribeSecret', () => moveCurrent(world, 'a', '0')));
    expect((await world.rotate('a')).at(-1)).toMatchObject({ outcome: 'done', retired: [] });
    expect(world.labels()['0']).toContain('AWSCURRENT');
    expect(show(world)).toMatchObject({ taken: ['0', 'a'], inForce: 'a', works: true });
  });

  it('an operator who moves AWSCURRENT while the tag names another store retires nothing at the proxy of that one', async () => {
    const world = createRotationWorld();
    for (const step of early) await world.call('a', step);
    moveCurrent(world, '0', 'a');
    const own = makeCredential([]);
    world.storeId = addOther(world, own);
    expect(await world.call('a', 'finishSecret')).toMatchObject({ refused: expect.stringMatching(/^NOT_IN_FORCE/) });
    expect(world.taken()).toEqual(['0', 'a']);
  });

  it('away and takes AWSPENDING meanwhile keeps the rotation from moving it', async () => {
    const world = createRotationWorld();
    for (const step of early) await world.call('a', step);
    world.clock.advance(6 * minuteMs);
    world.when('Decrypt', () =>
      world.simulator.call('UpdateSecretVersionStage', {
        SecretId: secretName,
        VersionStage: 'AWSPENDING',
        RemoveFromVersionId: version('a'),
      }),
    );
    expect(await world.call('a', 'finishSecret')).toMatchObject({ refused: expect.stringMatching(/^NOT_PENDING/) });
    expect(show(world)).toMatchObject({ taken: ['0', 'a'], works: true });
  });
});

describe('the other members of a secret', () => {
  it('are in the new version as they were, and in nothing that is written', async () => {
    const members = { owner: 'payments', pin: 'hunter2hunter2', nested: { a: [1, null] }, empty: '' };
    const secretText = JSON.stringify({ note: 'first', ...oldCredential, ...members });
    const world = createRotationWorld({ secretText });
    expect(outcomes(await world.rotate('a'))).toEqual(done);
    const { SecretString } = world.simulator.call('GetSecretValue', { SecretId: secretName }) as {
      readonly SecretString: string;
    };
    expect(JSON.parse(SecretString)).toEqual({
      note: 'first',
      AccessKeyId: expect.stringMatching(/^[A-Z2-7]{20}$/),
      RawSecretAccessKey: expect.stringMatching(/^[\w+/=]{44}$/),
      ...members,
    });
    expect(JSON.stringify([world.written, world.trace('everything')])).not.toContain('hunter2');
    expect(show(world)).toEqual(rotatedTo('a'));
  });
});

describe('the clock of the function', () => {
  it.each([
    [-10, 10],
    [10, -10],
    [0, 10],
    [-10, 0],
  ])('off by %d and then %d minutes does not shorten the wait for the hosts of KMS', async (first, then) => {
    const world = createRotationWorld();
    world.skewMs = first * minuteMs;
    for (const step of early) await world.call('a', step);
    const acceptedAtMs = world.clock.now();
    world.skewMs = then * minuteMs;
    const retiredAtMs: number[] = [];
    world.hook.retire = async () => void retiredAtMs.push(world.clock.now());

    expect(await world.call('a', 'finishSecret')).toMatchObject({ outcome: 'done' });
    expect(retiredAtMs.map((ms) => ms - acceptedAtMs >= 5 * minuteMs - 5_000)).toEqual([true]);
    expect(retiredAtMs.map((ms) => ms - acceptedAtMs <= 6 * minuteMs)).toEqual([true]);
    expect(world.faults).toEqual([]);
  });

  it('is what counts where Secrets Manager says no Date', async () => {
    const world = createRotationWorld();
    world.hasDate = false;
    expect(outcomes(await world.rotate('a'))).toEqual(done);
    expect(show(world)).toEqual(rotatedTo('a'));
  });
});
