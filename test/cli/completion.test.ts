/** Completion, asked of the shells themselves. Those that are not installed here are left out. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { completeInBash } from '../../src/cli/completion/bash.ts';
import { listCommands, shells } from '../../src/cli/completion/commands.ts';
import { completeInFish } from '../../src/cli/completion/fish.ts';
import { completeInZsh } from '../../src/cli/completion/zsh.ts';
import { optionWords } from '../../src/cli/options/option-words.ts';
import { type CommandName, flagsOf, rowsOf } from '../../src/cli/options/options.ts';
import { risks } from '../../src/domain/policy.ts';

const scripts = { bash: completeInBash, zsh: completeInZsh, fish: completeInFish };
const names = Object.keys(commands) as CommandName[];
const firsts = [...new Set(names.map((name) => name.split(' ')[0] ?? ''))];

let folder: string;
const fileOf = (shell: string) => join(folder, `cks.${shell}`);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cks-completion-'));
  for (const shell of shells) writeFileSync(fileOf(shell), scripts[shell](listCommands()));
  writeFileSync(join(folder, 'plan.json'), '{}');
});

afterAll(() => rmSync(folder, { recursive: true }));

const isInstalled = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0;

const completers: Readonly<Record<'bash' | 'fish', (line: string) => string[]>> = {
  bash(line) {
    // As bash parts a line into words.
    const words = line.split(/ |(?<==)|(?==)/).map((word) => `'${word}'`);
    const script = `source '${fileOf('bash')}'; COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _cks; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return ask('bash', ['--norc', '-c', script]);
  },
  fish(line) {
    const script = `source '${fileOf('fish')}'; complete -C '${line}'`;
    return ask('fish', ['--no-config', '-c', script]).map((offer) => offer.split('\t')[0] ?? '');
  },
};

function ask(shell: string, words: readonly string[]): string[] {
  return execFileSync(shell, words, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
    .split('\n')
    .filter(Boolean);
}

describe.each(['bash', 'fish'] as const)('completion in %s', (shell) => {
  const complete = completers[shell];

  it.skipIf(!isInstalled(shell))('offers commands, and the second word where there is one', () => {
    expect(
      complete('cks ')
        .filter((word) => !word.startsWith('-'))
        .sort(),
    ).toEqual([...firsts].sort());
    expect(complete('cks canary ').sort()).toEqual(['check', 'create', 'key']);
    expect(complete('cks canary key ')).toEqual(['create']);
    expect(complete('cks canary ke')).toEqual(['key']);
    expect(complete('cks runs ').sort()).toEqual(['check', 'list', 'prune', 'report', 'show']);
  });

  it.skipIf(!isInstalled(shell))('offers the options of the command', () => {
    for (const name of ['update', 'canary create', 'canary key create'] as const) {
      expect(complete(`cks ${name} x --`).sort()).toEqual([...flagsOf(name), '--help', '--help-all'].sort());
    }
  });

  it.skipIf(!isInstalled(shell)).each([
    ['cks update xks --mode ', ['auto', 'live', 'offline']],
    ['cks update xks --mode=li', [shell === 'bash' ? 'live' : '--mode=live']],
    ['cks update xks --accept outage,log', ['outage,login']],
    ['cks update xks --accept ', Object.keys(risks)],
    ['cks update xks --region ', []],
    ['cks apply pl', ['plan.json']],
    ['cks plan xks --out pl', ['plan.json']],
    ['cks completion ', [...shells]],
    ['cks update --ye', ['--yes']],
    ['cks update xks --output ', ['text', 'json']],
    ['cks describe-custom-key-stores --output ', ['json', 'text', 'table', 'yaml', 'yaml-stream']],
    ['cks describe-custom-key-stores --color o', ['on', 'off']],
  ])('completes "%s" to %j', (line, offers) => {
    expect(complete(line).sort()).toEqual([...offers].sort());
  });
});

it.skipIf(!isInstalled('zsh'))('completion in zsh is a script that zsh can read', () => {
  expect(ask('zsh', ['-f', '-c', `compdef() { echo "$@"; }; source '${fileOf('zsh')}'`])).toEqual(['_cks cks']);
});

it('knows the words of options that there are', () => {
  const options = new Set(names.flatMap((name) => rowsOf(name).map((row) => row.name)));
  expect(Object.keys(optionWords).filter((name) => !options.has(name))).toEqual([]);
});
