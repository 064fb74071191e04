import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { systemClock } from '../clock.ts';
import { EXIT, type ExitCode, UsageError } from '../process/exit.ts';
import { COMMANDS, type CommandName, type Input, type Run } from './command.ts';
import { COMMAND_HELP, helpIn } from './help.ts';
import { languageNow, type RunLanguage, say, speaking, told } from './language/say.ts';

/** Each is loaded only when it runs: the whole hub takes a second, and help should not. */
const RUN: Record<CommandName, Run> = {
  async serve() {
    const { serve } = await import('../process/serve.ts');
    await serve();
    return undefined;
  },
  migrate: async (input) => (await import('./migrate-command.ts')).migrateCommand(input),
  async doctor(input) {
    const { doctorCommand } = await import('./doctor/doctor.ts');
    const { telegramSide } = await import('../telegram/setup/telegram-side.ts');
    const { lastUpdateOf } = await import('./last-update.ts');
    return doctorCommand(input, (config) => telegramSide(config, lastUpdateOf));
  },
  async logs(input, json) {
    const { logsCommand } = await import('./log/logs-command.ts');
    // A reader that has seen enough (head) ends it.
    process.stdout.on('error', () => process.exit(EXIT.ok));
    return logsCommand(input, { out: process.stdout, clock: systemClock(), json });
  },
  async setup(input) {
    const { setupCommand } = await import('./setup/setup-command.ts');
    const { telegramSide } = await import('../telegram/setup/telegram-side.ts');
    const { lastUpdateOf } = await import('./last-update.ts');
    return setupCommand(input, (config) => telegramSide(config, lastUpdateOf));
  },
  upgrade: async (input) => (await import('./upgrade-command.ts')).upgradeCommand(input),
  backup: async (input) => (await import('./backup-command.ts')).backupCommand(input),
  restore: async (input) => (await import('./restore-command.ts')).restoreCommand(input),
  import: async (input) => (await import('./import-command.ts')).importCommand(input),
  admin: async (input) => (await import('./admin-command.ts')).adminCommand(input),
  tpv: async (input) => (await import('./tpv-command.ts')).tpvCommand(input),
  user: async (input) => (await import('./user-command.ts')).userCommand(input),
  instruction: async (input) => (await import('./instruction-command.ts')).instructionCommand(input),
  maintenance: async (input) => (await import('./maintenance-command.ts')).maintenanceCommand(input),
  completion: async (input) => (await import('./manual/completion.ts')).completionCommand(input, COMMAND_HELP),
  async man(input) {
    const { VERSION: version } = await import('../config/version.ts');
    return (await import('./manual/man.ts')).manCommand(input, { ...helpIn(languageNow()), version });
  },
  async webhook(input) {
    const { webhookCommand } = await import('./webhook-command.ts');
    const { webhookSide } = await import('../telegram/setup/telegram-side.ts');
    const { lastUpdateOf } = await import('./last-update.ts');
    return webhookCommand(input, (config) => webhookSide(config, lastUpdateOf));
  },
};

/** What a command has to say when it ends. */
export interface Said {
  text: string;
  code: ExitCode;
}

/**
 * Runs the command that these words name.
 * @param argv what stands behind the program's name
 * @param readEnv called only where a command runs
 * @param language in which it speaks to its person; a script reads English
 * @returns undefined where the command goes on by itself, as `serve` does
 * @throws UsageError, ConfigError, HubError
 */
export function runCommand(
  argv: readonly string[],
  readEnv: () => Input['env'],
  language: RunLanguage,
): Promise<Said | undefined> {
  return speaking(wantsJson(argv) ? 'en' : language, () => run(argv, readEnv));
}

async function run(argv: readonly string[], readEnv: () => Input['env']): Promise<Said | undefined> {
  const [name, ...rest] = argv.filter((arg) => arg !== '--json');
  if (name === '--help' || name === '-h' || name === 'help')
    return { text: helpIn(languageNow()).overview, code: EXIT.ok };
  const command = COMMANDS.find((known) => known === name);
  if (command === undefined) throw unknownCommand(name);
  const { help, words, options } = optionsOf(command, rest);
  if (help) return { text: helpIn(languageNow()).commands[command], code: EXIT.ok };
  const result = await RUN[command]({ env: readEnv(), words, options }, wantsJson(argv));
  if (result === undefined) return undefined;
  const text = `${wantsJson(argv) ? JSON.stringify(result.data) : result.text}\n`;
  return { text, code: result.exitCode ?? EXIT.ok };
}

/** Whether a script reads the answer. */
export function wantsJson(argv: readonly string[]): boolean {
  return argv.includes('--json');
}

function unknownCommand(name: string | undefined): UsageError {
  const known = say`the commands are ${COMMANDS.join(', ')}, and "npx valletpv-hub --help" explains them.`;
  return new UsageError(
    name === undefined ? say`A command is missing: ${known}` : say`"${name}" is no command: ${known}`,
  );
}

function optionsOf(command: CommandName, rest: string[]): { help: boolean } & Pick<Input, 'words' | 'options'> {
  const { options: own = {}, takesWords = false } = COMMAND_HELP[command];
  const options: ParseArgsOptionsConfig = { help: { type: 'boolean', short: 'h' }, ...own };
  try {
    const { values, positionals } = parseArgs({ args: rest, options, allowPositionals: takesWords });
    const { help, ...given } = values as Input['options'];
    return { help: help === true, words: positionals, options: given };
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${told(what)}\n${say`"npx valletpv-hub ${command} --help" shows what it takes.`}`);
  }
}
