/** The reasons of cks itself for an outcome, in words a person can act on. Those of KMS are in the two error catalogues. */
import { explainConnectionError } from './connection-errors.ts';
import { explainFailure, type Failure, type Reason } from './failure.ts';
import { type KeyStore, nameStore } from './key-store.ts';
import type { KeyVerdict } from './key-verification.ts';
import type { ReportedLockOwner } from './safeguards.ts';
import { nameStep } from './steps.ts';

/** What a sentence may speak of. `detail` is the part that only the caller knows. */
export interface ReasonFacts {
  readonly store?: KeyStore;
  readonly detail?: string;
}

interface Wording {
  readonly message: (store: string, detail: string, state: string) => string;
  readonly cause: string;
  readonly remedy: string;
}

const wordings = {
  INVALID_CHANGE: {
    message: (_store, detail) => detail,
    cause: 'The change is invalid, or does not fit this type of store.',
    remedy: 'Correct the value and run the command again. Nothing was changed.',
  },
  STORE_NOT_FOUND: {
    message: (_store, detail) => `no custom key store ${detail}`,
    cause: 'The id or name is wrong, or the store belongs to another Region or account.',
    remedy: 'List the stores with: cks describe. Custom key store calls never cross accounts or Regions.',
  },
  STORE_GONE: {
    message: (store, detail) => `${store} no longer exists: ${detail}`,
    cause:
      'KMS has said so for longer than a stale read lasts: the store was deleted, or the AWS credentials now belong to another account.',
    remedy:
      'Find out who deleted it (CloudTrail shows DeleteCustomKeyStore). If the credentials are those of another account, log in to the right one and continue the run with cks resume.',
  },
  STORE_NOT_SETTLED: {
    message: (store, _detail, state) => `${store} is still ${state}`,
    cause: 'KMS has not finished an earlier connect or disconnect, and cks never interrupts one.',
    remedy: 'Wait for the current connect or disconnect to finish (cks describe), then run the command again.',
  },
  STORE_UNKNOWN: {
    message: (store, detail) => `this version of cks does not know the kind of ${store}: ${detail}`,
    cause: 'KMS shows a value that is newer than this version, so cks cannot know what a change would do to the store.',
    remedy: 'Nothing was sent. Update cks; cks describe shows the store as KMS does.',
  },
  KMSUSER_LOGGED_IN: {
    message: (store) => `${store} is CONNECTED, so a new KeyStorePassword cannot be right`,
    cause:
      'While the store is CONNECTED, KMS is logged in as kmsuser, and the password of a logged-in user cannot be changed.',
    remedy:
      'To rotate the password, use cks reconnect. To give KMS a password that you set by hand, add --hold-offline: the run waits offline while you set it with the CloudHSM CLI.',
  },
  NOT_LIVE: {
    message: (store, detail) => `${store} would have to go offline: ${detail}`,
    cause: '--mode live allows only changes that KMS takes while the store is CONNECTED.',
    remedy: 'Leave out --mode live and accept the outage with --accept outage.',
  },
  STORE_FAILED: {
    message: (store) => `${store} is FAILED, and it has these settings already`,
    cause: 'No setting differs, so an update would change nothing and the store would stay FAILED.',
    remedy: 'Fix what the connection error names, then run cks reconnect.',
  },
  PREVIOUS_CREDENTIAL_UNKNOWN: {
    message: (_store, detail) => `the previous credential is not the one in force: ${detail}`,
    cause: 'A rollback with a credential that was not in force could not work.',
    remedy:
      'Give the credential whose AccessKeyId DescribeCustomKeyStores shows, or leave it out and use --accept no-rollback.',
  },
  PREVIOUS_PASSWORD_GONE: {
    message: (store) => `${store} is CONNECTED, so cks could not restore a previous kmsuser password`,
    cause: 'KMS replaces the password of kmsuser at each connect; only KMS knows the password in force.',
    remedy: 'Leave out --previous-key-store-password and accept the risk with --accept no-rollback.',
  },
  LOCKED: {
    message: (store, detail) => `${store} is in use by ${detail}`,
    cause: 'Only one run at a time may act on a store.',
    remedy:
      'Wait for that run to end. cks runs shows its progress (add --lock-table for other machines), and cks stop ends it. This run changed nothing.',
  },
  OTHER_ACCOUNT: {
    message: (_store, detail) => `these are credentials of account ${detail}`,
    cause: 'The run belongs to another account, where its store is.',
    remedy: 'Log in to that account (or name its profile with --profile), then run the same command again.',
  },
  SAFEGUARD_UNAVAILABLE: {
    message: (_store, detail) => detail,
    cause: 'cks does not start a run without its journal and its lock: such a run could not be resumed.',
    remedy: 'Do what the message says, then run the command again. Nothing was sent.',
  },
  STORE_CHANGED: {
    message: (store, detail) => `${store} has changed since ${detail}`,
    cause: 'Someone else changed the store, so cks cannot resume from what that run knew.',
    remedy: 'cks sent no update. Check its state (cks describe), then update it with a new run.',
  },
  CHECK_FAILED: {
    message: (store, detail) => `${store} was not touched: ${detail}`,
    cause: 'A check before the first write found that the change cannot work.',
    remedy: 'Fix the problem above, or skip the check with --skip-check.',
  },
  TRIAL_INTERRUPTED: {
    message: (store) => `${store} was not touched, and its trial store is deleted`,
    cause: 'The run was interrupted during its trial connect, which cannot be resumed.',
    remedy: 'Run the command again.',
  },
  CONSENT_MISSING: {
    message: (_store, detail) => `not confirmed: ${detail} is missing`,
    cause: 'The go-ahead needs --yes, and each risk needs its own --accept. Without a terminal cks cannot ask.',
    remedy: 'Read the plan (cks plan), then run the command again with the options named here.',
  },
  DECLINED: {
    message: (store) => `${store} was not touched: the plan was declined`,
    cause: 'You declined.',
    remedy: 'Nothing to do.',
  },
  STOPPED: {
    message: (_store, detail) => `stopped by the operator${detail}`,
    cause: 'Someone requested a stop before KMS accepted the update.',
    remedy: 'Nothing to do: the store is as cks found it.',
  },
  PLAN_STALE: {
    message: (store, detail) => `${store} has changed since this plan was saved: ${detail}`,
    cause: 'cks applies a plan only to the store that it was made for.',
    remedy: 'cks sent nothing. Find out who changed it, then make a new plan: cks plan --out.',
  },
  OVER_BUDGET: {
    message: (store, detail) => `${store} would be offline ${detail}`,
    cause: 'cks starts an outage only if it should end within its budget.',
    remedy: 'cks sent nothing. Raise --outage-budget, or try the change without an outage (--mode live).',
  },
  OUTSIDE_WINDOW: {
    message: (store, detail) => `${store} was not touched: ${detail}`,
    cause: 'cks starts a run only if it should finish within the window: it breaks nothing off when the window closes.',
    remedy: 'Run it again: cks waits for the next opening. If the run can never fit, name a longer --window.',
  },
  DRIFTED: {
    message: (store, detail) => `${store} has changed since it was described: ${detail}`,
    cause: 'Someone else, or KMS, changed the store between the plan and the first write.',
    remedy: 'cks sent nothing. Check its state (cks describe), then plan again.',
  },
  HOLD_EXPIRED: {
    message: (store) => `${store} was on hold, and no answer came within --hold-timeout`,
    cause: 'A hold does not keep a store offline forever: after its limit the run rolls back.',
    remedy: 'Run the command again when an operator can answer, or with a longer --hold-timeout.',
  },
  EXTERNAL_CHANGE: {
    message: (store, detail) => `${store} was changed by someone else during the run: ${detail}`,
    cause: 'The store has changed since the last call of this run, so another person or program acts on it.',
    remedy:
      'Find out who (CloudTrail shows UpdateCustomKeyStore, ConnectCustomKeyStore and DisconnectCustomKeyStore); agree who owns the change; then continue.',
  },
  FENCE_IMPOSSIBLE: {
    message: (store, detail) => `${store} was not touched: its keys could not be fenced: ${detail}`,
    cause: 'You requested a fence, so cks starts the outage only if it can disable, enable and verify the keys.',
    remedy: 'Check the rights for --fence (cks iam-policy --fence), or leave it out. No key was changed.',
  },
  FENCE_FAILED: {
    message: (store, detail) => `${store} stayed online: not all of its keys could be disabled: ${detail}`,
    cause: 'cks starts the outage only when each key of the fence is observed Disabled.',
    remedy: 'Check the rights for --fence (cks iam-policy --fence), or leave it out, then run the command again.',
  },
  KEYS_LEFT_DISABLED: {
    message: (store, detail) => `cks left keys of ${store} disabled: ${detail}`,
    cause: 'cks enables a key only if the store holds the right key material, and KMS accepts EnableKey.',
    remedy:
      'Continue the run with cks resume, which tests each key. A command named here enables a key without a test.',
  },
  NOT_ARMED: {
    message: (store, detail) => `${store} was not touched: its dead man's switch could not be armed: ${detail}`,
    cause: "You requested a dead man's switch, so cks starts the outage only when it is armed.",
    remedy:
      'Check the rights for --dead-mans-switch (cks iam-policy) and the trust policy of its role, or leave it out. cks sent nothing.',
  },
  SWITCH_FIRED: {
    message: (store, detail) => `the dead man's switch of ${store} fired before the run ended: ${detail}`,
    cause: 'The run took longer than all of its limits, so AWS connected the store.',
    remedy: 'Check that the store is CONNECTED (cks describe), then run the command again.',
  },
  OUTAGE_NEEDED: {
    message: (store, detail) => `KMS does not accept this change while ${store} is CONNECTED: ${detail}`,
    cause: 'The AWS documents disagree on what may change live. KMS decided, and the outage was not accepted.',
    remedy: 'Nothing was changed. To let the store go offline, add --mode offline --accept outage.',
  },
  UNSETTLED: {
    message: (store, detail) => `${store} is still ${detail} after the longest wait`,
    cause: 'KMS has not finished, and cks never interrupts a connect or disconnect.',
    remedy: 'Wait for it to finish (cks describe), then run the commands named here.',
  },
  UNEXPECTED: {
    message: (store, detail) => `cks met a result for ${store} that it does not expect at this point (${detail})`,
    cause: 'A bug of cks: it sent nothing further, because an unexpected result never counts as success.',
    remedy:
      'Describe the store (cks describe) and compare it with the settings named here. Report the run id as a bug.',
  },
  UNCLEAR: {
    message: (store, detail) => `cks does not know whether KMS applied a call to ${store}: ${detail}`,
    cause: 'KMS gave no definite answer to the call, however often it was sent.',
    remedy: 'Check the network to KMS and the AWS Health Dashboard, and describe the store (cks describe).',
  },
  UNANSWERED: {
    message: (store, detail) => `KMS did not accept a call to ${store} within its time limit: ${detail}`,
    cause: 'KMS rejected each try for a reason that may pass, and it did not pass in time.',
    remedy: 'Do what the message says, then run the commands named here.',
  },
  UNREADABLE: {
    message: (store, detail) => `KMS could not describe ${store}: ${detail}`,
    cause: 'KMS did not answer within the longest wait.',
    remedy: 'Describe the store as soon as KMS answers; a connect or disconnect may still run.',
  },
  KEYS_NOT_VERIFIABLE: {
    message: (store, detail) => `${store} was not touched: cks could not verify its keys afterwards (${detail})`,
    cause: 'You required key verification, and there is no ciphertext to decrypt after the change.',
    remedy:
      'Create canaries while the store is CONNECTED (cks canary create), or leave out --require-key-verification.',
  },
  OLD_SETTINGS_UNUSABLE: {
    message: (store, detail) => `the old settings of ${store} do not work any more: ${detail}`,
    cause: 'cks checked them again before it rolled back.',
    remedy: 'Continue with a value that works: cks resume RUN with the option of the property.',
  },
  KEY_MISMATCH: {
    message: (store, detail) => `${store} is CONNECTED but does not decrypt what it encrypted before: ${detail}`,
    cause: 'The store now uses different key material.',
    remedy:
      'Keep the new key manager until the data encrypted in that time is re-encrypted, and let nothing encrypt with these keys until the old key source is back.',
  },
  KEYS_FAILED: {
    message: (store, detail) => `${store} is CONNECTED but its keys do not work: ${detail}`,
    cause:
      'KMS cannot use the keys with the settings in force: the proxy or the cluster rejects the calls, or an external key is missing or disabled.',
    remedy:
      'Find the message in the log of the proxy, the external key manager or the cluster, and correct the cause or the new value.',
  },
  ROLLBACK_CANNOT_HELP: {
    message: (store) => `a rollback cannot make the keys of ${store} work`,
    cause: 'No key worked with the old settings either, or no setting was changed.',
    remedy: 'The store stays as it is.',
  },
  NO_CANARIES: {
    message: (store, detail) => `no canaries of ${store}: ${detail}`,
    cause: 'A canary is made by a key that works, and shows later whether the key material is still the same.',
    remedy: 'Create them while the store is CONNECTED, with: cks canary create.',
  },
  NO_CANARY_KEY: {
    message: (store, detail) => `no canary key of ${store}: ${detail}`,
    cause: 'A canary key is a KMS key in the store that no application uses, with an alias by which a run finds it.',
    remedy: 'Correct what the message says, then run the command again. The rights: cks iam-policy --canary-key.',
  },
  CANARIES_LOST: {
    message: (store, detail) => `${detail} kept canaries of ${store} do not decrypt any more`,
    cause: 'The key material has changed since, and new canaries would hide that.',
    remedy:
      'Find the keys (cks canary check), and restore the old key source. If it is gone for good, remove the file of the store from the folder canaries beside the journals, then create new canaries.',
  },
  NO_EFFECT: {
    message: (store, _detail, state) =>
      `KMS accepted the call, but the state of ${store} did not change; it is ${state}`,
    cause:
      'DescribeCustomKeyStores still shows the store as it was, after the longest wait. Another actor may have reversed the call between two observations.',
    remedy:
      'Search CloudTrail for a ConnectCustomKeyStore, DisconnectCustomKeyStore or UpdateCustomKeyStore by someone else. If you find no such event, describe the store again later; open a case with AWS if nothing changes.',
  },
  NOT_RESTORABLE: {
    message: (store, detail) => `${store} cannot be rolled back: ${detail}`,
    cause: 'An old value is not known any more, or would not help.',
    remedy: 'Correct the new value and update the store again.',
  },
} as const satisfies Record<string, Wording>;

export type ReasonCode = keyof typeof wordings;

function describeProcess(pid: number, host: string | undefined): string {
  if (host === undefined) return `process ${pid}`;
  return pid === 0 ? host : `process ${pid} on ${host}`;
}

/** The run that owns a lock, in words. */
export function describeLockOwner({ runId, pid, host, since, step }: ReportedLockOwner): string {
  return `run ${runId} (${describeProcess(pid, host)}, since ${since}, ${nameStep(step)})`;
}

export function explainReason(code: ReasonCode, { store, detail = '' }: ReasonFacts): Reason {
  const { message, cause, remedy } = wordings[code];
  const name = store ? nameStore(store) : 'the store';
  return { code, message: message(name, detail, store?.connectionState ?? 'unknown'), cause, remedy };
}

/** Why the keys of a connected store are a failure of the change. */
export function explainKeyFailure({ keyVerification, keyTest }: KeyVerdict, store: KeyStore | undefined): Reason {
  const about = store === undefined ? {} : { store };
  return keyVerification.status === 'mismatch'
    ? explainReason('KEY_MISMATCH', { ...about, detail: keyVerification.detail ?? 'the canary does not decrypt' })
    : explainReason('KEYS_FAILED', { ...about, detail: keyTest.detail ?? 'a key cannot be used' });
}

/** A store that is FAILED: its ConnectionErrorCode is the code, and the catalogue knows cause and remedy. */
export function explainFailed(store: KeyStore): Reason {
  const code = store.connectionErrorCode ?? 'FAILED';
  const { cause, remedy } = explainConnectionError(code, store.customKeyStoreType);
  return { code, message: `${nameStore(store)} failed to connect: ${code}`, cause, remedy };
}

/** A store that Describe did not show. Calls never cross accounts or Regions, so both are named. */
export function explainUnreadable(
  failure: Failure,
  store: string,
  { region, account }: { readonly region: string; readonly account: string },
): Reason {
  if (failure.class !== 'notFound') return explainFailure(failure, `"${store}" could not be described`);
  const where = account === 'unknown' ? region : `${region} of account ${account}`;
  return explainReason('STORE_NOT_FOUND', { detail: `"${store}" in ${where}` });
}
