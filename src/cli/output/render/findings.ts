/** What the checks found. */
import type { CheckFinding } from '../../../domain/checks.ts';
import { type Mark, type Row, rowsOf, wrap } from './lines.ts';

const marks: Readonly<Record<CheckFinding['status'], Mark | undefined>> = {
  passed: '✓',
  warned: '!',
  failed: '✗',
  unknown: '!',
  skipped: undefined,
};

/** Each finding as a row, with what was looked at one by one below it. */
export function renderFindings(findings: readonly CheckFinding[]): string[] {
  const rows = rowsOf(findings.map(rowOf));
  return findings.flatMap(({ details = [] }, at) => [
    rows[at] ?? '',
    ...details.map((detail) => wrap(detail, '      - ')),
  ]);
}

/** Those that passed in one row, each other one in a row of its own. */
export function summarizeFindings(findings: readonly CheckFinding[]): Row[] {
  const passed = findings.filter(({ status }) => status === 'passed');
  const more = passed.some(({ details = [] }) => details.length > 0) ? ' (details: --verbose)' : '';
  const others = findings.filter(({ status }) => status !== 'passed');
  return [
    ...(passed.length > 0
      ? [
          {
            mark: '✓',
            label: 'Checks',
            text: `${passed.length} passed: ${passed.map(({ check }) => check).join(', ')}${more}`,
          } as const,
        ]
      : []),
    ...others.map(rowOf),
  ];
}

function rowOf({ check, status, message }: CheckFinding): Row {
  const word = status === 'unknown' || status === 'skipped' ? `${status}: ` : '';
  return { mark: marks[status], label: check, text: `${word}${message}` };
}
