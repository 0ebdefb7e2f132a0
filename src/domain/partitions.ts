/**
 * The partitions of AWS: which Regions they have, and how their ARNs, endpoints and service principals are named. Source: the
 * partitions of the AWS SDK; for principals, the IAM user guide.
 */

export interface Partition {
  readonly id: string;
  /** What the names of its Regions look like. */
  readonly regions: RegExp;
  /** What the host names of its services end with. */
  readonly hostSuffixes: readonly string[];
  /** What the names of its service principals end with; null: none of the documentation that cks rests on says it. */
  readonly principalSuffix: string | null;
}

const commercial: Partition = {
  id: 'aws',
  regions: /^(us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d+$/,
  hostSuffixes: ['amazonaws.com', 'api.aws'],
  principalSuffix: 'amazonaws.com',
};

export const partitions: readonly Partition[] = [
  commercial,
  {
    id: 'aws-cn',
    regions: /^cn-[a-z]+-\d+$/,
    hostSuffixes: ['amazonaws.com.cn', 'api.amazonwebservices.com.cn'],
    principalSuffix: 'amazonaws.com',
  },
  {
    id: 'aws-us-gov',
    regions: /^us-gov-[a-z]+-\d+$/,
    hostSuffixes: ['amazonaws.com', 'api.aws'],
    principalSuffix: 'amazonaws.com',
  },
  {
    id: 'aws-eusc',
    regions: /^eusc-[a-z]+-[a-z]+-\d+$/,
    hostSuffixes: ['amazonaws.eu', 'api.amazonwebservices.eu'],
    principalSuffix: null,
  },
  {
    id: 'aws-iso',
    regions: /^us-iso-[a-z]+-\d+$/,
    hostSuffixes: ['c2s.ic.gov', 'api.aws.ic.gov'],
    principalSuffix: null,
  },
  {
    id: 'aws-iso-b',
    regions: /^us-isob-[a-z]+-\d+$/,
    hostSuffixes: ['sc2s.sgov.gov', 'api.aws.scloud'],
    principalSuffix: null,
  },
  {
    id: 'aws-iso-e',
    regions: /^eu-isoe-[a-z]+-\d+$/,
    hostSuffixes: ['cloud.adc-e.uk', 'api.cloud-aws.adc-e.uk'],
    principalSuffix: null,
  },
  {
    id: 'aws-iso-f',
    regions: /^us-isof-[a-z]+-\d+$/,
    hostSuffixes: ['csp.hci.ic.gov', 'api.aws.hci.ic.gov'],
    principalSuffix: null,
  },
];

/** A Region that no row knows is taken for one of the partition `aws`, as the SDK takes it. */
export function findPartition(region: string): Partition {
  return partitions.find(({ regions }) => regions.test(region)) ?? commercial;
}

/** Of an ARN; undefined: it is no ARN, or its partition is not known. */
export function findPartitionOf(arn: string): Partition | undefined {
  const [prefix, id] = arn.split(':');
  return prefix === 'arn' ? partitions.find((one) => one.id === id) : undefined;
}

/** Such as `scheduler.amazonaws.com`; null where it is not documented. */
export function namePrincipal(service: string, { principalSuffix }: Partition): string | null {
  return principalSuffix === null ? null : `${service}.${principalSuffix}`;
}
