import {
  ConnectCustomKeyStoreCommand,
  CustomKeyStoreInvalidStateException,
  DescribeCustomKeyStoresCommand,
  KMSClient,
  UpdateCustomKeyStoreCommand,
} from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type SimulatorServer, serveSimulator } from '../../src/simulator/index.ts';
import { connectMs, setStage } from './stage.ts';

describe('the AWS SDK for JavaScript', () => {
  const stage = setStage();
  const id = stage.addExternal({
    XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
    XksProxyUriEndpoint: 'https://private.example.com',
  });
  let server: SimulatorServer;
  let client: KMSClient;

  beforeAll(async () => {
    server = await serveSimulator(stage.simulator);
    const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'dummy' };
    client = new KMSClient({ endpoint: server.url, region: 'us-east-1', credentials, maxAttempts: 1 });
  });

  afterAll(async () => {
    client.destroy();
    await server.close();
    vi.unstubAllEnvs();
  });

  const CustomKeyStoreId = id;

  test('sends an empty service name, and it is taken', async () => {
    const goPublic = {
      CustomKeyStoreId,
      XksProxyConnectivity: 'PUBLIC_ENDPOINT',
      XksProxyUriEndpoint: 'https://public.example.com',
      XksProxyVpcEndpointServiceName: '',
    } as const;
    const { $metadata } = await client.send(new UpdateCustomKeyStoreCommand(goPublic));

    expect($metadata).toMatchObject({ httpStatusCode: 200, requestId: stage.simulator.calls[0]?.requestId });
  });

  test('reads states and dates', async () => {
    await client.send(new ConnectCustomKeyStoreCommand({ CustomKeyStoreId }));
    stage.wait(connectMs);
    const { CustomKeyStores } = await client.send(new DescribeCustomKeyStoresCommand({ CustomKeyStoreId }));

    expect(CustomKeyStores?.[0]).toMatchObject({
      ConnectionState: 'CONNECTED',
      CreationDate: new Date(stage.now() - connectMs),
    });
  });

  test('knows the exceptions', async () => {
    const refused = client.send(new ConnectCustomKeyStoreCommand({ CustomKeyStoreId }));

    await expect(refused).rejects.toBeInstanceOf(CustomKeyStoreInvalidStateException);
    await expect(refused).rejects.toMatchObject({ $fault: 'client', $metadata: { httpStatusCode: 400 } });
  });

  test('meets a lost reply as a network error', async () => {
    stage.simulator.failNext('DescribeCustomKeyStores', 'ConnectionReset');

    await expect(client.send(new DescribeCustomKeyStoresCommand({}))).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});
