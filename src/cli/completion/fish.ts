/** The completion script for fish. Source: fish documentation, `complete`. */
import { type CompletedCommand, type CompletedOption, listGroups, shells } from './commands.ts';

export function completeInFish(commands: readonly CompletedCommand[]): string {
  const firsts = [...new Set(commands.map(({ path }) => path[0] ?? ''))];
  const lines = [
    ...firsts.map((first) => describeCommand([first], commands)),
    ...listGroups(commands).flatMap(({ path, members }) =>
      members.map(({ word }) => describeCommand([...path, word], commands)),
    ),
    ...commands.flatMap((command) => command.options.map((option) => describeOption(command, option))),
    ...commands.flatMap(describeTaken),
  ];
  return `# Completion of cks for fish. In ~/.config/fish/config.fish: cks completion fish | source
function __cks_at
    set -l words (commandline -opc)
    set -l last (math 1 + (count $argv))
    test (count $words) -ge $last; and test "$words[2..$last]" = "$argv"
end
function __cks_behind
    set -l words (commandline -opc)
    test (count $words) -eq (math 1 + (count $argv)); and __cks_at $argv
end
complete -c cks -f
complete -c cks -n __fish_use_subcommand -l version -d 'Show the version'
${lines.join('\n')}
`;
}

function describeCommand(path: readonly string[], commands: readonly CompletedCommand[]): string {
  const members = commands.filter((command) => path.every((word, at) => command.path[at] === word));
  const known = members.find((command) => command.path.length === path.length);
  const help = known?.summary ?? members.map((command) => command.path.at(-1)).join(', ');
  const where = path.length === 1 ? '__fish_use_subcommand' : quote(`__cks_behind ${path.slice(0, -1).join(' ')}`);
  return `complete -c cks -n ${where} -a ${path.at(-1)} -d ${quote(help)}`;
}

function describeOption({ path }: CompletedCommand, { flag, help, value, words, isList }: CompletedOption): string {
  const list = words.join(' ');
  const offer = isList ? `(__fish_complete_list , 'printf "%s\\n" ${list}')` : list;
  const taken = {
    none: '',
    words: ` -x -a ${quote(offer)}`,
    file: ' -r -F',
    folder: " -x -a '(__fish_complete_directories)'",
    text: ' -x',
  };
  return `complete -c cks -n ${quote(`__cks_at ${path.join(' ')}`)} -l ${flag.slice(2)}${taken[value]} -d ${quote(help)}`;
}

function describeTaken({ path, takes }: CompletedCommand): string[] {
  const where = `complete -c cks -n ${quote(`__cks_behind ${path.join(' ')}`)}`;
  if (takes === 'file') return [`${where} -F`];
  return takes === 'shell' ? [`${where} -a ${quote(shells.join(' '))}`] : [];
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
