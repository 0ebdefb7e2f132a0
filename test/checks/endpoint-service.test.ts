import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failed, warned } from '../../src/checks/conclude.ts';
import { createEndpointServiceCheck, judgePrincipals, judgeService } from '../../src/checks/endpoint-service.ts';
import type { Change } from '../../src/domain/change.ts';
import type { Policy } from '../../src/domain/policy.ts';
import type { EndpointService } from '../../src/ports/endpoint-services.ts';
import type { VpcEndpointService } from '../../src/simulator/index.ts';
import { type Neighbours, serveNeighbours } from '../support/neighbours.ts';
import { privateService as name } from '../support/stores.ts';

const place = { region: 'us-east-1', account: '111122223333' };
const theirs = '444455556666';

const goPrivate = {
  XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
  XksProxyUriEndpoint: 'https://xks.example.com',
  XksProxyVpcEndpointServiceName: name,
} as const;

describe('an endpoint service is judged', () => {
  const service: EndpointService = {
    serviceId: 'vpce-svc-example',
    owner: place.account,
    types: ['Interface'],
    availabilityZones: ['a', 'b'],
    acceptanceRequired: false,
    privateDnsName: 'XKS.example.com',
    privateDnsNameState: 'verified',
  };
  const { privateDnsName: _, ...nameless } = service;

  it.each<[string, EndpointService, string[]]>([
    ['that is as it should be', service, []],
    [
      'behind a gateway',
      { ...service, types: ['GatewayLoadBalancer'] },
      [`${name} is not behind a network load balancer`],
    ],
    ['in one zone', { ...service, availabilityZones: ['a', 'a'] }, [`${name} is not in two Availability Zones: a, a`]],
    ['in no zone', { ...service, availabilityZones: [] }, [`${name} is not in two Availability Zones: it is in none`]],
    [
      'where somebody must accept',
      { ...service, acceptanceRequired: true },
      [`${name} requires that somebody accepts each connection`],
    ],
    ['without a name', nameless, [`${name} has no private DNS name`]],
    [
      'with another name, not verified',
      { ...service, privateDnsName: 'other.example.com', privateDnsNameState: 'failed' },
      [
        `the private DNS name of ${name} is other.example.com, and XksProxyUriEndpoint names xks.example.com`,
        'the private DNS name other.example.com is not verified: failed',
      ],
    ],
    [
      'that moved to another account',
      { ...service, owner: theirs },
      [
        `${name} belongs to account ${theirs}, and KMS would look for it in ${place.account}: XksProxyVpcEndpointServiceOwner must be given too`,
      ],
    ],
  ])('%s', (_what, observed, problems) => {
    expect(judgeService(name, observed, goPrivate, place)).toEqual(problems.map(failed));
  });

  it('as that of the account that KMS is told', () => {
    const told = { ...goPrivate, XksProxyVpcEndpointServiceOwner: theirs };
    expect(judgeService(name, { ...service, owner: theirs }, told, place)).toEqual([]);
    expect(judgeService(name, service, told, place)).toEqual([failed(expect.stringContaining(theirs))]);
  });

  it('with doubt where its name shows no state', () => {
    const { privateDnsNameState: _state, ...stateless } = service;
    expect(judgeService(name, stateless, goPrivate, place)).toEqual([
      warned('whether the private DNS name XKS.example.com is verified cannot be seen'),
    ]);
  });

  it('with doubt where nobody knows our account', () => {
    expect(judgeService(name, service, goPrivate, { ...place, account: 'unknown' })).toEqual([
      warned(`${name} belongs to account ${place.account}; whether to us cannot be seen`),
    ]);
  });

  it.each([
    ['KMS', ['arn:aws:iam::444455556666:root', 'cks.kms.us-east-1.amazonaws.com'], []],
    ['everybody', ['*'], []],
    [
      'KMS of another Region',
      ['cks.kms.eu-west-1.amazonaws.com'],
      [failed('the service does not allow the principal cks.kms.us-east-1.amazonaws.com')],
    ],
    [
      'nobody knows whom',
      null,
      [warned('whether the service allows cks.kms.us-east-1.amazonaws.com is for its owner alone to see')],
    ],
  ])('by whom it allows: %s', (_whom, principals, notes) => {
    expect(judgePrincipals(principals, place)).toEqual(notes);
  });
});

describe('the check looks at the endpoint service', () => {
  let around: Neighbours;
  let store: string;
  let ownPlace: typeof place;

  beforeEach(async () => {
    around = await serveNeighbours();
    ownPlace = { region: around.simulator.region, account: around.simulator.accountId };
    store = around.simulator.addStore({ CustomKeyStoreType: 'EXTERNAL_KEY_STORE', ConnectionState: 'CONNECTED' });
  });

  afterEach(() => around.close());

  const addService = (more: Partial<VpcEndpointService> = {}) =>
    around.simulator.addVpcEndpointService({ privateDnsName: 'xks.example.com', ...more, name });
  const observe = (change: Change = goPrivate, policy: Partial<Policy> = {}, id = store) =>
    around.observe(createEndpointServiceCheck(around.endpointServices, ownPlace), id, change, policy);
  const addPrivate = () =>
    around.simulator.addStore({
      CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
      CustomKeyStoreName: 'private',
      ConnectionState: 'CONNECTED',
      XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
      XksProxyUriEndpoint: 'https://xks.example.com',
      XksProxyVpcEndpointServiceName: name,
    });

  it('that a change names', async () => {
    addService();
    expect(await observe()).toEqual({ status: 'passed', message: `${name} is as KMS needs it` });
    addService({ allowedPrincipals: [], acceptanceRequired: true });
    expect(await observe()).toEqual({
      status: 'failed',
      message: `${name} requires that somebody accepts each connection; the service does not allow the principal cks.kms.us-east-1.amazonaws.com`,
    });
  });

  it('that is not there, or not to be seen', async () => {
    expect(await observe()).toEqual({
      status: 'failed',
      message: `there is no VPC endpoint service ${name} in this account and us-east-1`,
      curedBy: 'XksProxyVpcEndpointServiceName',
    });
    expect(await observe({ ...goPrivate, XksProxyVpcEndpointServiceOwner: theirs })).toEqual({
      status: 'warned',
      message: `${name} cannot be seen from here: account ${theirs} shows it to others alone`,
    });
  });

  it('of another account, of which it sees a part', async () => {
    addService({ owner: theirs });
    expect(await observe({ ...goPrivate, XksProxyVpcEndpointServiceOwner: theirs })).toEqual({
      status: 'warned',
      message: 'whether the service allows cks.kms.us-east-1.amazonaws.com is for its owner alone to see',
    });
    expect(await observe()).toMatchObject({ status: 'failed', message: expect.stringContaining('must be given too') });
  });

  it('that a reconnect leads through', async () => {
    const id = addPrivate();
    expect(await observe({}, { intent: 'reconnect' }, id)).toMatchObject({ status: 'passed' });
    around.deny('DescribeVpcEndpointServices');
    expect(await observe({}, { intent: 'reconnect' }, id)).toMatchObject({ status: 'warned' });
  });

  it('not for a change that leads nowhere else, nor to a public endpoint', async () => {
    const id = addPrivate();
    expect(await observe({ XksProxyUriPath: '/new/kms/xks/v1' }, {}, id)).toBeNull();
    const goPublic = { XksProxyConnectivity: 'PUBLIC_ENDPOINT', XksProxyUriEndpoint: 'https://b.example.com' };
    expect(await observe(goPublic, {}, id)).toBeNull();
  });

  it.each([
    ['DescribeVpcEndpointServices', { status: 'unknown' }],
    ['DescribeVpcEndpointServicePermissions', { status: 'warned', isUndecided: true }],
  ])('and says so where it may not call %s', async (operation, found) => {
    addService();
    around.deny(operation);
    const message = expect.stringMatching(`^could not look \\(ec2:${operation}\\): .`);
    expect(await observe()).toEqual({ ...found, message });
  });
});
