/** Inputs and outputs of the six operations on custom key stores. */
import { enums } from './enums.ts';
import { type StructureShape, structure } from './shape.ts';

export const storeId = { type: 'string', min: 1, max: 64 } as const;
export const clusterId = { type: 'string', min: 19, max: 24, pattern: 'cluster-[2-7a-zA-Z]{11,16}' } as const;
export const limit = { type: 'integer', min: 1, max: 1000 } as const;
export const marker = { type: 'string', min: 1, max: 1024, pattern: '[\\u0020-\\u00FF]*' } as const;

const storeName = { type: 'string', min: 1, max: 256 } as const;
const trustAnchor = { type: 'string', min: 1, max: 5000 } as const;
const storeType = { type: 'string', enum: enums.CustomKeyStoreType } as const;
const connectivity = { type: 'string', enum: enums.XksProxyConnectivityType } as const;
const accessKeyId = { type: 'string', min: 20, max: 30, pattern: '^[A-Z2-7]+$', sensitive: true } as const;
const uriEndpoint = { type: 'string', min: 10, max: 128, pattern: '^https://[a-zA-Z0-9.-]+$' } as const;
const uriPath = {
  type: 'string',
  min: 10,
  max: 128,
  pattern: '^(/[a-zA-Z0-9\\/_-]+/kms/xks/v\\d{1,2})$|^(/kms/xks/v\\d{1,2})$',
} as const;
const serviceName = {
  type: 'string',
  min: 20,
  max: 64,
  pattern: '^(com|eu)\\.amazonaws\\.vpce\\.([a-z]+-){2,3}\\d+\\.vpce-svc-[0-9a-z]+$',
} as const;
const serviceOwner = { type: 'string', min: 12, max: 12, pattern: '[0-9]{12}' } as const;

export const cloudHsmMembers = {
  CloudHsmClusterId: clusterId,
  KeyStorePassword: { type: 'string', min: 7, max: 32, sensitive: true },
} as const;

export const externalMembers = {
  XksProxyUriEndpoint: uriEndpoint,
  XksProxyUriPath: uriPath,
  XksProxyVpcEndpointServiceName: serviceName,
  XksProxyVpcEndpointServiceOwner: serviceOwner,
  XksProxyAuthenticationCredential: structure(
    {
      AccessKeyId: accessKeyId,
      RawSecretAccessKey: { type: 'string', min: 43, max: 64, pattern: '^[a-zA-Z0-9\\/+=]+$', sensitive: true },
    },
    'AccessKeyId',
    'RawSecretAccessKey',
  ),
  XksProxyConnectivity: connectivity,
} as const;

const aStore = structure({ CustomKeyStoreId: storeId }, 'CustomKeyStoreId');

export const keyStoreInputs = {
  DescribeCustomKeyStores: structure({
    CustomKeyStoreId: storeId,
    CustomKeyStoreName: storeName,
    Limit: limit,
    Marker: marker,
  }),
  CreateCustomKeyStore: structure(
    {
      CustomKeyStoreName: storeName,
      TrustAnchorCertificate: trustAnchor,
      CustomKeyStoreType: storeType,
      ...cloudHsmMembers,
      ...externalMembers,
    },
    'CustomKeyStoreName',
  ),
  UpdateCustomKeyStore: structure(
    { CustomKeyStoreId: storeId, NewCustomKeyStoreName: storeName, ...cloudHsmMembers, ...externalMembers },
    'CustomKeyStoreId',
  ),
  ConnectCustomKeyStore: aStore,
  DisconnectCustomKeyStore: aStore,
  DeleteCustomKeyStore: aStore,
} as const satisfies Record<string, StructureShape>;

const nothing = structure({});

const storeEntry = structure({
  CustomKeyStoreId: storeId,
  CustomKeyStoreName: storeName,
  CloudHsmClusterId: clusterId,
  TrustAnchorCertificate: trustAnchor,
  ConnectionState: { type: 'string', enum: enums.ConnectionStateType },
  ConnectionErrorCode: { type: 'string', enum: enums.ConnectionErrorCodeType },
  CreationDate: { type: 'timestamp' },
  CustomKeyStoreType: storeType,
  XksProxyConfiguration: structure({
    Connectivity: connectivity,
    AccessKeyId: accessKeyId,
    UriEndpoint: uriEndpoint,
    UriPath: uriPath,
    VpcEndpointServiceName: serviceName,
    VpcEndpointServiceOwner: serviceOwner,
  }),
});

export const keyStoreOutputs = {
  DescribeCustomKeyStores: structure({
    CustomKeyStores: { type: 'list', member: storeEntry },
    NextMarker: marker,
    Truncated: { type: 'boolean' },
  }),
  CreateCustomKeyStore: structure({ CustomKeyStoreId: storeId }),
  UpdateCustomKeyStore: nothing,
  ConnectCustomKeyStore: nothing,
  DisconnectCustomKeyStore: nothing,
  DeleteCustomKeyStore: nothing,
} as const satisfies Record<keyof typeof keyStoreInputs, StructureShape>;
