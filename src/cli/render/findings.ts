/** What the checks found, each with what was looked at one by one. */
import type { CheckFinding } from '../../domain/checks.ts';
import { columnsOf, wrap } from './lines.ts';

const words: Readonly<Record<CheckFinding['status'], string>> = {
  passed: 'ok',
  warned: 'warning',
  failed: 'failed',
  unknown: 'could not look',
  skipped: 'skipped',
};

export function renderFindings(findings: readonly CheckFinding[]): string[] {
  return findings.flatMap(({ check, status, message, details = [] }) => [
    ...columnsOf([[check, status === 'passed' ? message : `${words[status]}: ${message}`]]),
    ...details.map((detail) => wrap(detail, '    - ')),
  ]);
}
