/** Words about the use of keys that text and Markdown share. */
import { formatAge } from '../../../domain/duration.ts';
import type { KeyImpact, UseOfKey } from '../../../domain/impact/impact.ts';
import { describeRate } from '../../../domain/impact/rate.ts';
import type { ImpactGap, ImpactResult } from '../../../library/impact.ts';

/** `alias/pay`, or the id of a key without an alias. */
export function nameKey({ keyId, aliases }: Pick<KeyImpact, 'keyId' | 'aliases'>): string {
  return aliases.length > 0 ? aliases.join(', ') : keyId;
}

export function describeUse(
  { keyState, requestsPerMinute, lastUsedAt, isLastUseOurs }: KeyImpact,
  nowMs: number,
): string {
  const rate = requestsPerMinute === undefined ? 'rate unknown' : describeRate(requestsPerMinute);
  return [...(keyState === 'Enabled' ? [] : [keyState]), rate, describeLastUse(lastUsedAt, nowMs, isLastUseOurs)].join(
    '; ',
  );
}

function describeLastUse(lastUsedAt: string | null | undefined, nowMs: number, isOurs: true | undefined): string {
  if (lastUsedAt === undefined) return 'last use unknown';
  if (lastUsedAt === null) return 'no use recorded';
  return `last used ${formatAge(nowMs - Date.parse(lastUsedAt))} ago${isOurs ? ', by cks itself' : ''}`;
}

/** `alias/pay (48 of 50 sampled calls; 3 grants)` */
export function describeUseOfKey(use: UseOfKey, { keys }: Pick<ImpactResult, 'keys'>): string {
  const key = keys.find(({ keyId }) => keyId === use.keyId);
  const { seen, grants, isInPolicy } = use;
  const evidence = [
    ...(seen ? [`${seen.calls} of ${key?.sample?.calls ?? seen.calls} sampled calls`] : []),
    ...(grants > 0 ? [count(grants, 'grant')] : []),
    ...(isInPolicy ? ['key policy'] : []),
  ];
  return `${key ? nameKey(key) : use.keyId} (${evidence.join('; ')})`;
}

const columns: Readonly<Record<ImpactGap['what'], string>> = {
  keys: 'the keys of the store',
  aliases: 'aliases',
  lastUse: 'last use',
  rate: 'requests per minute',
  sample: 'who called',
  grants: 'grants',
  policies: 'key policies',
};

export function describeGap({ what, keys, why }: ImpactGap): string {
  return `${columns[what]}${keys === undefined ? '' : ` of ${count(keys, 'key')}`}: ${why}`;
}

/** Explains how the sample was taken; undefined without a sample. */
export function explainSample({ keys, interval }: Pick<ImpactResult, 'keys' | 'interval'>): string | undefined {
  const samples = keys.flatMap(({ sample }) => sample ?? []);
  if (samples.length === 0) return undefined;
  const calls = samples.reduce((sum, sample) => sum + sample.calls, 0);
  const instants = samples.flatMap(({ from, until }) => [from ?? [], until ?? []].flat()).sort();
  const from = instants[0] ?? interval.from;
  const until = instants.at(-1) ?? interval.until;
  const part = samples.every(({ isWhole }) => isWhole)
    ? 'all that CloudTrail shows'
    : 'the newest that CloudTrail shows';
  return `${count(calls, 'call')} with ${count(samples.length, 'key')} from ${from} to ${until}, ${part} since ${interval.from}. CloudTrail shows a call about 5 minutes after it was made, which AWS does not guarantee. A share of the sample is not a rate. Calls of cks are left out.`;
}

/** `2 keys of this store; 1 hidden` */
export function describeKeys({ keys, hiddenKeys }: ImpactResult): string {
  const hidden = hiddenKeys > 0 ? `; ${count(hiddenKeys, 'more key')} of the account could not be described` : '';
  return `${count(keys.length, 'key')}${hidden}`;
}

export function describeTotal({ requestsPerMinute, interval }: ImpactResult): string {
  if (requestsPerMinute === null) return 'unknown';
  return `${describeRate(requestsPerMinute)}, the mean from ${interval.from} to ${interval.until} (CloudWatch: requests that succeeded, with those of cks)`;
}

/** Only what was read can name no user. */
export function describeNoUser({ keys, gaps }: Pick<ImpactResult, 'keys' | 'gaps'>): string {
  const isRead = (what: ImpactGap['what']) => gaps.every((gap) => gap.what !== what);
  const read = [
    ...(isRead('sample') && keys.some(({ sample }) => sample) ? ['CloudTrail'] : []),
    ...(isRead('grants') ? ['grants'] : []),
    ...(isRead('policies') ? ['key policies'] : []),
  ];
  if (read.length === 0) return 'Not known: neither CloudTrail nor grants nor key policies could be read.';
  const rest = read.length === 3 ? '' : ' The other sources were not read in full.';
  return `No user of these keys in ${read.join(', ')}.${rest}`;
}

const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`;
