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
  traceUnusual,
  version,
} from '../../support/rotation-world.ts';
import { sample } from '../../support/sampling.ts';
import { oldCredential, oldEndpoint } from '../../support/stores.ts';

const live = { mode: 'live', disconnects: [] };

describe('a store that', () => {
  it.each([
    [
      'is DISCONNECTED',
      { ConnectionState: 'DISCONNECTED' },
      'is DISCONNECTED: its credential is rotated while it is CONNECTED',
    ],
    ['is CONNECTING', { ConnectionState: 'CONNECTING' }, 'is CONNECTING: its'],
    ['is DISCONNECTING', { ConnectionState: 'DISCONNECTING' }, 'is DISCONNECTING: its'],
    [
      'is FAILED',
      { ConnectionState: 'FAILED', ConnectionErrorCode: 'NETWORK_ERRORS' },
      'is FAILED (NETWORK_ERRORS): its',
    ],
  ] as const)('%s keeps its credential, and is left as it is', async (_, store, said) => {
    const world = createRotationWorld({ store });
    const told = await world.rotate('a');

    expect(outcomes(told)).toEqual(['done', expect.stringContaining(`STORE_NOT_CONNECTED: "xks"`)]);
    expect(outcomes(told).at(-1)).toContain(said);
    expect(world.trace()).toEqual([
      'a.createSecret: DescribeSecret',
      'a.createSecret: Get a→ResourceNotFoundException',
      'a.createSecret: Get 0',
      `a.createSecret: Describe→${store.ConnectionState} 0 ×2`,
      'a.createSecret: Put a AWSPENDING',
      'a.setSecret: DescribeSecret',
      'a.setSecret: Get 0',
      'a.setSecret: Get a',
      `a.setSecret: Describe→${store.ConnectionState} 0`,
    ]);
  });

  it('is of AWS CloudHSM has none, and is told the way', async () => {
    const world = createRotationWorld();
    const id = world.simulator.addStore({ CustomKeyStoreName: 'hsm', ConnectionState: 'CONNECTED' });
    world.storeId = id;

    expect(await world.call('a', 'createSecret')).toMatchObject({
      refused: `WRONG_STORE_TYPE: "hsm" (${id}) is a CloudHSM key store, which has no proxy credential; a reconnect rotates the password of kmsuser`,
    });
    expect(world.trace()).toEqual([
      'a.createSecret: DescribeSecret',
      'a.createSecret: Get a→ResourceNotFoundException',
      'a.createSecret: Get 0',
      'a.createSecret: Describe→CONNECTED ',
    ]);
  });

  it('is not there, or is that of another secret, is not touched', async () => {
    const world = createRotationWorld();
    world.storeId = 'nobody';
    expect(await world.call('a', 'createSecret')).toMatchObject({
      refused: expect.stringMatching(/^STORE_UNREADABLE: "nobody" could not be described: CustomKeyStoreNotFound/),
    });
    const other = { AccessKeyId: 'OTHEROTHEROTHEROTHER', RawSecretAccessKey: 'x'.repeat(43) };
    world.storeId = world.simulator.addStore({
      CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
      CustomKeyStoreName: 'other',
      ConnectionState: 'CONNECTED',
      XksProxyAuthenticationCredential: other,
    });
    const said =
      /^NOT_IN_FORCE: "other" \(cks-\w+\) uses the AccessKeyId OTHEROTHEROTHEROTHER, and no version of arn:.* holds it/;
    expect(await world.call('a', 'createSecret')).toMatchObject({ refused: expect.stringMatching(said) });
    expect(world.labels()).toEqual({ '0': ['AWSCURRENT'] });
    world.storeId = undefined;
    await world.call('a', 'createSecret');
    const { customKeyStoreId } = { customKeyStoreId: world.simulator.describeWorld().stores[1]?.CustomKeyStoreId };
    world.storeId = customKeyStoreId;
    expect(await world.call('a', 'setSecret')).toMatchObject({ refused: expect.stringMatching(said) });
    expect(world.taken()).toEqual(['0']);
    expect(await traceUnusual(world)).toMatchInlineSnapshot(`
      [
        "a.createSecret: as usual for 3 lines, to Get 0",
        "a.createSecret: Describe→CONNECTED 0",
        "a.createSecret: DescribeSecret",
        "a.createSecret: Get a→ResourceNotFoundException",
        "a.createSecret: Get 0",
        "a.createSecret: Describe→CONNECTED OTHEROTHEROTHEROTHER",
        "a.createSecret: DescribeSecret",
        "a.createSecret: Get a→ResourceNotFoundException",
        "a.createSecret: Get 0",
        "a.createSecret: Describe→CONNECTED 0 ×2",
        "a.createSecret: Put a AWSPENDING",
        "a.setSecret: as usual for 3 lines, to Get a",
        "a.setSecret: Describe→CONNECTED OTHEROTHEROTHEROTHER",
      ]
    `);
  });

  it('uses another version than AWSCURRENT is rotated from that one', async () => {
    const world = createRotationWorld();
    // Somebody has put a credential into the secret that nobody uses.
    const unused = { AccessKeyId: 'UNUSEDUNUSEDUNUSEDUN', RawSecretAccessKey: 'u'.repeat(43) };
    world.simulator.addSecret({ Name: secretName, SecretString: JSON.stringify(unused), VersionId: version('b') });
    expect(world.labels()).toMatchObject({ '0': ['AWSPREVIOUS'], b: ['AWSCURRENT'] });

    expect(outcomes(await world.rotate('a'))).toEqual(done);
    expect(show(world)).toEqual({ ...rotatedTo('a', 'b') });
    expect(JSON.stringify(world.written)).toContain(`##${version('0')}`);
    expect(await traceUnusual(world)).toMatchInlineSnapshot(`
      [
        "a.createSecret: as usual for 3 lines, to Get 0",
        "a.createSecret: Get b",
        "a.createSecret: Describe→CONNECTED 0 ×2",
        "a.createSecret: Put a AWSPENDING",
        "a.setSecret: DescribeSecret",
        "a.setSecret: Get 0",
        "a.setSecret: Get b",
        "a.setSecret: Get a",
        "a.setSecret: Describe→CONNECTED 0",
        "a.setSecret: Move cks-begun-a -→a",
        "a.setSecret: Move cks-before-a -→0",
        "a.setSecret: as usual for the last 18 lines, from hook.establish a",
        "a.testSecret: DescribeSecret",
        "a.testSecret: Get 0",
        "a.testSecret: Get b",
        "a.testSecret: as usual for the last 4 lines, from Get a",
        "a.finishSecret: DescribeSecret",
        "a.finishSecret: Get 0",
        "a.finishSecret: Get b",
        "a.finishSecret: Get a",
        "a.finishSecret: Get canaries",
        "a.finishSecret: Describe→CONNECTED a ×2",
        "a.finishSecret: Decrypt ×2",
        "a.finishSecret: DescribeSecret",
        "a.finishSecret: Move cks-begun-b -→b",
        "a.finishSecret: Describe→CONNECTED a",
        "a.finishSecret: Move AWSCURRENT b→a",
        "a.finishSecret: DescribeSecret",
        "a.finishSecret: Describe→CONNECTED a",
        "a.finishSecret: hook.retire 0",
        "a.finishSecret: DescribeSecret",
        "a.finishSecret: hook.retire UNUSEDUNUSEDUNUSEDUN",
        "a.finishSecret: Move cks-before-a 0→-",
        "a.finishSecret: Move cks-begun-b b→-",
        "a.finishSecret: Move cks-begun-a a→-",
        "a.finishSecret: Move cks-accepted-20261124T030002.880Z a→-",
      ]
    `);
  });

  it('used another version than AWSCURRENT is set back to that one', async () => {
    const world = createRotationWorld();
    const unused = { AccessKeyId: 'UNUSEDUNUSEDUNUSEDUN', RawSecretAccessKey: 'u'.repeat(43) };
    world.simulator.addSecret({ Name: secretName, SecretString: JSON.stringify(unused), VersionId: version('b') });
    for (const step of ['createSecret', 'setSecret'] as const) await world.call('a', step);
    world.simulator.proxy(oldEndpoint).keyManager = 'another';

    expect(await world.call('a', 'testSecret')).toMatchObject({
      refused: expect.stringMatching(/KMS uses the old credential again \(0\)$/),
    });
    expect(world.inForce()).toBe('0');
  });

  it('is found by the tag of the secret', async () => {
    const world = createRotationWorld({ tags: { 'cks:customKeyStoreId': 'xks' } });
    expect(outcomes(await world.rotate('a'))).toEqual(done);
    expect(show(world)).toEqual(rotatedTo('a'));
  });

  it('holds no key is rotated, and there is nothing to prove', async () => {
    const world = createRotationWorld({ store: { keys: 0 } });
    const told = await world.rotate('a');
    expect(told.map((one) => one && 'keyVerification' in one && one.keyVerification).slice(1)).toEqual([
      'verified',
      'verified',
      'verified',
    ]);
    expect(show(world)).toEqual(rotatedTo('a'));
  });

  it('is shown as it was for a while is waited for', async () => {
    const world = createRotationWorld();
    world.simulator.staleReads = { values: { forMs: 20_000, likelihood: 0.7 } };
    expect(outcomes(await world.rotate('a'))).toEqual(done);
    expect(show(world)).toEqual(rotatedTo('a'));
  });
});

describe('keys that nobody may encrypt with', () => {
  const denied = () => {
    const world = createRotationWorld();
    world.simulator.failNext('Encrypt', 'AccessDeniedException', { times: 1_000 });
    return world;
  };

  it('cannot be proven, so nothing is sent', async () => {
    const world = denied();
    expect(outcomes(await world.rotate('a')).at(-1)).toMatch(/could not verify its keys afterwards/);
    expect(show(world)).toMatchObject({ inForce: '0', works: true });
    expect(await traceUnusual(world)).toMatchInlineSnapshot(`
      [
        "a.createSecret: as usual",
        "a.setSecret: as usual for 14 lines, to DescribeSecret",
        "a.setSecret: Encrypt→AccessDeniedException ×2",
      ]
    `);
  });

  it('need not be, where that was said', async () => {
    const world = denied();
    world.requireKeyVerification = false;
    const told = await world.rotate('a');
    expect(told.at(-1)).toMatchObject({ outcome: 'done', keyVerification: 'unverified' });
    expect(show(world)).toMatchObject({ taken: ['a'], inForce: 'a', works: true });
  });
});

describe('a store whose credential KMS does not change while it is CONNECTED', () => {
  const interpretations = { liveExternalProperties: ['NewCustomKeyStoreName'] } as const;

  it('keeps it: a rotation causes no outage', async () => {
    const world = createRotationWorld({ simulator: { interpretations } });
    expect(outcomes(await world.rotate('a')).at(-1)).toMatch(
      /^UPDATE_FAILED: KMS does not have the new credential: refused: KMS does not accept this change while "xks"/,
    );
    expect(show(world)).toMatchObject({ inForce: '0', works: true });
    expect(await traceUnusual(world)).toMatchInlineSnapshot(`
      [
        "a.createSecret: as usual",
        "a.setSecret: as usual for 17 lines, to Put canaries cks-canaries",
        "a.setSecret: Update a→CustomKeyStoreInvalidStateException",
        "a.setSecret: Describe→CONNECTED 0",
      ]
    `);
    expect({ ...live, disconnects: world.trace().filter((line) => /Disconnect/.test(line)) }).toEqual(live);
  });

  it('goes offline for it where that was accepted', async () => {
    const world = createRotationWorld({ simulator: { interpretations } });
    world.accept = ['outage'];
    expect(outcomes(await world.rotate('a'))).toEqual(done);
    expect(show(world)).toEqual(rotatedTo('a'));
    expect(world.simulator.store('cks-026ffd3548cad860a').ConnectionState).toBe('CONNECTED');
    expect(await traceUnusual(world)).toMatchInlineSnapshot(`
      [
        "a.createSecret: as usual",
        "a.setSecret: as usual for 6 lines, to hook.establish a",
        "a.setSecret: Move cks-outage-a -→a",
        "a.setSecret: Get a",
        "a.setSecret: Get 0",
        "a.setSecret: Describe→CONNECTED 0",
        "a.setSecret: proxy.health a→200 ×2",
        "a.setSecret: proxy.health 0→200",
        "a.setSecret: proxy.health a→401",
        "a.setSecret: proxy.health 0→200",
        "a.setSecret: DescribeSecret",
        "a.setSecret: Encrypt ×2",
        "a.setSecret: Decrypt ×2",
        "a.setSecret: Put canaries cks-canaries",
        "a.setSecret: Update a→CustomKeyStoreInvalidStateException",
        "a.setSecret: Describe→CONNECTED 0",
        "a.setSecret: proxy.health a→200 ×2",
        "a.setSecret: proxy.health 0→200",
        "a.setSecret: proxy.health a→401",
        "a.setSecret: proxy.health 0→200",
        "a.setSecret: DescribeSecret",
        "a.setSecret: Get canaries",
        "a.setSecret: Decrypt ×2",
        "a.setSecret: Encrypt ×2",
        "a.setSecret: Decrypt ×2",
        "a.setSecret: Put canaries cks-canaries",
        "a.setSecret: Disconnect",
        "a.setSecret: Decrypt→KMSInvalidStateException",
        "a.setSecret: Describe→DISCONNECTING 0 ×286",
        "a.setSecret: Describe→DISCONNECTED 0",
        "a.setSecret: Update a",
        "a.setSecret: Connect",
        "a.setSecret: Describe→CONNECTING a ×171",
        "a.setSecret: Describe→CONNECTED a",
        "a.setSecret: Decrypt ×4",
        "a.setSecret: Encrypt ×2",
        "a.setSecret: Decrypt ×2",
        "a.setSecret: Describe→CONNECTED a",
        "a.setSecret: Move cks-outage-a a→-",
        "a.setSecret: Move cks-accepted-20261124T031040.760Z -→a",
        "a.testSecret: as usual for 5 lines, to Describe→CONNECTED a",
        "a.testSecret: Decrypt ×4",
        "a.finishSecret: as usual for 5 lines, to Describe→CONNECTED a ×2",
        "a.finishSecret: Decrypt ×4",
        "a.finishSecret: as usual for the last 10 lines, from DescribeSecret",
      ]
    `);
  });

  it('does not where the time of the function is too short for that', async () => {
    const world = createRotationWorld({ simulator: { interpretations } });
    world.accept = ['outage'];
    world.timeoutMs = 10 * minuteMs;
    expect(outcomes(await world.rotate('a')).at(-1)).toMatch(
      /^UPDATE_FAILED: .*an outage was not accepted|Nothing was changed/,
    );
    expect(world.trace().filter((line) => /Disconnect/.test(line))).toEqual([]);
  });

  it('is brought back by a later call where the proxy was down meanwhile', async () => {
    const world = createRotationWorld({ simulator: { interpretations } });
    world.accept = ['outage'];
    world.when('Disconnect', () => {
      world.killAt = world.count() + 1;
    });
    await world.rotate('a');
    world.killAt = null;
    world.clock.advance(6 * minuteMs);
    expect(world.simulator.describeWorld().stores[0]?.ConnectionState).toBe('DISCONNECTED');
    world.simulator.proxy(oldEndpoint).reachable = false;
    expect(outcomes(await world.rotate('a')).at(-1)).toMatch(/^UPDATE_FAILED/);
    world.simulator.proxy(oldEndpoint).reachable = true;
    expect(outcomes(await world.rotate('a'))).toEqual(['nothingToDo', 'done', 'done', 'done']);
    expect(show(world)).toEqual(rotatedTo('a'));
    expect(world.simulator.describeWorld().stores[0]?.ConnectionState).toBe('CONNECTED');
  });

  it('is brought back when the function is killed while it is offline, whenever that is', async () => {
    const count = async () => {
      const world = createRotationWorld({ simulator: { interpretations } });
      world.accept = ['outage'];
      await world.rotate('a');
      return world.count();
    };
    const calls = await count();
    const moments = Array.from({ length: calls - 19 }, (_, at) => at + 20);
    for (const nth of sample(moments, 12, (nth) => `offline, killed at ${nth}`)) {
      const world = createRotationWorld({ simulator: { interpretations } });
      world.accept = ['outage'];
      world.killAt = nth;
      await world.rotate('a');
      world.killAt = null;
      const told = outcomes(await world.rotate('a'));
      expect({ nth, told: told.length, ...show(world) }).toEqual({ nth, told: 4, ...rotatedTo('a') });
      const [store] = world.simulator.describeWorld().stores;
      expect({ nth, state: store?.ConnectionState }).toEqual({ nth, state: 'CONNECTED' });
    }
  });
});

describe('a secret that is encrypted', () => {
  const store = { keys: [{ AliasName: 'alias/secrets' }] };

  it('a secret that is encrypted with a key of the very store is refused, as nothing could set KMS back', async () => {
    const world = createRotationWorld({ store, keyId: 'alias/secrets' });
    expect(await world.call('a', 'createSecret')).toMatchObject({
      refused: expect.stringMatching(/^SECRET_IN_STORE: .* is encrypted with alias\/secrets, a key of "xks"/),
    });
    world.simulator.addSecret({ Name: secretName, VersionStages: [], KmsKeyId: keyOf(world) });
    expect(await world.call('a', 'createSecret')).toMatchObject({ refused: expect.stringMatching(/^SECRET_IN_STORE/) });
    expect(await traceUnusual(world)).toMatchInlineSnapshot(`
      [
        "a.createSecret: as usual for 4 lines, to Describe→CONNECTED 0 ×2",
        "a.createSecret: ListAliases",
        "a.createSecret: DescribeSecret",
        "a.createSecret: Get a→ResourceNotFoundException",
        "a.createSecret: Get 0",
        "a.createSecret: Describe→CONNECTED 0 ×2",
      ]
    `);
    expect(show(world)).toMatchObject({ labels: { '0': ['AWSCURRENT'] }, taken: ['0'], inForce: '0', works: true });
  });

  it('a secret that is encrypted with a key of another store is rotated', async () => {
    const world = createRotationWorld({ keyId: 'alias/others' });
    world.simulator.addStore({
      CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
      ConnectionState: 'CONNECTED',
      keys: [{ AliasName: 'alias/others' }],
    });
    expect(outcomes(await world.rotate('a'))).toEqual(done);
    expect(show(world)).toEqual(rotatedTo('a'));
  });

  it.each(['ListKeys', 'ListAliases'])(
    'a secret that is encrypted with a key of which nobody can tell is refused (%s)',
    async (operation) => {
      const world = createRotationWorld({ keyId: 'alias/secrets', store });
      world.simulator.failNext(operation, 'AccessDeniedException', { times: 9 });
      expect(await world.call('a', 'createSecret')).toMatchObject({
        refused: expect.stringMatching(/^SECRET_IN_STORE: whether .* could not be seen: AccessDeniedException/),
      });
    },
  );
});

function keyOf({ simulator }: RotationWorld): string {
  const { Keys } = simulator.call('ListKeys', {}) as { readonly Keys: readonly { readonly KeyId: string }[] };
  return Keys[0]?.KeyId ?? '';
}

describe('a secret that', () => {
  it.each([
    ['is no JSON', { secretText: 'hunter2hunter2' }, 'NO_CREDENTIAL', 'version 0'],
    [
      'is JSON without both halves',
      { secretText: JSON.stringify({ AccessKeyId: oldCredential.AccessKeyId }) },
      'NO_CREDENTIAL',
      'RawSecretAccessKey that KMS would accept',
    ],
    ['is JSON of another kind', { secretText: '[1]' }, 'NO_CREDENTIAL', 'version 0'],
    [
      'holds a secret that KMS would not take',
      { secretText: JSON.stringify({ ...oldCredential, RawSecretAccessKey: 'short' }) },
      'NO_CREDENTIAL',
      'version 0',
    ],
  ])('%s is refused before a version is made', async (_, staged, code, said) => {
    const world = createRotationWorld(staged);
    const told = await world.call('a', 'createSecret');
    expect(told).toMatchObject({ refused: expect.stringContaining(code) });
    expect((told as { refused: string }).refused.replaceAll(version('0'), '0')).toContain(said);
    expect(JSON.stringify(told)).not.toMatch(/hunter2|short/);
    expect(world.trace()).toEqual([
      'a.createSecret: DescribeSecret',
      'a.createSecret: Get a→ResourceNotFoundException',
      'a.createSecret: Get 0',
    ]);
  });

  it.each([
    ['is marked for deletion', { isDeleted: true }, 'is marked for deletion'],
    ['is not rotated', { RotationEnabled: false }, 'rotation is not enabled'],
  ])('%s is left alone', async (_, description, said) => {
    const world = createRotationWorld();
    world.simulator.addSecret({ Name: secretName, VersionStages: [], ...description });
    expect(await world.call('a', 'createSecret')).toMatchObject({ refused: expect.stringContaining(said) });
    expect(world.trace()).toEqual(['a.createSecret: DescribeSecret']);
  });

  it('holds as AWSPENDING what is no credential is refused, and says so', async () => {
    const world = createRotationWorld();
    const pending = {
      Name: secretName,
      VersionId: version('a'),
      VersionStages: ['AWSPENDING'],
      SecretString: 'hunter2',
    };
    world.simulator.addSecret(pending);
    for (const step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const) {
      const told = await world.call('a', step);
      expect(told).toMatchObject({ refused: expect.stringContaining('NO_CREDENTIAL') });
      expect(JSON.stringify(told)).not.toContain('hunter2');
    }
    expect(show(world)).toMatchObject({ taken: ['0'], inForce: '0', works: true });
  });

  it.each(['DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'])(
    'cannot be reached by %s for once is rotated by the next call',
    async (operation) => {
      const world = createRotationWorld();
      world.simulator.failNext(operation, 'InternalServiceError', { times: 2 });
      const told = outcomes(await world.rotate('a'));
      expect(told.at(-1)).toMatch(/^SECRET_UNAVAILABLE|^UPDATE_FAILED/);
      while (outcomes(await world.rotate('a')).length < 4);
      expect(show(world)).toEqual(rotatedTo('a'));
    },
  );
});
