/** Inputs and outputs of CloudHSM V2 2017-04-28, of the two operations that a manager of key stores reads clusters with. */
import { type StructureShape, structure } from './shape.ts';

export const clusterStates = [
  'CREATE_IN_PROGRESS',
  'UNINITIALIZED',
  'INITIALIZE_IN_PROGRESS',
  'INITIALIZED',
  'ACTIVE',
  'UPDATE_IN_PROGRESS',
  'MODIFY_IN_PROGRESS',
  'ROLLBACK_IN_PROGRESS',
  'DELETE_IN_PROGRESS',
  'DELETED',
  'DEGRADED',
] as const;

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const timestamp = { type: 'timestamp' } as const;
const region = { type: 'string', pattern: '[a-z]{2}(-(gov))?-(east|west|north|south|central){1,2}-\\d' } as const;
const zone = { type: 'string', pattern: '[a-z]{2}(-(gov))?-(east|west|north|south|central){1,2}-\\d[a-z]' } as const;
const clusterId = { type: 'string', pattern: 'cluster-[2-7a-zA-Z]{11,16}' } as const;
const backupId = { type: 'string', pattern: 'backup-[2-7a-zA-Z]{11,16}' } as const;
const subnetId = { type: 'string', pattern: 'subnet-[0-9a-fA-F]{8,17}' } as const;
const hsmType = { type: 'string', max: 32, pattern: '((p|)hsm[0-9][a-z.]*\\.[a-zA-Z]+)' } as const;
const mode = { type: 'string', enum: ['FIPS', 'NON_FIPS'] } as const;
const certificate = { type: 'string', max: 20000, pattern: '[a-zA-Z0-9+-/=\\s]*' } as const;
const nextToken = { type: 'string', max: 256, pattern: '.*' } as const;
const filters = { type: 'map', max: 30, value: { type: 'list', member: text } } as const;
const tagText = '^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$';

const tags = {
  type: 'list',
  min: 1,
  max: 50,
  member: structure(
    {
      Key: { type: 'string', min: 1, max: 128, pattern: tagText },
      Value: { type: 'string', min: 0, max: 256, pattern: tagText },
    },
    'Key',
    'Value',
  ),
} as const;

const hsm = structure(
  {
    AvailabilityZone: zone,
    ClusterId: clusterId,
    SubnetId: subnetId,
    EniId: { type: 'string', pattern: 'eni-[0-9a-fA-F]{8,17}' },
    EniIp: { type: 'string', pattern: '\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}' },
    EniIpV6: { type: 'string', max: 100 },
    HsmId: { type: 'string', pattern: 'hsm-[2-7a-zA-Z]{11,16}' },
    HsmType: hsmType,
    State: { type: 'string', enum: ['CREATE_IN_PROGRESS', 'ACTIVE', 'DEGRADED', 'DELETE_IN_PROGRESS', 'DELETED'] },
    StateMessage: text,
  },
  'HsmId',
);

const cluster = structure({
  BackupPolicy: { type: 'string', enum: ['DEFAULT'] },
  BackupRetentionPolicy: structure({
    Type: { type: 'string', enum: ['DAYS'] },
    Value: { type: 'string', min: 1, max: 3, pattern: '[0-9]+' },
  }),
  ClusterId: clusterId,
  CreateTimestamp: timestamp,
  Hsms: { type: 'list', member: hsm },
  HsmType: hsmType,
  HsmTypeRollbackExpiration: timestamp,
  PreCoPassword: { type: 'string', min: 7, max: 32 },
  SecurityGroup: { type: 'string', pattern: 'sg-[0-9a-fA-F]{8,17}' },
  SourceBackupId: backupId,
  State: { type: 'string', enum: clusterStates },
  StateMessage: { type: 'string', max: 300, pattern: '.*' },
  SubnetMapping: { type: 'map', value: subnetId },
  VpcId: { type: 'string', pattern: 'vpc-[0-9a-fA-F]' },
  NetworkType: { type: 'string', enum: ['IPV4', 'DUALSTACK'] },
  Certificates: structure({
    ClusterCsr: certificate,
    HsmCertificate: certificate,
    AwsHardwareCertificate: certificate,
    ManufacturerHardwareCertificate: certificate,
    ClusterCertificate: certificate,
  }),
  TagList: tags,
  Mode: mode,
});

const backup = structure(
  {
    BackupId: backupId,
    BackupArn: {
      type: 'string',
      pattern:
        '^(arn:aws(-(us-gov))?:cloudhsm:([a-z]{2}(-(gov|isob|iso))?-(east|west|north|south|central){1,2}-[0-9]{1}):[0-9]{12}:backup/)?backup-[2-7a-zA-Z]{11,16}',
    },
    BackupState: { type: 'string', enum: ['CREATE_IN_PROGRESS', 'READY', 'DELETED', 'PENDING_DELETION'] },
    ClusterId: clusterId,
    CreateTimestamp: timestamp,
    CopyTimestamp: timestamp,
    NeverExpires: flag,
    SourceRegion: region,
    SourceBackup: backupId,
    SourceCluster: clusterId,
    DeleteTimestamp: timestamp,
    TagList: tags,
    HsmType: hsmType,
    Mode: mode,
  },
  'BackupId',
);

export const cloudHsmInputs = {
  DescribeClusters: structure({
    Filters: filters,
    NextToken: nextToken,
    MaxResults: { type: 'integer', min: 1, max: 25 },
  }),
  DescribeBackups: structure({
    NextToken: nextToken,
    MaxResults: { type: 'integer', min: 1, max: 50 },
    Filters: filters,
    Shared: flag,
    SortAscending: flag,
  }),
} as const satisfies Record<string, StructureShape>;

export const cloudHsmOutputs = {
  DescribeClusters: structure({ Clusters: { type: 'list', member: cluster }, NextToken: nextToken }),
  DescribeBackups: structure({ Backups: { type: 'list', member: backup }, NextToken: nextToken }),
} as const satisfies Record<keyof typeof cloudHsmInputs, StructureShape>;
