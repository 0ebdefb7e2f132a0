import { describe, expect, test } from 'vitest';
import { SimulatorFault, type SimulatorOptions } from '../../src/simulator/index.ts';
import { connectMs, credential, disconnectMs, type Stage, setStage } from './stage.ts';

const oldEndpoint = 'https://old.example.com';
const newEndpoint = 'https://new.example.com';
const Plaintext = Buffer.from('a canary').toString('base64');
const EncryptionContext = { purpose: 'canary', run: '1' };

const corrupt =
  'KMSInvalidStateException: The external key store proxy rejected the request because the specified ciphertext or additional authenticated data is corrupted, missing, or otherwise invalid.';

function setKeyStage(options: SimulatorOptions = {}) {
  const stage = setStage(options);
  const { simulator } = stage;
  /** The plaintext that Decrypt gives, or the fault with its message. */
  const tell = (operation: string, input: object): string => {
    try {
      const { Plaintext: text = '' } = simulator.call(operation, input) as { Plaintext?: string };
      return Buffer.from(text, 'base64').toString();
    } catch (error) {
      if (!(error instanceof SimulatorFault)) throw error;
      return `${error.name}: ${error.message}`;
    }
  };
  const encrypt = (KeyId: string, more: object = {}): string =>
    (simulator.call('Encrypt', { KeyId, Plaintext, EncryptionContext, ...more }) as { CiphertextBlob: string })
      .CiphertextBlob;
  const decrypt = (CiphertextBlob: string, more: object = {}) =>
    tell('Decrypt', { CiphertextBlob, EncryptionContext, ...more });
  return { ...stage, tell, encrypt, decrypt };
}

type KeyStage = ReturnType<typeof setKeyStage>;

/** Disconnect, update, connect. */
function move(stage: Stage, id: string, change: object): string {
  stage.disconnect(id);
  stage.wait(disconnectMs);
  expect(stage.update(id, change)).toBe('ok');
  return stage.connectAndWait(id);
}

const kinds: [string, (stage: KeyStage) => string][] = [
  [
    'of no store',
    ({ simulator }) => (simulator.call('CreateKey', {}) as { KeyMetadata: { KeyId: string } }).KeyMetadata.KeyId,
  ],
  ['of a CloudHSM store', ({ simulator }) => simulator.addKey(simulator.addStore({ ConnectionState: 'CONNECTED' }))],
  [
    'of an external store',
    ({ simulator, addExternal }) => simulator.addKey(addExternal({ ConnectionState: 'CONNECTED' })),
  ],
];

describe.each(kinds)('a key %s', (_kind, addKey) => {
  test('decrypts what it encrypted, and names itself', () => {
    const stage = setKeyStage();
    const KeyId = addKey(stage);
    const blob = stage.encrypt(KeyId);

    expect(stage.decrypt(blob)).toBe('a canary');
    expect(stage.decrypt(blob, { KeyId })).toBe('a canary');
    expect(stage.simulator.call('Decrypt', { CiphertextBlob: blob, EncryptionContext })).toMatchObject({
      KeyId: `arn:aws:kms:us-east-1:111122223333:key/${KeyId}`,
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    });
  });

  test('encrypts the same plaintext differently each time', () => {
    const stage = setKeyStage();
    const KeyId = addKey(stage);

    expect(stage.encrypt(KeyId)).not.toBe(stage.encrypt(KeyId));
  });

  test('takes the encryption context in any order, and no other one', () => {
    const stage = setKeyStage();
    const blob = stage.encrypt(addKey(stage));

    expect(stage.decrypt(blob, { EncryptionContext: { run: '1', purpose: 'canary' } })).toBe('a canary');
    expect(stage.decrypt(blob, { EncryptionContext: { run: '2', purpose: 'canary' } })).toContain('Exception: ');
    expect(stage.decrypt(blob, { EncryptionContext: {} })).toContain('Exception: ');
  });

  test('tells a ciphertext that was tampered with, at any byte', () => {
    const stage = setKeyStage();
    const whole = Buffer.from(stage.encrypt(addKey(stage)), 'base64');

    for (const at of whole.keys()) {
      const broken = Buffer.from(whole);
      broken[at] = (broken[at] ?? 0) ^ 1;
      expect(stage.decrypt(broken.toString('base64')), `byte ${at}`).toMatch(
        /^(InvalidCiphertext|KMSInvalidState)Exception: /,
      );
    }
    for (const length of [1, 19, 20, 30, whole.length - 1]) {
      expect(stage.decrypt(whole.toString('base64', 0, length)), `${length} bytes`).toContain('Exception: ');
    }
  });

  test('makes data keys, of which the plaintext comes along or does not', () => {
    const stage = setKeyStage();
    const KeyId = addKey(stage);
    const order = { KeyId, KeySpec: 'AES_256', EncryptionContext };
    const made = stage.simulator.call('GenerateDataKey', order) as { CiphertextBlob: string; Plaintext: string };
    const sealed = stage.simulator.call('GenerateDataKeyWithoutPlaintext', order) as { CiphertextBlob: string };
    const opened = (CiphertextBlob: string) => stage.simulator.call('Decrypt', { CiphertextBlob, EncryptionContext });

    expect(opened(made.CiphertextBlob)).toMatchObject({ Plaintext: made.Plaintext });
    expect(Buffer.from(made.Plaintext, 'base64')).toHaveLength(32);
    expect(Object.keys(sealed)).toEqual(['CiphertextBlob', 'KeyId']);
    expect(opened(sealed.CiphertextBlob)).not.toMatchObject({ Plaintext: made.Plaintext });
  });

  test('is not used by a dry run, which judges its state all the same', () => {
    const stage = setKeyStage();
    const KeyId = addKey(stage);
    const dryRun = { KeyId, Plaintext, DryRun: true };

    expect(stage.attempt('Encrypt', dryRun)).toBe('DryRunOperationException');
    expect(stage.attempt('Decrypt', { KeyId, DryRun: true, DryRunModifiers: ['IGNORE_CIPHERTEXT'] })).toBe(
      'DryRunOperationException',
    );
    expect(stage.simulator.call('GetKeyLastUsage', { KeyId })).not.toHaveProperty('KeyLastUsage');
    stage.attempt('DisableKey', { KeyId });
    expect(stage.attempt('Encrypt', dryRun)).toBe('DisabledException');
  });

  test('remembers its last use that succeeded', () => {
    const stage = setKeyStage();
    const KeyId = addKey(stage);
    const blob = stage.encrypt(KeyId);
    stage.wait(60_000);
    stage.decrypt(blob);
    const usedAtMs = stage.now();
    const { requestId } = stage.simulator.calls.at(-1) ?? {};
    stage.wait(60_000);
    stage.decrypt(blob, { EncryptionContext: {} });

    expect(stage.simulator.call('GetKeyLastUsage', { KeyId })).toMatchObject({
      KeyId,
      KeyLastUsage: { Operation: 'Decrypt', Timestamp: usedAtMs / 1000, KmsRequestId: requestId },
      KeyCreationDate: (usedAtMs - 60_000) / 1000,
    });
  });

  test.each([
    ['DisableKey', {}, 'DisabledException'],
    ['ScheduleKeyDeletion', { PendingWindowInDays: 7 }, 'KMSInvalidStateException'],
  ])('cannot be used after %s', (operation, more, answer) => {
    const stage = setKeyStage();
    const KeyId = addKey(stage);
    const blob = stage.encrypt(KeyId);
    stage.simulator.call(operation, { KeyId, ...more });

    expect(stage.attempt('Encrypt', { KeyId, Plaintext })).toBe(answer);
    expect(stage.decrypt(blob)).toContain(answer);
    expect(stage.attempt('GenerateDataKey', { KeyId, NumberOfBytes: 8 })).toBe(answer);
  });

  test('is named by an alias too', () => {
    const stage = setKeyStage();
    const KeyId = addKey(stage);
    expect(stage.attempt('CreateAlias', { AliasName: 'alias/ledger', TargetKeyId: KeyId })).toBe('ok');
    const arn = 'arn:aws:kms:us-east-1:111122223333:alias/ledger';

    expect(stage.decrypt(stage.encrypt('alias/ledger'), { KeyId: arn })).toBe('a canary');
    expect(stage.simulator.call('DescribeKey', { KeyId: 'alias/ledger' })).toMatchObject({ KeyMetadata: { KeyId } });
    expect(stage.simulator.call('ListAliases', { KeyId })).toMatchObject({
      Aliases: [{ AliasName: 'alias/ledger', AliasArn: arn, TargetKeyId: KeyId }],
      Truncated: false,
    });
    expect(stage.attempt('GetKeyLastUsage', { KeyId: 'alias/ledger' })).toBe('NotFoundException');
  });
});

describe('a store that is not CONNECTED', () => {
  test('lends its keys to nobody until it is again', () => {
    const stage = setKeyStage();
    const id = stage.addExternal({ ConnectionState: 'CONNECTED' });
    const KeyId = stage.simulator.addKey(id);
    const blob = stage.encrypt(KeyId);
    stage.disconnectAndWait(id);
    expect(stage.decrypt(blob)).toContain('KMSInvalidStateException');
    expect(stage.attempt('Encrypt', { KeyId, Plaintext })).toBe('KMSInvalidStateException');

    stage.connectAndWait(id);
    expect(stage.decrypt(blob)).toBe('a canary');
  });
});

describe('an external store that was led to another proxy', () => {
  function moveProxy(proxy: object) {
    const stage = setKeyStage();
    const id = stage.addExternal({ ConnectionState: 'CONNECTED', XksProxyUriEndpoint: oldEndpoint });
    const KeyId = stage.simulator.addKey(id, { XksKeyId: 'ledger' });
    const before = stage.encrypt(KeyId);
    stage.simulator.addProxy({ endpoint: newEndpoint, ...proxy });
    expect(move(stage, id, { XksProxyUriEndpoint: newEndpoint })).toBe('CONNECTED');
    return { ...stage, id, KeyId, before };
  }

  test('decrypts as before where the key manager is the same', () => {
    const { decrypt, before } = moveProxy({});

    expect(decrypt(before)).toBe('a canary');
  });

  test('cannot decrypt what was before where it is another one, encrypts happily, and cannot go back with that', () => {
    const stage = moveProxy({ keyManager: 'wrong' });
    expect(stage.decrypt(stage.before)).toBe(corrupt);
    const exposed = stage.encrypt(stage.KeyId);
    expect(stage.decrypt(exposed)).toBe('a canary');

    move(stage, stage.id, { XksProxyUriEndpoint: oldEndpoint });
    expect(stage.decrypt(stage.before)).toBe('a canary');
    expect(stage.decrypt(exposed)).toBe(corrupt);
  });

  const fit = { keySpec: 'AES_256', keyUsage: ['ENCRYPT', 'DECRYPT'], keyStatus: 'ENABLED' } as const;
  test.each([
    [{ keys: {} }, 'because it could not find the external key.'],
    [{ keys: { ledger: { ...fit, keyStatus: 'DISABLED' } } }, 'the external key is not enabled'],
    [{ keys: { ledger: { ...fit, keyUsage: ['ENCRYPT'] } } }, 'the external key does not support'],
  ])('is told what is wrong with the external key: %j', (proxy, words) => {
    const { decrypt, before } = moveProxy(proxy);

    expect(decrypt(before)).toMatch(/^KMSInvalidStateException: /);
    expect(decrypt(before)).toContain(words);
  });

  test.each([
    [{ reachable: false }, 'cannot communicate'],
    [{ tlsValid: false }, 'cannot communicate'],
    [{ slow: true }, 'did not respond in time'],
    [{ credentials: {} }, 'could not authenticate'],
    [{ paths: [] }, 'URI path'],
    [{ accessDenied: true }, 'denied access'],
    [{ principals: ['arn:aws:iam::444455556666:root'] }, 'denied access'],
    [{ answer: 'malformed' }, 'cannot interpret'],
    [{ answer: 'throttled' }, 'request rate'],
    [{ answer: 'internalError' }, 'unhealthy state'],
    [{ ekm: ['UNAVAILABLE'] }, 'did not respond in time'],
  ])('is told what is wrong with the proxy: %j', (trouble, words) => {
    const { decrypt, before, simulator } = moveProxy({});
    Object.assign(simulator.proxy(newEndpoint), trouble);

    expect(decrypt(before)).toMatch(/^KMSInvalidStateException: /);
    expect(decrypt(before)).toContain(words);
  });
});

describe('a live change', () => {
  test('lets some hosts use the old credential for up to five minutes, so that a proxy which dropped it refuses them', () => {
    const stage = setKeyStage();
    const id = stage.addExternal({
      ConnectionState: 'CONNECTED',
      XksProxyUriEndpoint: oldEndpoint,
      XksProxyAuthenticationCredential: { ...credential, AccessKeyId: 'OLDOLDOLDOLDOLDOLDOL' },
    });
    const KeyId = stage.simulator.addKey(id);
    const blob = stage.encrypt(KeyId);
    stage.update(id, { XksProxyAuthenticationCredential: credential });
    stage.simulator.proxy(oldEndpoint).credentials = { [credential.AccessKeyId]: credential.RawSecretAccessKey };
    const answers = () => new Set(Array.from({ length: 40 }, () => stage.decrypt(blob).slice(0, 24)));

    const [soonestMs = 0] = [...stage.simulator.hostsEffectiveAtMs(id)].sort((a, b) => a - b);
    stage.wait(soonestMs - stage.now());
    expect(answers()).toEqual(new Set(['a canary', 'KMSInvalidStateException']));
    stage.wait(300_000);
    expect(answers()).toEqual(new Set(['a canary']));
  });
});

describe('a CloudHSM store that was led to a restored cluster', () => {
  const hour = 3_600_000;

  function moveCluster(backup: (nowMs: number) => object) {
    const stage = setKeyStage();
    const id = stage.simulator.addStore({ ConnectionState: 'CONNECTED', CloudHsmClusterId: stage.clusters.first });
    const old = stage.simulator.addKey(id, { CreationDate: (stage.now() - 2 * hour) / 1000 });
    const young = stage.simulator.addKey(id);
    const restored = stage.simulator.addCluster({ restoredFrom: stage.clusters.first, ...backup(stage.now()) });
    const blobs = [stage.encrypt(old), stage.encrypt(young)] as const;
    expect(move(stage, id, { CloudHsmClusterId: restored })).toBe('CONNECTED');
    return { ...stage, id, restored, blobs };
  }

  test('has every key where the backup is the newest', () => {
    const { decrypt, blobs } = moveCluster(() => ({}));

    expect(blobs.map((blob) => decrypt(blob))).toEqual(['a canary', 'a canary']);
  });

  test('lacks the keys that are younger than the backup', () => {
    const { decrypt, blobs } = moveCluster((nowMs) => ({ backupAtMs: nowMs - hour }));

    expect(decrypt(blobs[0])).toBe('a canary');
    expect(decrypt(blobs[1])).toMatch(/^KMSInvalidStateException: KMS could not find the key material/);
  });

  test('makes keys there that the former cluster lacks', () => {
    const stage = moveCluster(() => ({}));
    stage.wait(1);
    const blob = stage.encrypt(stage.simulator.addKey(stage.id));
    stage.disconnectAndWait(stage.id);
    stage.simulator.setKmsuserPassword(stage.clusters.first, 'kmsuser1234');
    stage.update(stage.id, { CloudHsmClusterId: stage.clusters.first, KeyStorePassword: 'kmsuser1234' });
    expect(stage.connectAndWait(stage.id)).toBe('CONNECTED');

    expect(stage.decrypt(blob)).toContain('could not find the key material');
    expect(stage.decrypt(stage.blobs[1])).toBe('a canary');
  });

  test('says so where the cluster has no HSM left, while the store is CONNECTED', () => {
    const { decrypt, simulator, restored, id, blobs } = moveCluster(() => ({}));
    simulator.cluster(restored).hsms = 0;

    expect(decrypt(blobs[0])).toBe('KMSInvalidStateException: KMS cannot communicate with your CloudHSM cluster');
    expect(simulator.store(id).ConnectionState).toBe('CONNECTED');
  });
});

describe('GenerateRandom', () => {
  test('is a probe of a CONNECTED CloudHSM store, and of no other', () => {
    const stage = setKeyStage();
    const hsm = stage.simulator.addStore({ ConnectionState: 'CONNECTED' });
    const probe = (CustomKeyStoreId: string) =>
      stage.attempt('GenerateRandom', { NumberOfBytes: 16, CustomKeyStoreId });

    expect(probe(hsm)).toBe('ok');
    expect(probe(stage.addExternal({ ConnectionState: 'CONNECTED' }))).toBe('UnsupportedOperationException');
    expect(probe('cks-nowhere')).toBe('CustomKeyStoreNotFoundException');
    stage.simulator.cluster(stage.clusters.first).hsms = 0;
    expect(probe(hsm)).toBe('CustomKeyStoreInvalidStateException');
    stage.simulator.cluster(stage.clusters.first).hsms = 2;
    stage.disconnect(hsm);
    expect(probe(hsm)).toBe('CustomKeyStoreInvalidStateException');
    expect(stage.attempt('GenerateRandom', { NumberOfBytes: 16 })).toBe('ok');
    expect(stage.attempt('GenerateRandom', {})).toBe('ValidationException');
  });

  test('leaves what lags behind as it is', () => {
    const stage = setKeyStage();
    const id = stage.simulator.addStore({ ConnectionState: 'CONNECTED' });
    stage.simulator.staleReadsForMs = 10_000;
    stage.disconnect(id);
    stage.attempt('GenerateRandom', { NumberOfBytes: 16, CustomKeyStoreId: id });

    expect(stage.describe().CustomKeyStores[0]?.ConnectionState).toBe('CONNECTED');
  });
});

describe('a request about a key', () => {
  const stage = setKeyStage();
  const KeyId = stage.simulator.addKey(stage.addExternal({ ConnectionState: 'CONNECTED' }));
  const other = stage.simulator.addKey(stage.addExternal({ ConnectionState: 'CONNECTED' }));

  test.each([
    ['Encrypt', { KeyId: 'nobody', Plaintext }, 'NotFoundException'],
    ['Encrypt', { KeyId: 'alias/nobody', Plaintext }, 'NotFoundException'],
    ['Encrypt', { KeyId, Plaintext: '' }, 'ValidationException'],
    ['Encrypt', { KeyId, Plaintext: 'not base64!' }, 'SerializationException'],
    ['Encrypt', { KeyId, Plaintext: Buffer.alloc(4097).toString('base64') }, 'ValidationException'],
    ['Encrypt', { KeyId, Plaintext, EncryptionContext: { a: 1 } }, 'SerializationException'],
    ['Encrypt', { KeyId, Plaintext, EncryptionAlgorithm: 'RSAES_OAEP_SHA_1' }, 'InvalidKeyUsageException'],
    ['Encrypt', { KeyId, Plaintext, EncryptionAlgorithm: 'ROT13' }, 'ValidationException'],
    ['Decrypt', { CiphertextBlob: Plaintext }, 'InvalidCiphertextException'],
    ['Decrypt', {}, 'ValidationException'],
    ['GenerateDataKey', { KeyId }, 'ValidationException'],
    ['GenerateDataKey', { KeyId, KeySpec: 'AES_128', NumberOfBytes: 16 }, 'ValidationException'],
    ['GenerateDataKey', { KeyId, KeySpec: 'AES_128', Recipient: {} }, 'ValidationException'],
    ['CreateAlias', { AliasName: 'ledger', TargetKeyId: KeyId }, 'InvalidAliasNameException'],
    ['CreateAlias', { AliasName: 'alias/aws/ledger', TargetKeyId: KeyId }, 'InvalidAliasNameException'],
    ['CreateAlias', { AliasName: 'alias/ledger', TargetKeyId: 'nobody' }, 'NotFoundException'],
    ['ListAliases', { KeyId: 'nobody' }, 'NotFoundException'],
    ['ListAliases', { Marker: 'nonsense' }, 'InvalidMarkerException'],
    ['GetKeyLastUsage', { KeyId: 'arn:nonsense' }, 'InvalidArnException'],
  ])('%s %j is answered %s', (operation, input, answer) => {
    expect(stage.attempt(operation, input)).toBe(answer);
  });

  test('a request about a key for a ciphertext of another key is refused', () => {
    expect(stage.decrypt(stage.encrypt(KeyId), { KeyId: other })).toContain('IncorrectKeyException');
  });

  test('keeps no plaintext in the record of calls', () => {
    const secret = Buffer.from('a secret of somebody').toString('base64');
    stage.encrypt(KeyId, { Plaintext: secret });

    expect(JSON.stringify(stage.simulator.calls)).not.toContain(secret);
  });

  test('meets the faults that were ordered for its store', () => {
    const store = stage.simulator.describeWorld().stores[0]?.CustomKeyStoreName ?? '';
    stage.simulator.failNext('Encrypt', 'AccessDeniedException', { store, times: 'always' });

    expect(stage.attempt('Encrypt', { KeyId, Plaintext })).toBe('AccessDeniedException');
    expect(stage.attempt('Encrypt', { KeyId: other, Plaintext })).toBe('ok');
  });
});

test('the largest plaintext fits into the largest ciphertext', () => {
  const stage = setKeyStage();
  const KeyId = stage.simulator.addKey(stage.addExternal({ ConnectionState: 'CONNECTED' }));
  const largest = Buffer.alloc(4096, 'x').toString('base64');

  expect(stage.decrypt(stage.encrypt(KeyId, { Plaintext: largest }))).toBe('x'.repeat(4096));
});

test('the same seed gives the same keys, another one others', () => {
  const encrypted = (seed: number) => {
    const stage = setKeyStage({ seed });
    return stage.encrypt(stage.simulator.addKey(stage.addExternal({ ConnectionState: 'CONNECTED' })));
  };

  expect(encrypted(1)).toBe(encrypted(1));
  expect(encrypted(1)).not.toBe(encrypted(2));
});

test('a key that is deleted takes its aliases along', () => {
  const stage = setKeyStage();
  const KeyId = stage.simulator.addKey(stage.addExternal(), { AliasName: 'alias/ledger' });
  stage.simulator.call('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 });
  stage.wait(7 * 86_400_000 + connectMs);

  expect(stage.simulator.call('ListAliases', {})).toMatchObject({ Aliases: [] });
});
