/** What a check before the first write found, and whether it stands in the way. */
import type { Risk } from './policy.ts';

/** `unknown`: the check could not look from this place, which is no answer that KMS would get too. */
export interface CheckFinding {
  readonly check: string;
  readonly status: 'passed' | 'warned' | 'failed' | 'unknown' | 'skipped';
  readonly message: string;
  /** The finding proves that the new key source holds the same keys, or that the store holds none. */
  readonly provesKeys?: boolean;
  /** A risk that the finding adds. */
  readonly risk?: Risk;
}

/** Risks that the findings add to the plan's, and those that they take away. */
export function assessRisks(planned: readonly Risk[], findings: readonly CheckFinding[]): readonly Risk[] {
  const isProven = findings.some((finding) => finding.provesKeys);
  const unknown = findings.filter((finding) => finding.status === 'unknown');
  return [
    ...planned.filter((risk) => !(risk === 'unproven-keys' && isProven)),
    ...unknown.map((finding): Risk => `unknown:${finding.check}`),
    ...findings.flatMap(({ risk }) => (risk ? [risk] : [])),
  ];
}
