/** The partition of a Region, for ARNs. Source: the AWS General Reference, "Amazon Resource Names", and the SDK's partitions. */

const partitions: readonly (readonly [beginning: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['eusc-', 'aws-eusc'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-isof-', 'aws-iso-f'],
];

function partitionOf(region: string): string {
  return partitions.find(([beginning]) => region.startsWith(beginning))?.[1] ?? 'aws';
}

/** `rest`: what follows the partition, such as `kms:us-east-1:111122223333:key/1`. */
export function makeArn(region: string, rest: string): string {
  return `arn:${partitionOf(region)}:${rest}`;
}
