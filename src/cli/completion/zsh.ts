/** The completion script for zsh. Source: zshcompsys(1), `_arguments` and `_values`. */
import { quoteSingly } from '../../domain/shell.ts';
import { type CompletedCommand, type CompletedOption, shells } from './commands.ts';

export function completeInZsh(commands: readonly CompletedCommand[]): string {
  const firsts = commands.filter(({ path }) => path.length === 1);
  const groups = [...new Set(commands.flatMap(({ path }) => (path.length > 1 ? path.slice(0, 1) : [])))];
  const offers = [
    ...firsts.map(({ path, summary }) => describe(path[0] ?? '', summary)),
    ...groups.map((group) => {
      const members = commands.filter(({ path }) => path[0] === group && path.length > 1);
      return describe(group ?? '', members.map(({ path }) => path[1]).join(', '));
    }),
  ];
  return `#compdef cks
# Completion of cks for zsh. In ~/.zshrc, behind compinit: source <(cks completion zsh)
_cks() {
  local -a offers
  if (( CURRENT == 2 )); then
    offers=(
${offers.map((offer) => `      ${offer}`).join('\n')}
    )
    _describe command offers
    return
  fi
  local command=$words[2]
  case $command in
${groups.map((group) => chooseSecond(group, commands)).join('\n')}
  esac
  words=(cks "\${(@)words[3,-1]}")
  (( CURRENT -= 1 ))
  case $command in
${commands.map(({ path, options, takes }) => `    ${quoteSingly(path.join(' '))})\n${describeArguments(options, takes)} ;;`).join('\n')}
  esac
}
compdef _cks cks
`;
}

function chooseSecond(group: string, commands: readonly CompletedCommand[]): string {
  const members = commands.filter(({ path }) => path[0] === group && path.length > 1);
  return `    ${group})
      if (( CURRENT == 3 )); then
        offers=(${members.map(({ path, summary }) => describe(path[1] ?? '', summary)).join(' ')})
        _describe command offers
        return
      fi
      command+=" $words[3]"
      words=("$words[1]" "\${(@)words[3,-1]}")
      (( CURRENT -= 1 )) ;;`;
}

function describeArguments(options: readonly CompletedOption[], takes: CompletedCommand['takes']): string {
  const first = { file: "'1:plan:_files'", shell: `'1:shell:(${shells.join(' ')})'`, text: "'1: :'" }[takes];
  return ['      _arguments', `        ${first}`, ...options.map((option) => `        ${describeOption(option)}`)].join(
    ' \\\n',
  );
}

function describeOption({ flag, help, value, words, isList }: CompletedOption): string {
  const text = `[${help.replace(/[[\]\\:]/g, '\\$&')}]`;
  if (value === 'none') return quoteSingly(`${flag}${text}`);
  const action = {
    words: isList ? `_values -s , word ${words.join(' ')}` : `(${words.join(' ')})`,
    file: '_files',
    folder: '_files -/',
    text: ' ',
  }[value];
  return quoteSingly(`*${flag}=${text}:value:${action}`);
}

function describe(word: string, help: string): string {
  return quoteSingly(`${word}:${help}`);
}
