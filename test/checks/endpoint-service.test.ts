import { beforeEach, describe, expect, it } from 'vitest';
import { failed, unseen, warned } from '../../src/checks/conclude.ts';
import { createEndpointServiceCheck, judgePrincipals, judgeService } from '../../src/checks/endpoint-service.ts';
import type { Change } from '../../src/domain/change.ts';
import type { Policy } from '../../src/domain/policy.ts';
import type { EndpointService } from '../../src/ports/endpoint-services.ts';
import type { VpcEndpointService } from '../../src/simulator/index.ts';
import { type Neighbours, serveNeighbours } from '../support/services-over-http.ts';
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
    ipAddressTypes: ['ipv4', 'ipv6'],
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
    [
      'in no zone',
      { ...service, availabilityZones: [] },
      [`${name} is not in two Availability Zones: it is not in any`],
    ],
    [
      'where somebody must accept',
      { ...service, acceptanceRequired: true },
      [`${name} requires that its owner accepts each connection`],
    ],
    [
      'that has IPv6 only',
      { ...service, ipAddressTypes: ['ipv6'] },
      [`${name} does not support IPv4, which KMS uses (SupportedIpAddressTypes: ipv6)`],
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

  it('an endpoint service is judged as that of the account that KMS is told', () => {
    const told = { ...goPrivate, XksProxyVpcEndpointServiceOwner: theirs };
    expect(judgeService(name, { ...service, owner: theirs }, told, place)).toEqual([]);
    expect(judgeService(name, service, told, place)).toEqual([failed(expect.stringContaining(theirs))]);
  });

  it('an endpoint service is judged with doubt where its name shows no state', () => {
    const { privateDnsNameState: _state, ...stateless } = service;
    expect(judgeService(name, stateless, goPrivate, place)).toEqual([
      warned('whether the private DNS name XKS.example.com is verified cannot be seen'),
    ]);
  });

  it('an endpoint service is judged with doubt where EC2 does not show its IP address types', () => {
    const { ipAddressTypes: _types, ...typeless } = service;
    expect(judgeService(name, typeless, goPrivate, place)).toEqual([
      unseen(`whether ${name} supports IPv4, which KMS uses, cannot be seen`),
    ]);
  });

  it('an endpoint service is judged with doubt where nobody knows our account', () => {
    expect(judgeService(name, service, goPrivate, { ...place, account: 'unknown' })).toEqual([
      warned(`${name} belongs to account ${place.account}; whether it allows this account cannot be seen`),
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
      [warned(`only its owner ${place.account} can see whether the service allows cks.kms.us-east-1.amazonaws.com`)],
    ],
  ])('by whom it allows: %s', (_whom, principals, notes) => {
    expect(judgePrincipals(principals, place.account, place)).toEqual(notes);
  });

  const kms = 'cks.kms.us-east-1.amazonaws.com';
  const us = `the store's account (arn:aws:iam::${place.account}:root, or a role in it)`;
  it.each([
    ['KMS and our account', [kms, `arn:aws:iam::${place.account}:root`], []],
    ['KMS and a role of ours', [kms, `arn:aws:iam::${place.account}:role/ops`], []],
    ['KMS alone', [kms], [failed(`the service does not allow the principal ${us}`)]],
    ['us alone', [`arn:aws:iam::${place.account}:root`], [failed(`the service does not allow the principal ${kms}`)]],
    [
      'nobody knows whom',
      null,
      [warned(`only its owner ${theirs} can see whether the service allows ${kms} and ${us}`)],
    ],
  ])('of another account by whom it allows: %s', (_whom, principals, notes) => {
    expect(judgePrincipals(principals, theirs, place)).toEqual(notes);
  });

  it('an endpoint service is judged with doubt where the principal of KMS is not documented, unless one looks like it', () => {
    const there = { ...place, region: 'eusc-de-east-1' };
    expect(judgePrincipals(['arn:aws-eusc:iam::444455556666:root'], place.account, there)).toEqual([
      unseen(
        'cks cannot find out whether the service allows KMS, whose service principal in the partition aws-eusc is not documented',
      ),
    ]);
    expect(judgePrincipals(['cks.kms.eusc-de-east-1.amazonaws.eu'], place.account, there)).toEqual([]);
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

  it('the check looks at the endpoint service that a change names', async () => {
    addService();
    expect(await observe()).toEqual({ status: 'passed', message: `${name} is as KMS needs it` });
    addService({ allowedPrincipals: [], acceptanceRequired: true });
    expect(await observe()).toEqual({
      status: 'failed',
      message: `${name} requires that its owner accepts each connection; the service does not allow the principal cks.kms.us-east-1.amazonaws.com`,
    });
  });

  it('the check looks at the endpoint service that is not there, or not to be seen', async () => {
    expect(await observe()).toEqual({
      status: 'failed',
      message: `cannot find the VPC endpoint service ${name} in this account and us-east-1`,
      curedBy: 'XksProxyVpcEndpointServiceName',
    });
    expect(await observe({ ...goPrivate, XksProxyVpcEndpointServiceOwner: theirs })).toEqual({
      status: 'unknown',
      message: `${name} is not visible to this identity: account ${theirs} must allow both cks.kms.us-east-1.amazonaws.com and the store's account (arn:aws:iam::${ownPlace.account}:root, or a role in it)`,
    });
    addService({ owner: theirs, allowedPrincipals: ['cks.kms.us-east-1.amazonaws.com'] });
    expect(await observe({ ...goPrivate, XksProxyVpcEndpointServiceOwner: theirs })).toMatchObject({
      status: 'unknown',
    });
  });

  it('the check looks at the endpoint service of another account, of which it sees a part', async () => {
    addService({ owner: theirs });
    expect(await observe({ ...goPrivate, XksProxyVpcEndpointServiceOwner: theirs })).toEqual({
      status: 'warned',
      message: `only its owner ${theirs} can see whether the service allows cks.kms.us-east-1.amazonaws.com and the store's account (arn:aws:iam::${ownPlace.account}:root, or a role in it)`,
    });
    expect(await observe()).toMatchObject({ status: 'failed', message: expect.stringContaining('must be given too') });
  });

  it('the check looks at the endpoint service that a reconnect leads through', async () => {
    const id = addPrivate();
    expect(await observe({}, { intent: 'reconnect' }, id)).toMatchObject({ status: 'passed' });
    addService({ owner: theirs, allowedPrincipals: [] });
    const { account } = ownPlace;
    ownPlace = { ...ownPlace, account: 'unknown' };
    expect(await observe({}, { intent: 'reconnect' }, id)).toMatchObject({ status: 'warned', isUndecided: true });
    ownPlace = { ...ownPlace, account };
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
    const message = expect.stringMatching(`^could not run \\(ec2:${operation}\\): .`);
    expect(await observe()).toEqual({ ...found, message });
  });
});
