/** Prints measurements as a table: what was measured, beside what it is measured against, and the ratio of the two. */
export interface Row {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** What it is compared with, in the same unit. */
  readonly against?: { readonly what: string; readonly value: number };
  /** The most (or the least) it may be. */
  readonly target?: { readonly atMost: number } | { readonly atLeast: number };
  /** Why a target cannot be met, in a line. */
  readonly whenMissed?: string;
}

export function meetsTarget({ value, target }: Row): boolean | undefined {
  if (target === undefined) return undefined;
  return 'atMost' in target ? value <= target.atMost : value >= target.atLeast;
}

export function renderTable(title: string, rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.what,
    Number.isNaN(row.value) ? '' : `${format(row.value)} ${row.unit}`,
    describeTarget(row),
    describeRatio(row),
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const lines = cells.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
  const reasons = rows.filter((row) => meetsTarget(row) === false).map((row) => row.whenMissed);
  return [title, ...lines, ...reasons.flatMap((why) => (why ? [`  why missed: ${why}`] : [])), ''].join('\n');
}

function describeTarget(row: Row): string {
  if (row.target === undefined) return '';
  const [word, limit] = 'atMost' in row.target ? ['at most', row.target.atMost] : ['at least', row.target.atLeast];
  return `${word} ${format(limit)}: ${meetsTarget(row) ? 'met' : 'MISSED'}`;
}

function describeRatio({ value, unit, against }: Row): string {
  if (against === undefined) return '';
  return `${format(value / against.value)} x ${against.what} (${format(against.value)} ${unit})`;
}

function format(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3).replace(/\.?0+$/, '');
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
