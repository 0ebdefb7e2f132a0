/**
 * How much outage a run adds to what KMS itself takes: about five minutes to disconnect, five to connect, 150 ms a call.
 * Everything is read off the simulator's own record of calls, in virtual time, ours and the plain polls alike.
 */
import type { Kms } from '../../src/ports/kms.ts';
import { createRandom } from '../support/random.ts';
import { addExternal } from '../support/stores.ts';
import { createWorld, minuteMs, type World } from '../support/world.ts';
import { percentile, type Row } from './table.ts';

/** Half of a call: on its way to KMS, or back. */
const halfCallMs = 75;
/** The way of the answer back, Update, and Connect on its way there: what nobody can do without. */
const floorMs = 4 * halfCallMs;

/** What changes stores, all at once, through one port. */
type Operator = (world: World, kms: Kms, stores: readonly string[], random: () => number) => Promise<unknown>;

interface Measured {
  /** Between KMS having disconnected the store and its having taken our Connect. Before and after, KMS is at work. */
  readonly addedMs: readonly number[];
  /** Between the store being CONNECTED and somebody knowing it. */
  readonly lateMs: readonly number[];
  /** The most Describes that reached KMS within a second. */
  readonly describesASecond: number;
}

async function measure(operate: Operator, seed: number, count: number): Promise<Measured> {
  const random = createRandom(seed);
  const took = { connect: [] as number[], disconnect: [] as number[] };
  // Done at any instant within two minutes, so that no poll is lucky in its phase.
  const draw = (transition: keyof typeof took) => () => {
    const ms = Math.round((4 + random() * 2) * minuteMs);
    took[transition].push(ms);
    return ms;
  };
  const world = createWorld({
    seed,
    durations: {
      connect: { EXTERNAL_KEY_STORE: draw('connect') },
      disconnect: { EXTERNAL_KEY_STORE: draw('disconnect') },
    },
  });
  const stores = Array.from({ length: count }, (_, nth) =>
    addExternal(world, { CustomKeyStoreName: `xks-${nth}`, XksProxyUriPath: `/${nth}/kms/xks/v1` }),
  );
  await world.clock.drive(operate(world, world.connect(), stores, random));

  const { calls } = world.simulator;
  const looksAtMs = calls.filter(({ operation }) => operation === 'DescribeCustomKeyStores').map(({ atMs }) => atMs);
  const endsAtMs = (operation: string, tookMs: readonly number[]) =>
    new Map(
      calls
        .filter((call) => call.operation === operation)
        .map(({ input, atMs }, nth) => [readStore(input), { atMs, endsAtMs: atMs + (tookMs[nth] ?? Number.NaN) }]),
    );
  const disconnects = endsAtMs('DisconnectCustomKeyStore', took.disconnect);
  const connects = endsAtMs('ConnectCustomKeyStore', took.connect);
  return {
    addedMs: stores.map((store) => (connects.get(store)?.atMs ?? Number.NaN) - (disconnects.get(store)?.endsAtMs ?? 0)),
    lateMs: stores.map((store) => {
      const connectedAtMs = connects.get(store)?.endsAtMs ?? Number.NaN;
      return (looksAtMs.find((atMs) => atMs >= connectedAtMs) ?? Number.NaN) + halfCallMs - connectedAtMs;
    }),
    describesASecond: mostInASecond(looksAtMs),
  };
}

function readStore(input: unknown): string | undefined {
  return (input as { CustomKeyStoreId?: string }).CustomKeyStoreId;
}

function mostInASecond(instantsMs: readonly number[]): number {
  const within = (fromMs: number) => instantsMs.filter((atMs) => atMs >= fromMs && atMs < fromMs + 1_000).length;
  return Math.max(...instantsMs.map(within));
}

async function measureMany(operate: Operator, times: number, count = 1): Promise<Measured> {
  const all: Measured[] = [];
  for (let seed = 1; seed <= times; seed += 1) all.push(await measure(operate, seed, count));
  return {
    addedMs: all.flatMap(({ addedMs }) => addedMs),
    lateMs: all.flatMap(({ lateMs }) => lateMs),
    describesASecond: Math.max(...all.map(({ describesASecond }) => describesASecond)),
  };
}

const newEndpoint = (nth: number) => `https://new-${nth}.xks.example.com`;

const ours: Operator = async (world, kms, stores, random) => {
  const results = await Promise.all(
    stores.map((store, nth) =>
      world.start({
        store,
        change: { XksProxyUriEndpoint: newEndpoint(nth) },
        policy: { accept: ['outage', 'unverified-keys'] },
        kms,
        random,
      }),
    ),
  );
  const other = results.find(({ outcome }) => outcome !== 'updated');
  if (other) throw new Error(`a run ended ${other.outcome}`);
};

/** The four calls as a script makes them, with a pause after each look. */
const poll =
  (pauseMs: (looks: number, random: () => number) => number): Operator =>
  (world, kms, stores, random) => {
    const waitFor = async (store: string, state: string): Promise<void> => {
      for (let looks = 1; ; looks += 1) {
        const reply = await kms.describe(store);
        if (reply.ok && reply.value.connectionState === state) return;
        await world.clock.sleep(pauseMs(looks, random));
      }
    };
    const operate = async (store: string, nth: number): Promise<void> => {
      await kms.disconnect(store);
      await waitFor(store, 'DISCONNECTED');
      await kms.update(store, { XksProxyUriEndpoint: newEndpoint(nth) });
      await kms.connect(store);
      await waitFor(store, 'CONNECTED');
    };
    return Promise.all(stores.map(operate));
  };

/** @smithy/core's waiter with its usual 2 s to 120 s: uniform between the least and what doubles, then the most. */
function pauseAsWaiterMs(attempt: number, random: () => number): number {
  const [leastMs, mostMs] = [2_000, 120_000];
  if (attempt > Math.log2(mostMs / leastMs) + 1) return mostMs;
  return leastMs + random() * (leastMs * 2 ** (attempt - 1) - leastMs);
}

export async function measureOutage(isShort: boolean): Promise<readonly Row[]> {
  const runs = isShort ? 20 : 1_000;
  const one = await measureMany(ours, runs);
  const ten = await measureMany(ours, runs / 20, 10);
  const others = [
    {
      what: 'a poll every 10 s',
      measured: await measureMany(
        poll(() => 10_000),
        runs,
      ),
    },
    {
      what: 'a poll every 30 s',
      measured: await measureMany(
        poll(() => 30_000),
        runs,
      ),
    },
    { what: "the SDK waiter's formula", measured: await measureMany(poll(pauseAsWaiterMs), runs) },
  ];
  const seconds = (values: readonly number[], share: number) => percentile(values, share) / 1_000;
  const beside = (of: 'addedMs' | 'lateMs', share: number) =>
    others.map(({ what, measured }) => ({ what, value: seconds(measured[of], share) }));
  return [
    {
      what: 'outage added, median',
      value: seconds(one.addedMs, 0.5),
      unit: 's',
      limit: { atMost: 1 },
      peers: [{ what: 'the floor of two calls', value: floorMs / 1_000 }, ...beside('addedMs', 0.5)],
    },
    {
      what: `outage added, worst of ${runs}`,
      value: seconds(one.addedMs, 1),
      unit: 's',
      limit: { atMost: 2 },
      peers: beside('addedMs', 1),
    },
    {
      what: 'outage added, ten stores at once, median',
      value: seconds(ten.addedMs, 0.5),
      unit: 's',
      limit: { atMost: 1 },
    },
    {
      what: 'outage added, ten stores at once, worst',
      value: seconds(ten.addedMs, 1),
      unit: 's',
      limit: { atMost: 2 },
    },
    {
      what: 'CONNECTED known after, median',
      value: seconds(one.lateMs, 0.5),
      unit: 's',
      limit: { atMost: 2.5 },
      peers: beside('lateMs', 0.5),
    },
    { what: 'Describes in a second, one store', value: one.describesASecond, unit: '', limit: { atMost: 1 } },
    { what: 'Describes in a second, ten stores', value: ten.describesASecond, unit: '', limit: { atMost: 1 } },
  ];
}
