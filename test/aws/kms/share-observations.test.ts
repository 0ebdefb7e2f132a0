/** Many processes that look at the stores of one account and Region: each `join` is one of them. */
import { expect, it } from 'vitest';
import { createPace } from '../../../src/aws/kms/pace.ts';
import { shareObservations } from '../../../src/aws/kms/share-observations.ts';
import { createSharedDescribe } from '../../../src/aws/kms/shared-describe.ts';
import type { Entry, Observations, Observed } from '../../../src/ports/observations.ts';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.ts';

const tableMs = 10;
const kmsMs = 150;
const ids = Array.from({ length: 10 }, (_, nth) => `cks-0000000000000000${nth}`);

interface Trouble {
  /** From then on the table answers nothing. */
  readonly tableFailsFromMs?: number;
  readonly isTooLarge?: boolean;
  /** The nth look of all never comes back. */
  readonly lost?: number;
  /** Whoever claims a look is told that somebody else has it. */
  readonly losesClaims?: boolean;
  /** When somebody deletes the item that counts the looks. */
  readonly countLostAtMs?: number;
  /** Whether the credentials of the nth process have expired. */
  readonly hasExpired?: (nth: number) => boolean;
  /** How far the clock of the nth process is ahead. */
  readonly aheadMs?: (nth: number) => number;
}

function createOrganisation({
  tableFailsFromMs = Number.POSITIVE_INFINITY,
  isTooLarge,
  lost,
  losesClaims,
  countLostAtMs,
  hasExpired,
  aheadMs,
}: Trouble = {}) {
  const clock = createVirtualClock();
  const startedAtMs = clock.now();
  const sentAtMs: number[] = [];
  const none = { observe: 0, atMs: 0, series: 0 };
  let claimed = none;
  let isCountLost = false;
  let observed: Observed | null = null;

  async function ask<T>(answer: () => T): Promise<T | undefined> {
    await clock.sleep(tableMs);
    if (!isCountLost && countLostAtMs !== undefined && clock.now() - startedAtMs >= countLostAtMs) {
      isCountLost = true;
      claimed = none;
    }
    return clock.now() - startedAtMs < tableFailsFromMs ? answer() : undefined;
  }
  const observations: Observations = {
    findClaimed: () => ask(() => claimed),
    claim: ({ observe, series }, atMs) =>
      ask(() => {
        if (claimed.observe !== observe || losesClaims) return null;
        claimed = { observe: observe + 1, atMs, series: observe === 0 ? atMs : series };
        return claimed;
      }),
    read: () => ask(() => observed),
    async publish({ observe, series }, entries) {
      await ask(() => {
        observed = { observe, series, entries: isTooLarge ? null : entries };
      });
    },
    async giveUp({ observe, series }) {
      await ask(() => {
        observed = { observe, series, entries: null, hasFailed: true };
      });
    },
  };
  const send = async (): Promise<readonly Entry[]> => {
    sentAtMs.push(clock.now());
    if (sentAtMs.length === lost) await new Promise(() => undefined);
    const seenAtMs = clock.now();
    await clock.sleep(kmsMs);
    return ids.map((CustomKeyStoreId) => ({ CustomKeyStoreId, seenAtMs }));
  };
  const sendExpired = async () => {
    await clock.sleep(kmsMs);
    throw Object.assign(new Error('The security token included in the request is expired'), {
      name: 'ExpiredTokenException',
    });
  };
  const join = (nth: number) => {
    const own = { ...clock, now: () => clock.now() + (aheadMs?.(nth) ?? 0) };
    return createSharedDescribe(
      shareObservations(hasExpired?.(nth) ? sendExpired : send, async () => observations, own),
      createPace(own),
      own,
    );
  };
  return { clock, sentAtMs, join, startedAtMs };
}

/** Looks for ten seconds as a run does that waits for DISCONNECTED; gives how old each answer was and how long it took. */
async function lookOften(
  clock: VirtualClock,
  describe: ReturnType<typeof createSharedDescribe>,
  id: string,
): Promise<{ readonly tookMs: number; readonly isYoung: boolean }[]> {
  const looks: { readonly tookMs: number; readonly isYoung: boolean }[] = [];
  const untilMs = clock.now() + 10_000;
  while (clock.now() < untilMs) {
    const askedAtMs = clock.now();
    const { seenAtMs } = await describe.find(id);
    looks.push({ tookMs: clock.now() - askedAtMs, isYoung: Number(seenAtMs) >= askedAtMs });
    await clock.sleep(750);
  }
  return looks;
}

async function lookTogether(trouble?: Trouble) {
  const { clock, sentAtMs, join, startedAtMs } = createOrganisation(trouble);
  const looks = ids.map((id, nth) => lookOften(clock, join(nth), id));
  const all = (await clock.drive(Promise.all(looks))).flat();
  return { all, sent: sentAtMs.filter((atMs) => atMs < startedAtMs + 10_000).length };
}

it('ten processes send one Describe a second, and each sees what is younger than its question', async () => {
  const { all, sent } = await lookTogether();
  expect(sent).toBeGreaterThan(5);
  expect(sent).toBeLessThanOrEqual(10);
  expect(all.filter(({ isYoung }) => !isYoung)).toEqual([]);
  expect(all.filter(({ tookMs }) => tookMs > 2_000)).toEqual([]);
});

it('clocks that differ by minutes make no answer older, and no look later than a second more', async () => {
  const { all } = await lookTogether({ aheadMs: (nth) => nth * 60_000 });
  expect(all.filter(({ isYoung }) => !isYoung)).toEqual([]);
  expect(all.filter(({ tookMs }) => tookMs > 3_000)).toEqual([]);
});

it('a process that dies with its turn holds up the others for seconds', async () => {
  const { clock, join } = createOrganisation({ lost: 1 });
  const [first = '', second = ''] = ids;
  void join(0).find(first);
  const observed = clock.drive(
    (async () => {
      await clock.sleep(100);
      const askedAtMs = clock.now();
      await join(1).find(second);
      return clock.now() - askedAtMs;
    })(),
  );
  expect(await observed).toBeLessThan(5_000);
});

it('a deleted count makes no answer older, and no look later than seconds', async () => {
  const { all, sent } = await lookTogether({ countLostAtMs: 5_000 });
  expect(sent).toBeLessThanOrEqual(11);
  expect(all.filter(({ isYoung }) => !isYoung)).toEqual([]);
  expect(all.filter(({ tookMs }) => tookMs > 6_000)).toEqual([]);
});

it('a claim that is always lost leaves each to look for itself after seconds', async () => {
  const { all } = await lookTogether({ losesClaims: true });
  expect(all.filter(({ isYoung }) => !isYoung)).toEqual([]);
  expect(all.filter(({ tookMs }) => tookMs > 10_000)).toEqual([]);
});

it('four processes with expired credentials do not slow a fifth', async () => {
  const { clock, join } = createOrganisation({ hasExpired: (nth) => nth < 4 });
  let isOver = false;
  const failOften = async (nth: number) => {
    const describe = join(nth);
    while (!isOver) {
      await expect(describe.find(ids[nth] ?? '')).rejects.toThrow('expired');
      await clock.sleep(750);
    }
  };
  const others = [0, 1, 2, 3].map(failOften);
  await clock.drive(clock.sleep(100));
  const observed = await clock.drive(lookOften(clock, join(4), ids[4] ?? ''));
  isOver = true;
  await clock.drive(Promise.all(others));
  expect(observed.filter(({ isYoung }) => !isYoung)).toEqual([]);
  expect(observed.length).toBeGreaterThanOrEqual(7);
});

it.each<[string, Trouble]>([
  ['a table that does not answer', { tableFailsFromMs: 0 }],
  ['a table that stops to answer', { tableFailsFromMs: 5_000 }],
  ['stores that are too many to share', { isTooLarge: true }],
])('%s leaves each to look for itself', async (_, trouble) => {
  const { all } = await lookTogether(trouble);
  expect(all.filter(({ isYoung }) => !isYoung)).toEqual([]);
  expect(all.filter(({ tookMs }) => tookMs > 3_000)).toEqual([]);
});

it('asks for one store alone where nothing is shared, as without a table', async () => {
  const filters: object[] = [];
  const send = async (filter: object) => {
    filters.push(filter);
    return ids.map((CustomKeyStoreId) => ({ CustomKeyStoreId }));
  };
  const clock = createVirtualClock();
  const describe = createSharedDescribe(
    shareObservations(send, async () => null, clock),
    createPace(clock),
    clock,
  );
  await clock.drive(describe.find(ids[0] ?? ''));
  expect(filters).toEqual([{ CustomKeyStoreId: ids[0] }]);
});
