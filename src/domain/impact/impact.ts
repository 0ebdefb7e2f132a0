/** What an outage of a store would mean: how often its keys are used, by whom, and what AWS documents of an unusable key. */
import { toIso } from '../duration.ts';
import { findOutsiders } from './key-policy.ts';
import { type Consequence, findConsequence } from './services.ts';
import { type CallerIdentity, type KeyGrant, nameCaller, nameGrantee, type User } from './users.ts';

/** A cryptographic call, as CloudTrail shows it. */
export interface KeyCall {
  readonly atMs: number;
  readonly operation: string;
  readonly identity: CallerIdentity;
  readonly context: Readonly<Record<string, string>>;
}

/** The newest calls with a key that CloudTrail shows. */
export interface CallSample {
  readonly calls: readonly KeyCall[];
  /** All of the interval, not only its newest, and each of its events could be read. */
  readonly isWhole: boolean;
  /** How many events could not be read: each may be a call. */
  readonly unreadable: number;
}

/** What was found out about a key; a member that is absent could not be found out. */
export interface FoundKey {
  readonly keyId: string;
  readonly arn: string;
  readonly keyState: string;
  readonly aliases: readonly string[];
  /** Milliseconds since the epoch; null: KMS has recorded no use. */
  readonly lastUsedAtMs?: number | null;
  readonly requestsPerMinute?: number;
  readonly sample?: CallSample;
  readonly grants?: readonly KeyGrant[];
  readonly policy?: string;
}

/** A number of calls in the sample of a key, and their share of it. It says nothing of how often the key is used. */
export interface Seen {
  readonly calls: number;
  /** From 0 to 1. */
  readonly share: number;
}

/** One user of one key. */
export interface UseOfKey {
  readonly keyId: string;
  /** Absent: the sample shows no call. */
  readonly seen?: Seen;
  /** How many grants let them use it. */
  readonly grants: number;
  /** The key policy names them. */
  readonly isInPolicy: boolean;
}

export interface KeyUser extends User {
  readonly keys: readonly UseOfKey[];
}

export interface KeyImpact {
  readonly keyId: string;
  readonly aliases: readonly string[];
  readonly keyState: string;
  /** ISO 8601; null: no use was ever recorded; absent: cks could not find out. */
  readonly lastUsedAt?: string | null;
  /** The last use was a call of cks itself. */
  readonly isLastUseOurs?: true;
  /** Successful requests per minute, the mean of the interval of `rate`; absent: cks could not find out. */
  readonly requestsPerMinute?: number;
  /** What CloudTrail showed; absent: cks did not look, or could not. */
  readonly sample?: {
    readonly calls: number;
    /** Calls of cks itself, which are not counted above. */
    readonly ours: number;
    /** Of the oldest and of the newest call: ISO 8601. */
    readonly from?: string;
    readonly until?: string;
    /** All calls of the interval that CloudTrail shows, not only the newest. */
    readonly isWhole: boolean;
  };
}

export interface ServiceConsequence extends Consequence {
  readonly service: string;
}

export interface Impact {
  /** The sum over the keys whose rate is known; null: of none. */
  readonly requestsPerMinute: number | null;
  /** The most used first. */
  readonly keys: readonly KeyImpact[];
  /** Who uses the keys or may use them: those who were seen first, in the order of the keys and of their shares. */
  readonly users: readonly KeyUser[];
  readonly consequences: readonly ServiceConsequence[];
}

/** Marks the calls of cks: canaries and key tests. */
const ourPurpose = 'cks-safe-update ';

export function composeImpact(found: readonly FoundKey[]): Impact {
  const keys = found.toSorted(byUse);
  const rates = keys.flatMap(({ requestsPerMinute }) => requestsPerMinute ?? []);
  const users = gatherUsers(keys);
  return {
    requestsPerMinute: rates.length > 0 ? rates.reduce((sum, rate) => sum + rate, 0) : null,
    keys: keys.map(describeKey),
    users,
    consequences: listConsequences(users),
  };
}

function isOurs({ context }: KeyCall): boolean {
  return context.purpose?.startsWith(ourPurpose) ?? false;
}

/** The calls that are not of cks itself. */
export const othersIn = ({ calls }: CallSample) => calls.filter((call) => !isOurs(call));

/** The most used first, then the one used last. */
function byUse(one: FoundKey, other: FoundKey): number {
  const rate = (other.requestsPerMinute ?? -1) - (one.requestsPerMinute ?? -1);
  return rate !== 0 ? rate : (other.lastUsedAtMs ?? -1) - (one.lastUsedAtMs ?? -1);
}

/** CloudTrail records whole seconds. */
const sameSecondMs = 1_000;

function describeKey({ keyId, aliases, keyState, lastUsedAtMs, requestsPerMinute, sample }: FoundKey): KeyImpact {
  const isLastUseOurs = sample?.calls.some(
    (call) => isOurs(call) && Math.abs(call.atMs - (lastUsedAtMs ?? Number.NaN)) <= sameSecondMs,
  );
  return {
    keyId,
    aliases,
    keyState,
    ...(lastUsedAtMs === undefined ? {} : { lastUsedAt: lastUsedAtMs === null ? null : toIso(lastUsedAtMs) }),
    ...(isLastUseOurs ? { isLastUseOurs } : {}),
    ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
    ...(sample ? { sample: describeSample(sample) } : {}),
  };
}

function describeSample(sample: CallSample): NonNullable<KeyImpact['sample']> {
  const others = othersIn(sample);
  const instants = others.map(({ atMs }) => atMs);
  return {
    calls: others.length,
    ours: sample.calls.length - others.length,
    ...(others.length > 0 ? { from: toIso(Math.min(...instants)), until: toIso(Math.max(...instants)) } : {}),
    isWhole: sample.isWhole,
  };
}

function gatherUsers(keys: readonly FoundKey[]): readonly KeyUser[] {
  const users = new Map<string, { readonly user: User; readonly keys: UseOfKey[] }>();
  for (const key of keys) {
    for (const { user, use } of usersOf(key)) {
      const id = nameUser(user);
      const known = users.get(id) ?? { user, keys: [] };
      known.keys.push(use);
      users.set(id, known);
    }
  }
  const isSeen = ({ keys: used }: KeyUser) => used.some(({ seen }) => seen !== undefined);
  return [...users.values()]
    .map(({ user, keys: used }) => ({ ...user, keys: used }))
    .sort((a, b) => Number(isSeen(b)) - Number(isSeen(a)));
}

/** `role/app through Amazon S3` */
export function nameUser({ name, service }: User): string {
  return service === undefined ? name : `${name} through ${service}`;
}

function usersOf({ keyId, arn, sample, grants = [], policy }: FoundKey) {
  const account = ownerOf(arn);
  const others = sample ? othersIn(sample) : [];
  const callers = others.map(({ identity, context }) => nameCaller(identity, context, account));
  const grantees = grants.map((grant) => nameGrantee(grant, account));
  const outsiders = policy === undefined ? [] : (findOutsiders(policy, account) ?? []);
  const all = new Map([...callers, ...grantees, ...outsiders].map((user) => [nameUser(user), user]));
  const uses = [...all].map(([id, user]) => {
    const count = (users: readonly User[]) => users.filter((one) => nameUser(one) === id).length;
    const calls = count(callers);
    const seen = calls > 0 ? { seen: { calls, share: calls / callers.length } } : {};
    return { user, use: { keyId, ...seen, grants: count(grantees), isInPolicy: count(outsiders) > 0 } };
  });
  return uses.sort((a, b) => (b.use.seen?.calls ?? 0) - (a.use.seen?.calls ?? 0));
}

/** The account that owns a key, as its ARN names it. */
export function ownerOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}

function listConsequences(users: readonly KeyUser[]): readonly ServiceConsequence[] {
  const named = users.map(({ kind, name, service }) => (kind === 'service' ? name : service));
  return [...new Set(named)].flatMap((service) => {
    const consequence = service === undefined ? undefined : findConsequence(service);
    return service === undefined || consequence === undefined ? [] : [{ service, ...consequence }];
  });
}
