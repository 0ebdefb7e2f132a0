import { beforeAll, describe, expect, test } from 'vitest';
import { createClient } from '../../../src/aws/kms/client.ts';
import { createAskAbout } from '../../../src/aws/secrets-manager/client.ts';
import { createSecretVersions } from '../../../src/aws/secrets-manager/secret-versions.ts';
import type { SecretVersions } from '../../../src/ports/secret-versions.ts';
import { createSimulator, serveSimulator } from '../../../src/simulator/index.ts';
import { stubSurroundings } from '../../support/in-process.ts';

const [first = '', second = '', third = ''] = ['1', '2', '3'].map((digit) => digit.repeat(32));
const none = { ok: true, value: null };

const simulator = createSimulator();
let versions: SecretVersions;

beforeAll(async () => {
  const restore = stubSurroundings();
  const server = await serveSimulator(simulator);
  const client = createClient({ region: 'us-east-1', endpoint: server.url });
  versions = createSecretVersions(createAskAbout({ current: () => client, endpoint: server.url }));
  return async () => {
    await server.close();
    restore();
  };
});

function createAhead(Name: string, aheadMs: number) {
  const ahead = createSimulator({ now: () => Date.now() + aheadMs });
  ahead.addSecret({ Name, SecretString: 'x' });
  return ahead;
}

function addHistory(Name: string): string {
  simulator.addSecret({
    Name,
    SecretString: 'old',
    VersionId: first,
    Tags: [{ Key: 'cks:customKeyStoreId', Value: 'cks-1' }],
    RotationEnabled: true,
  });
  return simulator.addSecret({ Name, SecretString: 'new', VersionId: second });
}

describe('the versions of a secret', () => {
  test('are described with their stages, and the secret with its tags, its key and its rotation', async () => {
    const arn = addHistory('described');
    simulator.addSecret({ Name: 'described', VersionId: third, VersionStages: ['mine'], KmsKeyId: 'alias/secrets' });

    expect(await versions.describe('described')).toEqual({
      ok: true,
      value: {
        arn,
        rotates: true,
        isDeleted: false,
        kmsKeyId: 'alias/secrets',
        tags: { 'cks:customKeyStoreId': 'cks-1' },
        versions: { [first]: ['AWSPREVIOUS'], [second]: ['AWSCURRENT'], [third]: ['mine'] },
        answeredAtMs: expect.any(Number),
      },
    });
  });

  test('are described with the Date of the answer, by the clock of Secrets Manager', async () => {
    const aheadMs = 600_000;
    const server = await serveSimulator(createAhead('dated', aheadMs));
    const client = createClient({ region: 'us-east-1', endpoint: server.url });
    const ahead = createSecretVersions(createAskAbout({ current: () => client, endpoint: server.url }));
    const told = await ahead.describe('dated');
    await server.close();

    const { answeredAtMs = 0 } = told.ok ? told.value : {};
    expect(Math.abs(answeredAtMs - Date.now() - aheadMs)).toBeLessThan(30_000);
  });

  test('the versions of a secret of a secret without any of these are none, and one that is not there is a failure', async () => {
    const arn = simulator.addSecret({ Name: 'bare', SecretString: 'x', VersionStages: [], isDeleted: true });

    expect(await versions.describe('bare')).toEqual({
      ok: true,
      value: { arn, rotates: false, isDeleted: true, tags: {}, versions: {}, answeredAtMs: expect.any(Number) },
    });
    expect(await versions.describe('nobody')).toMatchObject({
      ok: false,
      failure: { code: 'ResourceNotFoundException' },
    });
  });

  test('are read by their ids; one that is not there, or empty, is null', async () => {
    const arn = simulator.addSecret({ Name: 'read', SecretString: 'old', VersionId: first });
    simulator.addSecret({ Name: 'read', VersionId: second, VersionStages: ['AWSPENDING'] });

    const read = [first, second, third].map((id) => versions.read(arn, id));
    expect(await Promise.all(read)).toEqual([{ ok: true, value: 'old' }, none, none]);
  });

  test('are added, and the same again changes nothing', async () => {
    const arn = addHistory('added');
    const version = { versionId: third, value: 'next', stages: ['AWSPENDING', 'mine'] };

    expect([await versions.put(arn, version), await versions.put(arn, version)]).toEqual([none, none]);
    expect(await versions.put(arn, { ...version, value: 'another' })).toMatchObject({
      ok: false,
      failure: { code: 'ResourceExistsException', message: expect.not.stringContaining('another') },
    });
    expect(await versions.describe(arn)).toMatchObject({ value: { versions: { [third]: ['AWSPENDING', 'mine'] } } });
  });

  test('are given a label, hand it on, and lose it', async () => {
    const arn = addHistory('moved');
    const moves: readonly (readonly [string | null, string | null])[] = [
      [null, first],
      [first, second],
      [second, null],
    ];

    for (const [from, to] of moves) expect(await versions.move(arn, 'mine', from, to)).toEqual(none);
    expect(await versions.move(arn, 'AWSCURRENT', null, first)).toMatchObject({
      ok: false,
      failure: { code: 'InvalidParameterException' },
    });
  });
});
