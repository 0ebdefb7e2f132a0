/** The project's own reasons for an outcome, in words a person can act on. KMS's reasons stand in the two error catalogues. */
import { explainConnectionError } from './connection-errors.ts';
import { explainFailure, type Failure, type Reason } from './failure.ts';
import { type KeyStore, nameStore } from './key-store.ts';
import type { KeyVerdict } from './key-verification.ts';
import type { LockOwner } from './safeguards.ts';

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
    cause: 'The change is wrong by itself or for this type of store.',
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
      'KMS says so for longer than a stale answer lasts: the store was deleted, or the AWS credentials in use now belong to another account.',
    remedy:
      'Find out who deleted it (CloudTrail shows DeleteCustomKeyStore). If the credentials are those of another account, log in to the right one and continue the run with cks resume.',
  },
  STORE_NOT_SETTLED: {
    message: (store, _detail, state) => `${store} is still ${state}`,
    cause: 'KMS has not finished an earlier connect or disconnect, and a store in transition is never interrupted.',
    remedy: 'Wait until it is settled (cks describe), then run the command again.',
  },
  STORE_UNKNOWN: {
    message: (store, detail) => `${store} is of a kind that this version of cks does not know: ${detail}`,
    cause: 'KMS shows a word that is newer than this version, so what a change would do to the store is not known.',
    remedy: 'Nothing was sent. Update cks; cks describe shows the store as KMS does.',
  },
  KMSUSER_LOGGED_IN: {
    message: (store) => `${store} is CONNECTED, so a new KeyStorePassword cannot be right`,
    cause: 'While the store is CONNECTED, KMS is logged in as kmsuser and nobody can have changed its password.',
    remedy:
      'To rotate the password, use cks reconnect. To tell KMS one that you set by hand, add --hold-offline: the run waits offline while you set it on every HSM.',
  },
  NOT_LIVE: {
    message: (store, detail) => `${store} would have to go offline: ${detail}`,
    cause: '--mode live allows only changes that KMS takes while the store is CONNECTED.',
    remedy: 'Leave out --mode live and accept the outage with --accept outage.',
  },
  STORE_FAILED: {
    message: (store) => `${store} is FAILED, and it has these settings already`,
    cause: 'No setting differs, so an update would change nothing and the store would stay FAILED.',
    remedy: 'Mend what the connection error names, then connect it with: cks reconnect.',
  },
  PREVIOUS_CREDENTIAL_UNKNOWN: {
    message: (_store, detail) => `the previous credential is not the one in force: ${detail}`,
    cause: 'A rollback with a credential that was not in force could not work.',
    remedy:
      'Give the credential whose AccessKeyId DescribeCustomKeyStores shows, or leave it out and use --accept no-rollback.',
  },
  PREVIOUS_PASSWORD_GONE: {
    message: (store) => `${store} is CONNECTED, so no previous kmsuser password could be put back`,
    cause: 'KMS replaces the password of kmsuser at each connect; the one in force is known to nobody else.',
    remedy: 'Leave out --previous-key-store-password and accept the risk with --accept no-rollback.',
  },
  LOCKED: {
    message: (store, detail) => `${store} is being worked on by ${detail}`,
    cause: 'Two runs never act on one store at the same time.',
    remedy:
      'Wait until it has ended; cks runs (with --lock-table for other machines) shows what it is doing, and cks stop ends it. Nothing was changed by this run.',
  },
  OTHER_ACCOUNT: {
    message: (_store, detail) => `these are credentials of account ${detail}`,
    cause: 'The run belongs to another account, where its store is.',
    remedy: 'Log in to that account (or name its profile with --profile), then run the same command again.',
  },
  SAFEGUARD_UNAVAILABLE: {
    message: (_store, detail) => detail,
    cause: 'A run whose journal or lock cannot be kept does not begin: nobody could go on with it.',
    remedy: 'Do what the message says, then run the command again. Nothing was sent.',
  },
  STORE_CHANGED: {
    message: (store, detail) => `${store} is not as ${detail} left it`,
    cause: 'Somebody else has changed it since, so what that run knows is no basis to go on from.',
    remedy: 'Nothing was sent. Look at it (cks describe), then update it with a new run.',
  },
  CHECK_FAILED: {
    message: (store, detail) => `${store} was not touched: ${detail}`,
    cause: 'A check before the first write found that the change cannot work.',
    remedy: 'Mend what the check names, or leave it out with --skip-check if you know better.',
  },
  TRIAL_INTERRUPTED: {
    message: (store) => `${store} was not touched, and the trial store of its trial connect is gone`,
    cause: 'The run was cut off in its trial connect, which cannot be gone on with.',
    remedy: 'Nothing is left to do: run the command again.',
  },
  CONSENT_MISSING: {
    message: (_store, detail) => `not confirmed: ${detail} is missing`,
    cause: 'A risk is accepted by name only, and without a terminal nobody can be asked.',
    remedy: 'Look at the plan (cks plan), then run the command again with the options named here.',
  },
  DECLINED: {
    message: (store) => `${store} was not touched: the plan was declined`,
    cause: 'The question was answered with no.',
    remedy: 'Nothing is left to do.',
  },
  STOPPED: {
    message: (_store, detail) => `stopped by the operator${detail}`,
    cause: 'A stop was asked for before the update was accepted.',
    remedy: 'Nothing is left to do: the store is as it was found.',
  },
  PLAN_STALE: {
    message: (store, detail) => `the plan was made for ${store} as it is no longer: ${detail}`,
    cause: 'The store has changed since the plan was saved.',
    remedy: 'Nothing was sent. Find out who changed it, then make the plan anew: cks plan --out.',
  },
  OVER_BUDGET: {
    message: (store, detail) => `${store} would be offline ${detail}`,
    cause: 'An outage is begun only where it can be expected to end within its budget.',
    remedy:
      'Nothing was sent. Raise --outage-budget, or look whether the change can be made without an outage (--mode live).',
  },
  OUTSIDE_WINDOW: {
    message: (store, detail) => `${store} was not touched: ${detail}`,
    cause: 'What is begun in a window must be expected to end in it, for nothing is broken off when it closes.',
    remedy:
      'Run it again: after the window has closed it waits for the next opening. Where it can never fit, name a longer --window.',
  },
  DRIFTED: {
    message: (store, detail) => `${store} has changed since it was described: ${detail}`,
    cause: 'Somebody else, or KMS, changed the store between the plan and the first write.',
    remedy: 'Nothing was sent. Look at it (cks describe), then plan again.',
  },
  HOLD_EXPIRED: {
    message: (store) => `${store} was on hold, and no answer came within --hold-timeout`,
    cause: 'A hold does not keep a store offline without end: after its limit the run puts the old settings back.',
    remedy: 'Run the command again when an operator can answer, or with a longer --hold-timeout.',
  },
  EXTERNAL_CHANGE: {
    message: (store, detail) => `${store} was changed by somebody else during the run: ${detail}`,
    cause: 'The store is not as this run left it, so another person or program is acting on it.',
    remedy: 'Find out who (CloudTrail shows UpdateCustomKeyStore, Connect and Disconnect), agree on one, then go on.',
  },
  NOT_ARMED: {
    message: (store, detail) => `${store} was not touched: its dead man's switch could not be armed: ${detail}`,
    cause: 'An outage that a switch shall bring to an end is begun only when the switch is armed.',
    remedy:
      'Look at the rights of --dead-mans-switch (cks iam-policy) and at whom its role trusts, or leave it out. Nothing was sent.',
  },
  SWITCH_FIRED: {
    message: (store, detail) => `the dead man's switch of ${store} has struck before the run was done: ${detail}`,
    cause: 'The run took longer than all of its deadlines, so AWS has connected the store in its place.',
    remedy: 'See that it is CONNECTED (cks describe), then run the command again.',
  },
  OUTAGE_NEEDED: {
    message: (store, detail) => `KMS does not take this change while ${store} is CONNECTED: ${detail}`,
    cause: 'AWS documents disagree on what may change live; KMS decided, and an outage was not accepted.',
    remedy: 'Nothing was changed. To let the store go offline, run it again with --mode offline --accept outage.',
  },
  UNSETTLED: {
    message: (store, detail) => `${store} is still ${detail} at the deadline`,
    cause: 'KMS has not finished; a store in transition is never interrupted.',
    remedy: 'Wait until it is settled (cks describe), then go on with the commands named here.',
  },
  UNEXPECTED: {
    message: (store, detail) => `cks met a result for ${store} that it does not expect at this point (${detail})`,
    cause: 'A fault of this program: nothing further was sent, because an unexpected result never counts as success.',
    remedy:
      'Describe the store (cks describe) and compare it with the settings named here. Report the run id as a bug.',
  },
  UNCLEAR: {
    message: (store, detail) => `it is not known whether KMS applied a call to ${store}: ${detail}`,
    cause: 'KMS gave no definite answer to the call, however often it was sent.',
    remedy: 'Look at the network to KMS and at the AWS Health Dashboard, and describe the store (cks describe).',
  },
  UNANSWERED: {
    message: (store, detail) => `KMS did not accept a call to ${store} within its limit: ${detail}`,
    cause: 'KMS answered each try in a way that may pass, and it did not pass in time.',
    remedy: 'Do what the message says, then go on with the commands named here.',
  },
  UNREADABLE: {
    message: (store, detail) => `${store} could not be described: ${detail}`,
    cause: 'KMS did not answer within the deadline.',
    remedy: 'Describe the store as soon as KMS answers; it may still be moving.',
  },
  KEYS_NOT_VERIFIABLE: {
    message: (store, detail) => `${store} was not touched: its keys could not be proven afterwards (${detail})`,
    cause: 'A proof was required, and there is nothing that could be decrypted after the change.',
    remedy: 'Make canaries while the store is CONNECTED (cks canary create), or leave out --require-key-verification.',
  },
  OLD_SETTINGS_UNUSABLE: {
    message: (store, detail) => `the old settings of ${store} cannot work any more: ${detail}`,
    cause: 'They were checked again before they would have been put back.',
    remedy: 'Go on with a value that works: cks resume RUN with the option of the property.',
  },
  KEY_MISMATCH: {
    message: (store, detail) => `${store} is CONNECTED but does not decrypt what it encrypted before: ${detail}`,
    cause: 'The new settings lead to other key material than the old ones.',
    remedy:
      'Keep the new key manager alive until what was encrypted meanwhile is re-encrypted, and let nothing encrypt with these keys until the old key source is back.',
  },
  KEYS_FAILED: {
    message: (store, detail) => `${store} is CONNECTED but its keys do not work: ${detail}`,
    cause:
      'KMS cannot use the keys with the settings in force: the proxy or the cluster refuses, or an external key is missing or disabled.',
    remedy:
      'Look at the log of the proxy, the external key manager or the cluster for what the message says, and correct that or the new value.',
  },
  ROLLBACK_CANNOT_HELP: {
    message: (store) => `a rollback cannot make the keys of ${store} work`,
    cause: 'No key worked with the old settings either, or no setting was changed.',
    remedy: 'The store stays as it is.',
  },
  NO_CANARIES: {
    message: (store, detail) => `no canaries of ${store}: ${detail}`,
    cause: 'A canary is encrypted by a key that works, and tells later whether that key is still the same.',
    remedy: 'Create them while the store is CONNECTED, with: cks canary create.',
  },
  CANARIES_LOST: {
    message: (store, detail) => `${detail} canaries that are kept of ${store} do not decrypt any more`,
    cause: 'The keys are others than when these were made, and new canaries would hide that.',
    remedy:
      'Look which keys they are of (cks canary check), and bring the old key source back. Where it is given up for good, remove the file of the store from the folder canaries beside the journals, then create canaries anew.',
  },
  NO_EFFECT: {
    message: (store, _detail, state) => `KMS accepted the call, but ${store} shows nothing of it; it is ${state}`,
    cause:
      'DescribeCustomKeyStores still shows the store as it was, after the longest wait. Another actor may have reversed the call between two observations.',
    remedy:
      'Look in CloudTrail for a ConnectCustomKeyStore, DisconnectCustomKeyStore or UpdateCustomKeyStore that is not of this run. If there is none, describe the store again later, and open a case with AWS if it stays so.',
  },
  NOT_RESTORABLE: {
    message: (store, detail) => `${store} cannot be rolled back: ${detail}`,
    cause: 'An old value is known to nobody any more, or would not help.',
    remedy: 'Correct the new value and update the store again.',
  },
} as const satisfies Record<string, Wording>;

export type ReasonCode = keyof typeof wordings;

/** Who is at work on a store, in words. */
export function describeLockOwner({ runId, pid, host, sinceMs, step }: LockOwner): string {
  const where = host === undefined ? `process ${pid}` : pid === 0 ? host : `process ${pid} on ${host}`;
  return `run ${runId} (${where}) since ${new Date(sinceMs).toISOString()}, at ${step}`;
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
