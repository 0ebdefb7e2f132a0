import { beforeEach, describe, expect, it } from 'vitest';
import { createEndpointServices } from '../../../src/aws/ec2/endpoint-services.ts';
import { unlimited } from '../../support/services-in-process.ts';
import { type Neighbours, serveNeighbours } from '../../support/services-over-http.ts';
import { privateService } from '../../support/stores.ts';

let around: Neighbours;

beforeEach(async () => {
  around = await serveNeighbours();
});

async function describeFirst() {
  const answer = await around.clusters.describe([around.ids.first]);
  const [cluster] = answer.ok ? answer.value : [];
  if (cluster === undefined) throw new Error('a fresh world has that cluster');
  return cluster;
}

describe('the network as EC2 tells of it', () => {
  it('has the subnets that exist, with their free addresses', async () => {
    const { network, simulator, ids } = around;
    simulator.cluster(ids.first).freeAddresses = 1;
    const [one, two] = Object.values((await describeFirst()).subnets);

    expect(await network.describeSubnets([one ?? '', two ?? '', 'subnet-00000000'])).toEqual({
      ok: true,
      value: [
        { subnetId: one, availabilityZone: 'us-east-1a', freeAddresses: 1 },
        { subnetId: two, availabilityZone: 'us-east-1b', freeAddresses: 200 },
      ],
    });
  });

  it('has security groups with their rules, both ways', async () => {
    const { securityGroupId: groupId = '' } = await describeFirst();
    const rules = [{ protocol: 'tcp', fromPort: 2223, toPort: 2225, groupIds: [groupId] }];

    expect(await around.network.describeSecurityGroup(groupId)).toEqual({
      ok: true,
      value: { groupId, inbound: rules, outbound: rules },
    });
    expect(await around.network.describeSecurityGroup('sg-00000000')).toEqual({ ok: true, value: null });
  });
});

describe('an endpoint service as EC2 tells of it', () => {
  it('is what everybody who may use it sees, and whom its owner allows', async () => {
    const { endpointServices, simulator } = around;
    simulator.addVpcEndpointService({ name: privateService, privateDnsName: 'xks.example.com' });

    expect(await endpointServices.describe(privateService)).toEqual({
      ok: true,
      value: {
        serviceId: 'vpce-svc-example',
        owner: simulator.accountId,
        types: ['Interface'],
        availabilityZones: ['us-east-1a', 'us-east-1b'],
        ipAddressTypes: ['ipv4'],
        acceptanceRequired: false,
        privateDnsName: 'xks.example.com',
        privateDnsNameState: 'verified',
      },
    });
    expect(await endpointServices.listPrincipals('vpce-svc-example')).toEqual({
      ok: true,
      value: ['cks.kms.us-east-1.amazonaws.com'],
    });
  });

  it('is not there for others, and what it allows is for its owner alone', async () => {
    const { endpointServices, simulator } = around;
    expect(await endpointServices.describe(privateService)).toEqual({ ok: true, value: null });
    simulator.addVpcEndpointService({ name: privateService, owner: '444455556666' });

    expect(await endpointServices.describe(privateService)).toMatchObject({ value: { owner: '444455556666' } });
    expect(await endpointServices.listPrincipals('vpce-svc-example')).toEqual({ ok: true, value: null });
  });

  it('is no answer but a failure where the right is missing', async () => {
    around.deny('DescribeVpcEndpointServices');

    expect(await around.endpointServices.describe(privateService)).toMatchObject({
      ok: false,
      failure: { code: 'UnauthorizedOperation', httpStatusCode: 403 },
    });
  });
});

describe('a list of EC2 without an end', () => {
  it('fails when the same token comes again', async () => {
    let calls = 0;
    const client = {
      async describeVpcEndpointServicePermissions() {
        calls += 1;
        return { AllowedPrincipals: [], NextToken: 'again' };
      },
    };
    const services = createEndpointServices(async (question) => {
      const error = await question(client as never, unlimited).catch((thrown: Error) => thrown);
      return { ok: false, failure: { code: (error as Error).name, message: '', class: 'refused' } };
    });

    expect(await services.listPrincipals('vpce-svc-1')).toMatchObject({ failure: { code: 'ENDLESS_PAGES' } });
    expect(calls).toBe(2);
  });
});
