/** Amazon Resource Names (AWS General Reference, "Amazon Resource Names"): `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  /** Empty if the resource has no Region, such as a role. */
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

/** Undefined if the text is not an ARN. */
export function readArn(text: string): Arn | undefined {
  const [, partition, service, region, account, resource] =
    /^arn:([^:]+):([^:]+):([^:]*):([^:]*):(.+)$/s.exec(text) ?? [];
  if (partition === undefined || service === undefined || resource === undefined) return undefined;
  return { partition, service, region: region ?? '', account: account ?? '', resource };
}

export function writeArn({ partition, service, region, account, resource }: Arn): string {
  return `arn:${partition}:${service}:${region}:${account}:${resource}`;
}

/** The id of a KMS key, of its ARN: `arn:aws:kms:us-east-1:111122223333:key/1234abcd-...`. */
export function keyIdOf(keyArn: string): string {
  return keyArn.slice(keyArn.lastIndexOf('/') + 1);
}
