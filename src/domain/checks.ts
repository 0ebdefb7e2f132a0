/** What a check before the first write found, and whether it stands in the way. */
import type { Reason } from './failure.ts';
import type { KeyStore } from './key-store.ts';
import type { Risk } from './policy.ts';
import type { Preparation } from './proof.ts';
import { explainReason } from './reasons.ts';

/** `unknown`: the check could not look from this place, which is no answer that KMS would get too. */
export interface CheckFinding {
  readonly check: string;
  readonly status: 'passed' | 'warned' | 'failed' | 'unknown' | 'skipped';
  readonly message: string;
  /** Lines for people: what was looked at, one by one. */
  readonly details?: readonly string[];
  /** The finding proves that the new key source holds the same keys, or that the store holds none. */
  readonly provesKeys?: boolean;
  /** Checks whose question this one has answered, from where KMS stands: it counts no more that they could not look. */
  readonly answers?: readonly string[];
  /** A custom key store that the check made and could not take away again, by its name. */
  readonly leaves?: string;
  /** A risk that the finding adds. */
  readonly risk?: Risk;
}

/** What stands in the way, as one reason; undefined where nothing does. */
export function explainFailedChecks(
  findings: readonly CheckFinding[],
  store: KeyStore | undefined,
  code: 'CHECK_FAILED' | 'WAY_BACK_DEAD' = 'CHECK_FAILED',
): Reason | undefined {
  const failed = findings.filter(({ status }) => status === 'failed');
  if (failed.length === 0) return undefined;
  const detail = failed.map(({ check, message }) => `${check}: ${message}`).join('; ');
  return explainReason(code, { ...(store ? { store } : {}), detail });
}

/**
 * What was found of old settings that would be put back. Where nobody here could look they are taken to work, as they did;
 * unless KMS itself could not use the keys with them, before anything was sent.
 */
export function judgeWayBack(
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

/** Risks that the findings add to the plan's, and those that they take away. */
export function assessRisks(planned: readonly Risk[], findings: readonly CheckFinding[]): readonly Risk[] {
  const isProven = findings.some((finding) => finding.provesKeys);
  const answered = findings.flatMap(({ answers = [] }) => answers);
  const unknown = findings.filter(({ check, status }) => status === 'unknown' && !answered.includes(check));
  const risks = [
    ...planned.filter((risk) => !(risk === 'unproven-keys' && isProven)),
    ...unknown.map((finding): Risk => `unknown:${finding.check}`),
    ...findings.flatMap(({ risk }) => (risk ? [risk] : [])),
  ];
  return [...new Set(risks)];
}
