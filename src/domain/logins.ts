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

export const noLogins: LoginRecord = { count: 0, refusedWith: null };

/** Whether one more Connect may lead to a login. */
export function mayLogIn({ count, refusedWith }: LoginRecord, accepted: readonly Risk[]): boolean {
  return accepted.includes('login') || (refusedWith === null && count < loginLimit);
}
