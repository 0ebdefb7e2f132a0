/**
 * The simulator's own copy of the API model, KMS 2014-11-01: input shapes, enums and declared errors of the six custom
 * key store operations. Types and validation follow from it. It must not be derived from any other table of the project.
 */

export interface StringShape {
  readonly type: 'string';
  readonly min?: number;
  readonly max?: number;
  /** As the model writes it; the whole value has to match. */
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly sensitive?: true;
}

export interface IntegerShape {
  readonly type: 'integer';
  readonly min: number;
  readonly max: number;
}

export interface StructureShape {
  readonly type: 'structure';
  readonly required: readonly string[];
  readonly members: Readonly<Record<string, Shape>>;
}

export type Shape = StringShape | IntegerShape | StructureShape;

export const enums = {
  ConnectionStateType: ['CONNECTED', 'CONNECTING', 'FAILED', 'DISCONNECTED', 'DISCONNECTING'],
  ConnectionErrorCodeType: [
    'INVALID_CREDENTIALS',
    'CLUSTER_NOT_FOUND',
    'NETWORK_ERRORS',
    'INTERNAL_ERROR',
    'INSUFFICIENT_CLOUDHSM_HSMS',
    'USER_LOCKED_OUT',
    'USER_NOT_FOUND',
    'USER_LOGGED_IN',
    'SUBNET_NOT_FOUND',
    'INSUFFICIENT_FREE_ADDRESSES_IN_SUBNET',
    'XKS_PROXY_ACCESS_DENIED',
    'XKS_PROXY_NOT_REACHABLE',
    'XKS_VPC_ENDPOINT_SERVICE_NOT_FOUND',
    'XKS_PROXY_INVALID_RESPONSE',
    'XKS_PROXY_INVALID_CONFIGURATION',
    'XKS_VPC_ENDPOINT_SERVICE_INVALID_CONFIGURATION',
    'XKS_PROXY_TIMED_OUT',
    'XKS_PROXY_INVALID_TLS_CONFIGURATION',
  ],
  CustomKeyStoreType: ['AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'],
  XksProxyConnectivityType: ['PUBLIC_ENDPOINT', 'VPC_ENDPOINT_SERVICE'],
} as const;

export type ConnectionState = (typeof enums.ConnectionStateType)[number];
export type ConnectionErrorCode = (typeof enums.ConnectionErrorCodeType)[number];
export type CustomKeyStoreType = (typeof enums.CustomKeyStoreType)[number];
export type XksProxyConnectivity = (typeof enums.XksProxyConnectivityType)[number];

const storeId = { type: 'string', min: 1, max: 64 } as const;
const storeName = { type: 'string', min: 1, max: 256 } as const;

const cloudHsmMembers = {
  CloudHsmClusterId: { type: 'string', min: 19, max: 24, pattern: 'cluster-[2-7a-zA-Z]{11,16}' },
  KeyStorePassword: { type: 'string', min: 7, max: 32, sensitive: true },
} as const;

const externalMembers = {
  XksProxyUriEndpoint: { type: 'string', min: 10, max: 128, pattern: '^https://[a-zA-Z0-9.-]+$' },
  XksProxyUriPath: {
    type: 'string',
    min: 10,
    max: 128,
    pattern: '^(/[a-zA-Z0-9\\/_-]+/kms/xks/v\\d{1,2})$|^(/kms/xks/v\\d{1,2})$',
  },
  XksProxyVpcEndpointServiceName: {
    type: 'string',
    min: 20,
    max: 64,
    pattern: '^(com|eu)\\.amazonaws\\.vpce\\.([a-z]+-){2,3}\\d+\\.vpce-svc-[0-9a-z]+$',
  },
  XksProxyVpcEndpointServiceOwner: { type: 'string', min: 12, max: 12, pattern: '[0-9]{12}' },
  XksProxyAuthenticationCredential: {
    type: 'structure',
    required: ['AccessKeyId', 'RawSecretAccessKey'],
    members: {
      AccessKeyId: { type: 'string', min: 20, max: 30, pattern: '^[A-Z2-7]+$', sensitive: true },
      RawSecretAccessKey: { type: 'string', min: 43, max: 64, pattern: '^[a-zA-Z0-9\\/+=]+$', sensitive: true },
    },
  },
  XksProxyConnectivity: { type: 'string', enum: enums.XksProxyConnectivityType },
} as const;

const aStore = { type: 'structure', required: ['CustomKeyStoreId'], members: { CustomKeyStoreId: storeId } } as const;

export const inputShapes = {
  DescribeCustomKeyStores: {
    type: 'structure',
    required: [],
    members: {
      CustomKeyStoreId: storeId,
      CustomKeyStoreName: storeName,
      Limit: { type: 'integer', min: 1, max: 1000 },
      Marker: { type: 'string', min: 1, max: 1024, pattern: '[\\u0020-\\u00FF]*' },
    },
  },
  CreateCustomKeyStore: {
    type: 'structure',
    required: ['CustomKeyStoreName'],
    members: {
      CustomKeyStoreName: storeName,
      TrustAnchorCertificate: { type: 'string', min: 1, max: 5000 },
      CustomKeyStoreType: { type: 'string', enum: enums.CustomKeyStoreType },
      ...cloudHsmMembers,
      ...externalMembers,
    },
  },
  UpdateCustomKeyStore: {
    type: 'structure',
    required: ['CustomKeyStoreId'],
    members: { CustomKeyStoreId: storeId, NewCustomKeyStoreName: storeName, ...cloudHsmMembers, ...externalMembers },
  },
  ConnectCustomKeyStore: aStore,
  DisconnectCustomKeyStore: aStore,
  DeleteCustomKeyStore: aStore,
} as const satisfies Record<string, StructureShape>;

export type OperationName = keyof typeof inputShapes;
export type CloudHsmProperty = keyof typeof cloudHsmMembers;
export type ExternalProperty = keyof typeof externalMembers;

export const cloudHsmProperties = Object.keys(cloudHsmMembers) as CloudHsmProperty[];
export const externalProperties = Object.keys(externalMembers) as ExternalProperty[];

type ValueOf<S> = S extends StructureShape
  ? ValuesOf<S>
  : S extends { type: 'integer' }
    ? number
    : S extends { enum: readonly (infer Word)[] }
      ? Word
      : string;

type ValuesOf<S extends StructureShape> = {
  readonly [M in keyof S['members'] as M extends S['required'][number] ? M : never]: ValueOf<S['members'][M]>;
} & {
  readonly [M in keyof S['members'] as M extends S['required'][number] ? never : M]?: ValueOf<S['members'][M]>;
};

/** The input of an operation after validation. */
export type Input<O extends OperationName> = ValuesOf<(typeof inputShapes)[O]>;
