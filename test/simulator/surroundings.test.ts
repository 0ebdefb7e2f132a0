import { describe, expect, test } from 'vitest';
import { answerRequest } from '../../src/simulator/http-answer.ts';
import { type Stage, serviceName, setStage } from './stage.ts';

interface ClusterEntry {
  readonly ClusterId: string;
  readonly Hsms: readonly { readonly AvailabilityZone: string; readonly SubnetId: string }[];
  readonly SubnetMapping: Readonly<Record<string, string>>;
  readonly SecurityGroup: string;
  readonly SourceBackupId?: string;
  readonly CreateTimestamp: number;
  readonly Certificates: { readonly ClusterCertificate: string };
}

function describeClusters({ simulator }: Stage, input: object = {}): readonly ClusterEntry[] {
  return (simulator.call('DescribeClusters', input) as { Clusters: readonly ClusterEntry[] }).Clusters;
}

describe('a cluster as CloudHSM shows it', () => {
  test('is related to the one it was restored from, and names the backup', () => {
    const stage = setStage();
    const [first, restored, unrelated] = describeClusters(stage);

    expect(restored?.Certificates).toEqual(first?.Certificates);
    expect(unrelated?.Certificates).not.toEqual(first?.Certificates);
    expect(stage.simulator.call('DescribeBackups', {})).toMatchObject({
      Backups: [
        { BackupId: restored?.SourceBackupId, ClusterId: first?.ClusterId, CreateTimestamp: stage.now() / 1000 },
      ],
    });
  });

  test('has its HSMs in the zones that it has', () => {
    const stage = setStage();
    const id = stage.simulator.addCluster({ hsms: 3, availabilityZones: ['us-east-1a'] });
    const [cluster] = describeClusters(stage, { Filters: { clusterIds: [id] } });

    expect(cluster?.Hsms.map(({ AvailabilityZone }) => AvailabilityZone)).toEqual(Array(3).fill('us-east-1a'));
    expect(Object.keys(cluster?.SubnetMapping ?? {})).toEqual(['us-east-1a']);
    const store = stage.simulator.addStore({ CloudHsmClusterId: stage.clusters.first });
    stage.simulator.cluster(stage.clusters.first).availabilityZones = ['us-east-1a'];
    expect(stage.update(store, { NewCustomKeyStoreName: 'renamed' })).toBe(
      'CloudHsmClusterInvalidConfigurationException',
    );
  });

  test('shows the age of an old backup, which is as old as the keys that it lacks', () => {
    const stage = setStage();
    const backupAtMs = stage.now() - 3_600_000;
    stage.simulator.addCluster({ restoredFrom: stage.clusters.first, backupAtMs });
    const { Backups } = stage.simulator.call('DescribeBackups', { SortAscending: true }) as {
      Backups: { CreateTimestamp: number }[];
    };

    expect(Backups.map(({ CreateTimestamp }) => CreateTimestamp * 1000)).toEqual([backupAtMs, stage.now()]);
  });

  test('comes in pages and by its state', () => {
    const stage = setStage();
    const seen: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = stage.simulator.call('DescribeClusters', { MaxResults: 2, ...(NextToken && { NextToken }) }) as {
        Clusters: ClusterEntry[];
        NextToken?: string;
      };
      seen.push(...page.Clusters.map(({ ClusterId }) => ClusterId));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    stage.simulator.cluster(stage.clusters.first).state = 'MODIFY_IN_PROGRESS';

    expect(seen).toEqual(Object.values(stage.clusters));
    expect(describeClusters(stage, { Filters: { states: ['ACTIVE'] } })).toHaveLength(2);
    expect(stage.attempt('DescribeClusters', { Filters: { colours: ['blue'] } })).toBe(
      'CloudHsmInvalidRequestException',
    );
    expect(stage.attempt('DescribeClusters', { NextToken: 'nonsense' })).toBe('CloudHsmInvalidRequestException');
  });
});

describe('the network of a cluster as EC2 shows it', () => {
  function observe(alter: (stage: Stage) => void) {
    const stage = setStage();
    alter(stage);
    const [cluster] = describeClusters(stage, { Filters: { clusterIds: [stage.clusters.first] } });
    const SubnetIds = Object.values(cluster?.SubnetMapping ?? {});
    return {
      subnets: () => stage.simulator.call('DescribeSubnets', { SubnetIds }) as { Subnets: object[] },
      missing: () => stage.attempt('DescribeSubnets', { SubnetIds }),
      groups: () => stage.simulator.call('DescribeSecurityGroups', { GroupIds: [cluster?.SecurityGroup] }),
    };
  }

  test('has as many free addresses as the cluster finds', () => {
    const { subnets, groups } = observe(({ simulator, clusters }) => {
      simulator.cluster(clusters.first).freeAddresses = 1;
    });

    expect(subnets().Subnets).toMatchObject([{ AvailableIpAddressCount: 1 }, { AvailableIpAddressCount: 200 }]);
    expect(groups()).toMatchObject({ SecurityGroups: [{ IpPermissions: [{ FromPort: 2223, ToPort: 2225 }] }] });
  });

  test('lacks a subnet that was deleted, and the rules that were taken away', () => {
    const { missing, groups } = observe(({ simulator, clusters }) => {
      simulator.cluster(clusters.first).subnetMissing = true;
      simulator.cluster(clusters.first).configurationValid = false;
    });

    expect(missing()).toBe('InvalidSubnetID.NotFound');
    expect(groups()).toMatchObject({ SecurityGroups: [{ IpPermissions: [], IpPermissionsEgress: [] }] });
  });
});

describe('a VPC endpoint service as EC2 shows it', () => {
  const ServiceId = 'vpce-svc-example';
  const find = { ServiceNames: [serviceName] };

  test('is as it was described', () => {
    const { simulator } = setStage();
    simulator.addVpcEndpointService({
      name: serviceName,
      acceptanceRequired: true,
      privateDnsName: 'private.example.com',
      privateDnsNameState: 'failed',
      loadBalancerType: 'gateway',
      allowedPrincipals: ['*'],
      availabilityZones: ['us-east-1a'],
    });

    expect(simulator.call('DescribeVpcEndpointServices', find)).toMatchObject({
      ServiceDetails: [
        {
          ServiceId,
          AcceptanceRequired: true,
          PrivateDnsName: 'private.example.com',
          PrivateDnsNameVerificationState: 'failed',
          AvailabilityZones: ['us-east-1a'],
          ServiceType: [{ ServiceType: 'GatewayLoadBalancer' }],
        },
      ],
    });
    expect(simulator.call('DescribeVpcEndpointServicePermissions', { ServiceId })).toEqual({
      AllowedPrincipals: [{ PrincipalType: 'All', Principal: '*', ServiceId }],
    });
    expect(simulator.call('DescribeVpcEndpointServiceConfigurations', { ServiceIds: [ServiceId] })).toMatchObject({
      ServiceConfigurations: [{ GatewayLoadBalancerArns: [expect.any(String)] }],
    });
  });

  test('is open to its owner alone where it belongs to another account', () => {
    const { simulator, attempt } = setStage();
    simulator.addVpcEndpointService({ name: serviceName, owner: '444455556666' });

    expect(simulator.call('DescribeVpcEndpointServices', find)).toMatchObject({
      ServiceDetails: [{ Owner: '444455556666' }],
    });
    expect(attempt('DescribeVpcEndpointServicePermissions', { ServiceId })).toBe(
      'InvalidVpcEndpointServiceId.NotFound',
    );
    expect(attempt('DescribeVpcEndpointServiceConfigurations', { ServiceIds: [ServiceId] })).toBe(
      'InvalidVpcEndpointServiceId.NotFound',
    );
  });

  test('is not there before somebody describes it or a store names it', () => {
    const stage = setStage();
    expect(stage.attempt('DescribeVpcEndpointServices', find)).toBe('InvalidServiceName');
    stage.addExternal({
      XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
      XksProxyUriEndpoint: 'https://private.example.com',
      XksProxyVpcEndpointServiceName: serviceName,
    });
    expect(stage.simulator.call('DescribeVpcEndpointServices', find)).toMatchObject({
      ServiceDetails: [{ PrivateDnsName: 'private.example.com' }],
    });

    stage.simulator.vpcEndpointService(serviceName).exists = false;
    expect(stage.attempt('DescribeVpcEndpointServices', find)).toBe('InvalidServiceName');
  });
});

test('an operation is answered by the service that it belongs to, and by no other', async () => {
  const { simulator } = setStage();
  const ask = async (target: string) => {
    const request = {
      method: 'POST',
      url: '/',
      authorization: 'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/x',
      target,
      contentType: 'application/x-amz-json-1.1',
      body: '{}',
    };
    const outcome = await answerRequest(simulator, request, () => Promise.reject(new Error('no proxy stands outside')));
    return outcome.kind === 'answered' ? outcome.answer.statusCode : outcome.kind;
  };

  expect(await ask('BaldrApiService.DescribeClusters')).toBe(200);
  expect(await ask('TrentService.DescribeClusters')).toBe(400);
  expect(await ask('BaldrApiService.ListKeys')).toBe(400);
  expect(await ask('BaldrApiService.DescribeSubnets')).toBe(400);
  expect(simulator.calls.map(({ operation }) => operation)).toEqual(['DescribeClusters']);
});
