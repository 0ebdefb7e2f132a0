import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createClient } from '../../src/kms/client.ts';
import { configureNeighbour, createAsk } from '../../src/kms/neighbour.ts';

beforeAll(() => void vi.stubEnv('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true'));
afterAll(() => void vi.unstubAllEnvs());

const createKmsClient = () => createClient({ region: 'eu-west-1', signRequests: false });

describe('the neighbours of KMS', () => {
  it('are asked where a simulator is, and at AWS where another endpoint is for KMS alone', () => {
    const endpoints = ['http://127.0.0.1:8080', 'https://kms.example.com', undefined];
    const told = endpoints.map((endpoint) => configureNeighbour(createKmsClient(), endpoint).endpoint);
    expect(told).toEqual(['http://127.0.0.1:8080', undefined, undefined]);
  });

  it('are loaded with the first question, and anew where KMS is asked with other credentials', async () => {
    let kms = createKmsClient();
    const loadedWith: unknown[] = [];
    const ask = createAsk({ current: () => kms, endpoint: undefined }, 'any', async ({ credentials }) => {
      loadedWith.push(credentials);
      return { name: 'client' };
    });
    const first = kms;
    expect(loadedWith).toEqual([]);
    await ask(async (client) => client);
    expect(await ask(async (client) => client)).toEqual({ ok: true, value: { name: 'client' } });
    kms = createKmsClient();
    await ask(async (client) => client);

    expect(loadedWith).toEqual([first.config.credentials, kms.config.credentials]);
  });

  it('name the package that is not installed', async () => {
    const missing = '@aws-sdk/client-nowhere';
    const kms = createKmsClient();
    const ask = createAsk(
      { current: () => kms, endpoint: undefined },
      missing,
      () => import(/* @vite-ignore */ missing),
    );

    expect(await ask(async () => 'answer')).toEqual({
      ok: false,
      failure: {
        code: 'PACKAGE_MISSING',
        message: 'the package @aws-sdk/client-nowhere is not installed here: npm install @aws-sdk/client-nowhere',
        class: 'unreachable',
      },
    });
  });
});
