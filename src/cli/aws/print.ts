/** Standard output of the long names: what `aws kms` would write there, in its five formats. */
import { toJson, toPrintable } from '../../domain/printable.ts';
import { type OptionValues, readText, readWord } from '../options/option-values.ts';
import { awsOptionWords } from '../options/option-words.ts';
import type { Io } from '../terminal/io.ts';
import { formatTable } from './format/table.ts';
import { formatText } from './format/text.ts';
import { isEmpty, isList, isObject, type Json } from './json.ts';
import type { Operation } from './operations.ts';
import type { Answer } from './pages.ts';
import { type Query, readQuery } from './query.ts';

/** Writes the answer to an operation. @throws {InvalidInputError} where `--query` cannot be answered or shown */
export type Print = (answer: Answer) => Promise<void>;

type Format = (operation: Operation, answer: Answer, query: Query) => string | Promise<string>;

/** @throws {InvalidInputError} when an option of the output is wrong */
export async function openPrint(io: Io, operation: Operation, optionValues: OptionValues): Promise<Print> {
  const name = readWord(optionValues, 'output', awsOptionWords.output) ?? 'json';
  const color = readWord(optionValues, 'color', awsOptionWords.color) ?? 'auto';
  const query = await readQuery(readText(optionValues, 'query'));
  const { stdout } = io.unguarded;
  // A program reads what the AWS CLI would write; a person reads what is printable.
  const show = (value: Json) => (stdout.isTTY === true ? makePrintable(value) : value);
  const isColored = color === 'on' || (color === 'auto' && stdout.isTTY === true);
  const formats: Readonly<Record<typeof name, Format>> = {
    json: (_, { whole }) => formatJson(query(whole), stdout.isTTY === true),
    text: (_, { parts }) => parts.map((part) => formatText(show(query(part)))).join(''),
    table: (title, { whole }) => formatTable(title, show(query(whole)), { isColored, columns: stdout.columns ?? 80 }),
    yaml: async (_, { whole }) => formatYamlDocument(show(query(whole))),
    'yaml-stream': async (_, { pages }) => {
      const documents = await Promise.all(pages.map((page) => formatYamlDocument([show(query(page))])));
      return documents.join('');
    },
  };
  return async (answer) => {
    const text = await formats[name](operation, answer, query);
    if (text !== '') stdout.write(text);
  };
}

/** An empty object is no output, as where an operation answers nothing. */
function formatJson(value: Json, isForPeople: boolean): string {
  if (isEmpty(value)) return '';
  return `${isForPeople ? toJson(value, 4) : JSON.stringify(value, null, 4)}\n`;
}

/** The same value with printable texts, and printable names of members. */
function makePrintable(value: Json): Json {
  if (typeof value === 'string') return toPrintable(value);
  if (isList(value)) return value.map(makePrintable);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [toPrintable(name), makePrintable(member)]));
}

async function formatYamlDocument(value: Json): Promise<string> {
  if (isEmpty(value)) return '';
  const { formatYaml } = await import('./format/yaml.ts');
  return formatYaml(value);
}

/** The answer of an operation that answers nothing. */
export const nothing: Answer = { whole: {}, parts: [{}], pages: [] };
