import { describe, expect, it } from 'vitest';
import { createObservations } from '../../src/dynamodb/observations.ts';
import { useTable } from '../support/lock-tables.ts';

const serve = useTable();
const place = { account: '111122223333', region: 'us-east-1' };
const clock = { now: () => 1_000 };
const join = (where = place) => createObservations(serve().open(), where, clock);

describe('looks that machines share', () => {
  it('are claimed by one of them, and counted', async () => {
    const none = { look: 0, atMs: 0 };
    expect(await join().findClaimed()).toEqual(none);
    const claims = await Promise.all([join().claim(none, 5), join().claim(none, 5)]);
    expect(claims.sort()).toEqual([false, true]);
    expect(await join().findClaimed()).toEqual({ look: 1, atMs: 5 });
    expect(await join({ ...place, region: 'eu-central-1' }).findClaimed()).toEqual(none);
  });

  it('show entries as KMS spells them, dates too', async () => {
    const entry = {
      CustomKeyStoreId: 'cks-1234567890abcdef0',
      ConnectionState: 'CONNECTED',
      CreationDate: new Date('2026-01-02T03:04:05.678Z'),
      XksProxyConfiguration: { AccessKeyId: 'AKIDEXAMPLE', UriPath: '/kms/xks/v1' },
    };
    expect(await join().read()).toBeNull();
    await join().publish(1, [entry]);
    expect(await join().read()).toEqual({ look: 1, entries: [entry] });
  });

  it('never show an earlier look in the place of a later one', async () => {
    await join().publish(2, [{ CustomKeyStoreName: 'later' }]);
    await join().publish(1, [{ CustomKeyStoreName: 'earlier' }]);
    expect(await join().read()).toEqual({ look: 2, entries: [{ CustomKeyStoreName: 'later' }] });
  });

  it('are not shared where an item cannot hold them', async () => {
    const entry = { CustomKeyStoreName: 'ü'.repeat(200) };
    const fitting = Array.from({ length: 900 }, () => entry);
    await join().publish(1, fitting);
    expect((await join().read())?.entries).toHaveLength(900);
    await join().publish(2, [...fitting, ...fitting.slice(0, 50)]);
    expect(await join().read()).toEqual({ look: 2, entries: null });
  });

  it('are nobody’s where the table does not answer', async () => {
    serve().fail('denied');
    expect([await join().findClaimed(), await join().claim({ look: 0, atMs: 0 }, 1), await join().read()]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    await join().publish(1, []);
  });
});
