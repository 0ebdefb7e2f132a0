import { beforeEach, describe, expect, it } from 'vitest';
import { createClusterNetworkCheck, judgeGroup, judgeSubnets } from '../../src/checks/cluster-network.ts';
import { failed, warned } from '../../src/checks/conclude.ts';
import type { SecurityRule } from '../../src/ports/network.ts';
import { type Neighbours, serveNeighbours } from '../support/services-over-http.ts';

describe('subnets are judged', () => {
  const subnet = (freeAddresses: number) => ({ subnetId: 'subnet-a', availabilityZone: 'a', freeAddresses });
  const told = 'the subnet subnet-a in a has';

  it.each([
    ['with room', 2, []],
    ['with one address', 1, [warned(`${told} one free address; two are better`)]],
    ['that are full', 0, [failed(`${told} no free address, and KMS needs one`)]],
  ])('%s', (_what, freeAddresses, notes) => {
    expect(judgeSubnets(['subnet-a'], [subnet(freeAddresses)], false)).toEqual(notes);
  });

  it('subnets are judged by the address that KMS itself has there and gives back', () => {
    expect(judgeSubnets(['subnet-a'], [subnet(0)], true)).toEqual([
      warned(`${told} no free address except the one that KMS releases during the disconnect`),
    ]);
  });

  it('subnets are judged that were deleted', () => {
    expect(judgeSubnets(['subnet-a', 'subnet-b'], [subnet(9)], true)).toEqual([
      failed('the subnet subnet-b of the cluster does not exist any more'),
    ]);
  });
});

describe('a security group is judged', () => {
  const rule: SecurityRule = { protocol: 'tcp', fromPort: 2223, toPort: 2225, groupIds: ['sg-1'] };
  const everything: SecurityRule = { protocol: '-1', groupIds: ['sg-1'] };

  const closed = failed('the security group sg-1 has no outbound rule for TCP 2223-2225');
  const foreign = warned(
    'the outbound rule of the security group sg-1 for TCP 2223-2225 does not name the group itself',
  );

  it.each<[string, SecurityRule[], object[]]>([
    ['with its own rule', [rule], []],
    ['with a wider rule', [everything], []],
    ['without rules', [], [closed]],
    ['with a rule for fewer ports', [{ ...rule, toPort: 2224 }], [closed]],
    ['with a rule for UDP', [{ ...rule, protocol: 'udp' }], [closed]],
    ['with a rule for others', [{ ...rule, groupIds: [] }], [foreign]],
  ])('%s', (_what, rules, notes) => {
    expect(judgeGroup({ groupId: 'sg-1', inbound: [rule], outbound: rules })).toEqual(notes);
  });
});

describe('the check looks at the network of the cluster', () => {
  let around: Neighbours;
  let store: string;

  beforeEach(async () => {
    around = await serveNeighbours();
    store = around.simulator.addStore({ CloudHsmClusterId: around.ids.first, ConnectionState: 'CONNECTED' });
  });

  const observe = () => {
    const check = createClusterNetworkCheck(around.clusters, around.network);
    return around.observe(check, store, { CloudHsmClusterId: around.ids.restored });
  };

  it('the check looks at the network of the cluster and finds room and an open way', async () => {
    expect(await observe()).toEqual({
      status: 'passed',
      message: `the subnets of ${around.ids.restored} have free addresses, its ports are open`,
    });
  });

  it('the check looks at the network of the cluster and finds what KMS would fail on', async () => {
    const cluster = around.simulator.cluster(around.ids.restored);
    cluster.freeAddresses = 0;
    cluster.configurationValid = false;

    expect(await observe()).toEqual({
      status: 'failed',
      message: expect.stringMatching(
        /^the subnet subnet-\w+ in us-east-1a has no free address, and KMS needs one; the security group (sg-\w+) has no inbound rule for TCP 2223-2225; the security group \1 has no outbound rule for TCP 2223-2225$/,
      ),
    });
  });

  it('the check looks at the network of the cluster and finds that a subnet was deleted', async () => {
    around.simulator.cluster(around.ids.restored).subnetMissing = true;

    expect(await observe()).toEqual({
      status: 'failed',
      message: expect.stringMatching(/^the subnet subnet-\w+ of the cluster does not exist any more$/),
    });
  });

  it.each([
    ['DescribeClusters', 'cloudhsm:DescribeClusters'],
    ['DescribeSubnets', 'ec2:DescribeSubnets'],
    ['DescribeSecurityGroups', 'ec2:DescribeSecurityGroups'],
  ])('and warns where it may not call %s', async (operation, action) => {
    around.deny(operation);

    const message = expect.stringMatching(`^could not run \\(${action}\\): .`);
    expect(await observe()).toEqual({ status: 'warned', message, isUndecided: true });
  });

  it('not where there is no such cluster, which another check tells', async () => {
    around.simulator.cluster(around.ids.restored).state = 'DELETED';
    expect(await observe()).toBeNull();
  });
});
