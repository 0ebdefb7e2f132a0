import { describe, expect, test } from 'vitest';
import { serviceName, setStage } from './stage.ts';

const endpoint = 'https://proxy.example.com';
const path = '/example/kms/xks/v1';
const publicStore = { XksProxyUriEndpoint: endpoint, XksProxyUriPath: path };
const vpcStore = {
  XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
  XksProxyUriEndpoint: 'https://private.example.com',
  XksProxyVpcEndpointServiceName: serviceName,
};

describe('what two external stores cannot share', () => {
  const stage = setStage();
  stage.addExternal({ CustomKeyStoreName: 'public', ...publicStore });
  stage.addExternal({ CustomKeyStoreName: 'private', ...vpcStore });
  const id = stage.addExternal({ CustomKeyStoreName: 'moving' });
  const behindService = {
    ...vpcStore,
    XksProxyUriEndpoint: 'https://free.example.com',
    XksProxyVpcEndpointServiceName: `${serviceName}2`,
  };

  test.each([
    ['a name', { NewCustomKeyStoreName: 'public' }, 'CustomKeyStoreNameInUseException'],
    ['endpoint and path', publicStore, 'XksProxyUriInUseException'],
    [
      'endpoint and path in other case',
      { ...publicStore, XksProxyUriEndpoint: 'https://PROXY.example.com' },
      'XksProxyUriInUseException',
    ],
    [
      'the endpoint of a private one',
      { XksProxyUriEndpoint: 'https://private.example.com', XksProxyUriPath: '/kms/xks/v1' },
      'XksProxyUriEndpointInUseException',
    ],
    [
      'the endpoint of a public one, going private',
      { ...behindService, XksProxyUriEndpoint: endpoint, XksProxyUriPath: '/kms/xks/v1' },
      'XksProxyUriEndpointInUseException',
    ],
    [
      'a private DNS name',
      { ...behindService, XksProxyUriEndpoint: 'https://private.example.com', XksProxyUriPath: '/kms/xks/v1' },
      'XksProxyUriEndpointInUseException',
    ],
    [
      'a service',
      { ...behindService, XksProxyVpcEndpointServiceName: serviceName },
      'XksProxyVpcEndpointServiceInUseException',
    ],
    [
      'an endpoint with another path: they can, while public',
      { XksProxyUriEndpoint: endpoint, XksProxyUriPath: '/kms/xks/v1' },
      'ok',
    ],
    [
      'its own name and address: it can',
      { NewCustomKeyStoreName: 'moving', XksProxyUriEndpoint: endpoint, XksProxyUriPath: '/kms/xks/v1' },
      'ok',
    ],
  ])('%s', (_what, values, answer) => {
    expect(stage.update(id, values)).toBe(answer);
  });
});
