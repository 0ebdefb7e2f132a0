/** Values as Python's `str` writes them: text and table output of the AWS CLI show them so. */
import type { Json } from '../json.ts';

export function toPythonText(value: Json): string {
  return typeof value === 'string' ? value : represent(value);
}

function represent(value: Json): string {
  if (value === null) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return `[${value.map(represent).join(', ')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value).map(([key, member]) => `${quote(key)}: ${represent(member)}`);
    return `{${members.join(', ')}}`;
  }
  return String(value);
}

/** Single quotes, unless the text has those and no double ones. */
function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll(mark, `\\${mark}`)
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return `${mark}${escaped}${mark}`;
}
