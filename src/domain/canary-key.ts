/**
 * The canary key of a store: a KMS key that no application uses. With a fence it stays enabled, and shows whether the store
 * still holds the same keys before any other key is enabled.
 */
import { findPartition } from './partitions.ts';

export const canaryKeyDescription =
  'Canary key of cks-safe-update: no application uses it. Do not encrypt data with it.';

/** What an application would need of a key. cks itself sends Encrypt and Decrypt alone. */
const usesOfApplications = ['kms:GenerateDataKey*', 'kms:ReEncrypt*', 'kms:CreateGrant'];

/**
 * The key policy, as JSON text: IAM policies of the account decide, as for any key that was created without a policy, and the
 * operations that cks does not need are denied to everyone. Source: KMS developer guide, "Default key policy".
 */
export function makeCanaryKeyPolicy({
  account,
  region,
}: {
  readonly account: string;
  readonly region: string;
}): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Id: 'canary-key-of-cks-safe-update',
    Statement: [
      {
        Sid: 'IamPoliciesOfTheAccountDecide',
        Effect: 'Allow',
        Principal: { AWS: `arn:${findPartition(region).id}:iam::${account}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
      {
        Sid: 'NoApplicationUsesThisKey',
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: usesOfApplications,
        Resource: '*',
      },
    ],
  });
}
