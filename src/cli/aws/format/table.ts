/** Table output of the AWS CLI: sections of the answer, each with a title, columns or rows, in frames that are nested. */
import { isList, isObject, isScalar, type Json, type JsonObject } from '../json.ts';
import { toPythonText } from './python-text.ts';
import { renderTable, type Section, type TableStyle } from './render-table.ts';
import { UnshowableError } from './unshowable.ts';

/** @throws {UnshowableError} */
export function formatTable(title: string, value: Json, style: TableStyle): string {
  const sections: Section[] = [];
  addTable(sections, title, value, 0);
  return sections.length === 0 ? '' : renderTable(sections, style);
}

/** `title` null: goes on in the section before. */
function addTable(sections: Section[], title: string | null, value: Json, indent: number): void {
  if (isNothing(value)) return;
  if (title !== null) addSection(sections, title, indent);
  if (isObject(value)) addObject(sections, value, indent);
  if (!isList(value)) return;
  if (isObject(value[0] ?? null)) {
    addObjects(sections, value, indent, title ?? '');
    return;
  }
  for (const item of value) {
    if (isScalar(item)) addRow(sections, [item]);
    else if (isList(item) && !item.every(isScalar)) addTable(sections, null, item, 0);
    else addRow(sections, isList(item) ? item : Object.keys(item as JsonObject));
  }
}

/** What is false to Python. */
function isNothing(value: Json): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return !value;
}

function addObject(sections: Section[], object: JsonObject, indent: number): void {
  const { scalars, others } = partition([object]);
  const [only = ''] = scalars;
  if (scalars.length === 1) addRow(sections, [only, object[only] ?? null]);
  else if (scalars.length > 1) {
    addHeaders(sections, scalars);
    addRow(
      sections,
      scalars.map((key) => object[key] ?? null),
    );
  }
  for (const key of others) addTable(sections, key, object[key] ?? null, indent + 1);
}

function addObjects(sections: Section[], list: readonly Json[], indent: number, title: string): void {
  if (!list.every(isObject)) throw new UnshowableError('table');
  const { scalars, others } = partition(list);
  addHeaders(sections, scalars);
  for (const [nth, object] of list.entries()) {
    if (nth > 0 && others.length > 0) {
      addSection(sections, title, indent);
      addHeaders(sections, scalars);
    }
    addRow(
      sections,
      scalars.map((key) => (object[key] === undefined ? '' : object[key])),
    );
    for (const key of others) if (object[key] !== undefined) addTable(sections, key, object[key], indent + 1);
  }
}

function partition(objects: readonly JsonObject[]): { scalars: readonly string[]; others: readonly string[] } {
  const keysOf = (wanted: boolean) => [
    ...new Set(
      objects.flatMap((object) => Object.keys(object).filter((key) => isScalar(object[key] ?? null) === wanted)),
    ),
  ];
  return { scalars: keysOf(true).sort(), others: keysOf(false).sort() };
}

function addSection(sections: Section[], title: string, indent: number): void {
  sections.push({ title, indent, headers: [], rows: [] });
}

function addHeaders(sections: Section[], headers: readonly string[]): void {
  const section = sections.at(-1);
  if (section) section.headers = headers;
}

/** @throws {UnshowableError} when it is longer or shorter than the rows before it */
function addRow(sections: Section[], row: readonly Json[]): void {
  const section = sections.at(-1);
  if (section === undefined) return;
  const [first] = section.headers.length > 0 ? [section.headers] : section.rows;
  if (first !== undefined && first.length !== row.length) throw new UnshowableError('table');
  section.rows.push(row.map(toPythonText));
}
