import { describe, expect, test } from 'vitest';
import type { ProxyDescription } from '../../src/simulator/index.ts';
import { credential, serviceName, setStage } from './stage.ts';

const endpoint = 'https://proxy.example.com';
const path = '/example/kms/xks/v1';
const publicStore = { XksProxyUriEndpoint: endpoint, XksProxyUriPath: path };
const vpcStore = {
  XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
  XksProxyUriEndpoint: 'https://private.example.com',
  XksProxyVpcEndpointServiceName: serviceName,
};

const unreachable = 'XksProxyUriUnreachableException';
const invalidAnswer = 'XksProxyInvalidResponseException';
const symptoms: [string, Omit<ProxyDescription, 'endpoint'>, string, string][] = [
  ['is down', { reachable: false }, unreachable, 'XKS_PROXY_NOT_REACHABLE'],
  ['is slow', { slow: true }, unreachable, 'XKS_PROXY_TIMED_OUT'],
  ['answers byte by byte', { slow: 'byteByByte' }, unreachable, 'XKS_PROXY_TIMED_OUT'],
  ['has bad TLS', { tlsValid: false }, unreachable, 'XKS_PROXY_INVALID_TLS_CONFIGURATION'],
  [
    'serves other paths',
    { paths: ['/kms/xks/v1'] },
    'XksProxyInvalidConfigurationException',
    'XKS_PROXY_INVALID_CONFIGURATION',
  ],
  [
    'has another credential',
    { credentials: { [credential.AccessKeyId]: 'other' } },
    'XksProxyIncorrectAuthenticationCredentialException',
    'INVALID_CREDENTIALS',
  ],
  ['denies access', { accessDenied: true }, invalidAnswer, 'XKS_PROXY_ACCESS_DENIED'],
  ['talks nonsense', { answer: 'malformed' }, invalidAnswer, 'XKS_PROXY_INVALID_RESPONSE'],
  ['sends KMS elsewhere', { answer: 'redirect' }, invalidAnswer, 'XKS_PROXY_INVALID_RESPONSE'],
  ['talks without end', { answer: 'huge' }, invalidAnswer, 'XKS_PROXY_INVALID_RESPONSE'],
  ['fails inside', { answer: 'internalError' }, invalidAnswer, 'XKS_PROXY_INVALID_RESPONSE'],
  ['takes the request for invalid', { answer: 'validation' }, invalidAnswer, 'XKS_PROXY_INVALID_RESPONSE'],
  ['is throttled', { answer: 'throttled' }, unreachable, 'XKS_PROXY_NOT_REACHABLE'],
  ['waits in vain', { answer: 'dependencyTimeout' }, unreachable, 'XKS_PROXY_TIMED_OUT'],
  ['has no key manager', { ekm: ['UNAVAILABLE', 'UNAVAILABLE'] }, unreachable, 'XKS_PROXY_NOT_REACHABLE'],
  [
    'answers an error that no specification knows',
    { answer: { status: 418, body: '{"errorName":"TeapotException"}' } },
    invalidAnswer,
    'XKS_PROXY_INVALID_RESPONSE',
  ],
  [
    'answers an error without a name',
    { answer: { status: 500, body: '<html>' } },
    invalidAnswer,
    'XKS_PROXY_INVALID_RESPONSE',
  ],
  [
    'names a state of a key manager that does not exist',
    { answer: { status: 200, body: '{"ekmFleetDetails":[{"healthStatus":"SLEEPY"}]}' } },
    invalidAnswer,
    'XKS_PROXY_INVALID_RESPONSE',
  ],
  ['names no key manager', { ekm: [] }, invalidAnswer, 'XKS_PROXY_INVALID_RESPONSE'],
];

describe.each(symptoms)('a proxy that %s', (_what, symptom, refusal, code) => {
  test(`makes an update answer ${refusal}, and changes nothing`, () => {
    const stage = setStage();
    const id = stage.addExternal();
    const before = stage.simulator.store(id);
    stage.simulator.addProxy({ endpoint, ...symptom });

    expect(stage.update(id, publicStore)).toBe(refusal);
    expect(stage.simulator.store(id)).toEqual(before);
  });

  test(`makes a create answer ${refusal}`, () => {
    const stage = setStage();
    stage.simulator.addProxy({ endpoint, ...symptom });
    const values = {
      ...publicStore,
      CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
      XksProxyConnectivity: 'PUBLIC_ENDPOINT',
      XksProxyAuthenticationCredential: credential,
    };

    expect(stage.create(values)).toBe(refusal);
    expect(stage.describe().CustomKeyStores).toEqual([]);
  });

  test(`makes a connect end with ${code}`, () => {
    const stage = setStage();
    const id = stage.addExternal(publicStore);
    stage.simulator.addProxy({ endpoint, ...symptom });

    expect(stage.connectAndWait(id)).toBe(code);
  });
});

describe('the health check of an update', () => {
  test('is made with the new values', () => {
    const stage = setStage();
    const id = stage.addExternal(publicStore);
    const credentials = { [credential.AccessKeyId]: credential.RawSecretAccessKey };
    stage.simulator.addProxy({ endpoint: 'https://new.example.com', paths: ['/new/kms/xks/v1'], credentials });
    const moved = { XksProxyUriEndpoint: 'https://NEW.example.com', XksProxyUriPath: '/new/kms/xks/v1' };

    expect(stage.update(id, moved)).toBe('XksProxyIncorrectAuthenticationCredentialException');
    expect(stage.update(id, { ...moved, XksProxyAuthenticationCredential: credential })).toBe('ok');
  });

  test('is made for a rename too', () => {
    const stage = setStage();
    const id = stage.addExternal(publicStore);
    stage.simulator.proxy(endpoint).reachable = false;

    expect(stage.update(id, { NewCustomKeyStoreName: 'renamed' })).toBe(unreachable);
  });

  test('is put off to the connect for a DISCONNECTED store behind a VPC endpoint service', () => {
    const stage = setStage();
    const disconnected = stage.addExternal(vpcStore);
    stage.simulator.proxy(vpcStore.XksProxyUriEndpoint).paths = [path];
    const wrongPath = { XksProxyUriPath: '/wrong/kms/xks/v1' };

    expect(stage.update(disconnected, wrongPath)).toBe('ok');
    expect(stage.connectAndWait(disconnected)).toBe('XKS_PROXY_INVALID_CONFIGURATION');
  });

  test('is made for a CONNECTED store behind a VPC endpoint service', () => {
    const stage = setStage();
    const connected = stage.addExternal({ ...vpcStore, ConnectionState: 'CONNECTED' });
    stage.simulator.proxy(vpcStore.XksProxyUriEndpoint).paths = [path];

    expect(stage.update(connected, { XksProxyUriPath: '/wrong/kms/xks/v1' })).toBe(
      'XksProxyInvalidConfigurationException',
    );
  });

  test('is content with a proxy that keeps strangers away', () => {
    const stage = setStage();
    const id = stage.addExternal(publicStore);
    Object.assign(stage.simulator.proxy(endpoint), { asksClientCertificate: true, principals: [], acceptsGet: true });

    expect(stage.update(id, { XksProxyUriPath: path })).toBe('ok');
  });

  test.each<[string, number, string, string]>([
    ['until 16 March 2026 KMS shows one', Date.UTC(2026, 2, 15), 'ok', 'ok'],
    ['then not for a new store', Date.UTC(2026, 2, 16), unreachable, 'ok'],
    ['since 15 June 2026 never', Date.UTC(2026, 5, 15), unreachable, unreachable],
  ])('of a proxy that insists on a client certificate ends with mTLS: %s', (_when, atMs, created, updated) => {
    const stage = setStage();
    stage.wait(atMs - stage.now());
    const id = stage.addExternal(publicStore);
    stage.simulator.proxy(endpoint).asksClientCertificate = true;
    const values = {
      CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
      XksProxyConnectivity: 'PUBLIC_ENDPOINT',
      XksProxyUriEndpoint: endpoint,
      XksProxyUriPath: '/second/kms/xks/v1',
      XksProxyAuthenticationCredential: credential,
    };

    expect([stage.create(values), stage.update(id, { XksProxyUriPath: path })]).toEqual([created, updated]);
    expect(stage.connectAndWait(id)).toBe(updated === 'ok' ? 'CONNECTED' : 'XKS_PROXY_INVALID_TLS_CONFIGURATION');
  });

  test('is content with one key manager that works', () => {
    const stage = setStage();
    const id = stage.addExternal(publicStore);
    stage.simulator.proxy(endpoint).ekm = ['UNAVAILABLE', 'DEGRADED'];

    expect(stage.update(id, { XksProxyAuthenticationCredential: credential })).toBe('ok');
    expect(stage.simulator.store(id).XksProxyConfiguration?.AccessKeyId).toBe(credential.AccessKeyId);
  });
});

describe('the connectivity of an external store', () => {
  const toVpc = { ...vpcStore };
  const toPublic = { XksProxyConnectivity: 'PUBLIC_ENDPOINT', XksProxyUriEndpoint: endpoint };

  test('goes to a VPC endpoint service with an endpoint and the service, owned by the caller by default', () => {
    const stage = setStage();
    const id = stage.addExternal(publicStore);

    expect(stage.update(id, { ...toVpc, XksProxyUriEndpoint: null })).toBe('ValidationException');
    expect(stage.update(id, { ...toVpc, XksProxyVpcEndpointServiceName: undefined })).toBe('ValidationException');
    expect(stage.update(id, toVpc)).toBe('ok');
    expect(stage.simulator.store(id).XksProxyConfiguration).toMatchObject({
      Connectivity: 'VPC_ENDPOINT_SERVICE',
      UriEndpoint: 'https://private.example.com',
      VpcEndpointServiceName: serviceName,
      VpcEndpointServiceOwner: '111122223333',
    });
  });

  test.each([
    ['an empty name', { XksProxyVpcEndpointServiceName: '' }],
    ['a null name', { XksProxyVpcEndpointServiceName: null }],
    ['no name', {}],
  ])('goes to a public endpoint with %s of a service, and has neither service nor owner then', (_what, name) => {
    const stage = setStage();
    const id = stage.addExternal(vpcStore);

    expect(stage.update(id, { ...toPublic, ...name })).toBe('ok');
    expect(Object.keys(stage.simulator.store(id).XksProxyConfiguration ?? {}).sort()).toEqual([
      'AccessKeyId',
      'Connectivity',
      'UriEndpoint',
      'UriPath',
    ]);
  });

  test('may have it that an empty name breaks the shortest length', () => {
    const stage = setStage({ interpretations: { emptyServiceName: 'rejected' } });
    const id = stage.addExternal(vpcStore);

    expect(stage.update(id, { ...toPublic, XksProxyVpcEndpointServiceName: '' })).toBe('ValidationException');
    expect(stage.update(id, toPublic)).toBe('ok');
  });

  test.each([
    ['going public without an endpoint', vpcStore, { XksProxyConnectivity: 'PUBLIC_ENDPOINT' }],
    ['going public with a service', vpcStore, { ...toPublic, XksProxyVpcEndpointServiceName: serviceName }],
    ['going public with an owner', vpcStore, { ...toPublic, XksProxyVpcEndpointServiceOwner: '444455556666' }],
    ['a service of a public store', publicStore, { XksProxyVpcEndpointServiceName: serviceName }],
    ['taking the service away', vpcStore, { XksProxyVpcEndpointServiceName: '' }],
    ['a kmsuser password', publicStore, { KeyStorePassword: 'Password1' }],
    ['a cluster', publicStore, { CloudHsmClusterId: 'cluster-aaaaaaaaaaa' }],
    ['nothing at all', publicStore, {}],
  ])('refuses %s', (_what, store, values) => {
    const stage = setStage();

    expect(stage.update(stage.addExternal(store), values)).toBe('ValidationException');
  });

  test('keeps the owner of the service where the update says nothing of it', () => {
    const stage = setStage();
    const id = stage.addExternal({ ...vpcStore, XksProxyVpcEndpointServiceOwner: '444455556666' });
    stage.update(id, { XksProxyVpcEndpointServiceName: `${serviceName}2` });

    expect(stage.simulator.store(id).XksProxyConfiguration).toMatchObject({
      VpcEndpointServiceName: `${serviceName}2`,
      VpcEndpointServiceOwner: '444455556666',
    });
  });
});

describe('a VPC endpoint service', () => {
  test.each([
    ['that does not exist', { exists: false }, 'NotFound'],
    ['of another owner', { owner: '444455556666' }, 'NotFound'],
    ['that has IPv6 only', { supportedIpAddressTypes: ['ipv6'] as const }, 'InvalidConfiguration'],
    ['that does not allow KMS', { allowedPrincipals: ['cks.kms.eu-west-3.amazonaws.com'] }, 'NotFound'],
    ['behind a gateway load balancer', { loadBalancerType: 'gateway' as const }, 'InvalidConfiguration'],
    ['in one zone', { availabilityZones: ['us-east-1a', 'us-east-1a'] }, 'InvalidConfiguration'],
    ['that wants to accept each connection', { acceptanceRequired: true }, 'InvalidConfiguration'],
    ['without a private DNS name', { privateDnsName: null }, 'InvalidConfiguration'],
    ['of an unverified domain', { privateDnsNameState: 'pendingVerification' as const }, 'InvalidConfiguration'],
    ['with another private DNS name', { privateDnsName: 'else.example.com' }, 'InvalidConfiguration'],
  ])('%s is refused by update and create, and fails a connect', (_what, service, refusal) => {
    const code = { NotFound: 'NOT_FOUND', InvalidConfiguration: 'INVALID_CONFIGURATION' }[refusal];
    const stage = setStage();
    const id = stage.addExternal(vpcStore);
    const other = stage.addExternal();
    stage.simulator.addVpcEndpointService({ name: serviceName, ...service });
    stage.simulator.addVpcEndpointService({ name: `${serviceName}2`, ...service });

    const moved = {
      ...vpcStore,
      XksProxyUriEndpoint: 'https://other.example.com',
      XksProxyVpcEndpointServiceName: `${serviceName}2`,
    };
    expect(stage.update(other, moved)).toBe(`XksProxyVpcEndpointService${refusal}Exception`);
    const values = { ...moved, CustomKeyStoreType: 'EXTERNAL_KEY_STORE', XksProxyAuthenticationCredential: credential };
    expect(stage.create({ ...values, XksProxyUriPath: path })).toBe(`XksProxyVpcEndpointService${refusal}Exception`);
    expect(stage.connectAndWait(id)).toBe(`XKS_VPC_ENDPOINT_SERVICE_${code}`);
  });

  test('a VPC endpoint service of another Region is not found, described or not', () => {
    const stage = setStage();
    const elsewhere = 'com.amazonaws.vpce.eu-west-3.vpce-svc-example';
    const values = { ...vpcStore, XksProxyVpcEndpointServiceName: elsewhere };

    expect(stage.update(stage.addExternal(), values)).toBe('XksProxyVpcEndpointServiceNotFoundException');
  });

  test('a VPC endpoint service of another account is found where the store names its owner and it allows everybody', () => {
    const stage = setStage();
    const owner = '444455556666';
    stage.simulator.addVpcEndpointService({ name: serviceName, owner, allowedPrincipals: ['*'] });
    const id = stage.addExternal({ ...vpcStore, XksProxyVpcEndpointServiceOwner: owner });

    expect(stage.connectAndWait(id)).toBe('CONNECTED');
  });

  test('a VPC endpoint service of another account is not found unless it allows both KMS and the account of the store', () => {
    const owner = '444455556666';
    const kms = 'cks.kms.us-east-1.amazonaws.com';
    const connectAllowing = (allowed: (account: string) => string[]) => {
      const stage = setStage();
      const allowedPrincipals = allowed(stage.simulator.accountId);
      stage.simulator.addVpcEndpointService({ name: serviceName, owner, allowedPrincipals });
      return stage.connectAndWait(stage.addExternal({ ...vpcStore, XksProxyVpcEndpointServiceOwner: owner }));
    };

    expect(connectAllowing(() => [kms])).toBe('XKS_VPC_ENDPOINT_SERVICE_NOT_FOUND');
    expect(connectAllowing((account) => [`arn:aws:iam::${account}:root`])).toBe('XKS_VPC_ENDPOINT_SERVICE_NOT_FOUND');
    expect(connectAllowing((account) => [kms, `arn:aws:iam::${account}:role/ops`])).toBe('CONNECTED');
  });

  test('a VPC endpoint service that is as KMS wants it is taken', () => {
    const stage = setStage();
    stage.simulator.addVpcEndpointService({ name: serviceName, privateDnsName: 'private.example.com' });

    expect(stage.connectAndWait(stage.addExternal(vpcStore))).toBe('CONNECTED');
  });
});
