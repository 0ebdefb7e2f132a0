import { beforeAll, describe, expect, test } from 'vitest';
import { createClient } from '../../../src/aws/kms/client.ts';
import { createAskAbout } from '../../../src/aws/secrets-manager/client.ts';
import { createSecretsManager } from '../../../src/aws/secrets-manager/secrets-manager.ts';
import { SecretUnavailableError } from '../../../src/ports/secrets.ts';
import { createSimulator, serveSimulator } from '../../../src/simulator/index.ts';
import { stubSurroundings } from '../../support/in-process.ts';

const simulator = createSimulator();
let url: string;

beforeAll(async () => {
  const restore = stubSurroundings();
  const server = await serveSimulator(simulator);
  url = server.url;
  return async () => {
    await server.close();
    restore();
  };
});

function read(where: string) {
  const client = createClient({ region: 'us-east-1', endpoint: url });
  return createSecretsManager(createAskAbout({ current: () => client, endpoint: url }))(where);
}

describe('a secret of Secrets Manager', () => {
  test.each([
    ['alone', 'Passw0rd', { secret: 'Passw0rd' }],
    ['with a newline behind it', 'Passw0rd\r\n', { secret: 'Passw0rd' }],
    ['that is a number to JSON', '12345678', { secret: '12345678' }],
    ['as a password in JSON', '{"KeyStorePassword":"Passw0rd"}', { secret: 'Passw0rd' }],
    ['as a credential in JSON', '{"AccessKeyId":"ID","RawSecretAccessKey":"S"}', { secret: 'S', accessKeyId: 'ID' }],
  ])('%s is read', async (name, SecretString, kept) => {
    const versionId = expect.stringMatching(/^[0-9a-f-]{32,64}$/);
    expect(await read(simulator.addSecret({ Name: name, SecretString }))).toEqual({ ...kept, versionId });
  });

  test('a secret of Secrets Manager in JSON without one is told, without what is there', async () => {
    simulator.addSecret({ Name: 'other', SecretString: '{"password":"Passw0rd"}' });

    await expect(read('other')).rejects.toEqual(
      new SecretUnavailableError(
        'secretsmanager:other holds neither a secret alone nor JSON with RawSecretAccessKey or KeyStorePassword',
      ),
    );
  });

  test('is read by its stage, or by the id of its version', async () => {
    const VersionId = '1'.repeat(32);
    simulator.addSecret({ Name: 'history', SecretString: 'first', VersionId });
    simulator.addSecret({ Name: 'history', SecretString: 'second' });
    simulator.addSecret({ Name: 'history', SecretString: 'third' });

    const read3 = ['history', 'history#AWSPREVIOUS', `history##${VersionId}`].map(async (where) => read(where));
    expect(await Promise.all(read3)).toMatchObject([
      { secret: 'third' },
      { secret: 'second' },
      { secret: 'first', versionId: VersionId },
    ]);
  });

  test.each([
    ['missing', 'ResourceNotFoundException'],
    ['alone#AWSPENDING', 'ResourceNotFoundException'],
  ])('%s is told to be missing', async (where, code) => {
    await expect(read(where)).rejects.toThrow(`the secret that secretsmanager: names cannot be read (${code})`);
  });
});
