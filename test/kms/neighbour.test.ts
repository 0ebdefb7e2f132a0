import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createClient } from '../../src/kms/client.ts';
import { configureNeighbour, createAsk } from '../../src/kms/neighbour.ts';

beforeAll(() => void vi.stubEnv('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true'));
afterAll(() => void vi.unstubAllEnvs());

const configure = (endpoint?: string) => {
  const client = createClient({ region: 'eu-west-1', ...(endpoint ? { endpoint } : {}) });
  return configureNeighbour({ current: () => client, endpoint });
};

describe('the neighbours of KMS', () => {
  it('are asked where a simulator is, and at AWS where another endpoint is for KMS alone', () => {
    const told = ['http://127.0.0.1:8080', 'https://kms.example.com', undefined].map(
      (endpoint) => configure(endpoint).endpoint,
    );
    expect(told).toEqual(['http://127.0.0.1:8080', undefined, undefined]);
  });

  it('are asked with the credentials and the Region that KMS is asked with at that time', async () => {
    const credentialsOf = (accessKeyId: string) => async () => ({ accessKeyId, secretAccessKey: 'none' });
    const before = createClient({ region: 'eu-west-1' });
    const after = createClient({ region: 'eu-west-1' });
    before.config.credentials = credentialsOf('BEFORE');
    after.config.credentials = credentialsOf('AFTER');
    let current = before;
    const { credentials, region } = configureNeighbour({ current: () => current, endpoint: undefined });

    const asked = [await credentials()];
    current = after;
    asked.push(await credentials());

    expect(asked.map(({ accessKeyId }) => accessKeyId)).toEqual(['BEFORE', 'AFTER']);
    expect(await region()).toBe('eu-west-1');
  });

  it('name the package that is not installed', async () => {
    const missing = '@aws-sdk/client-nowhere';
    const ask = createAsk(missing, () => import(/* @vite-ignore */ missing));

    expect(await ask(async () => 'answer')).toEqual({
      ok: false,
      failure: {
        code: 'PACKAGE_MISSING',
        message: 'the package @aws-sdk/client-nowhere is not installed here: npm install @aws-sdk/client-nowhere',
        class: 'unreachable',
      },
    });
  });

  it('are loaded once, with the first question', async () => {
    let loads = 0;
    const ask = createAsk('any', async () => {
      loads += 1;
      return 'client';
    });
    expect(loads).toBe(0);
    await ask(async () => 1);
    expect(await ask(async (client) => client)).toEqual({ ok: true, value: 'client' });
    expect(loads).toBe(1);
  });
});
