/** What Secrets Manager, DynamoDB, CloudWatch Logs, Lambda, SNS and EventBridge say of their keys. */
import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import type { EventBridge } from '@aws-sdk/client-eventbridge';
import type { Lambda } from '@aws-sdk/client-lambda';
import type { SecretsManager } from '@aws-sdk/client-secrets-manager';
import type { SNS } from '@aws-sdk/client-sns';
import type { Encryption } from '../../ports/encryption.ts';
import type { Ask } from '../service-client.ts';

export interface AskedAboutEncryption {
  readonly askAboutSecret: (secretId: string) => Ask<SecretsManager>;
  readonly askAboutTable: (table: string) => Ask<DynamoDB>;
  readonly askLogs: Ask<CloudWatchLogs>;
  readonly askLambda: Ask<Lambda>;
  readonly askTopic: (topicArn: string) => Ask<SNS>;
  readonly askBus: (bus: string) => Ask<EventBridge>;
}

export function createEncryption(asked: AskedAboutEncryption): Encryption {
  const { askAboutSecret, askAboutTable, askLogs, askLambda, askTopic, askBus } = asked;
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

    // An execution keeps the key that it started with, so the function is asked only where the execution does not tell.
    async findExecution(arn, signal) {
      const pinned = await askLambda(async (client, options) => {
        const request = { DurableExecutionArn: arn, IncludeExecutionData: false };
        return (await client.getDurableExecution(request, options)).DurableConfig;
      }, signal);
      if (pinned.ok && pinned.value) return { ...pinned, value: { arn, key: pinned.value.KMSKeyArn || null } };
      const [FunctionName] = arn.split('/');
      return askLambda(async (client, options) => {
        const { DurableConfig } = await client.getFunctionConfiguration({ FunctionName }, options);
        return { arn, key: DurableConfig?.KMSKeyArn || null };
      }, signal);
    },

    findTopic: (TopicArn, signal) =>
      askTopic(TopicArn)(async (client, options) => {
        const { Attributes } = await client.getTopicAttributes({ TopicArn }, options);
        return { arn: TopicArn, key: Attributes?.KmsMasterKeyId || null };
      }, signal),

    findBus: (Name, signal) =>
      askBus(Name)(async (client, options) => {
        const { Arn, KmsKeyIdentifier } = await client.describeEventBus({ Name }, options);
        return { arn: Arn ?? Name, key: KmsKeyIdentifier || null };
      }, signal),
  };
}
