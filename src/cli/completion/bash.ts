/** The completion script for bash. Source: bash reference manual, "Programmable Completion". */
import { type CompletedCommand, type CompletedOption, listGroups, shells } from './commands.ts';

export function completeInBash(commands: readonly CompletedCommand[]): string {
  const firsts = [...new Set(commands.map(({ path }) => path[0]))];
  const groups = listGroups(commands);
  const arms = (rows: readonly (readonly [pattern: string, action: string])[]) =>
    rows.map(([pattern, action]) => `    ${pattern}) ${action} ;;`);
  const walk = groups.map(
    ({ path }) =>
      `  [[ $command == ${JSON.stringify(path.join(' '))} ]] && command+=" \${COMP_WORDS[${path.length + 1}]}" first=${path.length + 2}`,
  );
  const offers = groups.map(
    ({ path, members }) =>
      [JSON.stringify(path.join(' ')), `words="${members.map(({ word }) => word).join(' ')}"`] as const,
  );
  const flags = commands.map(
    ({ path, options }) => [`"${path.join(' ')}"`, `words="${options.map(({ flag }) => flag).join(' ')}"`] as const,
  );
  const taking = commands.flatMap(({ path, takes }) => {
    const action = { file: 'COMPREPLY=($(compgen -f -- "$cur"))', shell: `words="${shells.join(' ')}"`, text: '' }[
      takes
    ];
    return action ? [[`"${path.join(' ')}"`, action] as const] : [];
  });
  return `# Completion of cks for bash. In ~/.bashrc: source <(cks completion bash)
_cks() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]} words= before= first=2
  # bash takes --mode=live for three words
  if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W "${firsts.join(' ')} --help --version" -- "$cur"))
    return
  fi
${walk.join('\n')}
  if ((COMP_CWORD < first)); then
    case "\${COMP_WORDS[*]:1:COMP_CWORD-1}" in
${arms(offers).join('\n')}
    esac
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
    return
  fi
  case "$command $prev" in
${arms(valueArms(commands)).join('\n')}
  esac
  if [[ $cur == -* ]]; then
    case $command in
${arms(flags).join('\n')}
    esac
  else
    case $command in
${arms(taking).join('\n')}
    esac
  fi
  [[ $words ]] && COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F _cks cks
`;
}

/** What follows an option: in most commands the same, and before that where it is not. */
function valueArms(commands: readonly CompletedCommand[]): (readonly [string, string])[] {
  const uses = commands.flatMap(({ path, options }) =>
    options
      .filter(({ value }) => value !== 'none')
      .map((option) => ({ command: path.join(' '), flag: option.flag, action: `${actionOf(option)}return` })),
  );
  const usual = new Map([...uses].reverse().map(({ flag, action }) => [flag, action]));
  const others = uses.filter(({ flag, action }) => action !== usual.get(flag));
  return [
    ...others.map(({ command, flag, action }) => [`"${command} ${flag}"`, action] as const),
    ...[...usual].map(([flag, action]) => [`*" ${flag}"`, action] as const),
  ];
}

function actionOf({ value, words, isList }: CompletedOption): string {
  const choose = `COMPREPLY=($(compgen -P "$before" -W "${words.join(' ')}" -- "\${cur##*,}")); `;
  if (value === 'words') return isList ? `[[ $cur == *,* ]] && before=\${cur%,*},; ${choose}` : choose;
  if (value === 'file') return 'COMPREPLY=($(compgen -f -- "$cur")); ';
  return value === 'folder' ? 'COMPREPLY=($(compgen -d -- "$cur")); ' : '';
}
