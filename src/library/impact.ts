/** The verb that says who will notice an outage of a store. It only reads, and uses no key. */

import { toIso } from '../domain/duration.ts';
import type { Failure, Reason } from '../domain/failure.ts';
import { explainFailure } from '../domain/failure.ts';
import {
  type CallSample,
  composeImpact,
  type FoundKey,
  type Impact,
  othersIn,
  ownerOf,
} from '../domain/impact/impact.ts';
import { findOutsiders } from '../domain/impact/key-policy.ts';
import type { KeyStore } from '../domain/key-store.ts';
import { explainUnreadable } from '../domain/reasons.ts';
import type { Where } from '../domain/where.ts';
import { systemClock } from '../hosts/system-clock.ts';
import type { Clock } from '../ports/clock.ts';
import type { StoreKey } from '../ports/keys.ts';
import {
  type Connection,
  type ConnectionOptions,
  connect,
  connectionOptions,
  logRequests,
} from './wiring/connection.ts';
import { abortSignal, requireOptions, text } from './wiring/expected.ts';

export interface ImpactOptions extends ConnectionOptions {
  /** Id or name of the custom key store. */
  readonly customKeyStoreId: string;
  /**
   * Abort it to end early.
   *
   * @default none
   * @example AbortSignal.timeout(60_000)
   */
  readonly signal?: AbortSignal;
}

/** What could not be found out, for how many keys, and why. */
export interface ImpactGap {
  readonly what: 'keys' | 'aliases' | 'lastUse' | 'rate' | 'sample' | 'grants' | 'policies';
  /** Absent: it concerns all keys of the store. */
  readonly keys?: number;
  readonly why: string;
}

export interface ImpactResult extends Where, Impact {
  /** Null where the store could not be described. */
  readonly store: KeyStore | null;
  /** When cks looked, in ISO 8601. */
  readonly at: string;
  /** The interval of the rates and of the samples: ISO 8601. */
  readonly interval: { readonly from: string; readonly until: string };
  /** Keys of the account that could not be described: they may be in the store too. */
  readonly hiddenKeys: number;
  readonly gaps: readonly ImpactGap[];
  /** Why the store or its keys could not be looked at. */
  readonly reason?: Reason;
}

const minuteMs = 60_000;
const intervalMs = 60 * minuteMs;

/** How long KMS is asked about last uses, and CloudTrail about calls: both allow few requests a second. */
const limitMs = 30_000;

/**
 * Says how often the keys of a store are used, by whom, and what AWS documents of an unusable key, as `cks impact` does. A right
 * that is missing leaves a gap. It only reads, and uses no key.
 *
 * @throws {InvalidInputError} if an argument is wrong.
 * @example
 * const { users, requestsPerMinute, gaps } = await findImpact({ customKeyStoreId: 'payments-xks' });
 */
export async function findImpact(options: ImpactOptions): Promise<ImpactResult> {
  requireOptions(options, { ...connectionOptions, customKeyStoreId: text, signal: abortSignal });
  const connection = await connect(options);
  return logRequests(
    connection,
    () => options.logger,
    async () => lookAt(connection, options),
  );
}

async function lookAt(
  connection: Connection,
  { customKeyStoreId, signal = new AbortController().signal }: ImpactOptions,
): Promise<ImpactResult> {
  const { kms, keys, place, endpoint = null } = connection;
  const where: Where = { region: place.region, account: await connection.findAccount(), endpoint };
  const nowMs = systemClock.now();
  // CloudWatch counts whole minutes.
  const interval = { fromMs: Math.floor(nowMs / minuteMs) * minuteMs - intervalMs, untilMs: nowMs };
  const base = {
    ...where,
    store: null,
    at: toIso(nowMs),
    interval: { from: toIso(interval.fromMs), until: toIso(nowMs) },
    hiddenKeys: 0,
    gaps: [],
    ...composeImpact([]),
  } satisfies ImpactResult;
  const described = await kms.describe(customKeyStoreId, signal);
  if (!described.ok) return { ...base, reason: explainUnreadable(described.failure, customKeyStoreId, where) };
  const store = described.value;
  const listed = await keys.list(store.customKeyStoreId, signal);
  if (!listed.ok) {
    const reason = explainFailure(listed.failure, 'the keys of the store could not be listed');
    return { ...base, store, reason, gaps: [{ what: 'keys', why: explainWhy(listed.failure, 'kms:ListKeys') }] };
  }
  const { found, gaps } = await findOut(connection, listed.value.keys, interval, signal);
  return { ...base, store, hiddenKeys: listed.value.hidden, gaps, ...composeImpact(found) };
}

interface Interval {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What each source says of the keys. */
async function findOut(
  connection: Pick<Connection, 'keys' | 'metrics' | 'trail'>,
  inStore: readonly StoreKey[],
  interval: Interval,
  signal: AbortSignal,
): Promise<{ readonly found: readonly FoundKey[]; readonly gaps: readonly ImpactGap[] }> {
  if (inStore.length === 0) return { found: [], gaps: [] };
  const { keys, metrics, trail } = connection;
  const [aliases, rates, lastUses, grants, policies] = await Promise.all([
    keys.listAliases(signal),
    findRates(metrics, inStore, interval, signal),
    keys.findLastUses(
      inStore.map(({ arn }) => arn),
      { limitMs, signal },
    ),
    askEach(inStore, (arn) => keys.listGrants(arn, signal)),
    askEach(inStore, (arn) => keys.readPolicy(arn, signal)),
  ]);
  const known = inStore.map((key): FoundKey => {
    const lastUse = lastUses.uses.get(key.arn);
    const rate = rates.ok ? (rates.value.get(key.arn) ?? 0) : undefined;
    const listed = grants.values.get(key.arn);
    const policy = policies.values.get(key.arn);
    return {
      keyId: key.keyId,
      arn: key.arn,
      keyState: key.keyState,
      aliases: aliases.ok ? aliases.value.filter(({ keyId }) => keyId === key.keyId).map(({ name }) => name) : [],
      ...(lastUse ? { lastUsedAtMs: lastUse.atMs } : {}),
      ...(rate === undefined ? {} : { requestsPerMinute: rate }),
      ...(listed ? { grants: listed } : {}),
      ...(policy === undefined ? {} : { policy }),
    };
  });
  const samples = await sampleCalls(trail, known, interval.fromMs, signal, systemClock);
  const unreadable = [...policies.values].filter(
    ([arn, policy]) => findOutsiders(policy, ownerOf(arn)) === null,
  ).length;
  return {
    found: known.map((key) => ({ ...key, ...samples.ofKey(key) })),
    gaps: [
      ...(aliases.ok ? [] : [{ what: 'aliases' as const, why: explainWhy(aliases.failure, 'kms:ListAliases') }]),
      ...(rates.ok ? [] : [{ what: 'rate' as const, why: rates.why }]),
      ...gapsOf('lastUse', 'kms:GetKeyLastUsage', lastUses.failures),
      ...(lastUses.notLookedUp > 0 ? [{ what: 'lastUse' as const, keys: lastUses.notLookedUp, why: notLookedUp }] : []),
      ...samples.gaps,
      ...gapsOf('grants', 'kms:ListGrants', grants.failures),
      ...gapsOf('policies', 'kms:GetKeyPolicy', policies.failures),
      ...(unreadable > 0 ? [{ what: 'policies' as const, keys: unreadable, why: 'the policy cannot be read' }] : []),
    ],
  };
}

const notLookedUp = `not looked up: KMS and CloudTrail allow few such requests per second, and cks stops after ${limitMs / 1_000} s`;

/** Requests per minute. Without a single data point, KMS may publish no such metric here: then nothing is known. */
async function findRates(
  metrics: Connection['metrics'],
  inStore: readonly StoreKey[],
  interval: Interval,
  signal: AbortSignal,
): Promise<
  { readonly ok: true; readonly value: ReadonlyMap<string, number> } | { readonly ok: false; readonly why: string }
> {
  const arns = inStore.map(({ arn }) => arn);
  const counted = await metrics.findUses(arns, interval.fromMs, signal);
  if (!counted.ok) return { ok: false, why: explainWhy(counted.failure, 'cloudwatch:GetMetricData') };
  const minutes = (interval.untilMs - interval.fromMs) / minuteMs;
  const value = new Map([...counted.value].map(([arn, { requests }]) => [arn, requests / minutes]));
  if (value.size > 0) return { ok: true, value };
  const published = await metrics.findUses(arns, interval.untilMs - publishedWithinMs, signal);
  return published.ok && published.value.size > 0
    ? { ok: true, value }
    : {
        ok: false,
        why: 'CloudWatch has no data of these keys: they were not used for 14 days, or KMS publishes none here',
      };
}

/** CloudWatch keeps metrics by the minute for 15 days. */
const publishedWithinMs = 14 * 24 * 60 * minuteMs;

interface Each<T> {
  readonly values: ReadonlyMap<string, T>;
  readonly failures: readonly Failure[];
}

/** By the ARN of the key. */
async function askEach<T>(
  inStore: readonly StoreKey[],
  ask: (
    arn: string,
  ) => Promise<{ readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure }>,
): Promise<Each<T>> {
  const values = new Map<string, T>();
  const failures: Failure[] = [];
  await Promise.all(
    inStore.map(async ({ arn }) => {
      const answer = await ask(arn);
      if (answer.ok) values.set(arn, answer.value);
      else failures.push(answer.failure);
    }),
  );
  return { values, failures };
}

/** The keys that were used within the interval, as far as that is known, are sampled; the most used first. */
async function sampleCalls(
  trail: Connection['trail'],
  keys: readonly FoundKey[],
  sinceMs: number,
  signal: AbortSignal,
  clock: Pick<Clock, 'now'>,
) {
  const mayBeUsed = ({ requestsPerMinute, lastUsedAtMs }: FoundKey) =>
    (requestsPerMinute ?? 1) > 0 || (lastUsedAtMs !== null && (lastUsedAtMs ?? sinceMs) >= sinceMs);
  const waiting = keys
    .filter(mayBeUsed)
    .sort((one, other) => (other.requestsPerMinute ?? 0) - (one.requestsPerMinute ?? 0));
  const samples = new Map<string, CallSample>();
  const failures: Failure[] = [];
  const endsAtMs = clock.now() + limitMs;
  for (let key = waiting.shift(); key !== undefined; key = waiting.shift()) {
    const answer = await trail.sampleCalls(key.arn, { sinceMs, untilMs: endsAtMs, signal });
    if (answer.ok) samples.set(key.keyId, answer.value);
    else failures.push(answer.failure);
    // What one question meets the others would meet as well.
    if (!answer.ok || clock.now() >= endsAtMs || signal.aborted) break;
  }
  const left = waiting.length + failures.length;
  const [failure] = failures;
  const why = failure ? explainWhy(failure, 'cloudtrail:LookupEvents') : notLookedUp;
  return {
    ofKey: ({ keyId }: FoundKey): Pick<FoundKey, 'sample'> => {
      const sample = samples.get(keyId);
      return sample ? { sample } : {};
    },
    gaps: [...(left > 0 ? [{ what: 'sample' as const, keys: left, why }] : []), ...gapsIn([...samples.values()])],
  };
}

/** Only a whole sample without a user shows that no user called. */
function gapsIn(samples: readonly CallSample[]): readonly ImpactGap[] {
  const unreadable = samples.filter((sample) => sample.unreadable > 0);
  const cut = samples.filter((sample) => sample.unreadable === 0 && !sample.isWhole && othersIn(sample).length === 0);
  const events = unreadable.reduce((sum, sample) => sum + sample.unreadable, 0);
  return [
    ...(events > 0
      ? [{ what: 'sample' as const, keys: unreadable.length, why: `cks cannot read ${events} events of CloudTrail` }]
      : []),
    ...(cut.length > 0 ? [{ what: 'sample' as const, keys: cut.length, why: cutWords }] : []),
  ];
}

const cutWords = 'CloudTrail has more events than cks has read, and those that cks has read show no user';

function gapsOf(what: ImpactGap['what'], right: string, failures: readonly Failure[]): readonly ImpactGap[] {
  const reasons = failures.map((failure) => explainWhy(failure, right));
  return [...new Set(reasons)].map((why) => ({ what, keys: reasons.filter((one) => one === why).length, why }));
}

function explainWhy({ class: failureClass, message }: Failure, right: string): string {
  return failureClass === 'denied' ? `${right} is not allowed` : message;
}
