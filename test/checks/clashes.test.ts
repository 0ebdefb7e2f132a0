import { beforeEach, describe, expect, it } from 'vitest';
import { createClashesCheck, findClashes } from '../../src/checks/clashes.ts';
import type { Change } from '../../src/domain/change.ts';
import type { KeyStore, Settings } from '../../src/domain/key-store.ts';
import { type Neighbours, serveNeighbours } from '../support/services-over-http.ts';
import { privateService } from '../support/stores.ts';

const external = (customKeyStoreId: string, settings: Settings): KeyStore => ({
  customKeyStoreId,
  customKeyStoreType: 'EXTERNAL_KEY_STORE',
  connectionState: 'CONNECTED',
  settings,
});

const ours = external('cks-1', {
  name: 'ours',
  XksProxyConnectivity: 'PUBLIC_ENDPOINT',
  XksProxyUriEndpoint: 'https://a.example.com',
  XksProxyUriPath: '/kms/xks/v1',
});
const open = external('cks-2', {
  name: 'open',
  XksProxyConnectivity: 'PUBLIC_ENDPOINT',
  XksProxyUriEndpoint: 'https://b.example.com',
  XksProxyUriPath: '/kms/xks/v1',
});
const hidden = external('cks-3', {
  name: 'hidden',
  XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
  XksProxyUriEndpoint: 'https://c.example.com',
  XksProxyUriPath: '/kms/xks/v1',
  XksProxyVpcEndpointServiceName: privateService,
});

describe('clashes with other stores', () => {
  const behind = 'and one behind a VPC endpoint service cannot be shared';
  const goPrivate = (endpoint: string, service: string) => ({
    XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
    XksProxyUriEndpoint: endpoint,
    XksProxyVpcEndpointServiceName: service,
  });

  it.each<[string, Change, string[]]>([
    ['a free name', { NewCustomKeyStoreName: 'free' }, []],
    ['a name that is taken', { NewCustomKeyStoreName: 'open' }, ['the name is that of cks-2']],
    ['a name that differs in its letters', { NewCustomKeyStoreName: 'Open' }, []],
    [
      'an endpoint and path that are taken',
      { XksProxyUriEndpoint: 'https://B.example.com' },
      ['the endpoint https://B.example.com with the path /kms/xks/v1 is that of "open" (cks-2)'],
    ],
    [
      'a public endpoint with another path',
      { XksProxyUriEndpoint: 'https://b.example.com', XksProxyUriPath: '/2/kms/xks/v1' },
      [],
    ],
    [
      'the endpoint of a private store',
      { XksProxyUriEndpoint: 'https://c.example.com', XksProxyUriPath: '/2/kms/xks/v1' },
      [`the endpoint https://c.example.com is that of "hidden" (cks-3), ${behind}`],
    ],
    [
      'the endpoint of a public store, for a private one',
      goPrivate('https://b.example.com', 'com.amazonaws.vpce.us-east-1.vpce-svc-free'),
      [`the endpoint https://b.example.com is that of "open" (cks-2), ${behind}`],
    ],
    [
      'an endpoint service that is taken',
      goPrivate('https://d.example.com', privateService),
      [`the VPC endpoint service ${privateService} is that of "hidden" (cks-3)`],
    ],
  ])('%s', (_what, change, clashes) => {
    expect(findClashes(ours, change, [open, hidden])).toEqual(clashes);
  });
});

describe('the check asks for all stores', () => {
  let around: Neighbours;
  let store: string;

  beforeEach(async () => {
    around = await serveNeighbours();
    store = around.simulator.addStore({ CustomKeyStoreType: 'EXTERNAL_KEY_STORE', CustomKeyStoreName: 'ours' });
    around.simulator.addStore({ CustomKeyStoreType: 'EXTERNAL_KEY_STORE', CustomKeyStoreName: 'theirs' });
  });

  const observe = (change: Change) => around.observe(createClashesCheck(around.kms), store, change);

  it('the check asks for all stores with one call, and does not clash with itself', async () => {
    const { XksProxyConfiguration: now } = around.simulator.store(store);
    expect(await observe({ XksProxyUriEndpoint: now?.UriEndpoint ?? '', XksProxyUriPath: '/new/kms/xks/v1' })).toEqual({
      status: 'passed',
      message: 'no other store of this account and Region has what the change asks for',
    });
    expect(around.simulator.calls.map(({ operation }) => operation)).toEqual(['DescribeCustomKeyStores']);
    expect(await observe({ NewCustomKeyStoreName: 'theirs' })).toMatchObject({ status: 'failed' });
  });

  it('only where the change asks for something that others may have', async () => {
    expect(await observe({})).toBeNull();
    expect(around.simulator.calls).toEqual([]);
  });

  it('the check asks for all stores and says so where it may not', async () => {
    around.deny('DescribeCustomKeyStores');
    expect(await observe({ NewCustomKeyStoreName: 'theirs' })).toEqual({
      status: 'unknown',
      message: expect.stringMatching(/^could not run \(kms:DescribeCustomKeyStores\): ./),
    });
  });
});
