import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { loadDotEnv, runProgram, UsageError } from '../process/exit.ts';
import type { Input, Run } from './command.ts';
import { COMMAND_HELP, COMMANDS, type CommandName, HELP } from './help.ts';

/** Each is loaded only where it runs: the whole hub takes a second, and help should not. */
const RUN: Record<CommandName, Run> = {
  async serve() {
    const { serve } = await import('../process/serve.ts');
    await serve();
    return undefined;
  },
  migrate: async (input) => (await import('./migrate-command.ts')).migrateCommand(input),
  async doctor(input) {
    const { doctorCommand } = await import('./doctor/doctor.ts');
    const { telegramSide } = await import('../telegram/setup/webhook-setup.ts');
    return doctorCommand(input, telegramSide);
  },
  backup: async (input) => (await import('./backup-command.ts')).backupCommand(input),
  restore: async (input) => (await import('./restore-command.ts')).restoreCommand(input),
  import: async (input) => (await import('./import-command.ts')).importCommand(input),
  admin: async (input) => (await import('./admin-command.ts')).adminCommand(input),
  tpv: async (input) => (await import('./tpv-command.ts')).tpvCommand(input),
  user: async (input) => (await import('./user-command.ts')).userCommand(input),
  instruction: async (input) => (await import('./instruction-command.ts')).instructionCommand(input),
  async webhook(input) {
    const { webhookCommand } = await import('./webhook-command.ts');
    const { webhookSide } = await import('../telegram/setup/webhook-setup.ts');
    return webhookCommand(input, webhookSide);
  },
};

const args = process.argv.slice(2);
const json = args.includes('--json');

await runProgram(() => run(args), json);

async function run(argv: string[]): Promise<void> {
  const [name, ...rest] = argv.filter((arg) => arg !== '--json');
  if (name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(HELP);
    return;
  }
  const command = COMMANDS.find((known) => known === name);
  if (command === undefined) throw unknownCommand(name);
  const { help, words, options } = optionsOf(command, rest);
  if (help) {
    process.stdout.write(COMMAND_HELP[command].help);
    return;
  }
  loadDotEnv();
  const result = await RUN[command]({ env: process.env, words, options });
  if (result === undefined) return;
  process.stdout.write(`${json ? JSON.stringify(result.data) : result.text}\n`);
  process.exitCode = result.exitCode ?? 0;
}

function unknownCommand(name: string | undefined): UsageError {
  const known = `the commands are ${COMMANDS.join(', ')}, and "npx valletpv-hub --help" explains them.`;
  return new UsageError(name === undefined ? `A command is missing: ${known}` : `"${name}" is no command: ${known}`);
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
    throw new UsageError(`${what}\n"npx valletpv-hub ${command} --help" shows what it takes.`);
  }
}
