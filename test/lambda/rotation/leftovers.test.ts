import { describe, expect, it } from 'vitest';
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

const dayMs = 24 * 60 * minuteMs;
const tokens = [...'abcdfghijklmnopqrz'];

function addLabels(world: RotationWorld, labels: readonly string[], to = '0'): void {
  for (const VersionStage of labels) {
    world.simulator.call('UpdateSecretVersionStage', {
      SecretId: secretName,
      VersionStage,
      MoveToVersionId: version(to),
    });
  }
}

const broken = async () => Promise.reject(new Error('out of order'));

describe('a proxy that cannot retire a credential', () => {
  it('a proxy that cannot retire a credential for months delays no rotation, and retires all of them once it can', async () => {
    const world = createRotationWorld();
    world.hook.retire = broken;
    for (const token of tokens) {
      expect({ token, told: outcomes(await world.rotate(token)) }).toEqual({ token, told: done });
      world.clock.advance(30 * dayMs);
    }
    expect(world.taken()).toHaveLength(tokens.length + 1);
    expect(Object.values(world.labels()).flat()).toHaveLength(5);

    world.hook = {};
    expect(outcomes(await world.rotate('5'))).toEqual(done);
    expect(show(world)).toEqual(rotatedTo('5', 'z'));
    expect(world.faults).toEqual([]);
  });

  it('leaves no secret in the list of what is to be retired', async () => {
    const world = createRotationWorld();
    world.hook.retire = broken;
    await world.rotate('a');
    await world.rotate('b');
    const list = readList(world);
    expect(JSON.parse(list)).toMatchObject({ leftovers: [{ accessKeyId: oldCredential.AccessKeyId }, {}] });
    for (const secret of Object.values(world.simulator.proxy(oldEndpoint).credentials ?? {})) {
      expect(list).not.toContain(secret);
    }
  });

  it('is asked again by createSecret, also where no rotation gets as far as its end', async () => {
    const world = createRotationWorld();
    world.hook.retire = broken;
    await world.rotate('a');
    world.clock.advance(30 * dayMs);
    world.hook = { establish: broken };

    expect((await world.rotate('b')).at(0)).toMatchObject({ retired: [oldCredential.AccessKeyId] });
    expect(world.taken()).toEqual(['a', 'b']);
    expect(world.faults).toEqual([]);
  });

  it('is not asked while a host of KMS may use the credential that was rolled back', async () => {
    const world = createRotationWorld();
    for (const step of ['createSecret', 'setSecret'] as const) await world.call('a', step);
    world.simulator.proxy(oldEndpoint).keyManager = 'another';
    expect(await world.call('a', 'testSecret')).toMatchObject({ refused: expect.stringMatching(/^TEST_FAILED/) });

    await world.call('b', 'createSecret');
    await world.call('c', 'createSecret');
    expect(world.taken()).toEqual(['0', 'a']);
    expect(world.faults).toEqual([]);
  });

  it('a proxy that cannot retire a credential and hangs takes a part of the time of createSecret alone', async () => {
    const world = createRotationWorld();
    world.hook.retire = () => new Promise(() => undefined);
    await world.rotate('a');
    world.clock.advance(30 * dayMs);
    const startedAtMs = world.clock.now();
    expect(await world.call('b', 'createSecret')).toMatchObject({
      outcome: 'done',
      notRetired: [{ message: expect.stringContaining('within 60 s') }],
    });
    expect(world.clock.now() - startedAtMs).toBeLessThan(2 * minuteMs);
  });

  it('is asked about a credential whose rotation was killed before it could ask', async () => {
    const world = createRotationWorld();
    world.when('hook.retire', () => {
      world.killAt = world.count() + 1;
    });
    world.hook.retire = broken;
    await world.rotate('a');
    Object.assign(world, { killAt: null, hook: {} });
    world.clock.advance(30 * dayMs);

    expect(outcomes(await world.rotate('b'))).toEqual(done);
    expect(world.taken()).toEqual(['b']);
  });
});

describe('a secret with twenty staging labels', () => {
  it('left by an earlier version of the function is rotated again', async () => {
    const world = createRotationWorld();
    for (const step of ['createSecret', 'setSecret'] as const) await world.call('a', step);
    const credentials = { ...world.simulator.proxy(oldEndpoint).credentials };
    const marks = [...'ghijklmnopqrstuvw'].slice(0, 20 - Object.values(world.labels()).flat().length);
    for (const name of marks) {
      const credential = { AccessKeyId: name.toUpperCase().repeat(20), RawSecretAccessKey: name.repeat(43) };
      credentials[credential.AccessKeyId] = credential.RawSecretAccessKey;
      world.simulator.addSecret({
        Name: secretName,
        SecretString: JSON.stringify(credential),
        VersionId: version(name),
        VersionStages: [`cks-begun-${version(name)}`],
      });
    }
    world.simulator.proxy(oldEndpoint).credentials = credentials;
    expect(Object.values(world.labels()).flat()).toHaveLength(20);

    world.clock.advance(30 * dayMs);
    expect(outcomes(await world.rotate('b'))).toEqual(done);
    expect(show(world)).toEqual(rotatedTo('b'));
    expect(world.faults).toEqual([]);
  });

  it('a secret with twenty staging labels of its own is refused by createSecret, which names them', async () => {
    const world = createRotationWorld();
    addLabels(
      world,
      Array.from({ length: 15 }, (_, nth) => `app-${nth}`),
    );
    expect(await world.call('a', 'createSecret')).toMatchObject({
      refused: expect.stringMatching(/^TOO_MANY_LABELS: .* has 16 staging labels.*Remove 3 or more.*app-0, app-1/),
    });
    expect(world.labels().a).toBe(undefined);
  });

  it('added after createSecret is refused before the proxy and KMS are told anything', async () => {
    const world = createRotationWorld();
    await world.call('a', 'createSecret');
    addLabels(
      world,
      Array.from({ length: 14 }, (_, nth) => `app-${nth}`),
    );
    expect(await world.call('a', 'setSecret')).toMatchObject({ refused: expect.stringMatching(/^TOO_MANY_LABELS/) });
    expect(show(world)).toMatchObject({ taken: ['0'], inForce: '0', works: true });
  });

  it('is rotated with as many of its own as there is room for', async () => {
    const world = createRotationWorld();
    addLabels(
      world,
      Array.from({ length: 11 }, (_, nth) => `app-${nth}`),
    );
    world.hook.retire = broken;
    for (const token of ['a', 'b', 'c']) expect(outcomes(await world.rotate(token))).toEqual(done);
    expect(world.inForce()).toBe('c');
  });

  it('keeps those of failed rotations from piling up on the version that KMS uses', async () => {
    const world = createRotationWorld();
    const unused = { AccessKeyId: 'UNUSEDUNUSEDUNUSEDUN', RawSecretAccessKey: 'u'.repeat(43) };
    world.simulator.addSecret({ Name: secretName, SecretString: JSON.stringify(unused), VersionId: version('5') });
    world.hook.establish = broken;
    for (const token of tokens) await world.rotate(token);
    world.hook = {};
    expect(outcomes(await world.rotate('9'))).toEqual(done);
    expect(world.inForce()).toBe('9');
  });
});

describe('a credential on the list of leftovers', () => {
  it('is found as the one that KMS uses, when an operator has sent it again', async () => {
    const world = createRotationWorld();
    world.hook.retire = broken;
    await world.rotate('a');
    await world.rotate('b');
    expect(world.labels()['0']).toBe(undefined);
    setStore(world, oldCredential);
    world.clock.advance(dayMs);
    world.hook = {};

    expect(outcomes(await world.rotate('c'))).toEqual(done);
    expect(world.inForce()).toBe('c');
    expect(world.faults).toEqual([]);
  });
});

function setStore({ simulator }: RotationWorld, credential: object): void {
  simulator.call('UpdateCustomKeyStore', {
    CustomKeyStoreId: simulator.describeWorld().stores[0]?.CustomKeyStoreId,
    XksProxyAuthenticationCredential: credential,
  });
}

function readList({ simulator }: RotationWorld): string {
  const { SecretString } = simulator.call('GetSecretValue', {
    SecretId: secretName,
    VersionStage: 'cks-leftovers',
  }) as { readonly SecretString: string };
  return SecretString;
}
