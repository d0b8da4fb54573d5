/** Completion scripts, from the same descriptions of commands as help and parsing. */

import { COMMON_OPTIONS, type Command, type OptionSpec } from './command.ts';

/** For bash: one function that answers for every command. */
export function bashScript(commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  return `_x86_paging() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words=
  COMPREPLY=()
  if (( COMP_CWORD == 1 )); then
    words='${names} help --help --version'
  else
    case "\${COMP_WORDS[1]} $before" in
    ${valueCases(commands).join('\n    ')}
    *)
      case "\${COMP_WORDS[1]}" in
      help) words='${names}' ;;
      ${commands.map(optionsCase).join('\n      ')}
      esac ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _x86_paging x86-paging`;
}

/** After an option with a value: its choices, or nothing of ours, so that the shell offers files. */
function valueCases(commands: readonly Command[]): string[] {
  return commands.flatMap(({ name, options }) =>
    Object.entries(options)
      .filter(([, { type }]) => type === 'string')
      .map(([option, { choices = [] }]) => `'${name} --${option}') words='${choices.join(' ')}' ;;`),
  );
}

/** Options where one is begun; else the operands that can be listed, or nothing of ours, which stands for files. */
function optionsCase({ name, options, operandChoices = [] }: Command): string {
  const all: Readonly<Record<string, OptionSpec>> = { ...options, ...COMMON_OPTIONS };
  const listed = Object.keys(all).map((option) => `--${option}`);
  return `${name}) words='${operandChoices.join(' ')}'; [[ $word == -* ]] && words='${listed.join(' ')}' ;;`;
}

/** For fish: a line for each thing that can come next. */
export function fishScript(commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  const none = `not __fish_seen_subcommand_from ${names} help`;
  return [
    'complete -c x86-paging -f',
    ...commands.map(
      ({ name, summary }) => `complete -c x86-paging -n '${none}' -a ${name} -d ${quoted(summary)}`,
    ),
    `complete -c x86-paging -n '${none}' -a help -d 'options and examples of a command'`,
    `complete -c x86-paging -n '${none}' -l version -s V -d 'the version of this program'`,
    `complete -c x86-paging -n '__fish_seen_subcommand_from help' -a '${names}'`,
    ...commands.flatMap(fishLines),
  ].join('\n');
}

function fishLines({ name, options, operands, operandChoices }: Command): string[] {
  const start = `complete -c x86-paging -n '__fish_seen_subcommand_from ${name}'`;
  const all: Readonly<Record<string, OptionSpec>> = { ...options, ...COMMON_OPTIONS };
  const lines = Object.entries(all).map(([option, { type, short, choices, help }]) => {
    // -x: a value of these; -r -F: a value, perhaps a file.
    const value =
      type === 'boolean' ? '' : choices === undefined ? ' -r -F' : ` -x -a '${choices.join(' ')}'`;
    return `${start} -l ${option}${short === undefined ? '' : ` -s ${short}`}${value} -d ${quoted(help)}`;
  });
  if (operandChoices !== undefined) lines.push(`${start} -a '${operandChoices.join(' ')}'`);
  else if (operands !== '') lines.push(`${start} -F`);
  return lines;
}

/** A word of fish: in single quotes only the quote and the backslash mean something. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
