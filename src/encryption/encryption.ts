/** What Secrets Manager, DynamoDB, CloudWatch Logs and Lambda say of their keys. */
import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import type { Lambda } from '@aws-sdk/client-lambda';
import type { SecretsManager } from '@aws-sdk/client-secrets-manager';
import type { Ask } from '../kms/neighbour.ts';
import type { Encryption } from '../ports/encryption.ts';

export interface AskedAboutEncryption {
  readonly askAboutSecret: (secretId: string) => Ask<SecretsManager>;
  readonly askAboutTable: (table: string) => Ask<DynamoDB>;
  readonly askLogs: Ask<CloudWatchLogs>;
  readonly askLambda: Ask<Lambda>;
}

export function createEncryption(asked: AskedAboutEncryption): Encryption {
  const { askAboutSecret, askAboutTable, askLogs, askLambda } = asked;
  return {
    findSecret: (SecretId, signal) =>
      askAboutSecret(SecretId)(async (client, options) => {
        const { ARN, KmsKeyId } = await client.describeSecret({ SecretId }, options);
        return { arn: ARN ?? SecretId, key: KmsKeyId || null };
      }, signal),

    findTable: (TableName, signal) =>
      askAboutTable(TableName)(async (client, options) => {
        const { Table } = await client.describeTable({ TableName }, options);
        return { arn: Table?.TableArn ?? TableName, key: Table?.SSEDescription?.KMSMasterKeyArn ?? null };
      }, signal),

    // A prefix is all that can be asked for, and the name itself comes first among those that begin with it.
    findLogGroup: (name, signal) =>
      askLogs(async (client, options) => {
        const { logGroups = [] } = await client.describeLogGroups({ logGroupNamePrefix: name }, options);
        const group = logGroups.find(({ logGroupName }) => logGroupName === name);
        return { arn: group?.arn ?? name, key: group?.kmsKeyId ?? null };
      }, signal),

    findFunction: (FunctionName, signal) =>
      askLambda(async (client, options) => {
        const told = await client.getFunctionConfiguration({ FunctionName }, options);
        return { arn: told.FunctionArn ?? FunctionName, key: told.KMSKeyArn || null };
      }, signal),
  };
}
