/**
 * One table for all that machines share, in items of three attributes: `id` (the key), `body` (JSON) and `version`, which
 * every writer names: whoever comes second reads again and decides again. `expiresAt` is for DynamoDB's time to live.
 */
import type { ScanCommandInput } from '@aws-sdk/client-dynamodb';
import type { Failure } from '../domain/failure.ts';
import { turnPages } from '../domain/pages.ts';
import type { Answer } from '../ports/answer.ts';
import type { Clock } from '../ports/clock.ts';
import { type AskDynamoDb, readDate } from './client.ts';

export interface Item {
  /** 0: it is not there. */
  readonly version: number;
  readonly body: unknown;
  /** When it was so, by DynamoDB's clock in whole seconds: those of machines may be minutes off. */
  readonly atMs: number;
}

export interface Table {
  /** Its name or ARN. */
  readonly name: string;
  read(id: string): Promise<Answer<Item>>;
  /** False: somebody else has written since `version`. `expiresAtMs`: DynamoDB may remove it from then on. */
  write(id: string, version: number, body: object, expiresAtMs?: number): Promise<Answer<boolean>>;
  /** All items whose id begins so. It reads the whole table, which is small. */
  list(prefix: string): Promise<Answer<readonly ListedItem[]>>;
}

export interface ListedItem extends Omit<Item, 'version'> {
  readonly id: string;
}

/** `clock`: goes for that of DynamoDB where an answer has no date. */
export function createTable(ask: AskDynamoDb, name: string, clock: Pick<Clock, 'now'>): Table {
  const dateOf = (metadata: object) => readDate(metadata) ?? clock.now();

  return {
    name,
    read: (id) =>
      ask(async (client, options) => {
        const request = { TableName: name, Key: { id: { S: id } }, ConsistentRead: true };
        const { Item, $metadata } = await client.getItem(request, options);
        return { version: Number(Item?.version?.N ?? 0), body: parse(Item?.body?.S), atMs: dateOf($metadata) };
      }),

    list: (prefix) =>
      ask(async (client, options) => {
        const items: ListedItem[] = [];
        await turnPages<ScanCommandInput['ExclusiveStartKey']>(async (next) => {
          const request = {
            TableName: name,
            FilterExpression: 'begins_with(id, :prefix)',
            ExpressionAttributeValues: { ':prefix': { S: prefix } },
            ...(next ? { ExclusiveStartKey: next } : {}),
          };
          const { Items = [], LastEvaluatedKey, $metadata } = await client.scan(request, options);
          const atMs = dateOf($metadata);
          items.push(...Items.map(({ id, body }) => ({ id: id?.S ?? '', body: parse(body?.S), atMs })));
          return LastEvaluatedKey;
        });
        return items;
      }),

    async write(id, version, body, expiresAtMs) {
      const answer = await ask((client, options) =>
        client.putItem(
          {
            TableName: name,
            Item: {
              id: { S: id },
              version: { N: String(version + 1) },
              body: { S: JSON.stringify(body) },
              ...(expiresAtMs === undefined ? {} : { expiresAt: { N: String(Math.ceil(expiresAtMs / 1_000)) } }),
            },
            ...(version === 0
              ? { ConditionExpression: 'attribute_not_exists(id)' }
              : {
                  ConditionExpression: 'version = :version',
                  ExpressionAttributeValues: { ':version': { N: String(version) } },
                }),
          },
          options,
        ),
      );
      if (answer.ok) return { ok: true, value: true };
      return answer.failure.code === 'ConditionalCheckFailedException' ? { ok: true, value: false } : answer;
    },
  };
}

/** `put` absent: the item stays as it is. */
export interface Decision<B, R> {
  readonly put?: B;
  readonly result: R;
}

const triesAtMost = 20;

/** Puts what `decide` makes of the item; asked again where somebody else was faster, so it must only decide. */
export async function change<B extends object, R>(
  table: Table,
  id: string,
  decide: (body: B | null, atMs: number) => Decision<B, R>,
  expiresAtMs?: number,
): Promise<Answer<R>> {
  for (let tries = 0; tries < triesAtMost; tries += 1) {
    const item = await table.read(id);
    if (!item.ok) return item;
    const { put, result } = decide(item.value.body as B | null, item.value.atMs);
    if (put === undefined) return { ok: true, value: result };
    const written = await table.write(id, item.value.version, put, expiresAtMs);
    if (!written.ok) return written;
    if (written.value) return { ok: true, value: result };
  }
  return { ok: false, failure: { code: 'CONTENDED', message: 'others write it all the time', class: 'throttled' } };
}

/** What stands in the way, in words that name what to do. */
export function explainTable(name: string, { code, message, class: failureClass }: Failure): string {
  return `the lock table ${name} cannot be used (${message}): ${findRemedy(name, code, failureClass)}`;
}

function findRemedy(name: string, code: string, failureClass: Failure['class']): string {
  if (code === 'ResourceNotFoundException') return 'create it, or name the one that is there';
  if (code === 'PACKAGE_MISSING') return 'install the package';
  if (code === 'ValidationException') return 'its partition key must be a string named id, without a sort key';
  if (failureClass === 'denied') return `allow what cks iam-policy --lock-table ${name} prints`;
  return failureClass === 'credentials' ? 'log in to AWS again' : 'try again when DynamoDB answers';
}

function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? null : JSON.parse(text);
  } catch {
    // Somebody has edited it by hand: as good as none.
    return null;
  }
}
