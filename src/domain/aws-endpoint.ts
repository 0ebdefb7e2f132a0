/** Which endpoints of KMS are AWS's own. Source: the KMS guide on VPC endpoints. */
import { partitions } from './partitions.ts';

const suffixes = [...new Set(partitions.flatMap(({ hostSuffixes }) => hostSuffixes))];

/** Such as `kms.us-east-1.amazonaws.com`, or a VPC endpoint of KMS: `vpce-0a1b-2c3d.kms.us-east-1.vpce.amazonaws.com`. */
const ownHost = new RegExp(
  `^(vpce-[\\w-]+\\.)?kms(-fips)?\\.[a-z]+(-[a-z]+)+-\\d+\\.(vpce\\.)?(${suffixes.map((one) => one.replaceAll('.', '\\.')).join('|')})$`,
);

export function isAwsKmsEndpoint(endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { protocol, hostname, port } = new URL(endpoint);
  return protocol === 'https:' && port === '' && ownHost.test(hostname);
}
