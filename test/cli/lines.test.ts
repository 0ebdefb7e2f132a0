/** How lines for people are laid out: by the width of where they are written, with the signs and colours that it has. */
import { describe, expect, it } from 'vitest';
import { layOut, paint, rowsOf, wrap } from '../../src/cli/output/render/lines.ts';
import { renderWhere } from '../../src/cli/output/render/where.ts';

const sheet = (columns: number) => ({ columns, isUtf8: true });

describe('a line', () => {
  it.each([40, 60, 80, 120])('is broken between words and never wider than %d columns', (columns) => {
    const text = 'the store goes offline: no key works until it is connected again, and nobody else may change it';
    const lines = layOut(rowsOf([{ mark: '!', label: 'Risk outage', text }]).join('\n'), sheet(columns)).split('\n');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(columns);
    expect(lines.join(' ').replace(/\s+/g, ' ')).toBe(`! Risk outage ${text}`);
  });

  it('keeps a word that is wider than the line whole', () => {
    const arn = `arn:aws:kms:us-east-1:111122223333:key/${'a'.repeat(60)}`;
    expect(layOut(wrap(`the key ${arn} works`, '  '), sheet(40))).toContain(arn);
  });

  it('goes below a label that leaves too little room beside it', () => {
    const [row = ''] = rowsOf([{ label: 'x'.repeat(30), text: 'a text of some words that needs more room' }]);
    expect(layOut(row, sheet(40)).split('\n')).toEqual([
      `  ${'x'.repeat(30)}`,
      '      a text of some words that needs',
      '      more room',
    ]);
  });

  it('takes no mark from a text', () => {
    expect(layOut(wrap('a \u0002b\u0003 \u0004c'), sheet(80))).toBe('a ?b? ?c');
  });

  it('counts a wide character as two columns', () => {
    const lines = layOut(wrap('鍵 '.repeat(30)), sheet(40)).split('\n');
    expect(lines.every((line) => [...line].length * 1.5 <= 41)).toBe(true);
  });

  it('has ASCII marks in a locale without UTF-8', () => {
    expect(layOut('✓ a\n✗ b…', { columns: 80, isUtf8: false })).toBe('+ a\nx b...');
  });
});

describe('colour', () => {
  it('is that of the mark, and bold for the verdict behind it', () => {
    expect(paint('✗ STILL OFFLINE: no key works\n  ✓ passed')).toBe(
      '\u001b[31m✗\u001b[0m \u001b[1;31mSTILL OFFLINE: \u001b[0mno key works\n  \u001b[32m✓\u001b[0m passed',
    );
  });
});

describe('where a store is', () => {
  it.each([
    [null, 'eu-central-1, account 111122223333'],
    ['http://127.0.0.1:8080', 'eu-central-1, account 111122223333, SIMULATOR http://127.0.0.1:8080'],
    ['https://kms.internal', 'eu-central-1, account 111122223333, endpoint https://kms.internal'],
  ])('names the endpoint %s unless it is the one of AWS', (endpoint, text) => {
    expect(renderWhere({ region: 'eu-central-1', account: '111122223333', endpoint })).toBe(text);
  });
});
