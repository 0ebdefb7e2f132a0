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

/** The words that a policy may hold, for whoever reads one from outside. */
export const policyWords = {
  intent: ['update', 'reconnect'],
  mode: ['auto', 'live', 'offline'],
  finalState: ['restore', 'connected', 'disconnected'],
  onFailure: ['rollback', 'hold'],
} as const;

export type Mode = (typeof policyWords.mode)[number];
export type FinalState = (typeof policyWords.finalState)[number];

export interface Policy {
  /** A reconnect always goes through a connect and changes no property. */
  readonly intent: (typeof policyWords.intent)[number];
  readonly mode: Mode;
  readonly finalState: FinalState;
  /** What follows a failure while the store is offline: put the old settings back, or wait for the operator. */
  readonly onFailure: (typeof policyWords.onFailure)[number];
  /** Wait for the operator once the store is DISCONNECTED, before the update. */
  readonly holdOffline: boolean;
  /** How long a hold waits for the operator; then the old settings are put back. Undefined = as long as who asks them says. */
  readonly holdTimeoutMs?: number;
  /** Have KMS connect a trial store with the new settings first. `only`: and then end, with the store untouched. */
  readonly trialConnect: boolean | 'only';
  readonly accept: readonly Risk[];
  readonly skipChecks: readonly string[];
  /** KMS keys to prove, by id, ARN or alias; `all`: every one of the store, `none`: no key. Empty = three that say the most. */
  readonly canaryKeys: readonly string[];
  /** Refuse what cannot be proven afterwards. */
  readonly requireKeyVerification: boolean;
  /** How long canaries are repeated after a live change, until every host of KMS uses the new settings. */
  readonly bakeTimeMs: number;
  readonly maxDisconnectWaitMs: number;
  /** Undefined = 15 minutes for an external key store, 35 for CloudHSM. */
  readonly maxConnectWaitMs?: number;
  /** Begin when it opens, and only what can be expected to end before it closes. Undefined = at once. */
  readonly window?: Opening;
  /** Refuse an outage that may be longer, by what AWS documents. Undefined = any. */
  readonly outageBudgetMs?: number;
  /** The ARN of the role by which AWS connects a store that a run has left offline, at its last deadline. */
  readonly deadMansSwitch?: string;
}

const minutes = (n: number) => n * 60_000;

export const defaultPolicy: Policy = {
  intent: 'update',
  mode: 'auto',
  finalState: 'restore',
  onFailure: 'rollback',
  holdOffline: false,
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
