import { describe, expect, test } from 'vitest';
import type { ConnectionState, ExternalKey, KeyMetadata } from '../../src/simulator/index.ts';
import { connectMs, deferredToggleMs, disconnectMs, type Stage, setStage } from './stage.ts';

const states: ConnectionState[] = ['CONNECTED', 'CONNECTING', 'FAILED', 'DISCONNECTED', 'DISCONNECTING'];
const dayMs = 86_400_000;
const endpoint = 'https://proxy.example.com';

function setKeyStage(description: object = {}) {
  const stage = setStage();
  const id = stage.addExternal({ ConnectionState: 'CONNECTED', XksProxyUriEndpoint: endpoint, ...description });
  const origin = { Origin: 'EXTERNAL_KEY_STORE', CustomKeyStoreId: id };
  return { ...stage, id, createKey: (values: object) => stage.attempt('CreateKey', { ...origin, ...values }) };
}

const describeKey = ({ simulator }: Pick<Stage, 'simulator'>, KeyId: string): KeyMetadata =>
  (simulator.call('DescribeKey', { KeyId }) as { KeyMetadata: KeyMetadata }).KeyMetadata;

describe('after its store was disconnected', () => {
  test('a key is shown as it was for as long as the read lags behind', () => {
    const stage = setKeyStage();
    const KeyId = stage.simulator.addKey(stage.id);
    stage.simulator.staleReads = { keyState: { forMs: 3_000 } };
    stage.simulator.call('DisconnectCustomKeyStore', { CustomKeyStoreId: stage.id });
    expect(describeKey(stage, KeyId).KeyState).toBe('Enabled');

    stage.wait(3_000);
    expect(describeKey(stage, KeyId).KeyState).toBe('Unavailable');
  });
});

describe('creating a key in a custom key store', () => {
  test('gives a key of a CloudHSM store, and shows where it is', () => {
    const stage = setStage();
    const CustomKeyStoreId = stage.simulator.addStore({ ConnectionState: 'CONNECTED' });
    const input = { Origin: 'AWS_CLOUDHSM', CustomKeyStoreId, Description: 'ledger' };
    const { KeyMetadata: created } = stage.simulator.call('CreateKey', input) as { KeyMetadata: KeyMetadata };

    expect(created).toEqual({
      AWSAccountId: '111122223333',
      KeyId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      Arn: `arn:aws:kms:us-east-1:111122223333:key/${created.KeyId}`,
      CreationDate: stage.now() / 1000,
      Enabled: true,
      Description: 'ledger',
      KeyUsage: 'ENCRYPT_DECRYPT',
      KeyState: 'Enabled',
      Origin: 'AWS_CLOUDHSM',
      CustomKeyStoreId,
      CloudHsmClusterId: stage.clusters.first,
      KeyManager: 'CUSTOMER',
      CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
      KeySpec: 'SYMMETRIC_DEFAULT',
      EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
      MultiRegion: false,
    });
    expect(describeKey(stage, created.Arn ?? '')).toEqual(created);
  });

  test('gives a key of an external store, which names its external key', () => {
    const stage = setKeyStage();
    expect(stage.createKey({ XksKeyId: 'bb8562717f809024' })).toBe('ok');
    const { Keys } = stage.simulator.call('ListKeys', {}) as { Keys: { KeyId: string }[] };

    expect(describeKey(stage, Keys[0]?.KeyId ?? '')).toMatchObject({
      Origin: 'EXTERNAL_KEY_STORE',
      CustomKeyStoreId: stage.id,
      XksKeyConfiguration: { Id: 'bb8562717f809024' },
    });
  });

  test.each(states.filter((state) => state !== 'CONNECTED'))('is refused while the store is %s', (ConnectionState) => {
    expect(setKeyStage({ ConnectionState }).createKey({ XksKeyId: 'key' })).toBe('CustomKeyStoreInvalidStateException');
  });

  test.each([
    ['no such store', { CustomKeyStoreId: 'cks-none' }, 'CustomKeyStoreNotFoundException'],
    ['no store at all', { CustomKeyStoreId: undefined }, 'ValidationException'],
    ['the origin of the other type', { Origin: 'AWS_CLOUDHSM', XksKeyId: undefined }, 'UnsupportedOperationException'],
    ['no origin', { Origin: undefined, XksKeyId: undefined }, 'ValidationException'],
    ['no external key', { XksKeyId: undefined }, 'ValidationException'],
    ['an external key of a plain key', { Origin: 'AWS_KMS', CustomKeyStoreId: undefined }, 'ValidationException'],
    ['an asymmetric spec', { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }, 'UnsupportedOperationException'],
    ['several Regions', { MultiRegion: true }, 'UnsupportedOperationException'],
    ['imported material', { Origin: 'EXTERNAL', XksKeyId: undefined }, 'UnsupportedOperationException'],
    ['a policy that is not JSON', { Policy: 'everybody' }, 'MalformedPolicyDocumentException'],
    ['a tag of AWS', { Tags: [{ TagKey: 'aws:x', TagValue: '' }] }, 'TagException'],
    ['a tag without a value', { Tags: [{ TagKey: 'x' }] }, 'ValidationException'],
    ['tags that are no list', { Tags: 'x' }, 'SerializationException'],
    ['MultiRegion that is no boolean', { MultiRegion: 'yes' }, 'SerializationException'],
    ['an external key in use', { XksKeyId: 'taken' }, 'XksKeyAlreadyInUseException'],
  ])('is refused with %s', (_what, values, refusal) => {
    const stage = setKeyStage();
    stage.simulator.addKey(stage.id, { XksKeyId: 'taken' });

    expect(stage.createKey({ XksKeyId: 'free', ...values })).toBe(refusal);
  });

  const fit: ExternalKey = { keySpec: 'AES_256', keyUsage: ['ENCRYPT', 'DECRYPT', 'WRAP'], keyStatus: 'ENABLED' };
  test.each([
    ['is fit', { keys: { 'my-key': fit } }, 'ok'],
    ['is not there', { keys: {} }, 'XksKeyNotFoundException'],
    ['is short', { keys: { 'my-key': { ...fit, keySpec: 'AES_128' } } }, 'XksKeyInvalidConfigurationException'],
    ['only encrypts', { keys: { 'my-key': { ...fit, keyUsage: ['ENCRYPT'] } } }, 'XksKeyInvalidConfigurationException'],
    [
      'is disabled',
      { keys: { 'my-key': { ...fit, keyStatus: 'DISABLED' as const } } },
      'XksKeyInvalidConfigurationException',
    ],
    ['cannot be asked for', { reachable: false }, 'CustomKeyStoreInvalidStateException'],
    ['is asked for with a wrong credential', { credentials: {} }, 'CustomKeyStoreInvalidStateException'],
    ['is answered with nonsense', { answer: 'malformed' as const }, 'CustomKeyStoreInvalidStateException'],
  ])('asks the proxy for the external key: one that %s', (_what, trouble, answer) => {
    const stage = setKeyStage();
    stage.simulator.addProxy({ endpoint, ...trouble });

    expect(stage.createKey({ XksKeyId: 'my-key' })).toBe(answer);
  });

  test('needs two HSMs of a cluster', () => {
    const stage = setStage();
    const CustomKeyStoreId = stage.simulator.addStore({ ConnectionState: 'CONNECTED' });
    stage.simulator.cluster(stage.clusters.first).hsms = 1;

    expect(stage.attempt('CreateKey', { Origin: 'AWS_CLOUDHSM', CustomKeyStoreId })).toBe(
      'CloudHsmClusterInvalidConfigurationException',
    );
  });

  test('goes beside plain keys, which no store holds', () => {
    const stage = setKeyStage({ keys: 2 });
    expect(stage.attempt('CreateKey', {})).toBe('ok');
    const pages = [1, 2, 3].reduce<{ keys: string[]; marker?: string | undefined }>(
      ({ keys, marker }) => {
        const page = stage.simulator.call('ListKeys', { Limit: 1, Marker: marker }) as {
          Keys: { KeyId: string }[];
          NextMarker?: string;
        };
        return { keys: [...keys, ...page.Keys.map(({ KeyId }) => KeyId)], marker: page.NextMarker };
      },
      { keys: [] },
    );

    expect(pages.marker).toBeUndefined();
    expect(pages.keys.map((key) => describeKey(stage, key).CustomKeyStoreId)).toEqual([stage.id, stage.id, undefined]);
  });
});

describe('the state of a key', () => {
  test.each(states)('is Unavailable unless its store is CONNECTED: %s', (ConnectionState) => {
    const stage = setKeyStage({ ConnectionState });
    const key = stage.simulator.addKey(stage.id);
    const isConnected = ConnectionState === 'CONNECTED';

    expect(describeKey(stage, key)).toMatchObject({
      KeyState: isConnected ? 'Enabled' : 'Unavailable',
      Enabled: isConnected,
    });
  });

  test('comes back as it was when the store connects again, and some time later as it was set meanwhile', () => {
    const stage = setKeyStage();
    const [kept, disabled, enabled] = [{}, {}, { Enabled: false }].map((description) =>
      stage.simulator.addKey(stage.id, description),
    );
    const keys = [kept ?? '', disabled ?? '', enabled ?? ''];
    const show = () => keys.map((key) => describeKey(stage, key).KeyState);
    expect(show()).toEqual(['Enabled', 'Enabled', 'Disabled']);

    stage.disconnect(stage.id);
    expect(show()).toEqual(['Unavailable', 'Unavailable', 'Unavailable']);
    stage.wait(disconnectMs);
    expect(stage.attempt('DisableKey', { KeyId: keys[1] })).toBe('ok');
    expect(stage.attempt('EnableKey', { KeyId: keys[2] })).toBe('ok');
    expect(show()).toEqual(['Unavailable', 'Unavailable', 'Unavailable']);
    stage.connect(stage.id);
    stage.wait(connectMs + deferredToggleMs - 1);
    expect(show()).toEqual(['Enabled', 'Enabled', 'Disabled']);
    stage.wait(1);

    expect(show()).toEqual(['Enabled', 'Disabled', 'Enabled']);
  });

  test('stays PendingDeletion while the store is gone, and is Disabled once that was called off', () => {
    const stage = setKeyStage();
    const KeyId = stage.simulator.addKey(stage.id);
    const scheduled = stage.simulator.call('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 });
    const deletionDate = (stage.now() + 7 * dayMs) / 1000;
    expect(scheduled).toMatchObject({
      KeyId: describeKey(stage, KeyId).Arn,
      KeyState: 'PendingDeletion',
      DeletionDate: deletionDate,
    });

    stage.disconnectAndWait(stage.id);
    expect(describeKey(stage, KeyId)).toMatchObject({ KeyState: 'PendingDeletion', DeletionDate: deletionDate });
    expect(stage.attempt('EnableKey', { KeyId })).toBe('KMSInvalidStateException');
    expect(stage.attempt('ScheduleKeyDeletion', { KeyId })).toBe('KMSInvalidStateException');

    expect(stage.attempt('CancelKeyDeletion', { KeyId })).toBe('ok');
    expect(stage.attempt('CancelKeyDeletion', { KeyId })).toBe('KMSInvalidStateException');
    expect(describeKey(stage, KeyId)).toMatchObject({ KeyState: 'Unavailable' });
    expect(stage.connectAndWait(stage.id)).toBe('CONNECTED');
    expect(describeKey(stage, KeyId).KeyState).toBe('Disabled');
  });

  test('ends with the waiting period: then the store is empty and can be deleted', () => {
    const stage = setKeyStage({ ConnectionState: 'DISCONNECTED' });
    const KeyId = stage.simulator.addKey(stage.id);
    expect(stage.attempt('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 6 })).toBe('ValidationException');
    expect(stage.attempt('ScheduleKeyDeletion', { KeyId })).toBe('ok');
    stage.wait(30 * dayMs - 1);
    expect(stage.remove(stage.id)).toBe('CustomKeyStoreHasCMKsException');

    stage.wait(1);
    expect(stage.attempt('DescribeKey', { KeyId })).toBe('NotFoundException');
    expect(stage.remove(stage.id)).toBe('ok');
  });

  test.each([
    ['a key that is not there', '1234abcd-12ab-34cd-56ef-1234567890ab', 'NotFoundException'],
    ['an alias, of which there are none', 'alias/ledger', 'NotFoundException'],
    ['an ARN of another service', 'arn:aws:s3:::bucket', 'InvalidArnException'],
  ])('is not shown of %s', (_what, KeyId, refusal) => {
    expect(setStage().attempt('DescribeKey', { KeyId })).toBe(refusal);
  });
});
