import { describe, expect, test } from 'vitest';
import { credential, serviceName, setStage } from './stage.ts';

const endpoint = 'https://proxy.example.com';
const path = '/example/kms/xks/v1';
const publicStore = { XksProxyUriEndpoint: endpoint, XksProxyUriPath: path };
const vpcStore = {
  XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
  XksProxyUriEndpoint: 'https://private.example.com',
  XksProxyVpcEndpointServiceName: serviceName,
};

describe('creating a CloudHSM key store', () => {
  function setCreation() {
    const stage = setStage();
    const world = stage.simulator.describeWorld().clusters[0];
    const values = {
      CloudHsmClusterId: stage.clusters.first,
      TrustAnchorCertificate: world?.trustAnchorCertificate,
      KeyStorePassword: world?.kmsuserPassword,
    };
    return { ...stage, values };
  }

  test('gives a DISCONNECTED store that connects', () => {
    const { simulator, values, connectAndWait } = setCreation();
    const answer = simulator.call('CreateCustomKeyStore', { CustomKeyStoreName: 'new', ...values });
    const { CustomKeyStoreId } = answer as { CustomKeyStoreId: string };

    expect(Object.keys(answer)).toEqual(['CustomKeyStoreId']);
    expect(simulator.store(CustomKeyStoreId)).toMatchObject({
      CustomKeyStoreType: 'AWS_CLOUDHSM',
      ConnectionState: 'DISCONNECTED',
    });
    expect(connectAndWait(CustomKeyStoreId)).toBe('CONNECTED');
  });

  test('gives the same store again for the same values while it is DISCONNECTED', () => {
    const { simulator, values, create, connect } = setCreation();
    const call = () => simulator.call('CreateCustomKeyStore', { CustomKeyStoreName: 'new', ...values });
    const first = call() as { CustomKeyStoreId: string };

    expect(call()).toEqual(first);
    connect(first.CustomKeyStoreId);
    expect(create(values)).toBe('CustomKeyStoreNameInUseException');
  });

  test.each([
    ['a cluster in use', { CustomKeyStoreName: 'other' }, 'CloudHsmClusterInUseException'],
    [
      'a name in use',
      { CustomKeyStoreName: 'new', KeyStorePassword: 'Another123' },
      'CustomKeyStoreNameInUseException',
    ],
    ['a wrong certificate', { TrustAnchorCertificate: 'wrong' }, 'IncorrectTrustAnchorException', 'unrelated'],
    ['no such cluster', { CloudHsmClusterId: 'cluster-aaaaaaaaaaa' }, 'CloudHsmClusterNotFoundException'],
    ['no password', { CustomKeyStoreName: 'x', KeyStorePassword: undefined }, 'ValidationException'],
    ['a proxy', { CustomKeyStoreName: 'x', XksProxyUriPath: '/kms/xks/v1' }, 'ValidationException'],
  ])('is refused with %s', (_what, values, refusal, cluster?: string) => {
    const stage = setCreation();
    stage.create(stage.values);
    const moved = cluster
      ? { CustomKeyStoreName: 'x', CloudHsmClusterId: stage.clusters.unrelated }
      : { CustomKeyStoreName: 'y' };

    expect(stage.create({ ...stage.values, ...moved, ...values })).toBe(refusal);
  });

  test('is refused for a relative of a cluster in use', () => {
    const { values, create, clusters } = setCreation();
    create(values);

    expect(create({ ...values, CustomKeyStoreName: 'y', CloudHsmClusterId: clusters.restored })).toBe(
      'CloudHsmClusterInUseException',
    );
  });

  test('stops at ten stores', () => {
    const { values, create, addExternal } = setCreation();
    for (let count = 0; count < 10; count += 1) addExternal();

    expect(create(values)).toBe('LimitExceededException');
  });
});

describe('creating an external key store', () => {
  const values = {
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    XksProxyAuthenticationCredential: credential,
    XksProxyConnectivity: 'PUBLIC_ENDPOINT',
    ...publicStore,
  };

  test('shows everything but the secret', () => {
    const stage = setStage();
    const nowMs = stage.now();
    // Behind a VPC endpoint service the proxy is first asked by Connect.
    stage.simulator.proxy(vpcStore.XksProxyUriEndpoint).reachable = false;
    expect(stage.create({ ...values, ...vpcStore })).toBe('ok');

    const shown = stage.describe({ CustomKeyStoreName: 'new' }).CustomKeyStores[0];
    expect(shown).toEqual({
      CustomKeyStoreId: expect.stringMatching(/^cks-/),
      CustomKeyStoreName: 'new',
      CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
      ConnectionState: 'DISCONNECTED',
      CreationDate: nowMs / 1000,
      XksProxyConfiguration: {
        Connectivity: 'VPC_ENDPOINT_SERVICE',
        AccessKeyId: credential.AccessKeyId,
        UriEndpoint: 'https://private.example.com',
        UriPath: path,
        VpcEndpointServiceName: serviceName,
        VpcEndpointServiceOwner: '111122223333',
      },
    });
  });

  test.each([
    ['no credential', { XksProxyAuthenticationCredential: undefined }],
    ['no endpoint', { XksProxyUriEndpoint: undefined }],
    ['no path', { XksProxyUriPath: undefined }],
    ['no connectivity', { XksProxyConnectivity: undefined }],
    ['a public endpoint and a service', { XksProxyVpcEndpointServiceName: serviceName }],
    ['a private endpoint and no service', { XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE' }],
    ['a cluster', { CloudHsmClusterId: 'cluster-aaaaaaaaaaa' }],
    ['a trust anchor', { TrustAnchorCertificate: 'x' }],
    ['an empty service name', { XksProxyVpcEndpointServiceName: '' }],
  ])('is refused with %s', (_what, other) => {
    expect(setStage().create({ ...values, ...other })).toBe('ValidationException');
  });
});
