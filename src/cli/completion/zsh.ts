/** The completion script for zsh. Source: zshcompsys(1), `_arguments` and `_values`. */
import { quoteSingly } from '../../domain/shell.ts';
import { type CompletedCommand, type CompletedGroup, type CompletedOption, listGroups, shells } from './commands.ts';

export function completeInZsh(commands: readonly CompletedCommand[]): string {
  const firsts = commands.filter(({ path }) => path.length === 1);
  const groups = listGroups(commands);
  const offers = [
    ...firsts.map(({ path, summary }) => describe(path[0] ?? '', summary)),
    ...groups
      .filter(({ path }) => path.length === 1)
      .map(({ path, members }) => describe(path[0] ?? '', members.map(({ word }) => word).join(', '))),
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
${groups.map(chooseNext).join('\n')}
  words=(cks "\${(@)words[3,-1]}")
  (( CURRENT -= 1 ))
  case $command in
${commands.map(({ path, options, takes }) => `    ${quoteSingly(path.join(' '))})\n${describeArguments(options, takes)} ;;`).join('\n')}
  esac
}
compdef _cks cks
`;
}

/** The word behind a group. It becomes part of the command, so that the rest is completed as behind a single word. */
function chooseNext({ path, members }: CompletedGroup): string {
  return `  if [[ $command == ${quoteSingly(path.join(' '))} ]]; then
    if (( CURRENT == 3 )); then
      offers=(${members.map(({ word, help }) => describe(word, help)).join(' ')})
      _describe command offers
      return
    fi
    command+=" $words[3]"
    words=("$words[1]" "\${(@)words[3,-1]}")
    (( CURRENT -= 1 ))
  fi`;
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
