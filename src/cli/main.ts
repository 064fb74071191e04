import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { loadDotEnv, runProgram, UsageError } from '../exit.ts';
import { COMMAND_HELP, COMMANDS, type CommandName, HELP } from './help.ts';

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
  const { help, status, words } = optionsOf(command, rest);
  if (help) {
    process.stdout.write(COMMAND_HELP[command]);
    return;
  }
  // Loaded only where they run: the whole hub takes a second, and help should not.
  switch (command) {
    case 'serve': {
      const { serve } = await import('../serve.ts');
      await serve();
      return;
    }
    case 'migrate': {
      const { migrateCommand } = await import('./migrate.ts');
      loadDotEnv();
      const { data, text } = await migrateCommand(process.env, status);
      process.stdout.write(`${json ? JSON.stringify(data) : text}\n`);
      return;
    }
    case 'tpv': {
      const { tpvCommand } = await import('./tpv.ts');
      loadDotEnv();
      const { data, text } = await tpvCommand(process.env, words);
      process.stdout.write(`${json ? JSON.stringify(data) : text}\n`);
      return;
    }
    default:
      command satisfies never;
  }
}

function unknownCommand(name: string | undefined): UsageError {
  const known = `the commands are ${COMMANDS.join(', ')}, and "npx valletpv-hub --help" explains them.`;
  return new UsageError(name === undefined ? `A command is missing: ${known}` : `"${name}" is no command: ${known}`);
}

function optionsOf(command: CommandName, rest: string[]): { help: boolean; status: boolean; words: string[] } {
  const options: ParseArgsOptionsConfig = { help: { type: 'boolean', short: 'h' } };
  if (command === 'migrate') options.status = { type: 'boolean' };
  try {
    const { values, positionals } = parseArgs({ args: rest, options, allowPositionals: command === 'tpv' });
    return { help: values.help === true, status: values.status === true, words: positionals };
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${what}\n"npx valletpv-hub ${command} --help" shows what it takes.`);
  }
}
