import { describe, expect, it } from 'vitest';
import { change, createTable, explainTable, readItem } from '../../../src/aws/dynamodb/table.ts';
import { isNumber, isShaped } from '../../../src/domain/shape.ts';
import { type TableServer, type Trouble, useTable } from '../../support/lock-tables.ts';
import { unlimited } from '../../support/services-in-process.ts';

const serve = useTable();
const isSum = isShaped<{ n: number }>({ n: isNumber });

describe('an item of the lock table', () => {
  it('is written by one of two who have read the same', async () => {
    const table = serve().open();
    expect(await table.read('it')).toMatchObject({ ok: true, value: { version: 0, isThere: false } });
    const first = [await table.write('it', 0, { n: 1 }), await table.write('it', 0, { n: 2 })];
    const second = [await table.write('it', 1, { n: 3 }), await table.write('it', 1, { n: 4 })];
    expect([...first, ...second].map((answer) => answer.ok && answer.value)).toEqual([true, false, true, false]);
    expect(await table.read('it')).toMatchObject({ ok: true, value: { version: 2, body: { n: 3 } } });
  });

  it('loses nothing of what many machines add at once', async () => {
    const add = () =>
      change(serve().open(), 'sum', isSum, (body) => ({ put: { n: (body?.n ?? 0) + 1 }, result: null }));
    const added = await Promise.all(Array.from({ length: 8 }, add));
    expect(added.every(({ ok }) => ok)).toBe(true);
    expect(await serve().open().read('sum')).toMatchObject({ value: { body: { n: 8 } } });
  });

  it('tells DynamoDB in seconds when it may be removed', async () => {
    await serve().open().write('it', 0, {}, 1_500);
    expect(await serve().scan()).toEqual([expect.objectContaining({ expiresAt: { N: '2' } })]);
  });

  it.each([
    ['torn', (table: TableServer) => table.spoil('it')],
    ['of another form', (table: TableServer) => table.put('it', { n: '1' })],
    ['empty', (table: TableServer) => table.put('it', [])],
    ['without a body', (table: TableServer) => table.strip('it', 'body')],
  ])('is never read as absent where it is %s', async (_, edit) => {
    const table = serve().open();
    await table.write('it', 0, { n: 1 });
    await edit(serve());
    const read = await readItem(table, 'it', isSum);
    expect(read.ok ? '' : explainTable(table.name, read.failure)).toBe(
      'the lock table cks-locks cannot be used (this version of cks cannot read its item it): another version of cks wrote it, or someone edited it. Use that version or correct the item; delete it only if no run acts on the store',
    );
    const decide = () => ({ put: { n: 5 }, result: null });
    expect(await change(table, 'it', isSum, decide)).toMatchObject({ failure: { code: 'UNREADABLE_ITEM' } });
    expect(await change(table, 'it', isSum, decide, { unreadableAs: { n: 0 } })).toMatchObject({ ok: true });
    expect(await readItem(table, 'it', isSum)).toMatchObject({ value: { body: { n: 5 } } });
  });

  it('is written anew by one of two where somebody has removed its version', async () => {
    const table = serve().open();
    await table.write('it', 0, { n: 1 });
    await serve().strip('it', 'version');
    expect(await readItem(table, 'it', isSum)).toMatchObject({ value: { version: 0, body: { n: 1 } } });
    const written = [await table.write('it', 0, { n: 2 }), await table.write('it', 0, { n: 3 })];
    expect(written).toMatchObject([{ value: true }, { value: false }]);
    expect(await table.read('it')).toMatchObject({ value: { version: 1, body: { n: 2 } } });
  });

  it('tells when it was so by the clock of DynamoDB, in whole seconds', async () => {
    serve().describeTime(() => 5_999);
    expect(await serve().open().read('it')).toMatchObject({ value: { atMs: 5_000 } });
  });
});

describe('a table that cannot be used', () => {
  it.each<[Trouble, string]>([
    [
      'denied',
      'the lock table cks-locks cannot be used (so it is): allow what cks iam-policy --lock-table cks-locks prints',
    ],
    ['throttled', 'the lock table cks-locks cannot be used (so it is): try again when DynamoDB answers'],
    ['unreachable', 'the lock table cks-locks cannot be used (socket hang up): try again when DynamoDB answers'],
    ['mute', 'the lock table cks-locks cannot be used (no answer within 4 s): try again when DynamoDB answers'],
  ])('says what to do where it is %s', async (trouble, words) => {
    serve().fail(trouble);
    const answer = await serve().open().read('it');
    expect(answer.ok ? '' : explainTable('cks-locks', answer.failure)).toBe(words);
  });

  it('says what to do where there is none', async () => {
    const answer = await serve().open('cks-others').write('it', 0, {});
    expect(answer.ok ? '' : explainTable('cks-others', answer.failure)).toBe(
      'the lock table cks-others cannot be used (Requested resource not found): create it, or name the one that is there',
    );
  });

  it('says what to do where its key is another', async () => {
    await serve().create('cks-keyed', 'name');
    const answer = await serve().open('cks-keyed').read('it');
    expect(answer.ok ? '' : explainTable('cks-keyed', answer.failure)).toMatch(
      /: its partition key must be a string named id, without a sort key$/,
    );
  });
});

describe('a scan without an end', () => {
  it('fails when the same key comes again', async () => {
    let calls = 0;
    const client = {
      async scan() {
        calls += 1;
        return { Items: [], LastEvaluatedKey: { id: { S: 'again' } }, $metadata: {} };
      },
    };
    const table = createTable(
      async (question) => {
        const error = await question(client as never, unlimited).catch((thrown: Error) => thrown);
        return { ok: false, failure: { code: (error as Error).name, message: '', class: 'refused' } };
      },
      'cks-locks',
      { now: () => 0 },
    );

    expect(await table.list('lock#')).toMatchObject({ failure: { code: 'ENDLESS_PAGES' } });
    expect(calls).toBe(2);
  });
});
