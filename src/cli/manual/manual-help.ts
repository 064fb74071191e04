import type { CommandHelp } from '../command.ts';

/** How `completion` is called. */
export const COMPLETION_HELP: CommandHelp = {
  takesWords: true,
  help: `Usage: valletpv-hub completion bash
       valletpv-hub completion zsh

Prints what makes the shell complete commands and options with Tab. For bash, in ~/.bashrc (zsh: in ~/.zshrc):

  source <(valletpv-hub completion bash)
`,
};

/** How `man` is called. */
export const MAN_HELP: CommandHelp = {
  takesWords: true,
  help: `Usage: valletpv-hub man

Prints the manual as a page for man(1), made of these helps:

  valletpv-hub man > /usr/local/share/man/man8/valletpv-hub.8
`,
};
