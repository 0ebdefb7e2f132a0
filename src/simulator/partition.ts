/** The partition of a Region, which ARNs begin with. Source: AWS fault isolation boundaries, "Partitions"; AWS's endpoints data. */

/** What the Regions of a partition begin with; any other is one of `aws`. */
const partitions = {
  'cn-': 'aws-cn',
  'us-gov-': 'aws-us-gov',
  'eusc-': 'aws-eusc',
  'us-iso-': 'aws-iso',
  'us-isob-': 'aws-iso-b',
  'eu-isoe-': 'aws-iso-e',
  'us-isof-': 'aws-iso-f',
} as const;

export function partitionOf(region: string): string {
  return Object.entries(partitions).find(([beginning]) => region.startsWith(beginning))?.[1] ?? 'aws';
}

/** `resource`: such as `key/ID`. */
export function writeArn(
  service: string,
  { region, accountId }: { readonly region: string; readonly accountId: string },
  resource: string,
): string {
  return `arn:${partitionOf(region)}:${service}:${region}:${accountId}:${resource}`;
}

/** A principal of IAM or STS: they have no Region. `resource`: such as `root` or `user/NAME`. */
export function writePrincipal(region: string, accountId: string, resource: string, service = 'iam'): string {
  return `arn:${partitionOf(region)}:${service}::${accountId}:${resource}`;
}
