/**
 * One table for all that machines share, in items of three attributes: `id` (the key), `body` (JSON) and `version`, which
 * every writer names: the second writer reads again and decides again. `expiresAt` is for DynamoDB's time to live.
 */
import type { ScanCommandInput } from '@aws-sdk/client-dynamodb';
import type { Failure } from '../../domain/failure.ts';
import { turnPages } from '../../domain/pages.ts';
import type { Check } from '../../domain/shape.ts';
import type { Answer } from '../../ports/answer.ts';
import type { Clock } from '../../ports/clock.ts';
import { readDate } from '../service-date.ts';
import type { AskDynamoDb } from './client.ts';

export interface Item {
  /** 0: the item does not exist, or its version was removed. */
  readonly version: number;
  readonly isThere: boolean;
  /** Any JSON; undefined if the body is not JSON. */
  readonly body: unknown;
  /** When it was so, by DynamoDB's clock in whole seconds: those of machines may be minutes off. */
  readonly atMs: number;
}

export interface Table {
  /** Its name or ARN. */
  readonly name: string;
  read(id: string): Promise<Answer<Item>>;
  /** False: another writer has written since `version`. `expiresAtMs`: DynamoDB may remove it from then on. */
  write(id: string, version: number, body: object, expiresAtMs?: number): Promise<Answer<boolean>>;
  /** All items whose id begins so. It reads the whole table, which is small. */
  list(prefix: string): Promise<Answer<readonly ListedItem[]>>;
}

export interface ListedItem extends Pick<Item, 'body' | 'atMs'> {
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
        const version = Number(Item?.version?.N ?? 0);
        return { version, isThere: Item !== undefined, body: parse(Item?.body?.S), atMs: dateOf($metadata) };
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
              ? {
                  ConditionExpression: 'attribute_not_exists(version) OR NOT attribute_type(version, :number)',
                  ExpressionAttributeValues: { ':number': { S: 'N' } },
                }
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

/** An item whose body was checked. */
export interface CheckedItem<B> extends Item {
  /** Null: the item does not exist. */
  readonly body: B | null;
}

/** Reads an item. An item that fails the check is a failure: its meaning is unknown, and it is not absent. */
export async function readItem<B>(table: Table, id: string, check: Check<B>): Promise<Answer<CheckedItem<B>>> {
  const item = await table.read(id);
  if (!item.ok) return item;
  const { isThere, body } = item.value;
  if (!isThere) return { ok: true, value: { ...item.value, body: null } };
  return check(body) ? { ok: true, value: { ...item.value, body } } : { ok: false, failure: explainItem(id) };
}

/** The items whose id begins so: those that pass the check, and the ids of the others. */
export async function listItems<B>(
  table: Table,
  prefix: string,
  check: Check<B>,
): Promise<
  Answer<{ readonly items: readonly (ListedItem & { readonly body: B })[]; readonly unreadable: readonly string[] }>
> {
  const listed = await table.list(prefix);
  if (!listed.ok) return listed;
  const items: (ListedItem & { readonly body: B })[] = [];
  const unreadable: string[] = [];
  for (const { body, ...item } of listed.value) {
    if (check(body)) items.push({ ...item, body });
    else unreadable.push(item.id);
  }
  return { ok: true, value: { items, unreadable } };
}

/** Why an item that failed its check cannot be used. */
export function explainItem(id: string): Failure {
  return { code: 'UNREADABLE_ITEM', message: `this version of cks cannot read its item ${id}`, class: 'refused' };
}

/** `expiresAtMs`: DynamoDB may remove the item from then on. */
export interface ChangeOptions<B> {
  readonly expiresAtMs?: number;
  /** What an item counts as that fails the check. Absent: the change fails, and the item stays as it is. */
  readonly unreadableAs?: B;
}

/** Puts what `decide` makes of the item; called again if another writer was faster, so it must only decide. */
export async function change<B extends object, R>(
  table: Table,
  id: string,
  check: Check<B>,
  decide: (body: B | null, atMs: number) => Decision<B, R>,
  { expiresAtMs, unreadableAs }: ChangeOptions<B> = {},
): Promise<Answer<R>> {
  for (let tries = 0; tries < triesAtMost; tries += 1) {
    const item = await table.read(id);
    if (!item.ok) return item;
    const { isThere, body, atMs } = item.value;
    const known = check(body) ? body : unreadableAs;
    if (isThere && known === undefined) return { ok: false, failure: explainItem(id) };
    const kept = isThere && known !== undefined ? known : null;
    const { put, result } = decide(kept, atMs);
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
  if (code === 'UNREADABLE_ITEM')
    return 'another version of cks wrote it, or someone edited it. Use that version or correct the item; delete it only if no run acts on the store';
  if (code === 'ValidationException') return 'its partition key must be a string named id, without a sort key';
  if (failureClass === 'denied') return `allow what cks iam-policy --lock-table ${name} prints`;
  return failureClass === 'credentials' ? 'log in to AWS again' : 'try again when DynamoDB answers';
}

function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
