/**
 * Logins as kmsuser: five bad ones lock it out of its cluster (CloudHSM user guide), so every Connect that may have
 * reached the login is counted, per cluster and password, across runs.
 */
import { loginLimit } from './cadence.ts';
import type { Risk } from './policy.ts';

export interface LoginRecord {
  /** Connects that may have reached the login since CONNECTED was seen or KMS was told another password. */
  readonly count: number;
  /** The ConnectionErrorCode with which kmsuser was refused last, if so: then only the operator can allow another. */
  readonly refusedWith: string | null;
}

/** The logins of a cluster after a Connect. `isGrantSpent`: only the acceptance of `login` had allowed it. */
export interface CountedLogin {
  readonly record: LoginRecord;
  readonly isGrantSpent: boolean;
}

export const noLogins: LoginRecord = { count: 0, refusedWith: null };

/** Without the acceptance of `login`: it allows one Connect that nothing else allows, and ends with a refusal. */
export function withoutLogin(accepted: readonly Risk[]): readonly Risk[] {
  return accepted.filter((risk) => risk !== 'login');
}

/** What two machines have counted since both read the same: nothing of it is lost, and a reset stands. */
export function mergeLogins(read: LoginRecord, written: LoginRecord, kept: LoginRecord): LoginRecord {
  if (written.count === 0 && written.refusedWith === null) return noLogins;
  const added = Math.max(0, written.count - read.count);
  return unite(written, { ...kept, count: kept.count + added });
}

/** Of two counts the one that lets less pass. */
export function unite(one: LoginRecord, other: LoginRecord): LoginRecord {
  return { count: Math.max(one.count, other.count), refusedWith: one.refusedWith ?? other.refusedWith };
}

/** Whether one more Connect may lead to a login. */
export function mayLogIn({ count, refusedWith }: LoginRecord, accepted: readonly Risk[]): boolean {
  return accepted.includes('login') || (refusedWith === null && count < loginLimit);
}
