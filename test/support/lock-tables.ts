/** DynamoDB in memory, asked over HTTP by the adapter as it is: a table of its own for each test, and a way to make it fail. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { DynamoDB, type ScanCommandOutput } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { afterEach, beforeEach } from 'vitest';
import { createAskDynamoDb } from '../../src/aws/dynamodb/client.ts';
import { createTable, type Table } from '../../src/aws/dynamodb/table.ts';
import { createClient } from '../../src/aws/kms/client.ts';
import { listen } from './servers.ts';

export type Trouble = 'denied' | 'throttled' | 'unreachable' | 'mute';

export interface TableServer {
  readonly url: string;
  /** The adapter, as a machine has it. */
  open(name?: string): Table;
  /** Every item of the table, as DynamoDB has it. */
  scan(): Promise<NonNullable<ScanCommandOutput['Items']>>;
  /** Another table. */
  create(name: string, key: string): Promise<void>;
  /** Makes an item unreadable, as a slip of the hand does. */
  spoil(id: string): Promise<void>;
  /** Puts another body in the place of that which is there. */
  put(id: string, body: object): Promise<void>;
  /** As somebody does by hand. */
  remove(id: string): Promise<void>;
  /** Removes one attribute of an item, such as its version. */
  strip(id: string, attribute: string): Promise<void>;
  /** What its clock says from now on, whatever that of a machine says. */
  describeTime(now: () => number): void;
  /** What every request meets from now on; undefined: nothing. */
  fail(trouble: Trouble | undefined): void;
  /** Requests so far, by operation. */
  readonly requests: Readonly<Record<string, number>>;
  close(): Promise<void>;
}

export const tableName = 'cks-locks';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'dummy' };

export async function serveTable(): Promise<TableServer> {
  const database = dynalite({ createTableMs: 0 });
  const { url: inner, close: closeDatabase } = await listen(database);
  let trouble: Trouble | undefined;
  let now: () => number = Date.now;
  const requests: Record<string, number> = {};
  const underWay = new Set<Promise<void>>();

  const gate = createServer((request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    requests[operation] = (requests[operation] ?? 0) + 1;
    if (trouble === undefined) {
      const passing = pass(inner, request, response, () => new Date(now()).toUTCString());
      underWay.add(passing);
      void passing.finally(() => underWay.delete(passing));
    } else answer(trouble, request, response);
  });
  const { url, close: closeGate } = await listen(gate);
  const admin = new DynamoDB({ region: 'us-east-1', credentials, endpoint: inner });
  // As the line in the README does it.
  const create = async (name: string, key: string) => {
    await admin.createTable({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: key, AttributeType: 'S' }],
      KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
    });
    // A table that is still CREATING takes no item.
    const statusOf = async () => (await admin.describeTable({ TableName: name })).Table?.TableStatus;
    while ((await statusOf()) !== 'ACTIVE');
  };
  await create(tableName, 'id');
  const write = async (id: string, body: string) => {
    await admin.updateItem({
      TableName: tableName,
      Key: { id: { S: id } },
      UpdateExpression: 'SET body = :body ADD version :one',
      ExpressionAttributeValues: { ':body': { S: body }, ':one': { N: '1' } },
    });
  };

  return {
    url,
    requests,
    open(name = tableName) {
      const kms = createClient({ region: 'us-east-1', endpoint: url });
      return createTable(createAskDynamoDb({ current: () => kms, endpoint: url }), name, { now: Date.now });
    },
    async scan() {
      return (await admin.scan({ TableName: tableName })).Items ?? [];
    },
    create,
    put: (id, body) => write(id, JSON.stringify(body)),
    spoil: (id) => write(id, '{torn'),
    async remove(id) {
      await admin.deleteItem({ TableName: tableName, Key: { id: { S: id } } });
    },
    async strip(id, attribute) {
      await admin.updateItem({
        TableName: tableName,
        Key: { id: { S: id } },
        UpdateExpression: 'REMOVE #attribute',
        ExpressionAttributeNames: { '#attribute': attribute },
      });
    },
    describeTime(next) {
      now = next;
    },
    fail(next) {
      trouble = next;
    },
    async close() {
      // The emulator does not bear to lose its database while it answers.
      trouble = 'unreachable';
      await Promise.all(underWay);
      await closeGate();
      admin.destroy();
      await closeDatabase();
    },
  };
}

/** A server for each test of a file. */
export function useTable(): () => TableServer {
  let server: TableServer | undefined;
  beforeEach(async () => {
    server = await serveTable();
  });
  afterEach(() => server?.close());
  return () => {
    if (server === undefined) throw new Error('there is a table in a test only');
    return server;
  };
}

async function pass(
  inner: string,
  request: IncomingMessage,
  response: ServerResponse,
  describeDate: () => string,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { host: _, connection: __, ...headers } = request.headers;
  const given = await fetch(inner, {
    method: 'POST',
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !/^content-length$/.test(name))) as Record<
      string,
      string
    >,
    body: Buffer.concat(chunks),
  });
  response.writeHead(given.status, { 'content-type': 'application/x-amz-json-1.0', date: describeDate() });
  response.end(Buffer.from(await given.arrayBuffer()));
}

const errors: Readonly<Record<'denied' | 'throttled', string>> = {
  denied: 'AccessDeniedException',
  throttled: 'ThrottlingException',
};

function answer(trouble: Trouble, request: IncomingMessage, response: ServerResponse): void {
  if (trouble === 'mute') return;
  if (trouble === 'unreachable') {
    request.socket.destroy();
    return;
  }
  response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': 'request-1' });
  response.end(JSON.stringify({ __type: `com.amazon.coral.service#${errors[trouble]}`, message: 'so it is' }));
}
