import { describe, expect, it } from 'vitest';
import { createObservations } from '../../../src/aws/dynamodb/observations.ts';
import { useTable } from '../../support/lock-tables.ts';

const serve = useTable();
const place = { account: '111122223333', region: 'us-east-1' };
const clock = { now: () => 1_000 };
const turnId = 'looks#111122223333.us-east-1';
const seenId = 'stores#111122223333.us-east-1';
const claimed = (observe: number, series = 5) => ({ observe, atMs: 5, series });
const join = (where = place) => createObservations(serve().open(), where, clock);

describe('looks that machines share', () => {
  it('are claimed by one of them, and counted', async () => {
    const none = { observe: 0, atMs: 0, series: 0 };
    expect(await join().findClaimed()).toEqual(none);
    const claims = await Promise.all([join().claim(none, 5), join().claim(none, 5)]);
    const first = { observe: 1, atMs: 5, series: 5 };
    expect(claims).toHaveLength(2);
    expect(claims).toEqual(expect.arrayContaining([null, first]));
    expect(await join().findClaimed()).toEqual(first);
    expect(await join().claim(first, 9)).toEqual({ observe: 2, atMs: 9, series: 5 });
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
    await join().publish(claimed(1), [entry]);
    expect(await join().read()).toEqual({ observe: 1, series: 5, entries: [entry] });
  });

  it('tell the others that a look has failed', async () => {
    await join().publish(claimed(1), []);
    await join().giveUp(claimed(2));
    expect(await join().read()).toEqual({ observe: 2, series: 5, entries: null, hasFailed: true });
    await join().publish(claimed(3), []);
    expect(await join().read()).toEqual({ observe: 3, series: 5, entries: [] });
  });

  it('never show an earlier look in the place of a later one', async () => {
    await join().publish(claimed(2), [{ CustomKeyStoreName: 'later' }]);
    await join().publish(claimed(1), [{ CustomKeyStoreName: 'earlier' }]);
    expect(await join().read()).toEqual({ observe: 2, series: 5, entries: [{ CustomKeyStoreName: 'later' }] });
  });

  it('begin a new series where somebody has deleted the item that counts, or its version', async () => {
    const lose = [() => serve().remove(turnId), () => serve().strip(turnId, 'version')];
    for (const [nth, loseCount] of lose.entries()) {
      const last = await join().findClaimed();
      await join().publish(claimed(5_000, nth), [{ CustomKeyStoreName: 'old' }]);
      if (last) await join().claim(last, 5);
      await loseCount();
      const now = await join().findClaimed();
      expect(now).toEqual({ observe: 0, atMs: 0, series: 0 });
      const next = now && (await join().claim(now, 700 + nth));
      expect(next).toEqual({ observe: 1, atMs: 700 + nth, series: 700 + nth });
      if (next) await join().publish(next, [{ CustomKeyStoreName: 'new' }]);
      expect(await join().read()).toEqual({ observe: 1, series: 700 + nth, entries: [{ CustomKeyStoreName: 'new' }] });
    }
  });

  it.each([
    {},
    { observe: '7', series: 5, entries: [] },
    { observe: 7, series: 5, entries: [null] },
    { observe: 7, series: 5, entries: {} },
  ])('are nobody’s where their item holds %j, until the next is published', async (body) => {
    await serve().put(seenId, body);
    expect(await join().read()).toBeUndefined();
    await join().publish(claimed(2), []);
    expect(await join().read()).toEqual({ observe: 2, series: 5, entries: [] });
  });

  it('are not shared where an item cannot hold them', async () => {
    const entry = { CustomKeyStoreName: 'ü'.repeat(200) };
    const fitting = Array.from({ length: 900 }, () => entry);
    await join().publish(claimed(1), fitting);
    expect((await join().read())?.entries).toHaveLength(900);
    await join().publish(claimed(2), [...fitting, ...fitting.slice(0, 50)]);
    expect(await join().read()).toEqual({ observe: 2, series: 5, entries: null });
  });

  it('are nobody’s where the table does not answer', async () => {
    serve().fail('denied');
    expect([await join().findClaimed(), await join().claim(claimed(0), 1), await join().read()]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    await join().publish(claimed(1), []);
  });
});
