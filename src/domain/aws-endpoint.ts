/** Which endpoints of KMS are AWS's own. Source: the partitions of the AWS SDK, and the KMS guide on VPC endpoints. */

const suffixes = [
  'amazonaws.com',
  'api.aws',
  'amazonaws.com.cn',
  'api.amazonwebservices.com.cn',
  'amazonaws.eu',
  'api.amazonwebservices.eu',
  'c2s.ic.gov',
  'api.aws.ic.gov',
  'sc2s.sgov.gov',
  'api.aws.scloud',
  'cloud.adc-e.uk',
  'api.cloud-aws.adc-e.uk',
  'csp.hci.ic.gov',
  'api.aws.hci.ic.gov',
];

/** Such as `kms.us-east-1.amazonaws.com`, or a VPC endpoint of KMS: `vpce-0a1b-2c3d.kms.us-east-1.vpce.amazonaws.com`. */
const ownHost = new RegExp(
  `^(vpce-[\\w-]+\\.)?kms(-fips)?\\.[a-z]+(-[a-z]+)+-\\d+\\.(vpce\\.)?(${suffixes.map((one) => one.replaceAll('.', '\\.')).join('|')})$`,
);

export function isAwsKmsEndpoint(endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { protocol, hostname, port } = new URL(endpoint);
  return protocol === 'https:' && port === '' && ownHost.test(hostname);
}
