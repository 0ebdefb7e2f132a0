/**
 * A dead man's switch: a one-time schedule at AWS that calls ConnectCustomKeyStore when the run should long be over. It
 * reconnects a store that a run took offline and never reconnected.
 *
 * The Connect of a switch is never tried again, and may be a login as kmsuser. So the switch of a CloudHSM key store is
 * disarmed before KMS gets another password or cluster, and before an operator may set one (promise 8).
 */
import type { Change } from './change.ts';
import type { KeyStore } from './key-store.ts';
import type { PlannedCourse } from './outage.ts';
import { longestOutageMs, type Policy } from './policy.ts';

/** One that may still connect the store. */
export interface ArmedSwitch {
  /** Of its schedule. */
  readonly name: string;
  readonly deadlineAtMs: number;
}

/** `needless`: nothing goes offline by the run that it could bring back. */
export type SwitchPlan = { readonly kind: 'armed' } | { readonly kind: 'needless'; readonly why: string };

/** What the role is named by. */
export const roleForm = 'the ARN of an IAM role, such as arn:aws:iam::111122223333:role/connect';

export function isRoleArn(text: unknown): text is string {
  return typeof text === 'string' && /^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(text);
}

const minuteMs = 60_000;

/** For calls that were held up, and for a scheduler that is exact to the minute. */
const marginMs = 10 * minuteMs;

/** After our worst way there and back again. On the minute, as its expression has it. */
export function switchDeadlineMs(policy: Policy, { customKeyStoreType }: KeyStore, nowMs: number): number {
  const latestMs = nowMs + longestOutageMs(policy, customKeyStoreType) + marginMs;
  return Math.ceil(latestMs / minuteMs) * minuteMs;
}

/** How the name of each switch begins. */
export const switchPrefix = 'dead-mans-switch-';

/** EventBridge Scheduler allows a schedule these names. Source: its API reference, "CreateSchedule". */
const scheduleName = /^[0-9a-zA-Z_.-]{1,64}$/;

/**
 * By the store: whatever became of earlier runs on it, it never has more than one. An id may have 64 characters: where a
 * name cannot hold it, its beginning and its digest stand for it.
 */
export function nameSwitch(customKeyStoreId: string): string {
  const name = `${switchPrefix}${customKeyStoreId}`;
  if (scheduleName.test(name)) return name;
  return `${switchPrefix}${customKeyStoreId.replace(/[^0-9a-zA-Z_.-]/g, '_').slice(0, 30)}-${digest(customKeyStoreId)}`;
}

/** 64-bit FNV-1a. Only ids of one account and Region share a namespace, so it need not withstand an attacker. */
function digest(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const letter of text) hash = BigInt.asUintN(64, (hash ^ BigInt(letter.codePointAt(0) ?? 0)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, '0');
}

export function planSwitch({ connectionState }: KeyStore, { mode, wantedState }: PlannedCourse): SwitchPlan {
  if (connectionState !== 'CONNECTED') return { kind: 'needless', why: `the store is ${connectionState} already` };
  if (wantedState !== 'CONNECTED') return { kind: 'needless', why: 'the store shall stay offline' };
  if (mode === 'offline') return { kind: 'armed' };
  return { kind: 'needless', why: 'nothing goes offline, unless KMS wants that' };
}

/** Whether its Connect could meet a cluster that has another password of kmsuser than KMS. */
export function mayMisleadLogin({ customKeyStoreType }: KeyStore, send: Change, { holdOffline }: Policy): boolean {
  if (customKeyStoreType !== 'AWS_CLOUDHSM') return false;
  return holdOffline || send.KeyStorePassword !== undefined || send.CloudHsmClusterId !== undefined;
}
