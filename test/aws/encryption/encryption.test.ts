/** Six services over HTTP, as the adapter asks them. */
import { text } from 'node:stream/consumers';
import { beforeEach, expect, it } from 'vitest';
import { createAskDynamoDb } from '../../../src/aws/dynamodb/client.ts';
import { createAskLambda, createAskLogs } from '../../../src/aws/encryption/clients.ts';
import { createEncryption } from '../../../src/aws/encryption/encryption.ts';
import { createClient } from '../../../src/aws/kms/client.ts';
import { createAskAbout } from '../../../src/aws/secrets-manager/client.ts';
import type { Encryption } from '../../../src/ports/encryption.ts';
import { createAskBus, createAskTopic } from '../../../src/progress/notifications/clients.ts';
import { serveInTest } from '../../support/servers.ts';

const key = 'arn:aws:kms:eu-central-1:111122223333:key/1234';
const arn = (rest: string) => `arn:aws:${rest}`;
const never = new AbortController().signal;

let encryption: Encryption;
let replies: { status?: number; body: object | string }[];
let asked: { target: string; body: string }[];

beforeEach(async () => {
  replies = [];
  asked = [];
  const endpoint = await serveInTest(async (request, response) => {
    const body = await text(request);
    asked.push({ target: String(request.headers['x-amz-target'] ?? request.url), body });
    const { status = 200, body: reply } = replies.shift() ?? { body: {} };
    response
      .writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': 'r' })
      .end(typeof reply === 'string' ? reply : JSON.stringify(reply));
  });
  const client = createClient({ region: 'eu-central-1', endpoint });
  const neighbourhood = { current: () => client, endpoint };
  encryption = createEncryption({
    askAboutSecret: createAskAbout(neighbourhood),
    askAboutTable: () => createAskDynamoDb(neighbourhood),
    askLogs: createAskLogs(neighbourhood),
    askLambda: createAskLambda(neighbourhood),
    askTopic: createAskTopic(neighbourhood),
    askBus: createAskBus(neighbourhood),
  });
});

const secretArn = arn('secretsmanager:eu-central-1:111122223333:secret:xks-AbCdEf');
const tableArn = arn('dynamodb:eu-central-1:111122223333:table/locks');
const groupArn = arn('logs:eu-central-1:111122223333:log-group:/aws/lambda/cks:*');
const topicArn = arn('sns:eu-central-1:111122223333:ops');
const busArn = arn('events:eu-central-1:111122223333:event-bus/ops');
const executionArn = arn('lambda:eu-central-1:111122223333:function:cks:7/durable-execution/name/id');
const functionArn = arn('lambda:eu-central-1:111122223333:function:cks');

const things = [
  ['a secret', 'findSecret', 'xks', { ARN: secretArn, KmsKeyId: key }, { ARN: secretArn }, secretArn],
  [
    'a table',
    'findTable',
    'locks',
    { Table: { TableArn: tableArn, SSEDescription: { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: key } } },
    { Table: { TableArn: tableArn } },
    tableArn,
  ],
  [
    'a log group, among those whose names begin so',
    'findLogGroup',
    '/aws/lambda/cks',
    {
      logGroups: [
        { logGroupName: '/aws/lambda/cks', arn: groupArn, kmsKeyId: key },
        { logGroupName: '/aws/lambda/cks2', arn: 'other' },
      ],
    },
    { logGroups: [{ logGroupName: '/aws/lambda/cks', arn: groupArn }] },
    groupArn,
  ],
  [
    'a function',
    'findFunction',
    'cks',
    { FunctionArn: functionArn, KMSKeyArn: key },
    { FunctionArn: functionArn },
    functionArn,
  ],
  [
    'a durable execution',
    'findExecution',
    executionArn,
    { DurableConfig: { KMSKeyArn: key, ExecutionTimeout: 60 } },
    { DurableConfig: { ExecutionTimeout: 60 } },
    executionArn,
  ],
  ['an event bus', 'findBus', 'ops', { Arn: busArn, KmsKeyIdentifier: key }, { Arn: busArn }, busArn],
] as const;

it.each(things)('tells the key of %s, or that it is one of AWS', async (_, find, name, own, ofAws, itself) => {
  replies.push({ body: own }, { body: ofAws });

  expect(await encryption[find](name, never)).toEqual({ ok: true, value: { arn: itself, key } });
  expect(await encryption[find](name, never)).toEqual({ ok: true, value: { arn: itself, key: null } });
  expect(asked.map(({ target }) => target)).toMatchSnapshot();
});

it.each(things)('says why it could not look at %s', async (_, find, name) => {
  const denied = { status: 400, body: { __type: 'AccessDeniedException', message: 'not for you' } };
  // An execution that may not be read leaves the function to ask.
  replies.push(denied, denied);

  expect(await encryption[find](name, never)).toMatchObject({ ok: false, failure: { class: 'denied' } });
});

it('asks the function for the key of an execution that does not tell it', async () => {
  const denied = { status: 403, body: { __type: 'AccessDeniedException', message: 'not for you' } };
  const told = { body: { FunctionArn: functionArn, DurableConfig: { KMSKeyArn: key } } };
  replies.push(denied, told, { body: {} }, told);

  expect(await encryption.findExecution(executionArn, never)).toMatchObject({ ok: true, value: { key } });
  expect(await encryption.findExecution(executionArn, never)).toMatchObject({ ok: true, value: { key } });
  expect(asked.map(({ target }) => target.replace(/.*\d\d-\d\d\//, ''))).toMatchInlineSnapshot(`
    [
      "durable-executions/arn%3Aaws%3Alambda%3Aeu-central-1%3A111122223333%3Afunction%3Acks%3A7%2Fdurable-execution%2Fname%2Fid?IncludeExecutionData=false",
      "functions/arn%3Aaws%3Alambda%3Aeu-central-1%3A111122223333%3Afunction%3Acks%3A7/configuration",
      "durable-executions/arn%3Aaws%3Alambda%3Aeu-central-1%3A111122223333%3Afunction%3Acks%3A7%2Fdurable-execution%2Fname%2Fid?IncludeExecutionData=false",
      "functions/arn%3Aaws%3Alambda%3Aeu-central-1%3A111122223333%3Afunction%3Acks%3A7/configuration",
    ]
  `);
});

/** The protocol of SNS is XML. */
it('tells the key of a topic, or that it has none, or why it could not look', async () => {
  const emit = (entries: string) =>
    `<GetTopicAttributesResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><GetTopicAttributesResult><Attributes>${entries}</Attributes></GetTopicAttributesResult></GetTopicAttributesResponse>`;
  replies.push(
    { body: emit(`<entry><key>KmsMasterKeyId</key><value>${key}</value></entry>`) },
    { body: emit(`<entry><key>TopicArn</key><value>${topicArn}</value></entry>`) },
    { status: 403, body: '<ErrorResponse><Error><Code>AuthorizationError</Code></Error></ErrorResponse>' },
  );
  expect(await encryption.findTopic(topicArn, never)).toEqual({ ok: true, value: { arn: topicArn, key } });
  expect(await encryption.findTopic(topicArn, never)).toEqual({ ok: true, value: { arn: topicArn, key: null } });
  expect(await encryption.findTopic(topicArn, never)).toMatchObject({ ok: false });
  expect(asked[0]?.body).toContain('Action=GetTopicAttributes');
});
