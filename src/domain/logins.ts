/**
 * Logins as kmsuser: five bad ones lock it out of its cluster (CloudHSM user guide), so every Connect that may have
 * reached the login is counted, per cluster and password, across runs.
 */
import { loginLimit } from './cadence.ts';
import { explainConnectionError } from './connection-errors.ts';
import type { KeyStore } from './key-store.ts';
import type { Risk } from './policy.ts';

export interface LoginRecord {
  /** Connects that may have reached the login since CONNECTED was seen or KMS was told another password. */
  readonly count: number;
  /** The ConnectionErrorCode with which kmsuser was refused last, if so: then only the operator can allow another. */
  readonly refusedWith: string | null;
  /** Why earlier runs may have counted more, which cannot be read. Absent: this is all that they counted. */
  readonly unknownBecause?: string;
}

/**
 * The logins of a cluster after a Connect. `isGrantSpent`: only the acceptance of `login` had allowed it. `isAccepted`: KMS
 * accepted the last call that was counted.
 */
export interface CountedLogin {
  readonly record: LoginRecord;
  readonly isGrantSpent: boolean;
  readonly isAccepted?: boolean;
}

/** A login that was counted for a Connect that KMS accepted. `untilMs`: from then on a dead man's switch may have connected. */
export interface AcceptedLogin {
  readonly clusterId: string;
  readonly untilMs: number | null;
}

export const noLogins: LoginRecord = { count: 0, refusedWith: null };

/** Takes back the count of one Connect that certainly did not reach the login. */
export function withoutOne(record: LoginRecord): LoginRecord {
  return { ...record, count: Math.max(0, record.count - 1) };
}

/**
 * Whether a FAILED says that the Connect before it did not reach the login: the connect was observed under way, and the
 * code names something that KMS needs before it. `tally`: how often each state was observed since KMS accepted the call.
 */
export function showsNoLogin(
  { untilMs }: AcceptedLogin,
  { store, atMs }: { readonly store: KeyStore; readonly atMs: number },
  tally: Readonly<Record<string, number>>,
): boolean {
  const { connectionState, connectionErrorCode: code, customKeyStoreType } = store;
  if (connectionState !== 'FAILED' || code === undefined || !tally.CONNECTING) return false;
  if (untilMs !== null && atMs >= untilMs) return false;
  return explainConnectionError(code, customKeyStoreType).login === 'never';
}

/** Without the acceptance of `login`: it allows one Connect that nothing else allows, and ends with a refusal. */
export function withoutLogin(accepted: readonly Risk[]): readonly Risk[] {
  return accepted.filter((risk) => risk !== 'login');
}

/** What two machines have counted since both read the same: nothing of it is lost, and a reset stands. */
export function mergeLogins(read: LoginRecord, written: LoginRecord, kept: LoginRecord): LoginRecord {
  if (isReset(written)) return noLogins;
  const added = Math.max(0, written.count - read.count);
  return unite(written, { ...kept, count: kept.count + added });
}

const isReset = ({ count, refusedWith, unknownBecause }: LoginRecord) =>
  count === 0 && refusedWith === null && unknownBecause === undefined;

/** Of two counts the one that lets less pass. */
export function unite(one: LoginRecord, other: LoginRecord): LoginRecord {
  const unknownBecause = one.unknownBecause ?? other.unknownBecause;
  return {
    count: Math.max(one.count, other.count),
    refusedWith: one.refusedWith ?? other.refusedWith,
    ...(unknownBecause === undefined ? {} : { unknownBecause }),
  };
}

/** The count of a cluster for which nothing could be read: not zero. */
export function unknownLogins(unknownBecause: string): LoginRecord {
  return { ...noLogins, unknownBecause };
}

/** Reads a kept count from JSON; undefined if it is not one. A missing member does not count as zero. */
export function checkLogins(value: unknown): LoginRecord | undefined {
  const { count, refusedWith, unknownBecause } = Object(value);
  if (!Number.isSafeInteger(count) || count < 0) return undefined;
  if (refusedWith !== null && typeof refusedWith !== 'string') return undefined;
  if (unknownBecause === undefined) return { count, refusedWith };
  return typeof unknownBecause === 'string' ? { count, refusedWith, unknownBecause } : undefined;
}

/** What a run goes by: what is kept across runs, or where that cannot be read what the run and its journal have counted. */
export function reconcileLogins(kept: LoginRecord, counted: LoginRecord): LoginRecord {
  if (kept.unknownBecause !== undefined) return counted;
  return { ...kept, count: Math.max(kept.count, counted.count) };
}

/** Whether one more Connect may lead to a login. */
export function mayLogIn({ count, refusedWith, unknownBecause }: LoginRecord, accepted: readonly Risk[]): boolean {
  const isAllowed = refusedWith === null && unknownBecause === undefined && count < loginLimit;
  return isAllowed || accepted.includes('login');
}
