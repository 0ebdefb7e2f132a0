import { KMSClient } from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import { isAwsKmsEndpoint } from '../../src/domain/aws-endpoint.ts';
import { findPartition, findPartitionOf, namePrincipal, partitions } from '../../src/domain/partitions.ts';
import { createSimulator } from '../../src/simulator/index.ts';

const regions = [
  ['us-east-1', 'aws'],
  ['mx-central-1', 'aws'],
  ['cn-northwest-1', 'aws-cn'],
  ['us-gov-east-1', 'aws-us-gov'],
  ['eusc-de-east-1', 'aws-eusc'],
  ['us-iso-west-1', 'aws-iso'],
  ['us-isob-east-1', 'aws-iso-b'],
  ['eu-isoe-west-1', 'aws-iso-e'],
  ['us-isof-south-1', 'aws-iso-f'],
] as const;

const { endpointProvider } = new KMSClient({ region: 'us-east-1' }).config;

/** Where the SDK finds KMS. */
const locate = (Region: string, UseDualStack: boolean) =>
  endpointProvider({ Region, UseDualStack, UseFIPS: false }).url.hostname;

describe('the partitions', () => {
  it('have a row each', () => {
    expect([...new Set(regions.map(([, id]) => id))]).toEqual(partitions.map(({ id }) => id));
  });

  it.each(regions)('hold %s in %s, with the hosts of the SDK', (region, id) => {
    const partition = findPartition(region);
    const [suffix, dualStackSuffix] = partition.hostSuffixes;
    expect(partition.id).toBe(id);
    expect(locate(region, false)).toBe(`kms.${region}.${suffix}`);
    expect(locate(region, true)).toBe(`kms.${region}.${dualStackSuffix}`);
    for (const isDualStack of [true, false])
      expect(isAwsKmsEndpoint(`https://${locate(region, isDualStack)}`)).toBe(true);
  });

  it.each(regions)('are those of the simulator: %s in %s', (region, id) => {
    const simulator = createSimulator({ region });
    const keyId = simulator.addKey(simulator.addStore({ ConnectionState: 'CONNECTED' }));
    expect(simulator.call('DescribeKey', { KeyId: keyId })).toMatchObject({
      KeyMetadata: { Arn: `arn:${id}:kms:${region}:${simulator.accountId}:key/${keyId}` },
    });
  });

  it('are found by an ARN', () => {
    expect(findPartitionOf('arn:aws-iso-b:iam::111122223333:role/connect')?.id).toBe('aws-iso-b');
    expect(['aws:iam', 'arn:else:iam::1:role/x'].map(findPartitionOf)).toEqual([undefined, undefined]);
  });

  it('name no service principal where none is documented', () => {
    const name = (region: string) => namePrincipal('scheduler', findPartition(region));
    expect(['eu-central-1', 'us-gov-west-1'].map(name)).toEqual(Array(2).fill('scheduler.amazonaws.com'));
    expect(['eusc-de-east-1', 'us-iso-east-1', 'us-isof-east-1'].map(name)).toEqual([null, null, null]);
  });
});
