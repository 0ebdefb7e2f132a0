/** Creates the canary key of a store: a KMS key that no application uses, with a kept canary. */

import type { Place } from '../aws/place.ts';
import { canaryKeyDescription, makeCanaryKeyPolicy } from '../domain/canary-key.ts';
import { toIso } from '../domain/duration.ts';
import type { Failure, Reason } from '../domain/failure.ts';
import { canaryAlias } from '../domain/fence.ts';
import { type KeyStore, nameStore } from '../domain/key-store.ts';
import type { Canary } from '../domain/key-verification.ts';
import { explainReason, explainUnreadable } from '../domain/reasons.ts';
import { systemClock } from '../hosts/system-clock.ts';
import { tryCanary } from '../key-verification/canary.ts';
import { encryptCanaries } from '../key-verification/encrypt-canaries.ts';
import type { KeptCanaries } from '../ports/key-verifier.ts';
import type { StoreKey } from '../ports/keys.ts';
import { InvalidInputError } from '../run/errors.ts';
import { type CanaryOptions, openKept, readReplaceable } from './canaries.ts';
import { type Connection, connect, connectionOptions, logRequests } from './wiring/connection.ts';
import { abortSignal, requireOptions, text } from './wiring/expected.ts';

export interface CanaryKeyOptions extends Omit<CanaryOptions, 'canaryKeys'> {
  /**
   * The external key that the new KMS key stands for. An external key store needs one that no other KMS key of the store uses.
   *
   * @default none: the cluster of a CloudHSM key store makes its own key
   * @example 'bb8562717f809024'
   */
  readonly xksKeyId?: string;
}

export interface CanaryKeyResult {
  /** Null where the store could not be described. */
  readonly store: KeyStore | null;
  /** ARN of the canary key; null: the store has none. */
  readonly canaryKeyId: string | null;
  /** The alias by which a run finds it; null where the store could not be described. */
  readonly alias: string | null;
  /** False: the store had one before, or has none. */
  readonly isNew: boolean;
  /** Whether a canary of the key is kept. */
  readonly hasCanary: boolean;
  /** What finishes the work where something failed. */
  readonly nextCommands: readonly string[];
  /** Why the store has no canary key, or the key no canary. */
  readonly reason?: Reason;
}

const none: CanaryKeyResult = {
  store: null,
  canaryKeyId: null,
  alias: null,
  isNew: false,
  hasCanary: false,
  nextCommands: [],
};

/** Not every host of KMS knows a new key at once. Source: KMS developer guide, "Eventual consistency". */
const usableWithinMs = 60_000;
const tryAgainMs = 2_000;

/** See `createCanaryKey` of the library. @throws {InvalidInputError} @throws {KeptCanariesError} */
export async function createCanaryKey(options: CanaryKeyOptions): Promise<CanaryKeyResult> {
  requireOptions(options, {
    ...connectionOptions,
    customKeyStoreId: text,
    xksKeyId: text,
    stateDirectory: text,
    signal: abortSignal,
  });
  const connection = await connect(options);
  return logRequests(
    connection,
    () => options.logger,
    () => work(connection, options),
  );
}

async function work(connection: Connection, options: CanaryKeyOptions): Promise<CanaryKeyResult> {
  const { customKeyStoreId, xksKeyId, stateDirectory, signal = new AbortController().signal } = options;
  const place = { ...connection.place, account: await connection.findAccount() };
  const described = await connection.kms.describe(customKeyStoreId, signal);
  if (!described.ok) return { ...none, reason: explainUnreadable(described.failure, customKeyStoreId, place) };
  const store = described.value;
  if (xksKeyId !== undefined && store.customKeyStoreType === 'AWS_CLOUDHSM') {
    const problem = `an external key is only for an external key store, and ${nameStore(store)} is a CloudHSM key store`;
    throw new InvalidInputError(problem);
  }
  const kept = openKept(connection, place, stateDirectory);
  const earlier = await readReplaceable(kept, store.customKeyStoreId);
  const found = await findKey(connection, store, signal);
  const made = found ?? (await createKey(connection, place, store, xksKeyId));
  const { key, isNew, problem, nextCommands = [] } = made;
  const about = { ...none, store, alias: canaryAlias(store.customKeyStoreId), isNew, nextCommands };
  if (key === null || problem !== undefined) {
    const reason = explainReason('NO_CANARY_KEY', { store, detail: problem ?? 'KMS has shown no key' });
    return { ...about, canaryKeyId: key?.arn ?? null, reason };
  }
  const canary = await keepCanary(connection, { store, key, isNew, kept, earlier, signal });
  return { ...about, canaryKeyId: key.arn, ...canary };
}

/** `key`: null without a canary key. `problem`: why it cannot be used as it is. */
interface Made {
  readonly key: StoreKey | null;
  readonly isNew: boolean;
  readonly problem?: string;
  readonly nextCommands?: readonly string[];
}

const without = (problem: string): Made => ({ key: null, isNew: false, problem });

/** Undefined: the store has none. */
async function findKey({ keys }: Connection, store: KeyStore, signal: AbortSignal): Promise<Made | undefined> {
  const alias = canaryAlias(store.customKeyStoreId);
  const aliases = await keys.listAliases(signal);
  if (!aliases.ok) return without(`ListAliases: ${describeFailure(aliases.failure)}`);
  const named = aliases.value.find(({ name }) => name === alias);
  if (named === undefined) return undefined;
  const [owner, shown] = await Promise.all([keys.findStore(named.keyId, signal), keys.describe(named.keyId, signal)]);
  if (!owner.ok) return without(`DescribeKey of ${named.keyId}: ${describeFailure(owner.failure)}`);
  if (!shown.ok) return without(`DescribeKey of ${named.keyId}: ${describeFailure(shown.failure)}`);
  if (owner.value !== store.customKeyStoreId) return without(`${alias} names a key outside of it, ${shown.value.arn}`);
  return { key: shown.value, isNew: false };
}

async function createKey(
  { canaryKeys }: Connection,
  place: Place,
  { customKeyStoreId, customKeyStoreType, connectionState }: KeyStore,
  xksKeyId: string | undefined,
): Promise<Made> {
  if (connectionState !== 'CONNECTED')
    return without(`KMS creates a key only in a CONNECTED store, and it is ${connectionState}`);
  if (customKeyStoreType === 'EXTERNAL_KEY_STORE' && xksKeyId === undefined)
    return without('it needs an external key that no other KMS key of the store uses: give it with --xks-key-id');
  if (place.account === 'unknown') return without('the key policy names the account, and STS does not name it');
  const created = await canaryKeys.create({
    customKeyStoreId,
    origin: customKeyStoreType,
    ...(xksKeyId === undefined ? {} : { xksKeyId }),
    description: canaryKeyDescription,
    policy: makeCanaryKeyPolicy(place),
  });
  if (!created.ok) return without(`CreateKey: ${describeFailure(created.failure)}`);
  const key = created.value;
  const alias = canaryAlias(customKeyStoreId);
  const aliased = await canaryKeys.createAlias(alias, key.arn);
  if (aliased.ok) return { key, isNew: true };
  return {
    key,
    isNew: true,
    problem: `the key ${key.arn} was created, but it has no alias (CreateAlias: ${describeFailure(aliased.failure)})`,
    nextCommands: [
      `aws kms create-alias --alias-name ${alias} --target-key-id ${key.arn} --region ${place.region}`,
      `cks canary key create ${customKeyStoreId} --region ${place.region}`,
    ],
  };
}

interface CanaryTerms {
  readonly store: KeyStore;
  readonly key: StoreKey;
  readonly isNew: boolean;
  readonly kept: KeptCanaries;
  readonly earlier: readonly Canary[];
  readonly signal: AbortSignal;
}

/** An old canary stays: it is the stronger evidence. */
async function keepCanary(
  connection: Connection,
  { store, key, isNew, kept, earlier, signal }: CanaryTerms,
): Promise<Pick<CanaryKeyResult, 'hasCanary' | 'reason'>> {
  const [old] = earlier.filter(({ keyId }) => keyId === key.arn);
  if (old) {
    const { kind, failure } = await tryCanary(connection.keys, old, signal);
    if (kind === 'passed') return { hasCanary: true };
    if (kind === 'lost') {
      return { hasCanary: true, reason: explainReason('CANARIES_LOST', { store, detail: `1 of ${earlier.length}` }) };
    }
    const detail = `its kept canary gave no answer${failure ? ` (${describeFailure(failure)})` : ''}`;
    return { hasCanary: true, reason: explainReason('NO_CANARIES', { store, detail }) };
  }
  const canary = await makeCanary(connection, key, isNew ? usableWithinMs : 0, signal);
  if (typeof canary === 'string') {
    return { hasCanary: false, reason: explainReason('NO_CANARIES', { store, detail: canary }) };
  }
  await kept.write(store.customKeyStoreId, [...earlier, canary]);
  return { hasCanary: true };
}

/** Returns the canary, or why it could not be made. */
async function makeCanary(
  { keys }: Connection,
  { arn }: StoreKey,
  withinMs: number,
  signal: AbortSignal,
): Promise<Canary | string> {
  const ports = { keys, clock: systemClock, random: Math.random };
  const untilMs = systemClock.now() + withinMs;
  for (;;) {
    const shown = await keys.describe(arn, signal);
    const terms = { runId: toIso(systemClock.now()), wanted: [arn], signal };
    const made = shown.ok ? await encryptCanaries(ports, { keys: [shown.value], hidden: 0 }, terms) : undefined;
    const [canary] = made?.canaries ?? [];
    if (canary) return canary;
    if (systemClock.now() >= untilMs)
      return shown.ok ? (made?.detail ?? 'its canary key gave none') : describeFailure(shown.failure);
    await systemClock.sleep(tryAgainMs, signal);
  }
}

function describeFailure({ code, message }: Failure): string {
  return `${code}, ${message}`;
}
