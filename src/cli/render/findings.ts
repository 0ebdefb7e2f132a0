/** What the checks found, each with what was looked at one by one. */
import type { CheckFinding } from '../../domain/checks.ts';
import { wrap } from './lines.ts';

const words: Readonly<Record<Exclude<CheckFinding['status'], 'passed'>, string>> = {
  warned: 'warning',
  failed: 'failed',
  unknown: 'unknown',
  skipped: 'skipped',
};

export function renderFindings(findings: readonly CheckFinding[], margin = '  '): string[] {
  const width = Math.max(0, ...findings.map(({ check }) => check.length));
  const indent = `${margin}${' '.repeat(width)}  `;
  return findings.flatMap(({ check, status, message, details = [] }) => [
    wrap(status === 'passed' ? message : `${words[status]}: ${message}`, `${margin}${check.padEnd(width)}  `),
    ...details.map((detail) => wrap(detail, `${indent}- `)),
  ]);
}
