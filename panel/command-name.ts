import { commandNames } from './words/states.ts';

/** What an instruction's command is called; the command itself where a TPV's importer or a newer hub made it. */
export function commandName(command: string): string {
  return Object.hasOwn(commandNames, command) ? (commandNames[command] ?? command) : command;
}
