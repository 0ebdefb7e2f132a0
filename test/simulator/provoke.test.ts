import { describe, expect, test } from 'vitest';
import { declaredErrors } from '../../src/simulator/declared-errors.ts';
import { credential, type Stage, serviceName, setStage } from './stage.ts';

const endpoint = 'https://proxy.example.com';
const path = '/example/kms/xks/v1';
const privateEndpoint = 'https://private.example.com';
const service = {
  XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
  XksProxyUriEndpoint: privateEndpoint,
  XksProxyVpcEndpointServiceName: serviceName,
};
const noStore = 'cks-00000000000000000';
const noCluster = 'cluster-aaaaaaaaaaa';

type Cause = (stage: Stage) => string;

/** Values for a store of each type, as Create takes them. */
const external = {
  CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
  XksProxyConnectivity: 'PUBLIC_ENDPOINT',
  XksProxyUriEndpoint: endpoint,
  XksProxyUriPath: path,
  XksProxyAuthenticationCredential: credential,
};
const cloudHsm = ({ simulator }: Stage) => {
  const [first] = simulator.describeWorld().clusters;
  return {
    CloudHsmClusterId: first?.clusterId,
    TrustAnchorCertificate: first?.trustAnchorCertificate,
    KeyStorePassword: first?.kmsuserPassword,
  };
};

/** Causes in the settings of an external store, for Create and Update alike. */
const settingsOfAStore = (send: (stage: Stage, values: object) => string): Record<string, Cause> => {
  const withProxy = (trouble: object) => (stage: Stage) => {
    stage.simulator.addProxy({ endpoint, ...trouble });
    return send(stage, external);
  };
  return {
    XksProxyUriInUseException(stage) {
      stage.addExternal({ XksProxyUriEndpoint: endpoint, XksProxyUriPath: path });
      return send(stage, external);
    },
    XksProxyUriEndpointInUseException(stage) {
      stage.addExternal(service);
      return send(stage, { ...external, XksProxyUriEndpoint: privateEndpoint, XksProxyUriPath: '/kms/xks/v1' });
    },
    XksProxyUriUnreachableException: withProxy({ reachable: false }),
    XksProxyIncorrectAuthenticationCredentialException: withProxy({ credentials: {} }),
    XksProxyInvalidResponseException: withProxy({ answer: 'malformed' }),
    XksProxyInvalidConfigurationException: withProxy({ paths: [] }),
    XksProxyVpcEndpointServiceInUseException(stage) {
      stage.addExternal(service);
      return send(stage, { ...external, ...service, XksProxyUriEndpoint: 'https://other.example.com' });
    },
    XksProxyVpcEndpointServiceNotFoundException(stage) {
      stage.simulator.addVpcEndpointService({ name: serviceName, allowedPrincipals: [] });
      return send(stage, { ...external, ...service });
    },
    XksProxyVpcEndpointServiceInvalidConfigurationException(stage) {
      stage.simulator.addVpcEndpointService({ name: serviceName, acceptanceRequired: true });
      return send(stage, { ...external, ...service });
    },
  };
};

const spoilCluster =
  (spoil: object, act: Cause): Cause =>
  (stage) => {
    Object.assign(stage.simulator.cluster(stage.clusters.first), spoil);
    return act(stage);
  };

const createExternal = (stage: Stage, values: object) => stage.create(values);
const createCloudHsm: Cause = (stage) => stage.create(cloudHsm(stage));
const updateExternal = (stage: Stage, values: object) =>
  stage.update(stage.addExternal(), { ...values, CustomKeyStoreType: undefined });
const moveTo = (stage: Stage, CloudHsmClusterId: string) =>
  stage.update(stage.simulator.addStore(), { CloudHsmClusterId });
const rename: Cause = (stage) => stage.update(stage.simulator.addStore(), { NewCustomKeyStoreName: 'renamed' });
const connectCloudHsm: Cause = (stage) => stage.connect(stage.simulator.addStore());

/** How a person would meet each error: by its documented cause, in a world that nobody ordered a fault in. */
const causes: Record<string, Record<string, Cause>> = {
  DescribeCustomKeyStores: {
    CustomKeyStoreNotFoundException: (stage) =>
      stage.attempt('DescribeCustomKeyStores', { CustomKeyStoreName: 'nobody' }),
    InvalidMarkerException: (stage) => stage.attempt('DescribeCustomKeyStores', { Marker: 'invented' }),
  },
  CreateCustomKeyStore: {
    CloudHsmClusterInUseException(stage) {
      stage.simulator.addStore({ CloudHsmClusterId: stage.clusters.restored });
      return createCloudHsm(stage);
    },
    CustomKeyStoreNameInUseException(stage) {
      stage.addExternal({ CustomKeyStoreName: 'new' });
      return createCloudHsm(stage);
    },
    IncorrectTrustAnchorException: (stage) => stage.create({ ...cloudHsm(stage), TrustAnchorCertificate: 'another' }),
    LimitExceededException(stage) {
      for (let count = 0; count < 10; count += 1) stage.addExternal();
      return createCloudHsm(stage);
    },
    CloudHsmClusterNotFoundException: (stage) => stage.create({ ...cloudHsm(stage), CloudHsmClusterId: noCluster }),
    CloudHsmClusterNotActiveException: spoilCluster({ state: 'UNINITIALIZED' }, createCloudHsm),
    CloudHsmClusterInvalidConfigurationException: spoilCluster({ hsms: 1 }, createCloudHsm),
    ...settingsOfAStore(createExternal),
  },
  UpdateCustomKeyStore: {
    CloudHsmClusterNotRelatedException: (stage) => moveTo(stage, stage.clusters.unrelated),
    CustomKeyStoreInvalidStateException: (stage) =>
      stage.update(stage.simulator.addStore({ ConnectionState: 'CONNECTED' }), { KeyStorePassword: 'Password1' }),
    CustomKeyStoreNameInUseException(stage) {
      stage.addExternal({ CustomKeyStoreName: 'renamed' });
      return rename(stage);
    },
    CustomKeyStoreNotFoundException: (stage) => stage.update(noStore, { NewCustomKeyStoreName: 'renamed' }),
    CloudHsmClusterNotFoundException: (stage) => moveTo(stage, noCluster),
    CloudHsmClusterNotActiveException: spoilCluster({ state: 'UPDATE_IN_PROGRESS' }, rename),
    CloudHsmClusterInvalidConfigurationException: spoilCluster({ configurationValid: false }, rename),
    ...settingsOfAStore(updateExternal),
  },
  ConnectCustomKeyStore: {
    CloudHsmClusterInvalidConfigurationException: spoilCluster({ configurationValid: false }, connectCloudHsm),
    CloudHsmClusterNotActiveException: spoilCluster({ state: 'INITIALIZED' }, connectCloudHsm),
    CustomKeyStoreInvalidStateException: (stage) => stage.connect(stage.addExternal({ ConnectionState: 'FAILED' })),
    CustomKeyStoreNotFoundException: (stage) => stage.connect(noStore),
  },
  DisconnectCustomKeyStore: {
    CustomKeyStoreInvalidStateException: (stage) => stage.disconnect(stage.addExternal()),
    CustomKeyStoreNotFoundException: (stage) => stage.disconnect(noStore),
  },
  DeleteCustomKeyStore: {
    CustomKeyStoreHasCMKsException: (stage) => stage.remove(stage.addExternal({ keys: 1 })),
    CustomKeyStoreInvalidStateException: (stage) => stage.remove(stage.addExternal({ ConnectionState: 'CONNECTED' })),
    CustomKeyStoreNotFoundException: (stage) => stage.remove(noStore),
  },
};

const operations = Object.keys(causes) as (keyof typeof declaredErrors)[];
/** The one error without a cause that anybody could name. */
const ordered = 'KMSInternalException';

describe.each(operations)('%s', (operation) => {
  const errors = declaredErrors[operation];

  test.each(errors.filter((error) => error !== ordered))('answers %s to its cause', (error) => {
    const stage = setStage();

    expect(causes[operation]?.[error]?.(stage)).toBe(error);
  });

  test(`answers ${ordered} when ordered`, () => {
    const stage = setStage();
    stage.simulator.failNext(operation, ordered);

    expect(stage.attempt(operation, {})).toBe(ordered);
  });

  test('is provoked to no error that it does not declare', () => {
    expect(errors).toEqual(expect.arrayContaining(Object.keys(causes[operation] ?? {})));
  });
});

describe('a connect that fails at once', () => {
  test.each([
    ['an inactive cluster', { state: 'INITIALIZED' }, {}],
    ['a cluster without its security group', { configurationValid: false }, {}],
    ['a cluster without HSMs, where that is read so', { hsms: 0 }, { connectWithoutHsms: 'refused' as const }],
  ])('leaves the store DISCONNECTED without an error code: %s', (_what, spoil, interpretations) => {
    const stage = setStage({ interpretations });
    const id = stage.simulator.addStore({ CloudHsmClusterId: stage.clusters.first });
    Object.assign(stage.simulator.cluster(stage.clusters.first), spoil);

    expect(stage.connect(id)).toMatch(/^CloudHsmCluster/);
    expect(stage.simulator.store(id)).toMatchObject({ ConnectionState: 'DISCONNECTED' });
    expect(stage.simulator.store(id)).not.toHaveProperty('ConnectionErrorCode');
  });
});
