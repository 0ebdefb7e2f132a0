import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type SimulatorServer, type StoreEntry, serveSimulator } from '../../src/simulator/index.ts';
import { isDeep } from '../support/sampling.ts';
import { connectMs, credential, disconnectMs, type Stage, serviceName, setStage } from './stage.ts';

const hasAws = spawnSync('aws', ['--version'], { stdio: 'ignore' }).status === 0;

describe.skipIf(!hasAws)('the AWS CLI', () => {
  let directory: string;
  let server: SimulatorServer;
  let stage: Stage;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'simulator-'));
    writeFileSync(join(directory, 'config'), '[default]\ncli_follow_urlparam = false\n');
  });

  beforeEach(async () => {
    stage = setStage();
    server = await serveSimulator(stage.simulator);
    return () => server.close();
  });

  afterAll(() => rmSync(directory, { recursive: true }));

  /** Standard output as JSON, or the last line of standard error. */
  const aws = (...words: string[]): Promise<unknown> =>
    new Promise((resolve) => {
      const env = {
        PATH: process.env.PATH,
        HOME: directory,
        AWS_CONFIG_FILE: join(directory, 'config'),
        AWS_SHARED_CREDENTIALS_FILE: join(directory, 'credentials'),
        AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
        AWS_SECRET_ACCESS_KEY: 'dummy',
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_MAX_ATTEMPTS: '1',
        AWS_PAGER: '',
        PYENV_VERSION: process.env.PYENV_VERSION,
      };
      const options = ['--endpoint-url', server.url, '--region', 'us-east-1', '--output', 'json'];
      execFile('aws', [...words, ...options], { env }, (error, stdout, stderr) =>
        resolve(error ? stderr.trim().split('\n').at(-1) : JSON.parse(stdout || '{}')),
      );
    });
  const kms = (operation: string, ...words: string[]) => aws('kms', operation, ...words);
  const create = async (...words: string[]) => {
    const output = (await kms('create-custom-key-store', ...words)) as { CustomKeyStoreId: string };
    return ['--custom-key-store-id', output.CustomKeyStoreId] as const;
  };
  const describeOne = async (...words: string[]): Promise<StoreEntry | undefined> => {
    const output = (await kms('describe-custom-key-stores', ...words)) as { CustomKeyStores: StoreEntry[] };
    return output.CustomKeyStores[0];
  };

  test.runIf(isDeep)('leads a CloudHSM key store through its life', async () => {
    const [first] = stage.simulator.describeWorld().clusters;
    const store = await create(
      ...['--custom-key-store-name', 'hsm', '--cloud-hsm-cluster-id', stage.clusters.first],
      ...['--trust-anchor-certificate', first?.trustAnchorCertificate ?? ''],
      ...['--key-store-password', first?.kmsuserPassword ?? ''],
    );
    expect(await kms('connect-custom-key-store', ...store)).toEqual({});
    stage.wait(connectMs);
    expect(await describeOne(...store)).toMatchObject({
      ConnectionState: 'CONNECTED',
      CloudHsmClusterId: stage.clusters.first,
    });

    const move = ['update-custom-key-store', ...store, '--cloud-hsm-cluster-id', stage.clusters.restored] as const;
    expect(await kms(...move)).toContain(
      '(CustomKeyStoreInvalidStateException) when calling the UpdateCustomKeyStore operation',
    );
    expect(await kms('disconnect-custom-key-store', ...store)).toEqual({});
    stage.wait(disconnectMs);
    expect(await kms(...move)).toEqual({});
    expect(await kms('update-custom-key-store', ...store, '--key-store-password', 'abc')).not.toContain('abc');
    expect(await kms('connect-custom-key-store', ...store)).toEqual({});
    stage.wait(connectMs);
    expect(await describeOne(...store)).toMatchObject({
      ConnectionState: 'CONNECTED',
      CloudHsmClusterId: stage.clusters.restored,
    });

    expect(await kms('delete-custom-key-store', ...store)).toContain('(CustomKeyStoreInvalidStateException)');
    await kms('disconnect-custom-key-store', ...store);
    stage.wait(disconnectMs);
    expect(await kms('delete-custom-key-store', ...store)).toEqual({});
    expect(await kms('describe-custom-key-stores', ...store)).toContain('(CustomKeyStoreNotFoundException)');
  });

  test('leads an external key store through its life', async () => {
    const store = await create(
      ...['--custom-key-store-name', 'xks', '--custom-key-store-type', 'EXTERNAL_KEY_STORE'],
      ...['--xks-proxy-connectivity', 'PUBLIC_ENDPOINT', '--xks-proxy-uri-endpoint', 'https://proxy.example.com'],
      ...['--xks-proxy-uri-path', '/kms/xks/v1', '--xks-proxy-authentication-credential'],
      `AccessKeyId=${credential.AccessKeyId},RawSecretAccessKey=${credential.RawSecretAccessKey}`,
    );
    await kms('connect-custom-key-store', ...store);
    stage.wait(connectMs);

    const update = (...words: string[]) => kms('update-custom-key-store', ...store, ...words);
    expect(await update('--new-custom-key-store-name', 'renamed', '--xks-proxy-uri-path', '/a/kms/xks/v1')).toEqual({});
    const move = [
      ...[
        '--xks-proxy-connectivity',
        'VPC_ENDPOINT_SERVICE',
        '--xks-proxy-uri-endpoint',
        'https://private.example.com',
      ],
      ...['--xks-proxy-vpc-endpoint-service-name', serviceName],
    ];
    expect(await update(...move)).toContain('(CustomKeyStoreInvalidStateException)');
    await kms('disconnect-custom-key-store', ...store);
    stage.wait(disconnectMs);
    expect(await update(...move)).toEqual({});
    expect(await describeOne(...store)).toMatchObject({
      CustomKeyStoreName: 'renamed',
      ConnectionState: 'DISCONNECTED',
      XksProxyConfiguration: { UriPath: '/a/kms/xks/v1', VpcEndpointServiceName: serviceName },
    });

    stage.simulator.proxy('https://private.example.com').reachable = false;
    await kms('connect-custom-key-store', ...store);
    stage.wait(connectMs);
    expect(await describeOne(...store)).toMatchObject({ ConnectionErrorCode: 'XKS_PROXY_NOT_REACHABLE' });
    await kms('disconnect-custom-key-store', ...store);
    stage.wait(disconnectMs);
    expect(await kms('delete-custom-key-store', ...store)).toEqual({});
  });

  test.runIf(isDeep)('creates, lists and describes keys of a store, and schedules their deletion', async () => {
    const id = stage.addExternal({ ConnectionState: 'CONNECTED' });
    const words = ['--custom-key-store-id', id, '--origin', 'EXTERNAL_KEY_STORE', '--xks-key-id', 'my-key'];
    const created = (await kms('create-key', ...words, '--tags', 'TagKey=team,TagValue=ledger')) as {
      KeyMetadata: { KeyId: string; Arn: string };
    };
    const { KeyId, Arn } = created.KeyMetadata;
    expect(await kms('list-keys')).toEqual({ Keys: [{ KeyId, KeyArn: Arn }] });
    expect(await kms('create-key', ...words)).toContain('(XksKeyAlreadyInUseException)');

    await kms('disconnect-custom-key-store', '--custom-key-store-id', id);
    expect(await kms('describe-key', '--key-id', KeyId)).toMatchObject({
      KeyMetadata: { KeyState: 'Unavailable', CustomKeyStoreId: id, XksKeyConfiguration: { Id: 'my-key' } },
    });
    expect(await kms('schedule-key-deletion', '--key-id', Arn, '--pending-window-in-days', '7')).toMatchObject({
      KeyState: 'PendingDeletion',
    });
  });

  test('encrypts and decrypts with a key of a store, by its alias', async () => {
    const id = stage.addExternal({ ConnectionState: 'CONNECTED', XksProxyUriEndpoint: 'https://proxy.example.com' });
    const key = ['--key-id', 'alias/ledger'] as const;
    const KeyId = stage.simulator.addKey(id);
    const context = ['--encryption-context', 'purpose=canary'] as const;
    writeFileSync(join(directory, 'plaintext'), 'a canary');
    expect(await kms('create-alias', '--alias-name', 'alias/ledger', '--target-key-id', KeyId)).toEqual({});
    const plaintext = `fileb://${join(directory, 'plaintext')}`;
    const sealed = await kms('encrypt', ...key, '--plaintext', plaintext, ...context);
    writeFileSync(
      join(directory, 'ciphertext'),
      Buffer.from((sealed as { CiphertextBlob: string }).CiphertextBlob, 'base64'),
    );
    const decrypt = ['decrypt', '--ciphertext-blob', `fileb://${join(directory, 'ciphertext')}`] as const;

    expect(await kms(...decrypt, ...context)).toMatchObject({ Plaintext: Buffer.from('a canary').toString('base64') });
    expect(await kms(...decrypt, ...context, '--dry-run')).toContain('(DryRunOperationException)');
    stage.simulator.proxy('https://proxy.example.com').keyManager = 'another';
    expect(await kms(...decrypt, ...context)).toContain('ciphertext or additional authenticated data is corrupted');
    expect(await kms('get-key-last-usage', '--key-id', KeyId)).toMatchObject({
      KeyLastUsage: { Operation: 'Decrypt' },
    });
    expect(await kms('list-aliases', '--key-id', KeyId)).toMatchObject({ Aliases: [{ AliasName: 'alias/ledger' }] });
  });

  test.runIf(isDeep)('reads what stands around KMS, and is refused where it may not', async () => {
    const { first } = stage.clusters;
    stage.addExternal({ XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE', XksProxyVpcEndpointServiceName: serviceName });
    const clusters = (await aws('cloudhsmv2', 'describe-clusters', '--filters', `clusterIds=${first}`)) as {
      Clusters: { SecurityGroup: string; SubnetMapping: Record<string, string> }[];
    };
    const [cluster] = clusters.Clusters;
    const ec2 = (operation: string, ...words: string[]) => aws('ec2', operation, ...words);

    expect(clusters).toMatchObject({ Clusters: [{ ClusterId: first, State: 'ACTIVE', Hsms: [{}, {}] }] });
    expect(await aws('cloudhsmv2', 'describe-backups')).toMatchObject({ Backups: [{ ClusterId: first }] });
    expect(await ec2('describe-subnets', '--subnet-ids', ...Object.values(cluster?.SubnetMapping ?? {}))).toMatchObject(
      { Subnets: [{ AvailableIpAddressCount: 100, AvailabilityZone: 'us-east-1a' }, {}] },
    );
    expect(await ec2('describe-security-groups', '--group-ids', cluster?.SecurityGroup ?? '')).toMatchObject({
      SecurityGroups: [{ IpPermissions: [{ IpProtocol: 'tcp', FromPort: 2223, ToPort: 2225 }] }],
    });
    expect(await ec2('describe-vpc-endpoint-services', '--service-names', serviceName)).toMatchObject({
      ServiceNames: [serviceName],
      ServiceDetails: [{ PrivateDnsNameVerificationState: 'verified', AcceptanceRequired: false }],
    });
    const serviceId = serviceName.split('.').at(-1) ?? '';
    expect(await ec2('describe-vpc-endpoint-service-permissions', '--service-id', serviceId)).toMatchObject({
      AllowedPrincipals: [{ PrincipalType: 'Service', Principal: 'cks.kms.us-east-1.amazonaws.com' }],
    });
    expect(await ec2('describe-vpc-endpoint-service-configurations', '--service-ids', serviceId)).toMatchObject({
      ServiceConfigurations: [{ ServiceName: serviceName, ServiceType: [{ ServiceType: 'Interface' }] }],
    });
    expect(
      await ec2('describe-vpc-endpoint-service-configurations', '--filters', 'Name=service-name,Values=none'),
    ).toEqual({ ServiceConfigurations: [] });

    stage.simulator.failNext('DescribeClusters', 'AccessDeniedException');
    stage.simulator.failNext('DescribeSubnets', 'AccessDeniedException');
    expect(await aws('cloudhsmv2', 'describe-clusters')).toContain('(AccessDeniedException)');
    expect(await ec2('describe-subnets')).toContain('(UnauthorizedOperation)');
    expect(await ec2('describe-subnets', '--dry-run')).toContain('(DryRunOperation)');
    expect(await ec2('describe-subnets', '--subnet-ids', 'subnet-1')).toContain('(InvalidSubnetID.NotFound)');
    expect(await ec2('describe-instances')).toContain('(InvalidAction)');
  });

  test('pages through stores and knows who is calling', async () => {
    for (let count = 0; count < 3; count += 1) stage.addExternal();
    const listed = (await kms('describe-custom-key-stores', '--page-size', '1')) as { CustomKeyStores: object[] };

    expect(listed.CustomKeyStores).toHaveLength(3);
    expect(stage.simulator.calls).toHaveLength(3);
    expect(await aws('sts', 'get-caller-identity')).toMatchObject({ Account: '111122223333' });
  });
});
