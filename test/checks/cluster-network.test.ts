import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClusterNetworkCheck, judgeGroup, judgeSubnets } from '../../src/checks/cluster-network.ts';
import type { SecurityRule } from '../../src/ports/network.ts';
import { type Neighbours, serveNeighbours } from '../support/neighbours.ts';

describe('subnets are judged', () => {
  const subnet = (freeAddresses: number) => ({ subnetId: 'subnet-a', availabilityZone: 'a', freeAddresses });
  const told = 'the subnet subnet-a in a has';

  it.each([
    ['with room', 2, [], []],
    ['with one address', 1, [], [`${told} one free address; two are better`]],
    ['that are full', 0, [`${told} no free address, and KMS needs one`], []],
  ])('%s', (_what, freeAddresses, problems, doubts) => {
    expect(judgeSubnets(['subnet-a'], [subnet(freeAddresses)], false)).toEqual({ problems, doubts });
  });

  it('by the address that KMS itself has there and gives back', () => {
    expect(judgeSubnets(['subnet-a'], [subnet(0)], true)).toEqual({
      problems: [],
      doubts: [`${told} no free address but the one that KMS gives back meanwhile`],
    });
  });

  it('that were deleted', () => {
    expect(judgeSubnets(['subnet-a', 'subnet-b'], [subnet(9)], true)).toEqual({
      problems: ['the subnet subnet-b of the cluster does not exist any more'],
      doubts: [],
    });
  });
});

describe('a security group is judged', () => {
  const rule: SecurityRule = { protocol: 'tcp', fromPort: 2223, toPort: 2225, groupIds: ['sg-1'] };
  const everything: SecurityRule = { protocol: '-1', groupIds: ['sg-1'] };

  it.each<[string, SecurityRule[], 'problems' | 'doubts' | 'fine']>([
    ['with its own rule', [rule], 'fine'],
    ['with a wider rule', [everything], 'fine'],
    ['without rules', [], 'problems'],
    ['with a rule for fewer ports', [{ ...rule, toPort: 2224 }], 'problems'],
    ['with a rule for UDP', [{ ...rule, protocol: 'udp' }], 'problems'],
    ['with a rule for others', [{ ...rule, groupIds: [] }], 'doubts'],
  ])('%s', (_what, rules, where) => {
    const words = {
      problems: 'the security group sg-1 has no outbound rule for TCP 2223-2225',
      doubts: 'the outbound rule of the security group sg-1 for TCP 2223-2225 does not name the group itself',
    };
    expect(judgeGroup({ groupId: 'sg-1', inbound: [rule], outbound: rules })).toEqual({
      problems: where === 'problems' ? [words.problems] : [],
      doubts: where === 'doubts' ? [words.doubts] : [],
    });
  });
});

describe('the check looks at the network of the cluster', () => {
  let around: Neighbours;
  let store: string;

  beforeEach(async () => {
    around = await serveNeighbours();
    store = around.simulator.addStore({ CloudHsmClusterId: around.ids.first, ConnectionState: 'CONNECTED' });
  });

  afterEach(() => around.close());

  const look = () => {
    const check = createClusterNetworkCheck(around.clusters, around.network);
    return around.look(check, store, { CloudHsmClusterId: around.ids.restored });
  };

  it('and finds room and an open way', async () => {
    expect(await look()).toEqual({
      status: 'passed',
      message: `the subnets of ${around.ids.restored} have free addresses, its ports are open`,
    });
  });

  it('and finds what KMS would fail on', async () => {
    const cluster = around.simulator.cluster(around.ids.restored);
    cluster.freeAddresses = 0;
    cluster.configurationValid = false;

    expect(await look()).toEqual({
      status: 'failed',
      message: expect.stringMatching(/^the subnet subnet-\w+ in us-east-1a has no free address, and KMS needs one$/),
      details: [
        expect.stringMatching(/^the security group sg-\w+ has no inbound rule for TCP 2223-2225$/),
        expect.stringMatching(/^the security group sg-\w+ has no outbound rule for TCP 2223-2225$/),
      ],
    });
  });

  it('and finds that a subnet was deleted', async () => {
    around.simulator.cluster(around.ids.restored).subnetMissing = true;

    expect(await look()).toEqual({
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

    const message = expect.stringMatching(`^could not look \\(${action}\\): .`);
    expect(await look()).toEqual({ status: 'warned', message });
  });

  it('not where there is no such cluster, which another check tells', async () => {
    around.simulator.cluster(around.ids.restored).state = 'DELETED';
    expect(await look()).toBeNull();
  });
});
