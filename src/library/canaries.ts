/** The verbs that keep canaries of a store, and that try them without any run; and the default prover. */

import type { Place } from '../aws/place.ts';
import { canariesFolder, stateFolder } from '../disk/journal/folders.ts';
import { createKeptCanaries } from '../disk/journal/kept-canaries.ts';
import { toIso } from '../domain/duration.ts';
import type { Reason } from '../domain/failure.ts';
import type { KeyStore } from '../domain/key-store.ts';
import type { Canary } from '../domain/key-verification.ts';
import { explainReason, explainUnreadable } from '../domain/reasons.ts';
import { systemClock } from '../hosts/system-clock.ts';
import { encryptCanaries } from '../key-verification/encrypt-canaries.ts';
import { createCanaryVerifier } from '../key-verification/key-verifier.ts';
import { tryCanaries } from '../key-verification/try-canaries.ts';
import { type KeptCanaries, KeptCanariesError, type KeyVerifier } from '../ports/key-verifier.ts';
import { InvalidInputError } from '../run/errors.ts';
import {
  type Connection,
  type ConnectionOptions,
  connect,
  connectionOptions,
  logRequests,
} from './wiring/connection.ts';
import { abortSignal, type ExpectedOptions, requireOptions, text, texts } from './wiring/expected.ts';
import { findSimulator } from './wiring/locate.ts';

export interface CanaryOptions extends ConnectionOptions {
  /** Id or name of the store. */
  readonly customKeyStoreId: string;
  /**
   * KMS keys, by id, ARN or alias, or `all`.
   *
   * @default ['all']
   */
  readonly canaryKeys?: readonly string[];
  /**
   * The folder in which canaries are kept.
   *
   * @default `CKS_STATE_DIR`, else the folder of the platform for the state of programs
   */
  readonly stateDirectory?: string;
  /**
   * Abort it to stop reading. What is kept stays whole.
   *
   * @default none
   */
  readonly signal?: AbortSignal;
}

/** `reason`: why there are none. */
export interface CanaryResult {
  readonly store: KeyStore | null;
  /** Keys of which canaries are kept now, or were tried. */
  readonly canaries: number;
  /** Keys that decrypted to what they had encrypted. */
  readonly passed: number;
  /** ARNs of the keys that definitely did not; whatever else did not pass gave no answer. */
  readonly lost: readonly string[];
  readonly detail?: string;
  readonly reason?: Reason;
}

export function createKeyVerifier(
  connection: Connection,
  place: Place,
  stateDirectory: string | undefined,
): KeyVerifier {
  const kept = openKept(connection, place, stateDirectory);
  return createCanaryVerifier({ keys: connection.keys, kept, clock: systemClock, random: Math.random });
}

export function openKept(connection: Connection, place: Place, stateDirectory: string | undefined): KeptCanaries {
  const endpoint = findSimulator(connection);
  const where = { account: place.account, region: place.region, ...(endpoint === undefined ? {} : { endpoint }) };
  return createKeptCanaries(canariesFolder(stateFolder(stateDirectory)), where);
}

/** As its public name says. @throws {InvalidInputError} @throws {KeptCanariesError} */
export async function createCanaries(options: CanaryOptions): Promise<CanaryResult> {
  const { canaryKeys = ['all'], signal = new AbortController().signal } = options;
  return withStore(options, async (store, connection, kept) => {
    const earlier = await readReplaceable(kept, store.customKeyStoreId);
    const listed = await connection.keys.list(store.customKeyStoreId, signal);
    if (!listed.ok) return refuse(store, `its keys could not be listed: ${listed.failure.message}`);
    const { lost } = await tryCanaries(connection.keys, earlier, systemClock.now());
    if (lost.length > 0) {
      const detail = `${lost.length} of ${earlier.length}`;
      return { ...nothing, store, lost, reason: explainReason('CANARIES_LOST', { store, detail }) };
    }
    const runId = toIso(systemClock.now());
    const ports = { keys: connection.keys, clock: systemClock, random: Math.random };
    const { canaries, detail } = await encryptCanaries(ports, listed.value, { runId, wanted: canaryKeys, signal });
    if (canaries.length === 0) return refuse(store, detail ?? 'it gave no canary');
    const isEnabled = (arn: string) => listed.value.keys.some((key) => key.arn === arn && key.keyState === 'Enabled');
    const isMadeAnew = (arn: string) => canaries.some(({ keyId }) => keyId === arn);
    const others = earlier.filter(({ keyId }) => isEnabled(keyId) && !isMadeAnew(keyId));
    const all = [...others, ...canaries];
    await kept.write(store.customKeyStoreId, all);
    const { length } = all;
    return { store, canaries: length, passed: length, lost: [], ...(detail === undefined ? {} : { detail }) };
  });
}

/** As its public name says. @throws {KeptCanariesError} */
export function checkCanaries(options: Omit<CanaryOptions, 'canaryKeys'>): Promise<CanaryResult> {
  return withStore(options, async (store, connection, kept) => {
    const canaries = await kept.read(store.customKeyStoreId);
    if (canaries.length === 0) return refuse(store, 'no canaries are kept of it');
    const { passed, lost, detail } = await tryCanaries(connection.keys, canaries, systemClock.now());
    return { store, canaries: canaries.length, passed, lost, ...(detail === undefined ? {} : { detail }) };
  });
}

/**
 * The kept canaries that new ones may replace. Those that cannot be read may be the only evidence of the old key material.
 *
 * @throws {InvalidInputError} if they cannot be read.
 */
export async function readReplaceable(kept: KeptCanaries, customKeyStoreId: string): Promise<readonly Canary[]> {
  try {
    return await kept.read(customKeyStoreId);
  } catch (error) {
    if (!(error instanceof KeptCanariesError)) throw error;
    throw new InvalidInputError(error.message, { cause: error });
  }
}

const canaryOptions: ExpectedOptions<CanaryOptions> = {
  ...connectionOptions,
  customKeyStoreId: text,
  canaryKeys: texts,
  stateDirectory: text,
  signal: abortSignal,
};

async function withStore(
  options: CanaryOptions,
  work: (store: KeyStore, connection: Connection, kept: KeptCanaries) => Promise<CanaryResult>,
): Promise<CanaryResult> {
  requireOptions(options, canaryOptions);
  const { customKeyStoreId, stateDirectory, logger, signal } = options;
  const connection = await connect(options);
  return logRequests(
    connection,
    () => logger,
    async () => {
      const place = { ...connection.place, account: await connection.findAccount() };
      const reply = await connection.kms.describe(customKeyStoreId, signal);
      if (!reply.ok)
        return { ...nothing, store: null, reason: explainUnreadable(reply.failure, customKeyStoreId, place) };
      return work(reply.value, connection, openKept(connection, place, stateDirectory));
    },
  );
}

const nothing = { canaries: 0, passed: 0, lost: [] } as const;

function refuse(store: KeyStore, detail: string): CanaryResult {
  return { ...nothing, store, reason: explainReason('NO_CANARIES', { store, detail }) };
}
