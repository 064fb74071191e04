import { UsageError } from '../../process/exit.ts';
import type { CommandHelp, Input, Result } from '../command.ts';
import { say } from '../language/say.ts';

/** The options that every command takes. */
const EVERYWHERE = ['--help', '--json'];

/**
 * `completion bash` and `completion zsh`: a script with which a shell completes the commands, their words and options.
 * @param help of every command, by name
 * @throws UsageError
 */
export function completionCommand(
  { words: [shell, ...more] }: Input,
  help: Readonly<Record<string, CommandHelp>>,
): Result {
  if ((shell !== 'bash' && shell !== 'zsh') || more.length > 0) {
    throw new UsageError(say`"completion" takes bash or zsh.`);
  }
  // zsh understands bash's.
  const before = shell === 'zsh' ? 'autoload -U +X compinit bashcompinit && compinit && bashcompinit\n' : '';
  const script = before + bashScript(help);
  return { data: { script }, text: script.trimEnd() };
}

function bashScript(help: Readonly<Record<string, CommandHelp>>): string {
  const cases = Object.entries(help).map(([name, one]) => {
    const options = Object.keys(one.options ?? {}).map((option) => `--${option}`);
    const first = [...wordsOf(name, one), ...options, ...EVERYWHERE].join(' ');
    return `    ${name}) words='${first}' ;;`;
  });
  return `_valletpv_hub() {
  local words='${Object.keys(help).join(' ')} --help'
  if ((COMP_CWORD > 1)); then
    case \${COMP_WORDS[1]} in
${cases.map((line) => `  ${line}`).join('\n')}
    *) words= ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _valletpv_hub valletpv-hub
`;
}

/** The words that may follow a command, as its help's lines of usage have them. */
function wordsOf(name: string, { help }: CommandHelp): string[] {
  const usage = new RegExp(`valletpv-hub ${name} ([a-z][a-z|-]*)`, 'g');
  return [...new Set([...help.matchAll(usage)].flatMap(([, words = '']) => words.split('|')))];
}
