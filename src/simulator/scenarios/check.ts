/** Holds a value against its schema, and says what is wrong in words for the person who wrote it. Never repeats a value. */
import type { JsonSchema } from './json-schema.ts';

export type Path = readonly (string | number)[];

export interface Mistake {
  readonly path: Path;
  readonly message: string;
}

/** What is wrong with the value, in the order of the schema; empty where nothing is. */
export function findMistakes(schema: JsonSchema, value: unknown, path: Path = []): readonly Mistake[] {
  if (schema.anyOf) return findInEither(schema.anyOf, value, path);
  if (!isOfKind(schema, value)) return [{ path, message: `must be ${describeKind(schema)}${hint(schema, value)}` }];
  if (Array.isArray(value)) return findInList(schema, value, path);
  if (typeof value === 'object' && value !== null) return findInObject(schema, value, path);
  return findInPlain(schema, value, path);
}

/** `stores[1].ConnectionState` */
export function writePath(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

function isOfKind({ type, enum: words }: JsonSchema, value: unknown): boolean {
  if (words) return typeof value === 'string';
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  return type === undefined || (type === 'number' ? Number.isFinite(value) : typeof value === type);
}

const kinds: Readonly<Record<string, string>> = {
  object: 'a group of settings',
  array: 'a list',
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
};

function describeKind({ type, enum: words, examples }: JsonSchema): string {
  if (words) return `one of ${words.join(', ')}`;
  const kind = kinds[type ?? ''] ?? 'a value';
  return examples ? `${kind} such as ${examples.join(', ')}` : kind;
}

/** YAML reads 111122223333 as a number, and nothing at all as null. */
function hint({ type, enum: words }: JsonSchema, value: unknown): string {
  if (value === null) return '; there is nothing here';
  const wantsText = type === 'string' || words !== undefined;
  return wantsText && ['number', 'boolean'].includes(typeof value) ? '; put it in quotes' : '';
}

function findInEither(schemas: readonly JsonSchema[], value: unknown, path: Path): readonly Mistake[] {
  const fitting = schemas.filter((schema) => isOfKind(schema, value));
  if (fitting.length === 0) return [{ path, message: `must be ${schemas.map(describeKind).join(', or ')}` }];
  const found = fitting.map((schema) => findMistakes(schema, value, path));
  return found.find((mistakes) => mistakes.length === 0) ?? found[0] ?? [];
}

function findInList({ items = {}, maxItems }: JsonSchema, value: readonly unknown[], path: Path): readonly Mistake[] {
  if (maxItems !== undefined && value.length > maxItems) {
    return [{ path, message: `must have at most ${maxItems} entries, not ${value.length}` }];
  }
  return value.flatMap((item, at) => findMistakes(items, item, [...path, at]));
}

function findInObject(schema: JsonSchema, value: object, path: Path): readonly Mistake[] {
  const { properties = {}, required = [], additionalProperties: others = true, allOf = [] } = schema;
  const mistakes: Mistake[] = [];
  for (const [key, inner] of Object.entries(value)) {
    const known = Object.hasOwn(properties, key) ? properties[key] : others;
    if (typeof known === 'object') mistakes.push(...findMistakes(known, inner, [...path, key]));
    else if (!known) mistakes.push({ path: [...path, key], message: explainUnknown(key, Object.keys(properties)) });
  }
  const lacking = required.filter((member) => !Object.hasOwn(value, member));
  if (lacking.length > 0) mistakes.push({ path, message: `needs ${lacking.join(' and ')}` });
  for (const { oneOf } of allOf) {
    const group = oneOf.flatMap((alternative) => alternative.required);
    const present = group.filter((member) => Object.hasOwn(value, member));
    if (present.length === 0) mistakes.push({ path, message: `needs exactly one of ${group.join(', ')}` });
    if (present.length > 1) mistakes.push({ path, message: `may have only one of ${present.join(', ')}` });
  }
  return mistakes;
}

function explainUnknown(key: string, known: readonly string[]): string {
  const near = known.find((name) => name.toLowerCase() === key.toLowerCase());
  return near ? `is not known; did you mean ${near}?` : `is not known; there are ${known.join(', ')}`;
}

function findInPlain(schema: JsonSchema, value: unknown, path: Path): readonly Mistake[] {
  const { enum: words, pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema;
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = schema;
  const wrong = (message: string): readonly Mistake[] => [{ path, message }];
  if (words && !words.some((allowed) => allowed === value)) return wrong(`must be ${describeKind(schema)}`);
  if (typeof value === 'number' && (value < minimum || value > maximum)) {
    return wrong(`must be from ${minimum} to ${maximum}`);
  }
  if (typeof value !== 'string') return [];
  // JSON Schema counts characters, not UTF-16 code units.
  const length = [...value].length;
  if (length < minLength || length > maxLength) return wrong(`must have ${minLength} to ${maxLength} characters`);
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) {
    return wrong(schema.examples ? `must be ${describeKind(schema)}` : `must match ${pattern}`);
  }
  return [];
}
