/** A structure in the shorthand of the AWS CLI: `Name=value,Name=value`. */

const name = /^\s*([\w.#/:-]+)\s*(@?)=\s*/;
const quoted = /^(?:'((?:\\'|[^'])*)'|"((?:\\"|[^"])*)")\s*/;

/**
 * Undefined where it cannot be read. `Name@=file://PATH` gives `file:PATH`. A comma parts two members only where a name
 * and `=` follow it, so a path may hold one; quotes around a value are taken off.
 */
export function parseShorthand(text: string): Record<string, string> | undefined {
  const members: Record<string, string> = {};
  let rest = text;
  do {
    const [head, key = '', at] = name.exec(rest) ?? [];
    if (head === undefined || Object.hasOwn(members, key)) return undefined;
    rest = rest.slice(head.length);
    const [value, consumed] = readQuoted(rest) ?? readPlain(rest);
    members[key] = at === '@' ? value.replace(/^fileb?:\/\//, 'file:') : value;
    rest = rest.slice(consumed);
    if (rest !== '' && !rest.startsWith(',')) return undefined;
    rest = rest.slice(1);
  } while (rest.trim() !== '');
  return members;
}

function readQuoted(text: string): [value: string, consumed: number] | undefined {
  const [whole, single, double] = quoted.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const mark = single === undefined ? '"' : "'";
  return [(single ?? double ?? '').replaceAll(`\\${mark}`, mark).replaceAll('\\\\', '\\'), whole.length];
}

function readPlain(text: string): [value: string, consumed: number] {
  const end = text.search(/(?<!\\),\s*(?=[\w.#/:-]+\s*@?=)/);
  const raw = end < 0 ? text : text.slice(0, end);
  return [raw.replaceAll('\\,', ',').trimEnd(), raw.length];
}
