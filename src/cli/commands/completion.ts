import { type Command, oneOperand } from '../command.ts';
import { bashScript, fishScript } from '../completion-scripts.ts';
import { EXIT, UsageError } from '../errors.ts';

const SHELLS: readonly string[] = ['bash', 'zsh', 'fish'];

/** The command that prints a completion script, made from the descriptions that help and parsing use. */
export function completionFor(commands: () => readonly Command[]): Command {
  return {
    name: 'completion',
    summary: 'print a script that completes commands and options with Tab, for bash, zsh and fish',
    operands: SHELLS.join('|'),
    operandChoices: SHELLS,
    options: {},
    examples: [
      'source <(x86-paging completion bash)',
      'x86-paging completion bash > ~/.local/share/bash-completion/completions/x86-paging',
      'x86-paging completion fish > ~/.config/fish/completions/x86-paging.fish',
    ],
    run({ operands, json, data, printJson }) {
      const shell = oneOperand('completion', operands, 'shell, bash, zsh or fish');
      if (shell === undefined || !SHELLS.includes(shell)) {
        throw new UsageError(`completion needs one shell, bash, zsh or fish; given is '${shell ?? ''}'`);
      }
      const script = scriptFor(shell, commands());
      if (json) printJson({ schema: 'x86-paging/completion/1', shell, script: `${script}\n` });
      else data(script);
      return EXIT.done;
    },
  };
}

function scriptFor(shell: string, commands: readonly Command[]): string {
  if (shell === 'fish') return fishScript(commands);
  // zsh runs bash's completions once it is told to.
  const start = shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : '';
  return start + bashScript(commands);
}
