/** The formats by themselves: YAML, which only version 2 of the AWS CLI has, and what has no form in text or table. */
import { beforeAll, describe, expect, it } from 'vitest';
import { formatTable } from '../../../src/cli/aws/format/table.ts';
import { formatText } from '../../../src/cli/aws/format/text.ts';
import { formatYaml } from '../../../src/cli/aws/format/yaml.ts';
import type { Json } from '../../../src/cli/aws/json.ts';
import { testHere as test } from '../../support/command.ts';
import { runHere, stubSurroundings } from '../../support/in-process.ts';

const narrow = { isColored: false, columns: 80 };

describe('text', () => {
  it.each<[Json, string]>([
    ['a', 'a\n'],
    [null, 'None\n'],
    [true, 'True\n'],
    [[], ''],
    [{}, ''],
    [['a', null, 1.5], 'a\tNone\t1.5\n'],
    [[['a', 'b'], ['c']], 'a\tb\nc\n'],
    [
      [
        { a: 1, b: { c: 'x' } },
        { b: { c: 'y' }, d: false },
      ],
      '1\t\nB\tx\n\tFalse\nB\ty\n',
    ],
    [{ List: ['a', 'b'] }, 'LIST\ta\nLIST\tb\n'],
    [[{ a: ["it's", null] }, { a: 1 }], `["it's", None]\n1\n`],
  ])('shows %j', (value, text) => {
    expect(formatText(value)).toBe(text);
  });

  it('has no form for structures among other values', () => {
    expect(() => formatText([{ a: 1 }, 'b'])).toThrow(
      'what --query finds cannot be shown as text: it mixes structures with other values; use --output json',
    );
  });
});

describe('a table', () => {
  it('is turned on its side where it is too wide, and frames what is nested', () => {
    const value = { Stores: [{ Id: 'cks-1', Name: 'x'.repeat(70), Proxy: { Path: '/a', Uri: 'u' } }] };
    expect(formatTable('Describe', value, narrow)).toBe(
      [
        '--------------------------------------------------------------------------------------',
        '|                                      Describe                                      |',
        '+------------------------------------------------------------------------------------+',
        '||                                      Stores                                      ||',
        '|+------+---------------------------------------------------------------------------+|',
        '||  Id  |  cks-1                                                                    ||',
        `||  Name|  ${'x'.repeat(70)}   ||`,
        '|+------+---------------------------------------------------------------------------+|',
        '|||                                      Proxy                                     |||',
        '||+---------------------------------------------+----------------------------------+||',
        '|||  Path                                       |  /a                              |||',
        '|||  Uri                                        |  u                               |||',
        '||+---------------------------------------------+----------------------------------+||',
        '',
      ].join('\n'),
    );
  });

  it.each<[Json]>([[[{ a: 1 }, 'b']], [[['a'], ['b', 'c']]]])('has no form for %j', (value) => {
    expect(() => formatTable('Describe', value, narrow)).toThrow(/^what --query finds cannot be shown as table/);
  });

  it.each<[Json]>([[null], [0], [''], [[]], [{}]])('is not there for %j', (value) => {
    expect(formatTable('Describe', value, narrow)).toBe('');
  });
});

describe('YAML', () => {
  it.each<[Json, string]>([
    ['a', 'a\n...\n'],
    [null, 'null\n...\n'],
    ['1', "'1'\n"],
    [[], '[]\n'],
    [{ b: ['x', ['z']], a: 'line\nline\n' }, "a: 'line\n\n  line\n\n  '\nb:\n- x\n- - z\n"],
  ])('shows %j', (value, text) => {
    expect(formatYaml(value)).toBe(text);
  });
});

describe('the command', () => {
  beforeAll(stubSurroundings);

  test('writes YAML, and a stream of it page by page', async ({ rehearsal: { simulator, url } }) => {
    for (const name of ['a', 'b']) simulator.addStore({ CustomKeyStoreName: name });
    const query = ['--query', 'CustomKeyStores[].{name:CustomKeyStoreName,state:ConnectionState}'];
    const observe = ['describe-custom-key-stores', '--page-size', '1', ...query, '--endpoint-url', url];

    expect(await runHere([...observe, '--output', 'yaml'])).toEqual({
      exitCode: 0,
      stdout: '- name: a\n  state: DISCONNECTED\n- name: b\n  state: DISCONNECTED\n',
      stderr: '',
    });
    expect(await runHere([...observe, '--output', 'yaml-stream'])).toEqual({
      exitCode: 0,
      stdout: '- - name: a\n    state: DISCONNECTED\n- - name: b\n    state: DISCONNECTED\n',
      stderr: '',
    });
  });
});
