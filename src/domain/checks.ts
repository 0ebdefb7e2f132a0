/** What a check before the first write found, and whether it stands in the way. */
import type { Reason } from './failure.ts';
import { mayGoOffline } from './key-reach.ts';
import type { KeyStore } from './key-store.ts';
import type { Preparation } from './key-verification.ts';
import type { Plan } from './plan.ts';
import type { Risk } from './policy.ts';
import type { PropertyName } from './properties.ts';
import { explainReason } from './reasons.ts';

/** `unknown`: the check could not decide from this place; KMS may get another answer. */
export interface CheckFinding {
  readonly check: string;
  readonly status: 'passed' | 'warned' | 'failed' | 'unknown' | 'skipped';
  readonly message: string;
  /** Lines for people: what was looked at, one by one. */
  readonly details?: readonly string[];
  /** What a plan says of it at its head, in one line. */
  readonly summary?: string;
  /** A part of the check could not run. That does not block the change. */
  readonly isUndecided?: true;
  /** The property whose new value would mend what failed. */
  readonly curedBy?: PropertyName;
  /** The finding proves that the new key source holds the same keys, or that the store holds none. */
  readonly verifiesKeys?: boolean;
  /** ARNs of the KMS keys that both the old and the new key source hold, as the check has seen for each. */
  readonly sameKeys?: readonly string[];
  /** Risks of the plan that do not exist, as the finding shows. */
  readonly dispels?: readonly Risk[];
  /** Checks whose question this one has answered, from where KMS stands: it counts no more that they could not decide. */
  readonly answers?: readonly string[];
  /** A custom key store that the check made and could not take away again, by its name. */
  readonly leaves?: string;
  /** A risk that the finding adds. */
  readonly risk?: Risk;
  /** Counts only where an outage was accepted: KMS may refuse the live change, and the store goes offline for it then. */
  readonly onlyOffline?: true;
}

/** Whether nothing may be sent because of it. `accept`: the risks that are accepted. */
export function isInTheWay({ status, onlyOffline }: CheckFinding, accept: readonly Risk[]): boolean {
  return status === 'failed' && (!onlyOffline || accept.includes('outage'));
}

/** Whether the check could not decide all that it is there to decide. One that was left out has decided nothing. */
export function isUndecided({ status, isUndecided: isPartly }: CheckFinding): boolean {
  return isPartly === true || status === 'unknown' || status === 'skipped';
}

/** A finding that matters only if the store goes offline for the change. */
export function limitToOutage<F extends Omit<CheckFinding, 'check'>>(found: F): F {
  const isObstacle = found.status === 'failed' || found.status === 'unknown' || found.risk !== undefined;
  return isObstacle ? { ...found, onlyOffline: true } : found;
}

/**
 * What a check that could not decide means for a plan. KMS itself judges a live change, and what it refuses leaves the
 * store as it was: that is a warning. Where KMS may refuse it live and the store may go offline, it is a risk of that outage.
 */
export function weighUnknown<F extends Omit<CheckFinding, 'check'>>(
  found: F,
  plan: Pick<Plan, 'mode' | 'possibleRisks'>,
): F {
  if (found.status !== 'unknown' || plan.mode === 'offline') return found;
  return mayGoOffline(plan) ? limitToOutage(found) : { ...found, status: 'warned', isUndecided: true };
}

/** What stands in the way, as one reason; undefined where nothing does. */
export function explainFailedChecks(
  findings: readonly CheckFinding[],
  store: KeyStore | undefined,
  accept: readonly Risk[],
  code: 'CHECK_FAILED' | 'OLD_SETTINGS_UNUSABLE' = 'CHECK_FAILED',
): Reason | undefined {
  const failed = findings.filter((finding) => isInTheWay(finding, accept));
  if (failed.length === 0) return undefined;
  const detail = failed.map(({ check, message }) => `${check}: ${message}`).join('; ');
  return explainReason(code, { ...(store ? { store } : {}), detail });
}

/**
 * Judges the findings about old settings that a rollback would restore. Settings that could not be checked count as working,
 * unless KMS itself could not use the keys with them before anything was sent.
 */
export function judgeRollbackChecks(
  findings: readonly CheckFinding[],
  { keysFail }: Pick<Preparation, 'keysFail'>,
): readonly CheckFinding[] {
  if (!keysFail) return findings;
  return findings.map((found) =>
    found.status === 'unknown'
      ? {
          ...found,
          status: 'failed',
          message: `${found.message}; KMS could use no key with them before the run either`,
        }
      : found,
  );
}

/** What was found so long ago is looked at again before anything is sent. */
export const checksLastMs = 10 * 60_000;

/**
 * Risks that the findings add to the plan's, and those that they take away. `isFenceConditional`: keys that are verified to
 * be the same need no fence.
 */
export function assessRisks(
  planned: readonly Risk[],
  findings: readonly CheckFinding[],
  isFenceConditional = false,
): readonly Risk[] {
  const isVerified = findings.some((finding) => finding.verifiesKeys);
  const needless: readonly Risk[] = [
    ...(isVerified ? (['unverified-keys', 'exposure'] as const) : []),
    ...(isVerified && isFenceConditional ? (['disable-keys'] as const) : []),
    ...findings.flatMap(({ dispels = [] }) => dispels),
  ];
  const answered = findings.flatMap(({ answers = [] }) => answers);
  // A finding that names its risk is accepted by that.
  const unknown = findings.filter(
    ({ check, status, risk }) => status === 'unknown' && risk === undefined && !answered.includes(check),
  );
  const risks = [
    ...planned.filter((risk) => !needless.includes(risk)),
    ...unknown.map((finding): Risk => `unknown:${finding.check}`),
    ...findings.flatMap(({ risk }) => (risk ? [risk] : [])),
  ];
  return [...new Set(risks)];
}
