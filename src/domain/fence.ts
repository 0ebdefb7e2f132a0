/**
 * The fence: KMS keys of an external key store are disabled before the outage, and enabled again only on evidence that the
 * store holds the same keys. So no application encrypts under different key material in the minutes before anyone notices.
 *
 * Two rules, in this order: a key is never enabled under material known to be wrong; otherwise a key that was enabled before
 * the run is never left disabled. Source: KMS developer guide, "Enabling and disabling keys" and "Key states of KMS keys".
 */
import { formatDuration } from './duration.ts';
import { movesKeySource } from './key-reach.ts';
import type { KeyStore } from './key-store.ts';
import type { PlannedCourse } from './outage.ts';
import type { Policy, Risk } from './policy.ts';
import { quotas } from './quotas.ts';

/** Whether a run has a fence, and if not, why. `isConditional`: a check that verifies the keys makes it needless. */
export type FencePlan =
  | { readonly kind: 'planned'; readonly isConditional: boolean }
  | { readonly kind: 'none'; readonly why: string };

/**
 * What is known of a key of the fence.
 *
 * - `enabled`: Enabled, before cks disables it or after cks has enabled it again.
 * - `disabled`: disabled by cks, or perhaps; it is to be enabled again.
 * - `withheld`: disabled by cks, and not to be enabled without a test: cks saw that the key source holds different keys.
 * - `left`: another principal disabled it during the run, so it stays disabled.
 */
export type FencedKeyState = 'enabled' | 'disabled' | 'withheld' | 'left';

/** On what evidence a key was enabled. `proxy`: both proxies decrypt for each other. `canary`: its own old ciphertext. */
export type FenceEvidence = 'proxy' | 'canary key' | 'canary' | 'none';

export interface FencedKey {
  /** ARN of the KMS key. */
  readonly keyId: string;
  readonly state: FencedKeyState;
  readonly disabledAtMs?: number;
  readonly enabledAtMs?: number;
  /** Since when an interrupted run may have had it enabled, without a verdict. */
  readonly triedSinceMs?: number;
  readonly evidence?: FenceEvidence;
  /**
   * From EnableKey to the verdict, where nothing but its own canary spoke for the key; of a key that turned out to be
   * different, to the observed DisableKey.
   */
  readonly exposure?: { readonly fromMs: number; readonly untilMs: number };
  /** What went wrong, or could not be observed. */
  readonly detail?: string;
}

/** A key that the fence leaves out: it could not be verified, or was created too late. */
export interface UnfencedKey {
  /** ARN of the KMS key. */
  readonly keyId: string;
  readonly why: string;
}

export interface Fence {
  /** In the order in which they are enabled: the least used first. */
  readonly keys: readonly FencedKey[];
  /** ARN of the canary key of the store, if it has one. No application uses it, so it stays enabled, and tells first. */
  readonly canaryKeyId?: string;
  /** Keys of the store that stay enabled. */
  readonly unfenced: readonly UnfencedKey[];
  /** When the keys of the store were listed: keys created since then are not in the fence. */
  readonly listedAtMs: number;
  /** Keys of the account that cks could not describe: they may be in the store, without a fence. */
  readonly hidden: number;
}

/** The alias of the key of a store that no application uses: it is enabled and verified before any other. */
export function canaryAlias(customKeyStoreId: string): string {
  return `alias/cks-canary-${customKeyStoreId}`;
}

/** The key among these that the alias of the canary key names; undefined: none is known. */
export function findCanaryKey<K extends { readonly keyId: string }>(
  customKeyStoreId: string,
  keys: readonly K[],
  aliases: readonly { readonly name: string; readonly keyId: string }[],
): K | undefined {
  const target = aliases.find(({ name }) => name === canaryAlias(customKeyStoreId))?.keyId;
  return keys.find(({ keyId }) => keyId === target);
}

const addedRisks: readonly Risk[] = ['disable-keys', 'exposure'];

/** Decides from the store and the course alone; undefined: no fence was requested. */
export function planFence(
  store: KeyStore,
  course: PlannedCourse,
  { fence }: Pick<Policy, 'fence'>,
): FencePlan | undefined {
  if (fence === 'never') return undefined;
  const why = findObstacle(store, course, fence);
  return why === undefined ? { kind: 'planned', isConditional: fence === 'auto' } : { kind: 'none', why };
}

function findObstacle(store: KeyStore, course: PlannedCourse, fence: Policy['fence']): string | undefined {
  if (store.customKeyStoreType === 'AWS_CLOUDHSM')
    return 'KMS accepts only a related cluster, where a key is the same or missing';
  if (store.connectionState !== 'CONNECTED')
    return `the store is ${store.connectionState}, so no change of a key state could be observed`;
  if (course.wantedState !== 'CONNECTED') return 'the store stays DISCONNECTED, so no key could be enabled again';
  if (fence === 'auto' && !movesKeySource(course)) return 'the key source does not change';
  return course.mode === 'offline' ? undefined : 'nothing goes offline';
}

/** Whether a change leads offline for its fence, though KMS takes it live: the keys must be disabled first. */
export function needsOutage(store: KeyStore, course: PlannedCourse, { fence, mode }: Policy): boolean {
  const isAsked = fence !== 'never' && mode === 'auto' && course.mode === 'live';
  return isAsked && findObstacle(store, { ...course, mode: 'offline' }, fence) === undefined;
}

/**
 * What to say of a plan without a fence whose keys no check has verified; undefined: there is nothing to offer. `risks`: as
 * the checks have assessed them. A dead man's switch and a fence exclude each other.
 */
export function offerFence(
  { customKeyStoreType, connectionState }: Pick<KeyStore, 'customKeyStoreType' | 'connectionState'>,
  { fence, deadMansSwitch }: { readonly fence?: FencePlan; readonly deadMansSwitch?: unknown },
  risks: readonly Risk[],
): string | undefined {
  const isPossible = customKeyStoreType === 'EXTERNAL_KEY_STORE' && connectionState === 'CONNECTED';
  if (!isPossible || fence !== undefined || deadMansSwitch !== undefined || !risks.includes('unverified-keys'))
    return undefined;
  return 'if the new key source holds different keys, applications encrypt under them until cks notices; --fence auto disables the keys first';
}

/** The risks of a fence. A verified key source has no exposure, and needs no conditional fence. */
export function risksOfFence(plan: FencePlan | undefined): readonly Risk[] {
  return plan?.kind === 'planned' ? addedRisks : [];
}

export function isConditional(plan: FencePlan | undefined): boolean {
  return plan?.kind === 'planned' && plan.isConditional;
}

/** Keys that cks has disabled, or may have, and not enabled again. */
export function listDisabled(fence: Fence | null): readonly FencedKey[] {
  return (fence?.keys ?? []).filter(isLeftDisabled);
}

/** Of a key that is disabled on behalf of a run. */
export function isLeftDisabled({ state }: Pick<FencedKey, 'state'>): boolean {
  return state === 'disabled' || state === 'withheld';
}

/** The fence with the state of each key that is disabled: whether it may be enabled without a test. */
export function withhold(fence: Fence, isWithheld: boolean): Fence {
  const state = isWithheld ? 'withheld' : 'disabled';
  return withKeys(
    fence,
    listDisabled(fence).map((key) => ({ ...key, state })),
  );
}

/** With one exposure until then: from the first instant at which the key was enabled, or may have been. */
export function expose(key: FencedKey, untilMs: number): FencedKey {
  const { enabledAtMs = untilMs, triedSinceMs = untilMs, exposure: { fromMs = untilMs } = {} } = key;
  return { ...key, exposure: { fromMs: Math.min(enabledAtMs, triedSinceMs, fromMs), untilMs } };
}

/** The fence whose enabled keys were exposed until now: what spoke for them did not hold. */
export function exposeEnabled(fence: Fence, untilMs: number): Fence {
  const enabled = fence.keys.filter(({ state, enabledAtMs }) => state === 'enabled' && enabledAtMs !== undefined);
  return withKeys(
    fence,
    enabled.map((key) => expose(key, untilMs)),
  );
}

/** The fence with some of its keys as they are now. */
export function withKeys(fence: Fence, changed: readonly FencedKey[]): Fence {
  const by = new Map(changed.map((key) => [key.keyId, key]));
  const known = new Set(fence.keys.map(({ keyId }) => keyId));
  const added = changed.filter(({ keyId }) => !known.has(keyId));
  return { ...fence, keys: [...fence.keys.map((key) => by.get(key.keyId) ?? key), ...added] };
}

/** The fence as an interrupted run may have left it: each key that was to be disabled may be so. */
export function assumeDisabled(fence: Fence): Fence {
  return { ...fence, keys: fence.keys.map((key) => (key.enabledAtMs === undefined ? toDisabled(key) : key)) };
}

/** The fence as it may be left while its keys are enabled: each may be so, without a verdict. */
export function assumeTried(fence: Fence, nowMs: number): Fence {
  const keys = fence.keys.map((key) => (isLeftDisabled(key) ? { triedSinceMs: nowMs, ...key } : key));
  return { ...fence, keys };
}

function toDisabled(key: FencedKey): FencedKey {
  return key.state === 'enabled' ? { ...key, state: 'disabled' } : key;
}

/** How much longer keys are unusable because of it, there and back, in milliseconds: what the quota of KMS sets. */
function addedOutageMs(keys: number): number {
  return 2 * Math.ceil(keys / quotas.DisableKey.sent) * 1_000;
}

/** `12 keys, each unusable up to 6s longer` */
export function describeCost(keys: number): string {
  const unit = keys === 1 ? 'key' : 'keys';
  return `${keys} ${unit}, each unusable up to ${formatDuration(addedOutageMs(keys))} longer`;
}

/**
 * The commands that enable what cks has left disabled, `region`: that of the store. A key that is withheld has
 * none: only a resume enables it, which tests it first.
 */
export function enableCommands(keys: readonly ShownKey[], region: string): readonly string[] {
  return keys.flatMap((key) => enableCommand(key, region) ?? []);
}

export function enableCommand({ keyId, state }: ShownKey, region: string): string | null {
  return state === 'disabled' ? `aws kms enable-key --key-id ${keyId} --region ${region}` : null;
}

type ShownKey = Pick<FencedKey, 'keyId' | 'state'>;

/** The keys of the fence of a run, as its journal holds them. */
export interface RunWithFence {
  readonly fencedKeys: readonly ShownKey[];
}

/** By run, the keys that it has left disabled. Of each key the latest run decides. `runs`: the latest first. */
export function findLeftDisabled<R extends RunWithFence>(runs: readonly R[]): ReadonlyMap<R, readonly ShownKey[]> {
  const decided = new Set<string>();
  const left = new Map<R, readonly ShownKey[]>();
  for (const run of runs) {
    const undecided = run.fencedKeys.filter(({ keyId }) => !decided.has(keyId));
    for (const { keyId } of undecided) decided.add(keyId);
    left.set(run, undecided.filter(isLeftDisabled));
  }
  return left;
}
