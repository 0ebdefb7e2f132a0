import { afterAll, describe, expect, it, vi } from 'vitest';
import { createAskCloudHsm } from '../../src/aws/cloudhsm/client.ts';
import { createClusters } from '../../src/aws/cloudhsm/clusters.ts';
import { createAskEc2 } from '../../src/aws/ec2/client.ts';
import { createNetwork } from '../../src/aws/ec2/network.ts';
import { createClient } from '../../src/aws/kms/client.ts';
import { createAsk, type NeighbourConfig } from '../../src/aws/service-client.ts';
import { createSimulator, serveSimulator } from '../../src/simulator/index.ts';
import { sdkError } from '../support/scripted-send.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

afterAll(() => void vi.unstubAllEnvs());

const createKmsClient = () => createClient({ region: 'eu-west-1', signRequests: false });

describe('the neighbours of KMS', () => {
  const any = { packageName: 'any', serviceId: 'Any Service' };

  /** What a client is made with. */
  async function configure(endpoint: string | undefined): Promise<NeighbourConfig> {
    const kms = createKmsClient();
    const ask = createAsk({ current: () => kms, endpoint }, any, async (config) => ({ told: config }));
    const answer = await ask(async (client) => client.told);
    if (!answer.ok) throw new Error(answer.failure.message);
    return answer.value;
  }

  it('are asked where a simulator is, and at AWS where another endpoint is for KMS alone', async () => {
    const endpoints = ['http://127.0.0.1:8080', 'https://kms.example.com', undefined];
    const told = await Promise.all(endpoints.map(async (endpoint) => (await configure(endpoint)).endpoint));
    expect(told).toEqual(['http://127.0.0.1:8080', undefined, undefined]);
  });

  it('are asked at their own endpoint, also where KMS is a simulator on this machine', async () => {
    const [kms, ec2] = [createSimulator({ seed: 1 }), createSimulator({ seed: 1 })];
    const servers = await Promise.all([kms, ec2].map((simulator) => serveSimulator(simulator)));
    const [atKms, atEc2] = servers.map(({ url }) => url);
    vi.stubEnv('AWS_ENDPOINT_URL_EC2', atEc2);
    const client = createClient({
      region: 'us-east-1',
      ...(atKms === undefined ? {} : { endpoint: atKms }),
    });
    const neighbourhood = { current: () => client, endpoint: atKms };
    const network = createNetwork(createAskEc2(neighbourhood));
    await network.describeSubnets(['subnet-12345678'], new AbortController().signal);
    await createClusters(createAskCloudHsm(neighbourhood)).describe(
      ['cluster-2345678abcd'],
      new AbortController().signal,
    );
    await Promise.all(servers.map((server) => server.close()));
    client.destroy();
    vi.stubEnv('AWS_ENDPOINT_URL_EC2', undefined);

    expect(ec2.calls.map(({ operation }) => operation)).toEqual(['DescribeSubnets']);
    expect(kms.calls.map(({ operation }) => operation)).toEqual(['DescribeClusters']);
  });

  it('have clients that try once, and each lost or throttled question is asked three times at most', async () => {
    expect((await configure(undefined)).maxAttempts).toBe(1);
    const kms = createKmsClient();
    const ask = createAsk({ current: () => kms }, any, async () => ({}));
    await ask(async () => 'it is loaded');
    const tries = async (error: Error) => {
      let count = 0;
      const answer = await createVirtualClock().drive(
        ask(async () => {
          count += 1;
          throw error;
        }),
      );
      return [count, !answer.ok && answer.failure.class];
    };
    expect(await tries(sdkError('ThrottlingException'))).toEqual([3, 'throttled']);
    expect(await tries(sdkError('InternalServerError', { statusCode: 500 }))).toEqual([3, 'unclear']);
    expect(await tries(Object.assign(new Error('gone'), { code: 'ECONNREFUSED' }))).toEqual([3, 'unreachable']);
    expect(await tries(sdkError('AccessDeniedException'))).toEqual([1, 'denied']);
  });

  it('are loaded with the first question, and anew where KMS is asked with other credentials', async () => {
    let kms = createKmsClient();
    const loadedWith: unknown[] = [];
    const ask = createAsk({ current: () => kms }, any, async ({ credentials }) => {
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
      { current: () => kms },
      { packageName: missing, serviceId: 'Nowhere' },
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
