/** What a run needs beside KMS, as far as its options and its surroundings tell. */
import type { Support } from '../../checks/self-dependency.ts';
import { type Change, changedNames, secretReference } from '../../domain/change.ts';
import type { UpdateRequest } from '../../domain/plan.ts';
import type { RunOptions } from '../options.ts';
import type { Connection } from './connection.ts';
import { listNotificationSecrets, listNotificationTargets } from './notify.ts';

/**
 * `execution`: the ARN of the durable execution that carries the run. `environment`: that of the process; Lambda tells there
 * what the function is called, and where it logs.
 */
export function listSupports(
  { change, previous }: Pick<UpdateRequest, 'change' | 'previous'>,
  { notify }: Pick<RunOptions, 'notify'>,
  { encryption, lockTable }: Pick<Connection, 'encryption' | 'lockTable'>,
  execution?: string,
  environment: NodeJS.ProcessEnv = process.env,
): readonly Support[] {
  const references = [...listSecrets(change), ...listSecrets(previous), ...listNotificationSecrets(notify)];
  const secretIds = new Set(references.flatMap((one) => /^secretsmanager:([^#]+)/.exec(one)?.[1] ?? []));
  const { topics, buses } = listNotificationTargets(notify);
  const { AWS_LAMBDA_FUNCTION_NAME: functionName, AWS_LAMBDA_LOG_GROUP_NAME: logGroup } = environment;
  return [
    ...[...secretIds].map(
      (id): Support => ({
        name: `the secret ${id}`,
        right: 'secretsmanager:DescribeSecret',
        remedy: 'give it another key with aws secretsmanager update-secret --kms-key-id',
        run: (signal) => encryption.findSecret(id, signal),
      }),
    ),
    ...(lockTable === null ? [] : [ofTable(lockTable.name, encryption)]),
    ...[...new Set(topics)].map((topic) => ofTopic(topic, encryption)),
    ...[...new Set(buses)].map((bus) => ofBus(bus, encryption)),
    ...(functionName ? [ofFunction(functionName, encryption)] : []),
    ...(execution ? [ofExecution(execution, encryption)] : []),
    ...(functionName && logGroup ? [ofLogGroup(logGroup, encryption)] : []),
  ];
}

type Encryption = Connection['encryption'];

const ofTable = (name: string, encryption: Encryption): Support => ({
  name: `the lock table ${name}`,
  right: 'dynamodb:DescribeTable',
  remedy: 'give it another key with aws dynamodb update-table --sse-specification',
  run: (signal) => encryption.findTable(name, signal),
});

const ofTopic = (arn: string, encryption: Encryption): Support => ({
  name: `the topic ${arn}`,
  right: 'sns:GetTopicAttributes',
  remedy: 'give it another key with aws sns set-topic-attributes --attribute-name KmsMasterKeyId',
  run: (signal) => encryption.findTopic(arn, signal),
});

const ofBus = (bus: string, encryption: Encryption): Support => ({
  name: `the event bus ${bus}`,
  right: 'events:DescribeEventBus',
  remedy: 'give it another key with aws events update-event-bus --kms-key-identifier',
  run: (signal) => encryption.findBus(bus, signal),
});

const ofFunction = (name: string, encryption: Encryption): Support => ({
  name: `the environment of the function ${name}`,
  right: 'lambda:GetFunctionConfiguration',
  remedy: 'give it another key with aws lambda update-function-configuration --kms-key-arn',
  run: (signal) => encryption.findFunction(name, signal),
});

const ofExecution = (arn: string, encryption: Encryption): Support => ({
  name: 'the data of the durable execution',
  right: 'lambda:GetDurableExecution, lambda:GetFunctionConfiguration',
  remedy:
    'give the function another key with aws lambda update-function-configuration --durable-config KMSKeyArn=ARN, and start another execution: one keeps the key that it started with',
  run: (signal) => encryption.findExecution(arn, signal),
});

const ofLogGroup = (name: string, encryption: Encryption): Support => ({
  name: `the log group ${name}`,
  right: 'logs:DescribeLogGroups',
  remedy: 'give it another key with aws logs associate-kms-key',
  run: (signal) => encryption.findLogGroup(name, signal),
});

function listSecrets(change: Change): readonly string[] {
  return changedNames(change).flatMap((name) => secretReference(change, name) ?? []);
}
