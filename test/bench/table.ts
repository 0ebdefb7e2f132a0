/** One table of all measurements: what is measured, its limit and whether that is met, its peer and the ratio of the two. */

export interface Peer {
  readonly what: string;
  readonly value: number;
}

export type Limit = { readonly atMost: number } | { readonly atLeast: number };

export interface Row {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** The most, or the least, it may be. */
  readonly limit?: Limit;
  /** What it is compared with, in the same unit. */
  readonly peers?: readonly Peer[];
  /** Why the limit cannot be met, in a line. */
  readonly whenMissed?: string;
}

/** What could not be measured, and why. */
export interface Skipped {
  readonly what: string;
  readonly skipped: string;
}

export type Entry = Row | Skipped;

export interface Part {
  readonly title: string;
  readonly entries: readonly Entry[];
}

export function meetsLimit({ value, limit }: Row): boolean | undefined {
  if (limit === undefined) return undefined;
  return 'atMost' in limit ? value <= limit.atMost : value >= limit.atLeast;
}

const heads = ['measured', 'value', 'limit', 'met', 'ratio', 'peer'] as const;

export function renderTable(parts: readonly Part[]): string {
  const cells = [heads, ...parts.flatMap(({ entries }) => entries.flatMap(renderEntry))];
  const widths = heads.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  const body = parts.flatMap(({ title, entries }) => [
    '',
    title,
    ...entries.flatMap(renderEntry).map(line),
    ...entries.flatMap(explainSkipped),
  ]);
  const missed = parts.flatMap(({ entries }) => entries.flatMap(explainMiss));
  return [line(heads), ...body, ...(missed.length > 0 ? ['', 'Why a limit is missed', ...missed] : []), ''].join('\n');
}

/** A line for the value, and one more for each further peer. */
function renderEntry(entry: Entry): readonly (readonly string[])[] {
  if ('skipped' in entry) return [];
  const { what, value, unit, limit, peers = [] } = entry;
  const limited = limit === undefined ? '' : describeLimit(limit);
  const isMet = meetsLimit(entry);
  const met = isMet ? 'met' : 'MISSED';
  const [first = ['', ''], ...others] = peers.map((peer) => [
    `${format(value / peer.value)} x`,
    `${peer.what} (${withUnit(peer.value, unit)})`,
  ]);
  return [
    [`  ${what}`, withUnit(value, unit), limited, isMet === undefined ? '' : met, ...first],
    ...others.map((peer) => ['', '', '', '', ...peer]),
  ];
}

function describeLimit(limit: Limit): string {
  return 'atMost' in limit ? `at most ${format(limit.atMost)}` : `at least ${format(limit.atLeast)}`;
}

function explainSkipped(entry: Entry): readonly string[] {
  return 'skipped' in entry ? [`  ${entry.what}: not measured: ${entry.skipped}`] : [];
}

function explainMiss(entry: Entry): readonly string[] {
  if ('skipped' in entry || entry.whenMissed === undefined || meetsLimit(entry) !== false) return [];
  return [`  ${entry.what}: ${entry.whenMissed}`];
}

const withUnit = (value: number, unit: string) => `${format(value)} ${unit}`.trimEnd();

function format(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3).replace(/\.?0+$/, '');
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
