import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { faultIn, type RunLanguage } from '../../src/cli/language/say.ts';
import { runCommand, wantsJson } from '../../src/cli/run.ts';
import { faultText } from '../../src/process/exit.ts';
import { COMPILE_CACHE } from './compile-cache.ts';
import type { Answer, TestHub } from './hub.ts';
import { ROOT } from './process.ts';

export interface CliRun {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CliOptions {
  /** What it reads on standard input: then it runs as a process of its own. */
  input?: string;
  env?: Record<string, string>;
  /** In which it speaks: English, unless the test is of Spanish. */
  language?: RunLanguage;
}

/**
 * Runs a command on the hub's database: in this process, with connections and events of its own, since a start of the
 * program takes most of a second.
 */
export async function cli(
  hub: Pick<TestHub, 'databaseUrl'>,
  args: readonly string[],
  { input, env = {}, language = 'en' }: CliOptions = {},
): Promise<CliRun> {
  // `backup` lowers the priority of its process for good: of a worker's, that of every test after it.
  if (input !== undefined || args[0] === 'backup')
    return cliProcess(hub, args, { ...(input !== undefined && { input }), env, language });
  try {
    const said = await runCommand(args, () => ({ DATABASE_URL: hub.databaseUrl, ...env }), language);
    return { code: said?.code ?? null, stdout: said?.text ?? '', stderr: '' };
  } catch (error) {
    const { code, text: stderr } = faultText(error, wantsJson(args), faultIn(language));
    return { code, stdout: '', stderr };
  }
}

/** Runs the command line as a process of its own, as an operator does. */
export async function cliProcess(
  hub: Pick<TestHub, 'databaseUrl'>,
  args: readonly string[],
  { input = '', env = {}, language = 'en' }: CliOptions = {},
): Promise<CliRun> {
  const child = spawn(process.execPath, [join(ROOT, 'src/cli/main.ts'), ...args], {
    env: { PATH: process.env.PATH ?? '', LANG: language, ...COMPILE_CACHE, DATABASE_URL: hub.databaseUrl, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // A command that refuses its words reads nothing.
  child.stdin.on('error', () => {}).end(input);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, stdout, stderr };
}

/** The same with `--json`: what a script reads of a command that ends with 0. */
export async function cliJson(
  hub: Pick<TestHub, 'databaseUrl'>,
  args: readonly string[],
  options?: CliOptions,
): Promise<Answer['body']> {
  const { code, stdout, stderr } = await cli(hub, [...args, '--json'], options);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout);
}
