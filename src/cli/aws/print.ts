/** Standard output of the long names: what `aws kms` would write there, in its five formats. */
import { type Given, readText, readWord } from '../given.ts';
import type { Io } from '../io.ts';
import { awsOptionWords } from '../option-words.ts';
import { formatTable } from './format/table.ts';
import { formatText } from './format/text.ts';
import { isEmpty, type Json } from './json.ts';
import type { Operation } from './operations.ts';
import type { Answer } from './pages.ts';
import { type Query, readQuery } from './query.ts';

/** Writes the answer to an operation. @throws {InvalidInputError} where `--query` cannot be answered or shown */
export type Print = (answer: Answer) => Promise<void>;

type Format = (operation: Operation, answer: Answer, query: Query) => string | Promise<string>;

/** @throws {InvalidInputError} when an option of the output is wrong */
export async function openPrint(io: Io, operation: Operation, given: Given): Promise<Print> {
  const name = readWord(given, 'output', awsOptionWords.output) ?? 'json';
  const color = readWord(given, 'color', awsOptionWords.color) ?? 'auto';
  const query = await readQuery(readText(given, 'query'));
  const { stdout } = io;
  const isColored = color === 'on' || (color === 'auto' && stdout.isTTY === true);
  const formats: Readonly<Record<typeof name, Format>> = {
    json: (_, { whole }) => formatJson(query(whole)),
    text: (_, { parts }) => parts.map((part) => formatText(query(part))).join(''),
    table: (title, { whole }) => formatTable(title, query(whole), { isColored, columns: stdout.columns ?? 80 }),
    yaml: async (_, { whole }) => formatYamlDocument(query(whole)),
    'yaml-stream': async (_, { pages }) => {
      const documents = await Promise.all(pages.map((page) => formatYamlDocument([query(page)])));
      return documents.join('');
    },
  };
  return async (answer) => {
    const text = await formats[name](operation, answer, query);
    if (text !== '') stdout.write(text);
  };
}

/** An empty object is no output, as where an operation answers nothing. */
function formatJson(value: Json): string {
  return isEmpty(value) ? '' : `${JSON.stringify(value, null, 4)}\n`;
}

async function formatYamlDocument(value: Json): Promise<string> {
  if (isEmpty(value)) return '';
  const { formatYaml } = await import('./format/yaml.ts');
  return formatYaml(value);
}

/** The answer of an operation that answers nothing. */
export const nothing: Answer = { whole: {}, parts: [{}], pages: [] };
