/** Grants, key policies and denials: who may use a key, and who may not. */
import { describe, expect, test } from 'vitest';
import { createScenarioSimulator } from '../../src/simulator/index.ts';
import { setStage } from './stage.ts';

const Plaintext = Buffer.from('a canary').toString('base64');
const rds = {
  GranteePrincipal: 'rds.amazonaws.com',
  RetiringPrincipal: 'rds.amazonaws.com',
  Operations: ['Decrypt', 'GenerateDataKey'],
  Constraints: { EncryptionContextEquals: { 'aws:rds:db-id': 'db-ORDERS' } },
};

interface Listed {
  readonly Grants: readonly { readonly GrantId: string; readonly GranteePrincipal?: string }[];
  readonly Truncated: boolean;
  readonly NextMarker?: string;
}

function setKeyStage() {
  const stage = setStage();
  const id = stage.addExternal({ ConnectionState: 'CONNECTED' });
  const KeyId = stage.simulator.addKey(id, { AliasName: 'alias/pay' });
  const list = (input: object = {}) => stage.simulator.call('ListGrants', { KeyId, ...input }) as Listed;
  const grant = (terms: object) => stage.attempt('CreateGrant', { KeyId, Operations: ['Decrypt'], ...terms });
  return { ...stage, id, KeyId, list, grant };
}

describe('a grant', () => {
  test('is listed as it was made', () => {
    const { simulator, KeyId, list, now } = setKeyStage();
    const { GrantId } = simulator.call('CreateGrant', { KeyId, ...rds }) as { GrantId: string };

    expect(list()).toEqual({
      Grants: [
        {
          KeyId: expect.stringContaining(`key/${KeyId}`),
          GrantId,
          Name: '',
          CreationDate: now() / 1000,
          IssuingAccount: 'arn:aws:iam::111122223333:root',
          ...rds,
        },
      ],
      Truncated: false,
    });
  });

  test('for a service by its principal needs the resource that it is for', () => {
    const { grant, list } = setKeyStage();
    const service = { GranteeServicePrincipal: 'ebs.amazonaws.com', RetiringServicePrincipal: 'ebs.amazonaws.com' };

    expect(grant(service)).toBe('ValidationException');
    expect(grant({ ...service, Constraints: { SourceArn: 'arn:aws:ec2:us-east-1:111122223333:volume/v-1' } })).toBe(
      'ok',
    );
    expect(list()).toMatchObject({ Grants: [service] });
    expect([grant({}), grant({ ...service, GranteePrincipal: 'ebs.amazonaws.com' })]).toEqual([
      'ValidationException',
      'ValidationException',
    ]);
  });

  test('comes in pages of 50, or of 100 at most, and by its grantee', () => {
    const { list, grant, attempt, KeyId } = setKeyStage();
    for (let nth = 0; nth < 120; nth += 1) grant({ GranteePrincipal: `arn:aws:iam::444455556666:role/r${nth % 3}` });
    const first = list();
    const second = list({ Marker: first.NextMarker, Limit: 100 });

    expect([first.Grants.length, first.Truncated, second.Grants.length, second.Truncated]).toEqual([
      50,
      true,
      70,
      false,
    ]);
    expect(list({ GranteePrincipal: 'arn:aws:iam::444455556666:role/r1' }).Grants).toHaveLength(40);
    expect(list({ GrantId: first.Grants[3]?.GrantId }).Grants).toEqual([first.Grants[3]]);
    expect(attempt('ListGrants', { KeyId, Limit: 101 })).toBe('ValidationException');
    expect(attempt('ListGrants', { KeyId, Marker: 'x' })).toBe('InvalidMarkerException');
  });

  test('is refused for a disabled key, and is not made by a DryRun', () => {
    const { grant, list, attempt, KeyId } = setKeyStage();
    const role = { GranteePrincipal: 'arn:aws:iam::111122223333:role/r' };
    expect([grant({ ...role, DryRun: true }), list().Grants]).toEqual(['DryRunOperationException', []]);
    attempt('DisableKey', { KeyId });

    expect(grant(role)).toBe('DisabledException');
  });
});

describe('a scenario', () => {
  const Policy = { Version: '2012-10-17', Statement: [] };
  const KeyId = '1234abcd-12ab-34cd-56ef-1234567890ab';
  const createKeyed = (faults: object[] = []) =>
    createScenarioSimulator({
      summary: 'x',
      stores: [
        {
          ConnectionState: 'CONNECTED',
          keys: [{ KeyId, AliasName: 'alias/pay', Policy, grants: [rds as never] }, { AliasName: 'alias/free' }],
        },
      ],
      faults,
    });

  test('gives a key its id, its policy and its grants', () => {
    const simulator = createKeyed();
    const { Policy: shown } = simulator.call('GetKeyPolicy', { KeyId }) as { Policy: string };

    expect(JSON.parse(shown)).toEqual(Policy);
    expect(simulator.call('ListGrants', { KeyId })).toMatchObject({ Grants: [rds] });
  });

  test.each(['alias/pay', KeyId, `arn:aws:kms:us-east-1:111122223333:key/${KeyId}`])(
    'denies operations of one key alone, named as %s',
    (key) => {
      const always = { key, error: 'AccessDeniedException', times: 'always' } as const;
      const simulator = createKeyed([
        { ...always, operation: 'EnableKey' },
        { ...always, operation: 'Decrypt' },
      ]);
      const encrypt = (name: string) =>
        (simulator.call('Encrypt', { KeyId: name, Plaintext }) as { CiphertextBlob: string }).CiphertextBlob;
      const [denied, free] = ['alias/pay', 'alias/free'].map((name) => ({ CiphertextBlob: encrypt(name) }));
      const answer = (operation: string, input: object = {}) => simulator.receive(operation, input).fault?.name;

      expect([answer('EnableKey', { KeyId }), answer('DisableKey', { KeyId })]).toEqual([
        'AccessDeniedException',
        undefined,
      ]);
      expect(answer('Decrypt', free)).toBeUndefined();
      expect(answer('Decrypt', denied)).toBe('AccessDeniedException');
    },
  );
});
