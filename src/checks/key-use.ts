/** Who would miss the keys: those that were used within the last hour, by name. */
import { formatAge } from '../domain/duration.ts';
import { countRequests, describeRate } from '../domain/impact/rate.ts';
import { quotas } from '../domain/quotas.ts';
import type { Clock } from '../ports/clock.ts';
import type { KeyMetrics, MeteredUse } from '../ports/key-metrics.ts';
import type { Keys, LastUse, StoreKey } from '../ports/keys.ts';

export interface KeyUsePorts {
  readonly keys: Pick<Keys, 'findLastUses' | 'listAliases'>;
  readonly metrics: KeyMetrics;
  readonly clock: Pick<Clock, 'now'>;
}

const lateMs = 3_600_000;
const namedAtMost = 10;

/** Few keys are asked about one by one, which is exact. Metrics are delayed by minutes, and count whole minutes. */
const askedSinglyAtMost = 20;

/** How far back CloudWatch is asked whether KMS publishes metrics of the keys: it keeps them by the minute for 15 days. */
const publishedWithinMs = 14 * 24 * lateMs;

/** How long the check asks KMS about keys one by one. */
const limitMs = 30_000;

interface Found {
  /** By the ARN of the key; null: no use is known. */
  readonly uses: ReadonlyMap<string, number | null>;
  /** What was not found out, and why. */
  readonly gaps: readonly string[];
  /** What CloudWatch counted, by the ARN of the key; empty where it has no answer. */
  readonly counted: ReadonlyMap<string, MeteredUse>;
}

/** `summary`: in one line, for the head of a plan; absent where nothing is known. */
export interface DescribedUse {
  readonly details: readonly string[];
  readonly summary?: string;
}

export async function describeUse(
  ports: KeyUsePorts,
  keys: readonly StoreKey[],
  signal: AbortSignal,
): Promise<DescribedUse> {
  const nowMs = ports.clock.now();
  const { uses, gaps, counted } = await findUses(ports, keys, nowMs - lateMs, signal);
  const late = keys
    .flatMap((key) => {
      const atMs = uses.get(key.arn) ?? null;
      return atMs !== null && atMs > nowMs - lateMs ? [{ key, atMs }] : [];
    })
    .sort((a, b) => b.atMs - a.atMs);
  const listed = late.length > 0 || counted.size > 0 ? await ports.keys.listAliases(signal) : undefined;
  const nameOf = ({ keyId }: StoreKey) =>
    (listed?.ok && listed.value.find((alias) => alias.keyId === keyId)?.name) || keyId;
  const shown = late
    .slice(0, namedAtMost)
    .map(({ key, atMs }) => `${nameOf(key)} was used ${formatAge(nowMs - atMs)} ago`);
  const unused =
    late.length === 0 && uses.size > 0 ? [`none of ${count(uses.size)} was used within the last hour`] : [];
  const rate = describeRates(keys, counted, nameOf);
  const isWhollyUnused = late.length === 0 && uses.size === keys.length;
  const [use] = [...rate, ...shown, ...(isWhollyUnused ? ['not used within the last hour'] : unused)];
  return {
    details: [
      ...rate,
      ...shown,
      ...(listed && !listed.ok ? ['their aliases are not known (kms:ListAliases)'] : []),
      ...(late.length > namedAtMost ? [`${count(late.length - namedAtMost)} more used within the last hour`] : []),
      ...unused,
      ...gaps,
    ],
    ...(use === undefined ? {} : { summary: `${count(keys.length)}; ${use}` }),
  };
}

/** `1,252 requests per minute in the last hour (with those of cks), most of them with alias/pay` */
function describeRates(
  keys: readonly StoreKey[],
  counted: ReadonlyMap<string, MeteredUse>,
  nameOf: (key: StoreKey) => string,
): readonly string[] {
  const requestsOf = ({ arn }: StoreKey) => counted.get(arn)?.requests ?? 0;
  const used = keys.filter((key) => requestsOf(key) > 0).sort((one, other) => requestsOf(other) - requestsOf(one));
  const [most] = used;
  if (most === undefined) return [];
  const requests = used.reduce((sum, key) => sum + requestsOf(key), 0);
  const minutes = lateMs / 60_000;
  const rate = requests < minutes ? countRequests(requests) : describeRate(requests / minutes);
  return [
    `${rate} in the last hour (with those of cks), ${used.length === 1 ? 'all' : 'most'} of them with ${nameOf(most)}`,
  ];
}

async function findUses(
  { keys: port, metrics, clock }: KeyUsePorts,
  keys: readonly StoreKey[],
  sinceMs: number,
  signal: AbortSignal,
): Promise<Found> {
  const arns = keys.toSorted(byInterest).map(({ arn }) => arn);
  const isLong = arns.length > askedSinglyAtMost;
  const answer = await metrics.findUses(arns, sinceMs, signal);
  const counted = answer.ok ? answer.value : new Map<string, MeteredUse>();
  if (isLong && answer.ok && (counted.size > 0 || (await isPublished(metrics, arns, clock.now(), signal))))
    return { uses: new Map(arns.map((arn) => [arn, counted.get(arn)?.lastAtMs ?? null])), gaps: [], counted };
  const startedAtMs = clock.now();
  const { uses, failures, notLookedUp } = await port.findLastUses(arns, { limitMs, signal });
  const isOverLimit = clock.now() - startedAtMs >= limitMs;
  const untracked = keys.filter((key) => isUntracked(key, uses.get(key.arn), sinceMs)).map(({ arn }) => arn);
  const known = [...uses].filter(([arn]) => !untracked.includes(arn));
  const gaps = [
    ...describeFailures(failures),
    ...(untracked.length > 0
      ? [`the last use of ${count(untracked.length)} is not known (KMS began to record it within the last hour)`]
      : []),
    ...(notLookedUp > 0 ? [describeNotLookedUp(notLookedUp, arns.length, isOverLimit)] : []),
    ...(isLong && !answer.ok
      ? [
          `CloudWatch, which can answer for all keys at once, gave no answer (cloudwatch:GetMetricData): ${answer.failure.message}`,
        ]
      : []),
  ];
  return { uses: new Map(known.map(([arn, { atMs }]) => [arn, atMs])), gaps, counted };
}

/** Whether a use since then may have come before KMS began to record the uses of this key. A new key has no earlier use. */
export function isUntracked({ createdAtMs }: StoreKey, lastUse: LastUse | undefined, sinceMs: number): boolean {
  if (lastUse === undefined || lastUse.atMs !== null || lastUse.trackedSinceMs === null) return false;
  return lastUse.trackedSinceMs > Math.max(sinceMs, createdAtMs);
}

/** Without a single data point, KMS may publish no such metric here: then its absence says nothing of the keys. */
async function isPublished(
  metrics: KeyMetrics,
  arns: readonly string[],
  nowMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const counted = await metrics.findUses(arns, nowMs - publishedWithinMs, signal);
  return counted.ok && counted.value.size > 0;
}

/** Keys that can be used come first, then the newest. */
function byInterest(one: StoreKey, other: StoreKey): number {
  const isDead = ({ keyState }: StoreKey) => Number(keyState === 'Disabled' || keyState === 'PendingDeletion');
  return isDead(one) - isDead(other) || other.createdAtMs - one.createdAtMs;
}

/** One line for each kind of failure. Only a denied request is one of missing rights. */
function describeFailures(failures: Awaited<ReturnType<Keys['findLastUses']>>['failures']): readonly string[] {
  const why = failures.map(({ class: failureClass, message }) =>
    failureClass === 'denied' ? 'kms:GetKeyLastUsage is not allowed' : message,
  );
  return [...new Set(why)].map(
    (reason) => `the last use of ${count(why.filter((one) => one === reason).length)} is not known (${reason})`,
  );
}

function describeNotLookedUp(notLookedUp: number, asked: number, isOverLimit: boolean): string {
  const { allowed, sent } = quotas.GetKeyLastUsage;
  const gap = `last use of ${count(notLookedUp)} not looked up`;
  if (!isOverLimit) return gap;
  const times = `KMS allows ${allowed} such requests per second, so ${count(asked)} take ${Math.ceil(asked / sent)} s`;
  return `${gap}: ${times}, and cks stops after ${limitMs / 1_000} s`;
}

const count = (keys: number) => `${keys} ${keys === 1 ? 'key' : 'keys'}`;
