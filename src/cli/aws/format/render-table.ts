/** Sections in their frames, as wide as the widest of them. */
import { eastAsianWidth } from 'get-east-asian-width';

export interface TableStyle {
  readonly isColored: boolean;
  /** Of the terminal: a wider table is turned on its side where it can be. */
  readonly columns: number;
}

export interface Section {
  readonly title: string;
  /** How many frames are around it. */
  readonly indent: number;
  headers: readonly string[];
  readonly rows: (readonly string[])[];
}

const padding = 4;
const codes = { bright: '\u001b[1m', dim: '\u001b[2m', blue: '\u001b[34m', yellow: '\u001b[33m', reset: '\u001b[0m' };

export function renderTable(optionValues: readonly Section[], { isColored, columns }: TableStyle): string {
  const isTooWide = Math.max(...optionValues.map(measure)) > columns;
  const sections = isTooWide ? optionValues.map(turn) : optionValues;
  const width = Math.max(...sections.map(measure));
  // The AWS CLI resets the colours after everything that it writes.
  const end = isColored ? codes.reset : '';
  const bar = isColored ? `${codes.dim}${codes.yellow}|${codes.reset}` : '|';
  const paint = (text: string) => (isColored ? `${codes.bright}${codes.blue}${text}${codes.reset}` : text);
  const lines = sections.flatMap((section) => {
    const frame = bar.repeat(section.indent);
    return renderSection(section, width - section.indent * 2, paint).map(
      (line) => `${frame}${end}${line}${end}${frame}${end}\n${end}`,
    );
  });
  return `${'-'.repeat(width)}\n${end}${lines.join('')}`;
}

function renderSection(section: Section, width: number, paint: (text: string) => string): string[] {
  const { title, headers, rows } = section;
  const widths = scaleWidths(section, width);
  const rule = `+${widths.map((cell, nth) => '-'.repeat(cell - (nth === 0 ? 2 : 1))).join('+')}+`;
  const lines: string[] = [];
  if (title) lines.push(center(title, width, '|'));
  if (title && headers.length === 0 && rows.length === 0) lines.push(`+${'-'.repeat(width - 2)}+`);
  if (headers.length > 0) {
    const cells = headers.map((header, nth) => center(header, widths[nth] ?? 0, nth === 0 ? '|' : ''));
    lines.push(rule, cells.join(''));
  }
  if (rows.length === 0 || widths.length === 0) return lines;
  const told = rows.map((row) =>
    row.map((text, nth) => alignLeft(text, widths[nth] ?? 0, nth === 0 ? '|' : '', paint)).join(''),
  );
  return [...lines, rule, ...told, rule];
}

/** A single row under its headers becomes a row for each of them. */
function turn(section: Section): Section {
  const [row, ...others] = section.rows;
  if (row === undefined || others.length > 0 || section.headers.length === 0) return section;
  return { ...section, headers: [], rows: section.headers.map((header, nth) => [header, row[nth] ?? '']) };
}

function measure(section: Section): number {
  const around = 2 + section.indent * 2;
  const cells = columnWidths(section).reduce((sum, width) => sum + width + padding, 0);
  return Math.max(textWidth(section.title) + around, cells + around);
}

function columnWidths({ headers, rows }: Section): number[] {
  const lines = headers.length > 0 ? [headers, ...rows] : rows;
  const [first = []] = lines;
  return first.map((_, nth) => Math.max(...lines.map((line) => textWidth(line[nth] ?? ''))));
}

/** Widths that fill the line, as near to their own proportions as whole columns allow. */
function scaleWidths(section: Section, width: number): number[] {
  const widths = columnWidths(section).map((own) => own + padding);
  const sum = widths.reduce((total, own) => total + own, 0);
  const scaled = widths.map((own) => roundHalfEven((width / sum) * own));
  for (let off = scaled.reduce((total, own) => total + own, 0) - width; off !== 0 && scaled.length > 0; ) {
    for (let step = 0; step < scaled.length && off !== 0; step += 1) {
      const at = off > 0 ? step : scaled.length - 1 - step;
      const change = off > 0 ? -1 : 1;
      scaled[at] = (scaled[at] ?? 0) + change;
      off += change;
    }
  }
  return scaled;
}

/** As Python rounds. */
function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

function center(text: string, width: number, left: string): string {
  const before = Math.floor(width / 2) - Math.floor(textWidth(text) / 2) - 1;
  const after = width - 1 - left.length - before - textWidth(text);
  return `${left}${spaces(before)}${text}${spaces(after)}|`;
}

function alignLeft(text: string, width: number, left: string, paint: (text: string) => string): string {
  const own = textWidth(text);
  const before = width - (own + 2 + left.length + 1) >= 0 ? 2 : 0;
  return `${left}${spaces(before)}${paint(text)}${spaces(width - left.length - before - own - 1)}|`;
}

function spaces(count: number): string {
  return ' '.repeat(Math.max(0, count));
}

/** Wide and ambiguous characters take two columns. */
function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += eastAsianWidth(character.codePointAt(0) ?? 0, { ambiguousAsWide: true });
  return width;
}
