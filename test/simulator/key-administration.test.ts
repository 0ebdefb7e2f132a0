/** Policies, tags, rotation, aliases and ReEncrypt: what other programs do with the keys of a store. */
import { describe, expect, test } from 'vitest';
import { type Stage, setStage } from './stage.ts';

const Plaintext = Buffer.from('a canary').toString('base64');

function createKey({ simulator }: Stage, input: object = {}): string {
  const CustomKeyStoreId = simulator.addStore({ ConnectionState: 'CONNECTED' });
  const created = simulator.call('CreateKey', { Origin: 'AWS_CLOUDHSM', CustomKeyStoreId, ...input });
  return (created as { KeyMetadata: { KeyId: string } }).KeyMetadata.KeyId;
}

describe('a key', () => {
  test('has the policy and the tags that it was created with', () => {
    const stage = setStage();
    const Policy = '{"Version":"2012-10-17","Statement":[]}';
    const Tags = ['a', 'b', 'c'].map((TagKey) => ({ TagKey, TagValue: 'x' }));
    const KeyId = createKey(stage, { Policy, Tags });
    const list = (input: object) => stage.simulator.call('ListResourceTags', { KeyId, ...input });

    expect(stage.simulator.call('GetKeyPolicy', { KeyId })).toEqual({ Policy, PolicyName: 'default' });
    expect(stage.attempt('GetKeyPolicy', { KeyId, PolicyName: 'mine' })).toBe('NotFoundException');
    const page = list({ Limit: 2 }) as { NextMarker: string };
    expect(page).toMatchObject({ Tags: Tags.slice(0, 2), Truncated: true });
    expect(list({ Marker: page.NextMarker })).toEqual({ Tags: Tags.slice(2), Truncated: false });
    expect(list({})).toMatchObject({ Tags });
  });

  test('has the default policy of its account where it was created without one', () => {
    const stage = setStage({ region: 'us-gov-west-1' });
    const KeyId = stage.simulator.addKey(stage.simulator.addStore());
    const { Policy } = stage.simulator.call('GetKeyPolicy', { KeyId }) as { Policy: string };

    expect(JSON.parse(Policy)).toMatchObject({
      Statement: [{ Principal: { AWS: 'arn:aws-us-gov:iam::111122223333:root' }, Action: 'kms:*' }],
    });
  });

  test('is never rotated', () => {
    const stage = setStage();
    const KeyId = createKey(stage);

    expect(stage.simulator.call('GetKeyRotationStatus', { KeyId })).toMatchObject({ KeyRotationEnabled: false });
    expect(stage.attempt('GetKeyRotationStatus', { KeyId: 'alias/none' })).toBe('NotFoundException');
  });
});

describe('an alias', () => {
  test('is led to another key, and deleted', () => {
    const stage = setStage();
    const store = stage.simulator.addStore({ ConnectionState: 'CONNECTED' });
    const [first, second] = [stage.simulator.addKey(store), stage.simulator.addKey(store)];
    const AliasName = 'alias/ledger';
    stage.simulator.call('CreateAlias', { AliasName, TargetKeyId: first });
    stage.wait(1_000);
    stage.simulator.call('UpdateAlias', { AliasName, TargetKeyId: second });

    expect(stage.simulator.call('ListAliases', {})).toMatchObject({
      Aliases: [{ TargetKeyId: second, CreationDate: stage.now() / 1000 - 1, LastUpdatedDate: stage.now() / 1000 }],
    });
    expect(stage.attempt('UpdateAlias', { AliasName: 'alias/none', TargetKeyId: second })).toBe('NotFoundException');
    expect(stage.attempt('UpdateAlias', { AliasName, TargetKeyId: 'none' })).toBe('NotFoundException');
    expect([stage.attempt('DeleteAlias', { AliasName }), stage.attempt('DeleteAlias', { AliasName })]).toEqual([
      'ok',
      'NotFoundException',
    ]);
    expect(stage.simulator.call('ListAliases', {})).toMatchObject({ Aliases: [] });
  });
});

describe('ReEncrypt', () => {
  function setKeys() {
    const stage = setStage();
    const external = stage.addExternal({ ConnectionState: 'CONNECTED', XksProxyUriEndpoint: 'https://a.example.com' });
    const [from, to] = [createKey(stage), stage.simulator.addKey(external)];
    const EncryptionContext = { purpose: 'test' };
    const encrypted = stage.simulator.call('Encrypt', { KeyId: from, Plaintext, EncryptionContext });
    const { CiphertextBlob } = encrypted as { CiphertextBlob: string };
    const input = { CiphertextBlob, SourceEncryptionContext: EncryptionContext, DestinationKeyId: to };
    const lastUse = (KeyId: string) => {
      const output = stage.simulator.call('GetKeyLastUsage', { KeyId }) as { KeyLastUsage?: { Operation: string } };
      return output.KeyLastUsage?.Operation;
    };
    return { ...stage, from, to, input, lastUse, external };
  }

  test('moves a ciphertext from one key to another, and uses both', () => {
    const stage = setKeys();
    const { CiphertextBlob } = stage.simulator.call('ReEncrypt', stage.input) as { CiphertextBlob: string };

    expect(stage.simulator.call('Decrypt', { CiphertextBlob, KeyId: stage.to })).toMatchObject({ Plaintext });
    expect([stage.lastUse(stage.from), stage.lastUse(stage.to)]).toEqual(['ReEncrypt', 'Decrypt']);
  });

  test('is refused where either key cannot be used, where the context differs, or as a DryRun', () => {
    const stage = setKeys();
    const { input, from, to } = stage;

    expect(stage.attempt('ReEncrypt', { ...input, SourceEncryptionContext: {} })).toBe('InvalidCiphertextException');
    expect(stage.attempt('ReEncrypt', { ...input, SourceKeyId: to })).toBe('IncorrectKeyException');
    expect(stage.attempt('ReEncrypt', { ...input, DryRun: true })).toBe('DryRunOperationException');
    const blind = { DestinationKeyId: to, DryRun: true, DryRunModifiers: ['IGNORE_CIPHERTEXT'] };
    expect(stage.attempt('ReEncrypt', { ...blind, SourceKeyId: from })).toBe('DryRunOperationException');
    expect(stage.attempt('ReEncrypt', blind)).toBe('ValidationException');
    stage.disconnect(stage.external);
    expect(stage.attempt('ReEncrypt', input)).toBe('KMSInvalidStateException');
    expect(stage.lastUse(from)).toBe('Encrypt');
  });
});

describe('the partition of ARNs', () => {
  test.each([
    ['eu-central-1', 'aws'],
    ['cn-north-1', 'aws-cn'],
    ['us-gov-east-1', 'aws-us-gov'],
    ['eusc-de-east-1', 'aws-eusc'],
    ['us-iso-east-1', 'aws-iso'],
    ['us-isob-east-1', 'aws-iso-b'],
    ['eu-isoe-west-1', 'aws-iso-e'],
    ['us-isof-south-1', 'aws-iso-f'],
  ])('of %s is %s', (region, partition) => {
    const stage = setStage({ region });
    const KeyId = stage.simulator.addKey(stage.simulator.addStore());
    const { KeyMetadata } = stage.simulator.call('DescribeKey', { KeyId }) as { KeyMetadata: { Arn: string } };

    expect(KeyMetadata.Arn).toBe(`arn:${partition}:kms:${region}:111122223333:key/${KeyId}`);
    expect(stage.simulator.call('DescribeKey', { KeyId: KeyMetadata.Arn })).toMatchObject({ KeyMetadata });
  });
});
