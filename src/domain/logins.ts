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

/** Whether one more Connect may lead to a login. */
export function mayLogIn({ count, refusedWith }: LoginRecord, accepted: readonly Risk[]): boolean {
  return accepted.includes('login') || (refusedWith === null && count < loginLimit);
}
