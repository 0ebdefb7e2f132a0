/**
 * AWS services that use keys on behalf of others: by what grants, policies and CloudTrail show them, and what AWS documents of an
 * unusable key. The KMS developer guide (unusable-kms-keys) counts a key of a disconnected store as one.
 */

export interface Consequence {
  /** Of AWS's page, in our words. */
  readonly text: string;
  readonly source: string;
}

export interface Service {
  readonly name: string;
  /** Its principal is `PREFIX.amazonaws.com`, or has a Region in between. */
  readonly prefixes: readonly string[];
  /** Keys of its encryption contexts begin with one of these. */
  readonly contexts: readonly string[];
  /** Absent: none of the pages that cks rests on says what happens. */
  readonly consequence?: Consequence;
}

const docs = 'https://docs.aws.amazon.com';

export const services: readonly Service[] = [
  {
    name: 'Amazon EBS',
    prefixes: ['ebs', 'ec2'],
    contexts: ['aws:ebs:'],
    consequence: {
      text: 'Attached volumes keep working. A volume that is detached cannot be attached again while its key is unusable.',
      source: `${docs}/kms/latest/developerguide/unusable-kms-keys.html`,
    },
  },
  {
    name: 'Amazon RDS',
    prefixes: ['rds'],
    contexts: ['aws:rds:'],
    consequence: {
      text: 'A DB instance that loses access to its key enters the state inaccessible-encryption-credentials-recoverable. Within seven days, it recovers if you start it while the key is usable.',
      source: `${docs}/AmazonRDS/latest/UserGuide/Overview.Encryption.html`,
    },
  },
  {
    name: 'Amazon DynamoDB',
    prefixes: ['dynamodb'],
    contexts: ['aws:dynamodb:'],
    consequence: {
      text: 'DynamoDB refreshes a cached table key every 5 minutes. If it cannot access the key, the table becomes inaccessible, and after seven days it is archived.',
      source: `${docs}/amazondynamodb/latest/developerguide/encryption.howitworks.html`,
    },
  },
  {
    name: 'Amazon Redshift',
    prefixes: ['redshift'],
    contexts: ['aws:redshift:'],
    consequence: {
      text: 'A running cluster has its key in memory. A cluster that reboots asks KMS to decrypt it again.',
      source: `${docs}/redshift/latest/mgmt/working-with-db-encryption.html`,
    },
  },
  {
    name: 'Amazon S3',
    prefixes: ['s3'],
    contexts: ['aws:s3:'],
    consequence: {
      text: 'Without an S3 Bucket Key, S3 asks KMS for each request for an object, so each one fails. With one, S3 uses a bucket-level key for a limited time.',
      source: `${docs}/AmazonS3/latest/userguide/bucket-key.html`,
    },
  },
  {
    name: 'Amazon SQS',
    prefixes: ['sqs'],
    contexts: ['aws:sqs:'],
    consequence: {
      text: 'SQS reuses a data key for 1 minute to 24 hours, by default 5 minutes. Then the next SendMessage or ReceiveMessage asks KMS.',
      source: `${docs}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html`,
    },
  },
  {
    name: 'AWS Secrets Manager',
    prefixes: ['secretsmanager'],
    contexts: ['SecretARN'],
    consequence: {
      text: 'GetSecretValue asks KMS to decrypt the secret value, so it fails.',
      source: `${docs}/secretsmanager/latest/userguide/security-encryption.html`,
    },
  },
  {
    name: 'Amazon EFS',
    prefixes: ['elasticfilesystem'],
    contexts: ['aws:elasticfilesystem:'],
    consequence: {
      text: 'A mounted file system whose key is disabled stops working after a period of time.',
      source: `${docs}/efs/latest/ug/managing-encrypt.html`,
    },
  },
  {
    name: 'Amazon OpenSearch Service',
    prefixes: ['es', 'opensearchservice'],
    contexts: ['aws:es:'],
    consequence: {
      text: 'A domain whose key is disabled becomes inaccessible until the key is usable again.',
      source: `${docs}/opensearch-service/latest/developerguide/encryption-at-rest.html`,
    },
  },
];

const principalForm = /^([a-z0-9-]+)\.(?:[a-z]{2}(?:-[a-z]+)+-\d+\.)?amazonaws\.com(?:\.cn)?$/;

/** The name of the service that a principal is of; undefined: it is of none. One without a row keeps its prefix as its name. */
export function nameServiceOf(principal: string): string | undefined {
  const prefix = principalForm.exec(principal)?.[1];
  if (prefix === undefined) return undefined;
  return services.find(({ prefixes }) => prefixes.includes(prefix))?.name ?? prefix;
}

/** The name of the service that an encryption context is of, by the pairs that it documents. */
export function nameServiceIn(context: Readonly<Record<string, string>>): string | undefined {
  const names = Object.keys(context);
  return services.find(({ contexts }) => contexts.some((begin) => names.some((name) => name.startsWith(begin))))?.name;
}

/** What is documented of a service; undefined: nothing that cks rests on. */
export function findConsequence(service: string): Consequence | undefined {
  return services.find(({ name }) => name === service)?.consequence;
}
