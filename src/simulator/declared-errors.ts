/** The errors that the API model declares for each operation, KMS 2014-11-01. The simulator may answer no others but the common ones. */
import type { OperationName } from './shapes.ts';

const cluster = [
  'CloudHsmClusterNotFoundException',
  'CloudHsmClusterNotActiveException',
  'CloudHsmClusterInvalidConfigurationException',
];

const proxy = [
  'XksProxyUriInUseException',
  'XksProxyUriEndpointInUseException',
  'XksProxyUriUnreachableException',
  'XksProxyIncorrectAuthenticationCredentialException',
  'XksProxyVpcEndpointServiceInUseException',
  'XksProxyVpcEndpointServiceNotFoundException',
  'XksProxyVpcEndpointServiceInvalidConfigurationException',
  'XksProxyInvalidResponseException',
  'XksProxyInvalidConfigurationException',
];

const internal = ['KMSInternalException', 'DependencyTimeoutException'];
const key = ['NotFoundException', 'InvalidArnException', ...internal];
const keyInState = [...key, 'KMSInvalidStateException'];

const cloudHsm = [
  'CloudHsmAccessDeniedException',
  'CloudHsmInternalFailureException',
  'CloudHsmInvalidRequestException',
  'CloudHsmServiceException',
  'CloudHsmTagException',
];

/** EC2 declares none in its model; these are of its reference, "Error codes". */
const ec2 = ['DryRunOperation', 'InvalidParameterValue'];

const secret = ['ResourceNotFoundException', 'InvalidParameterException', 'InternalServiceError'];
const scheduler = ['InternalServerException', 'ThrottlingException'];

const use = [
  'NotFoundException',
  'DisabledException',
  'KeyUnavailableException',
  'InvalidKeyUsageException',
  'InvalidGrantTokenException',
  'KMSInvalidStateException',
  'DryRunOperationException',
  ...internal,
];

export const declaredErrors: Readonly<Record<OperationName, readonly string[]>> = {
  DescribeCustomKeyStores: ['CustomKeyStoreNotFoundException', 'InvalidMarkerException', 'KMSInternalException'],
  CreateCustomKeyStore: [
    'CloudHsmClusterInUseException',
    'CustomKeyStoreNameInUseException',
    'IncorrectTrustAnchorException',
    'KMSInternalException',
    'LimitExceededException',
    ...cluster,
    ...proxy,
  ],
  UpdateCustomKeyStore: [
    'CloudHsmClusterNotRelatedException',
    'CustomKeyStoreInvalidStateException',
    'CustomKeyStoreNameInUseException',
    'CustomKeyStoreNotFoundException',
    'KMSInternalException',
    ...cluster,
    ...proxy,
  ],
  ConnectCustomKeyStore: [
    'CloudHsmClusterInvalidConfigurationException',
    'CloudHsmClusterNotActiveException',
    'CustomKeyStoreInvalidStateException',
    'CustomKeyStoreNotFoundException',
    'KMSInternalException',
  ],
  DisconnectCustomKeyStore: [
    'CustomKeyStoreInvalidStateException',
    'CustomKeyStoreNotFoundException',
    'KMSInternalException',
  ],
  DeleteCustomKeyStore: [
    'CustomKeyStoreHasCMKsException',
    'CustomKeyStoreInvalidStateException',
    'CustomKeyStoreNotFoundException',
    'KMSInternalException',
  ],
  CreateKey: [
    'CloudHsmClusterInvalidConfigurationException',
    'CustomKeyStoreInvalidStateException',
    'CustomKeyStoreNotFoundException',
    'InvalidArnException',
    'LimitExceededException',
    'MalformedPolicyDocumentException',
    'TagException',
    'UnsupportedOperationException',
    'XksKeyAlreadyInUseException',
    'XksKeyInvalidConfigurationException',
    'XksKeyNotFoundException',
    ...internal,
  ],
  DescribeKey: key,
  ListKeys: ['InvalidMarkerException', ...internal],
  EnableKey: ['LimitExceededException', ...keyInState],
  DisableKey: keyInState,
  ScheduleKeyDeletion: keyInState,
  CancelKeyDeletion: keyInState,
  GetKeyPolicy: keyInState,
  GetKeyRotationStatus: ['UnsupportedOperationException', ...keyInState],
  ListResourceTags: ['KMSInternalException', 'NotFoundException', 'InvalidArnException', 'InvalidMarkerException'],
  Encrypt: use,
  Decrypt: ['InvalidCiphertextException', 'IncorrectKeyException', ...use],
  ReEncrypt: ['InvalidCiphertextException', 'IncorrectKeyException', ...use],
  GenerateDataKey: use,
  GenerateDataKeyWithoutPlaintext: use,
  GenerateRandom: [
    'UnsupportedOperationException',
    'CustomKeyStoreNotFoundException',
    'CustomKeyStoreInvalidStateException',
    ...internal,
  ],
  GetKeyLastUsage: key,
  CreateAlias: [
    'AlreadyExistsException',
    'NotFoundException',
    'InvalidAliasNameException',
    'LimitExceededException',
    'KMSInvalidStateException',
    ...internal,
  ],
  UpdateAlias: ['NotFoundException', 'LimitExceededException', 'KMSInvalidStateException', ...internal],
  DeleteAlias: ['NotFoundException', 'KMSInvalidStateException', ...internal],
  ListAliases: ['InvalidMarkerException', ...key],
  DescribeClusters: cloudHsm,
  DescribeBackups: ['CloudHsmResourceNotFoundException', ...cloudHsm],
  DescribeSubnets: ['InvalidSubnetID.NotFound', ...ec2],
  DescribeSecurityGroups: ['InvalidGroup.NotFound', ...ec2],
  DescribeVpcEndpointServices: ['InvalidServiceName', ...ec2],
  DescribeVpcEndpointServicePermissions: ['InvalidVpcEndpointServiceId.NotFound', ...ec2],
  DescribeVpcEndpointServiceConfigurations: ['InvalidVpcEndpointServiceId.NotFound', ...ec2],
  GetSecretValue: [...secret, 'InvalidRequestException', 'DecryptionFailure'],
  DescribeSecret: secret,
  CreateSchedule: ['ConflictException', 'ResourceNotFoundException', 'ServiceQuotaExceededException', ...scheduler],
  GetSchedule: ['ResourceNotFoundException', ...scheduler],
  DeleteSchedule: ['ConflictException', 'ResourceNotFoundException', ...scheduler],
  CreateGrant: [
    'DisabledException',
    'DryRunOperationException',
    'InvalidGrantTokenException',
    'LimitExceededException',
    ...keyInState,
  ],
  ListGrants: ['InvalidMarkerException', 'InvalidGrantIdException', ...keyInState],
  GetMetricData: ['InvalidNextToken'],
  LookupEvents: [
    'InvalidLookupAttributesException',
    'InvalidTimeRangeException',
    'InvalidMaxResultsException',
    'InvalidNextTokenException',
    'InvalidEventCategoryException',
    'UnsupportedOperationException',
    'OperationNotPermittedException',
  ],
  PutSecretValue: [
    ...secret,
    'InvalidRequestException',
    'LimitExceededException',
    'EncryptionFailure',
    'ResourceExistsException',
    'DecryptionFailure',
  ],
  UpdateSecretVersionStage: [...secret, 'InvalidRequestException', 'LimitExceededException'],
  RotateSecret: [...secret, 'InvalidRequestException', 'LimitExceededException'],
};

/** Errors that any operation may answer before it looks at a store. */
const commonErrors = ['ValidationException', 'SerializationException'];

export function isDeclaredError(operation: OperationName, name: string): boolean {
  return declaredErrors[operation].includes(name) || commonErrors.includes(name);
}
