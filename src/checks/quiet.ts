/** Whether no key was used for a while, before the outage begins. In a run inside its window it waits for such a moment. */
import { formatDuration } from '../domain/duration.ts';
import { findCanaryKey } from '../domain/fence.ts';
import { mayGoOffline } from '../domain/key-reach.ts';
import type { Plan } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';
import { isAhead } from '../domain/window.ts';
import type { Clock } from '../ports/clock.ts';
import type { KeyMetrics } from '../ports/key-metrics.ts';
import type { KeyInventory, Keys, LastUses, StoreKey } from '../ports/keys.ts';
import { describeUnseen, type Finding, keyListing } from './conclude.ts';
import { isUntracked } from './key-use.ts';
import { describeHidden } from './keys.ts';
import type { BuiltInCheck } from './rights.ts';

export interface QuietPorts {
  readonly keys: Pick<Keys, 'list' | 'findLastUses' | 'listAliases'>;
  readonly metrics: KeyMetrics;
  readonly clock: Clock;
}

/** How long KMS is asked about keys one by one. */
const limitMs = 30_000;

const hourMs = 3_600_000;

/** `mayWait`: in a run. A plan only says how it is now. */
export function createQuietCheck(
  ports: QuietPorts,
  { minQuietMs, window }: Pick<Policy, 'minQuietMs' | 'window'>,
  mayWait: boolean,
): BuiltInCheck {
  return {
    name: 'quiet',
    async run(store, plan, signal) {
      const { clock } = ports;
      if (minQuietMs === undefined || !mayGoOffline(plan) || store.connectionState !== 'CONNECTED') return null;
      // The run checks everything again when its window opens.
      if (isAhead(window, clock.now())) return null;
      const listed = await ports.keys.list(store.customKeyStoreId, signal);
      if (!listed.ok) return { status: 'unknown', message: describeUnseen(keyListing, listed.failure) };
      const keys = await leaveOutCanaryKey(ports, store.customKeyStoreId, listed.value.keys, signal);
      for (;;) {
        const latest = await findLatestUse(ports, keys, minQuietMs, signal);
        const restMs = latest.atMs === null ? 0 : latest.atMs + minQuietMs - clock.now();
        if (restMs <= 0) return latest.gap ?? concludeQuiet(listed.value, minQuietMs);
        if (signal.aborted) return { status: 'unknown', message: 'stopped before a quiet moment' };
        if (!mayWait || !fits(plan, window, clock.now() + restMs))
          return { status: 'failed', message: await explainUse(ports, latest, minQuietMs, signal) };
        await clock.sleep(Math.max(restMs, 1_000), signal);
      }
    },
  };
}

/** No application uses it. */
async function leaveOutCanaryKey(
  ports: QuietPorts,
  customKeyStoreId: string,
  keys: readonly StoreKey[],
  signal: AbortSignal,
): Promise<readonly StoreKey[]> {
  const listed = await ports.keys.listAliases(signal);
  const canaryKey = listed.ok ? findCanaryKey(customKeyStoreId, keys, listed.value) : undefined;
  return keys.filter((key) => key !== canaryKey);
}

function concludeQuiet(inventory: KeyInventory, minQuietMs: number): Finding {
  const message = `no key was used for ${formatDuration(minQuietMs)}${describeHidden(inventory)}`;
  return { status: inventory.hidden === 0 ? 'passed' : 'unknown', message };
}

/** Whether a run that began at this instant should finish within its window. Without one, it does not wait. */
function fits({ durationMs }: Plan, window: Policy['window'], beginsAtMs: number): boolean {
  return window !== undefined && beginsAtMs + durationMs <= window.closesAtMs;
}

interface LatestUse {
  /** Null: no use within the time that matters is known. */
  readonly atMs: number | null;
  readonly key?: StoreKey;
  /** Why a use may have been missed. */
  readonly gap?: Finding;
}

async function findLatestUse(
  { keys: port, metrics, clock }: QuietPorts,
  keys: readonly StoreKey[],
  minQuietMs: number,
  signal: AbortSignal,
): Promise<LatestUse> {
  const arns = keys.map(({ arn }) => arn);
  const sinceMs = clock.now() - Math.max(minQuietMs, hourMs);
  const [metered, asked] = await Promise.all([
    metrics.findUses(arns, sinceMs, signal),
    port.findLastUses(arns, { limitMs, signal }),
  ]);
  const quietSinceMs = clock.now() - minQuietMs;
  const missed = keys.filter(({ arn }) => !asked.uses.has(arn));
  const untracked = keys.filter((key) => isUntracked(key, asked.uses.get(key.arn), quietSinceMs));
  const used = keys.flatMap((key) => {
    // What KMS says of a key is exact.
    const exact = asked.uses.get(key.arn);
    const measured = metered.ok ? metered.value.get(key.arn)?.lastAtMs : undefined;
    const isExact = exact !== undefined && !untracked.includes(key);
    const atMs = isExact ? exact.atMs : (measured ?? null);
    return atMs === null ? [] : [{ key, atMs }];
  });
  const [latest] = used.sort((one, other) => other.atMs - one.atMs);
  const gap = explainGap(missed, keys, asked, metered.ok) ?? explainUntracked(untracked, keys, minQuietMs);
  return { ...(latest ?? { atMs: null }), ...(gap ? { gap } : {}) };
}

function explainUntracked(
  untracked: readonly StoreKey[],
  keys: readonly StoreKey[],
  minQuietMs: number,
): Finding | undefined {
  if (untracked.length === 0) return undefined;
  const message = `the last use of ${untracked.length} of ${keys.length} keys is not known: KMS began to record their uses less than ${formatDuration(minQuietMs)} ago`;
  return { status: 'unknown', message };
}

/** CloudWatch shows uses minutes late, so it can say that a key was used, and not that it was not. */
function explainGap(
  missed: readonly StoreKey[],
  keys: readonly StoreKey[],
  { failures: [failure] }: LastUses,
  isMetered: boolean,
): Finding | undefined {
  if (missed.length === 0) return undefined;
  const denied = failure?.class === 'denied' ? 'kms:GetKeyLastUsage is not allowed' : failure?.message;
  const why = denied ?? `KMS allows few such requests per second, and cks stops after ${limitMs / 1_000} s`;
  const rest = isMetered ? '. CloudWatch shows no recent use of them, but shows uses minutes late' : '';
  const message = `the last use of ${missed.length} of ${keys.length} keys is not known: ${why}${rest}`;
  return { status: 'unknown', message };
}

async function explainUse(
  { keys, clock }: QuietPorts,
  { key, atMs }: LatestUse,
  minQuietMs: number,
  signal: AbortSignal,
): Promise<string> {
  const listed = await keys.listAliases(signal);
  const alias = listed.ok ? listed.value.find(({ keyId }) => keyId === key?.keyId)?.name : undefined;
  const age = formatDuration(Math.max(0, clock.now() - (atMs ?? 0)));
  return `${alias ?? key?.keyId} was used ${age} ago, and the update needs ${formatDuration(minQuietMs)} without a use (--min-quiet)`;
}
