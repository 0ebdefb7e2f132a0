/** Text output of the AWS CLI: a line a structure, its scalars in order of their names, parted by tabs. */
import { isList, isObject, isScalar, type Json, type JsonObject } from '../json.ts';
import { toPythonText } from './python-text.ts';
import { UnshowableError } from './unshowable.ts';

/** @throws {UnshowableError} */
export function formatText(value: Json, identifier?: string, scalarKeys?: readonly string[]): string {
  if (isObject(value)) return formatObject(value, identifier, scalarKeys);
  if (isList(value)) return formatList(value, identifier);
  return `${toPythonText(value)}\n`;
}

function formatList(list: readonly Json[], identifier: string | undefined): string {
  if (list.some(isObject)) {
    if (!list.every(isObject)) throw new UnshowableError('text');
    const keys = new Set(list.flatMap((object) => Object.keys(object).filter((key) => isScalar(object[key] ?? null))));
    const sorted = [...keys].sort();
    return list.map((object) => formatText(object, identifier, sorted)).join('');
  }
  const scalars = list.filter(isScalar);
  const line = scalars.length > 0 ? formatScalars(scalars, identifier) : '';
  const others = list.filter((element) => !isScalar(element));
  return line + others.map((element) => formatText(element, identifier)).join('');
}

function formatScalars(scalars: readonly Json[], identifier: string | undefined): string {
  const texts = scalars.map(toPythonText);
  if (identifier === undefined) return `${texts.join('\t')}\n`;
  return texts.map((text) => `${identifier.toUpperCase()}\t${text}\n`).join('');
}

/** `scalarKeys`: the columns of all the structures of a list; one that this structure lacks stays empty. */
function formatObject(
  object: JsonObject,
  identifier: string | undefined,
  scalarKeys: readonly string[] | undefined,
): string {
  const keys = Object.keys(object).sort();
  const columns = scalarKeys ?? keys.filter((key) => isScalar(object[key] ?? null));
  const texts = columns.map((key) => toPythonText(object[key] === undefined ? '' : object[key]));
  const head = identifier === undefined ? [] : [identifier.toUpperCase()];
  const line = texts.length > 0 ? `${[...head, ...texts].join('\t')}\n` : '';
  const others = keys.filter((key) => !columns.includes(key));
  return line + others.map((key) => formatText(object[key] ?? null, key)).join('');
}
