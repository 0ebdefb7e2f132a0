/** What the operator allows and wants beyond the new values. */
import { effectiveWithinMs } from './cadence.ts';
import type { ConnectionState } from './key-store.ts';
import type { Opening } from './window.ts';

/** Risks that are accepted by name only; `--yes` accepts none of them. */
export const risks = {
  outage: 'the store goes offline: no key works until it is connected again',
  'no-rollback': 'if this fails, cks cannot restore every changed property',
  'unverified-keys': 'the store moves to another key source, and cks cannot verify that it holds the same keys',
  'missing-keys':
    'the new cluster lacks keys of the store: their data cannot be decrypted, and after a connect the store cannot return to the old cluster',
  login:
    'one more Connect after a failed login of kmsuser, or with logins that cks cannot count; five failed logins lock it out',
  'expiring-credentials': 'the AWS credentials may expire before the run ends',
  'disable-keys':
    'cks disables the KMS keys of the store and enables them again: applications see DisabledException meanwhile, CloudTrail logs each call, and alarms on DisableKey may go off',
  exposure:
    'nothing but its own canary can verify a key once it is enabled: until then applications may encrypt under different key material',
  'unfinished-run': 'an earlier run on this store is unfinished and would be abandoned',
} as const;

/** A named risk, or `unknown:CHECK` for a check that could not decide. */
export type Risk = keyof typeof risks | `unknown:${string}`;

export function isRisk(word: string): word is Risk {
  return Object.hasOwn(risks, word) || /^unknown:.+/.test(word);
}

export function explainRisk(risk: Risk): string {
  return risk.startsWith('unknown:')
    ? `the check ${risk.slice('unknown:'.length)} could not decide`
    : risks[risk as keyof typeof risks];
}

/** The words that a policy may hold, for readers of policies from outside. */
export const policyWords = {
  intent: ['update', 'reconnect'],
  mode: ['auto', 'live', 'offline'],
  finalState: ['restore', 'connected', 'disconnected'],
  onFailure: ['rollback', 'hold'],
  fence: ['never', 'auto', 'always'],
} as const;

export type Mode = (typeof policyWords.mode)[number];
export type FinalState = (typeof policyWords.finalState)[number];

export interface Policy {
  /**
   * `reconnect`: disconnect and connect the store, without a change.
   *
   * @default 'update'
   */
  readonly intent: (typeof policyWords.intent)[number];
  /**
   * `live`: change the store while it is connected, or refuse. `offline`: disconnect it first. `auto`: live if KMS accepts it.
   *
   * @default 'auto'
   */
  readonly mode: Mode;
  /**
   * The connection state at the end. `restore`: the one at the start.
   *
   * @default 'restore'
   */
  readonly finalState: FinalState;
  /**
   * What happens after a failure while the store is offline: roll back, or hold for the operator.
   *
   * @default 'rollback'
   */
  readonly onFailure: (typeof policyWords.onFailure)[number];
  /**
   * Hold for the operator once the store is DISCONNECTED, before the update.
   *
   * @default false
   */
  readonly holdOffline: boolean;
  /**
   * How long a hold waits for the operator, in milliseconds. Then the run rolls back.
   *
   * @default the time of the operator prompt
   */
  readonly holdTimeoutMs?: number;
  /**
   * Disable the keys of an external key store before its outage, and enable each again only on evidence that it is the same.
   * `auto`: if the key source changes and no check verifies the keys. `always`: in each outage.
   *
   * @default 'never'
   */
  readonly fence: (typeof policyWords.fence)[number];
  /**
   * Have KMS connect a trial store with the new settings first. `only`: then end, and leave the store as it is.
   *
   * @default false
   */
  readonly trialConnect: boolean | 'only';
  /**
   * Accepted risks, by name. A plan lists the missing ones.
   *
   * @default []
   * @example ['outage', 'unknown:xks-proxy']
   */
  readonly accept: readonly Risk[];
  /**
   * Checks to leave out, by name.
   *
   * @default []
   * @example ['key-use']
   */
  readonly skipChecks: readonly string[];
  /**
   * KMS keys to verify, by id, ARN or alias. `all`: every key of the store. `none`: no key.
   *
   * @default three keys that say the most
   * @example ['alias/payments']
   */
  readonly canaryKeys: readonly string[];
  /**
   * Refuse a change after which the keys could not be verified.
   *
   * @default false
   */
  readonly requireKeyVerification: boolean;
  /**
   * How long keys are verified again after a live change, in milliseconds, until every host of KMS uses the new settings.
   *
   * @default 300_000
   */
  readonly bakeTimeMs: number;
  /**
   * The longest wait for DISCONNECTED, in milliseconds.
   *
   * @default 900_000
   */
  readonly maxDisconnectWaitMs: number;
  /**
   * The longest wait for CONNECTED, in milliseconds.
   *
   * @default 900_000 for an external key store, 2_100_000 for AWS CloudHSM
   */
  readonly maxConnectWaitMs?: number;
  /**
   * Wait until it opens, and start only if the update should finish before it closes.
   *
   * @default none: start at once
   */
  readonly window?: Opening;
  /**
   * Refuse an update whose outage is expected to be longer, in milliseconds.
   *
   * @default any length
   */
  readonly outageBudgetMs?: number;
  /**
   * Refuse an outage while a key was used more recently, in milliseconds. With a window, wait for a quiet moment inside it.
   *
   * @default none: whether keys are in use does not matter
   */
  readonly minQuietMs?: number;
  /**
   * The ARN of a role. With it, AWS EventBridge Scheduler connects the store if the run never finishes.
   *
   * @default none
   * @example 'arn:aws:iam::111122223333:role/cks-connect'
   */
  readonly deadMansSwitch?: string;
}

const minutes = (n: number) => n * 60_000;

export const defaultPolicy: Policy = {
  intent: 'update',
  mode: 'auto',
  finalState: 'restore',
  onFailure: 'rollback',
  holdOffline: false,
  fence: 'never',
  trialConnect: false,
  accept: [],
  skipChecks: [],
  canaryKeys: [],
  requireKeyVerification: false,
  bakeTimeMs: effectiveWithinMs,
  maxDisconnectWaitMs: minutes(15),
};

export function maxConnectWaitMs(policy: Policy, type: 'AWS_CLOUDHSM' | 'EXTERNAL_KEY_STORE'): number {
  return policy.maxConnectWaitMs ?? minutes(type === 'EXTERNAL_KEY_STORE' ? 15 : 35);
}

/** The longest that a run may have the store offline: there and back again, each to its deadline. */
export function longestOutageMs(policy: Policy, type: 'AWS_CLOUDHSM' | 'EXTERNAL_KEY_STORE'): number {
  return 2 * (policy.maxDisconnectWaitMs + maxConnectWaitMs(policy, type));
}

/** The state a run shall end in. A FAILED store is connected only where the change has a part in connecting. */
export function wantedState(
  policy: Policy,
  found: ConnectionState,
  changeConnects: boolean,
): 'CONNECTED' | 'DISCONNECTED' {
  if (policy.finalState !== 'restore') return policy.finalState === 'connected' ? 'CONNECTED' : 'DISCONNECTED';
  if (policy.intent === 'reconnect' || found === 'CONNECTED') return 'CONNECTED';
  return found === 'FAILED' && changeConnects ? 'CONNECTED' : 'DISCONNECTED';
}
