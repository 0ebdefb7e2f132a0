/** How much outage a run adds to what KMS itself takes: five minutes to disconnect, five to connect, 150 ms a call. */
import { addExternal } from '../support/stores.ts';
import { createWorld, minuteMs } from '../support/world.ts';
import { createRandom } from './random.ts';
import { percentile, type Row } from './table.ts';

const runs = 1_000;
/** Update and Connect: what nobody can do without. */
const floorMs = 2 * 150;

interface Measured {
  readonly addedMs: readonly number[];
  /** The most Describes that fell into one second. */
  readonly describesASecond: number;
}

/** Moves stores to other endpoints at once, in one process. */
async function measure(seed: number, stores: number): Promise<Measured> {
  const random = createRandom(seed);
  const disconnectsTookMs: number[] = [];
  // Done at any instant within ten seconds around five minutes, so that no look is lucky twice.
  const aroundFiveMinutes = () => 5 * minuteMs - 5_000 + random() * 10_000;
  const disconnect = () => {
    const tookMs = aroundFiveMinutes();
    disconnectsTookMs.push(tookMs);
    return tookMs;
  };
  const world = createWorld({
    seed,
    durations: { connect: { EXTERNAL_KEY_STORE: aroundFiveMinutes }, disconnect: { EXTERNAL_KEY_STORE: disconnect } },
  });
  const kms = world.connect();
  const orders = Array.from({ length: stores }, (_, nth) => ({
    store: addExternal(world, { CustomKeyStoreName: `xks-${nth}`, XksProxyUriPath: `/${nth}/kms/xks/v1` }),
    change: { XksProxyUriEndpoint: `https://new-${nth}.xks.example.com` },
    policy: { accept: ['outage', 'unproven-keys'] as const },
    kms,
    random,
  }));
  await world.clock.drive(Promise.all(orders.map((order) => world.start(order))));

  const calls = world.simulator.calls.map((call) => ({ ...call, store: readStore(call.input) }));
  const disconnects = calls.filter(({ operation }) => operation === 'DisconnectCustomKeyStore');
  const addedMs = disconnects.map(({ store, atMs }, nth) => {
    const connect = calls.find((call) => call.operation === 'ConnectCustomKeyStore' && call.store === store);
    return (connect?.atMs ?? Number.NaN) - atMs - (disconnectsTookMs[nth] ?? Number.NaN);
  });
  return { addedMs, describesASecond: countASecond(calls) };
}

function readStore(input: unknown): string | undefined {
  return (input as { CustomKeyStoreId?: string }).CustomKeyStoreId;
}

function countASecond(calls: readonly { operation: string; atMs: number }[]): number {
  const at = calls.filter(({ operation }) => operation === 'DescribeCustomKeyStores').map(({ atMs }) => atMs);
  let most = 0;
  let from = 0;
  for (const [nth, instant] of at.entries()) {
    while ((at[from] ?? instant) <= instant - 1_000) from += 1;
    most = Math.max(most, nth - from + 1);
  }
  return most;
}

/** What a plain poll adds: the time from KMS being done to its next look, a Describe, and the two calls. */
function addByPolling(random: () => number, nextMs: (nth: number) => number): number {
  const doneMs = 5 * minuteMs - 5_000 + random() * 10_000;
  let lookMs = 0;
  for (let nth = 0; lookMs < doneMs; nth += 1) lookMs += nextMs(nth);
  return lookMs - doneMs + 150 + floorMs;
}

function pollMany(nextMs: (random: () => number) => (nth: number) => number): number[] {
  const random = createRandom(1);
  return Array.from({ length: runs }, () => addByPolling(random, nextMs(random)));
}

export async function measureOutage(): Promise<readonly Row[]> {
  const ours: number[] = [];
  let describesASecond = 0;
  for (let seed = 1; seed <= runs; seed += 1) {
    const measured = await measure(seed, 1);
    ours.push(...measured.addedMs);
    describesASecond = Math.max(describesASecond, measured.describesASecond);
  }
  const ten = { addedMs: [] as number[], describesASecond: 0 };
  for (let seed = 1; seed <= runs / 50; seed += 1) {
    const measured = await measure(seed, 10);
    ten.addedMs.push(...measured.addedMs);
    ten.describesASecond = Math.max(ten.describesASecond, measured.describesASecond);
  }
  const fixed10 = pollMany(() => () => 10_000);
  const fixed30 = pollMany(() => () => 30_000);
  // smithy's waiter: first look at once, then uniform(min, min*2^n) up to a flat 120 s.
  const waiter = pollMany(
    (random) => (nth) => Math.min(120_000, 2_000 + random() * (2_000 * 2 ** Math.min(nth, 10) - 2_000)),
  );
  const seconds = (values: readonly number[], share: number) => percentile(values, share) / 1_000;
  const median = seconds(ours, 0.5);
  return [
    {
      what: 'outage added, median',
      value: median,
      unit: 's',
      target: { atMost: 1 },
      against: { what: 'the floor of two calls', value: floorMs / 1_000 },
    },
    { what: 'outage added, worst of 1,000', value: seconds(ours, 1), unit: 's', target: { atMost: 2 } },
    { what: 'outage added, ten stores at once, worst', value: seconds(ten.addedMs, 1), unit: 's' },
    { what: 'Describes a second, one store', value: describesASecond, unit: '', target: { atMost: 1 } },
    { what: 'Describes a second, ten stores', value: ten.describesASecond, unit: '', target: { atMost: 1 } },
    {
      what: 'a poll every 10 s, median',
      value: seconds(fixed10, 0.5),
      unit: 's',
      against: { what: 'ours', value: median },
    },
    {
      what: 'a poll every 30 s, median',
      value: seconds(fixed30, 0.5),
      unit: 's',
      against: { what: 'ours', value: median },
    },
    {
      what: "the SDK waiter's formula, median",
      value: seconds(waiter, 0.5),
      unit: 's',
      against: { what: 'ours', value: median },
    },
  ];
}
