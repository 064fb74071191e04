import type { ParseArgsOptionsConfig } from 'node:util';
import type { ExitCode } from '../process/exit.ts';

/** What the command line can do, by command. */
export const COMMANDS = [
  'serve',
  'migrate',
  'doctor',
  'logs',
  'backup',
  'restore',
  'import',
  'admin',
  'tpv',
  'user',
  'instruction',
  'webhook',
  'maintenance',
  'upgrade',
  'setup',
  'completion',
  'man',
] as const;
export type CommandName = (typeof COMMANDS)[number];

/** What a command gets from its caller. */
export interface Input {
  env: Readonly<Record<string, string | undefined>>;
  /** The words after the command's name. */
  words: readonly string[];
  /** The options that were given, by name. */
  options: Readonly<Record<string, string | boolean | string[] | undefined>>;
}

/** A command's result: as a script reads it (`--json`), and as a person does. */
export interface Result {
  data: object;
  text: string;
  /** Other than 0 if the command did its work and found a fault. */
  exitCode?: ExitCode;
}

/**
 * Runs a command; nothing comes back from one that goes on or prints by itself, as `serve` and `logs` do.
 * @param json whether a script reads what it prints
 */
export type Run = (input: Input, json: boolean) => Promise<Result | undefined>;

/** How a command is called. */
export interface CommandHelp {
  /** What `--help` after it says. */
  help: string;
  /** Options besides `--help` and `--json`. */
  options?: ParseArgsOptionsConfig;
  /** Whether it takes words, such as `tpv list`. */
  takesWords?: boolean;
}
