import { COMMON_OPTIONS, type Command, type OptionSpec } from '../command.ts';
import { EXIT, UsageError } from '../errors.ts';

/** The command that prints a completion script, made from the descriptions that help and parsing use. */
export function completionFor(commands: () => readonly Command[]): Command {
  return {
    name: 'completion',
    summary: 'print a script that completes commands and options with Tab, for bash and zsh',
    operands: 'bash|zsh',
    operandChoices: ['bash', 'zsh'],
    options: {},
    examples: [
      'source <(x86-paging completion bash)',
      'x86-paging completion bash > ~/.local/share/bash-completion/completions/x86-paging',
    ],
    run({ operands, print }) {
      const [shell, ...more] = operands;
      if ((shell !== 'bash' && shell !== 'zsh') || more.length > 0) {
        throw new UsageError(`completion needs one shell, bash or zsh; given is '${operands.join(' ')}'`);
      }
      // zsh runs bash's completions once it is told to.
      if (shell === 'zsh') print('autoload -U +X bashcompinit && bashcompinit');
      print(bashScript(commands()));
      return EXIT.done;
    },
  };
}

function bashScript(commands: readonly Command[]): string {
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
