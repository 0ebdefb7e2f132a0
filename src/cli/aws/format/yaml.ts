/** YAML output as version 2 of the AWS CLI writes it: block style, keys in order, long text folded at 80 columns. */
import { stringify } from 'yaml';
import { isScalar, type Json } from '../json.ts';

export function formatYaml(value: Json): string {
  const text = stringify(value, {
    version: '1.1',
    sortMapEntries: true,
    singleQuote: true,
    blockQuote: false,
    indentSeq: false,
  });
  // A document that is one plain scalar is ended by a mark.
  return isScalar(value) && !/^['"]/.test(text) ? `${text}...\n` : text;
}
