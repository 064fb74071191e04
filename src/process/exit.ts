import { existsSync } from 'node:fs';
import { ConfigError } from '../config/config.ts';
import { HubError } from '../errors.ts';

/** How a process of the hub ends (docs/environment.md; the numbers are those of sysexits.h). */
export const EXIT = { ok: 0, refused: 1, usage: 64, unavailable: 69, config: 78 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The command line can't be understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Loads `.env` of the working directory, if there is one; variables that are set already win. */
export function loadDotEnv(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}

/** What ended a process, in sentences that say how to mend it. */
export function faultsOf(error: unknown): { code: ExitCode; sentences: readonly string[] } {
  if (error instanceof ConfigError) return { code: EXIT.config, sentences: error.faults };
  if (error instanceof UsageError) return { code: EXIT.usage, sentences: [error.message] };
  const unavailable = error instanceof HubError && error.code === 'unavailable';
  const sentence = listenFault(error);
  if (sentence !== undefined) return { code: EXIT.unavailable, sentences: [sentence] };
  return {
    code: unavailable ? EXIT.unavailable : EXIT.refused,
    sentences: [error instanceof Error ? error.message : String(error)],
  };
}

/** What a person reads of a fault's sentence, which is English. */
export type FaultWords = (sentence: string, error: unknown) => string;

const AS_IT_IS: FaultWords = (sentence) => sentence;

/** Runs a program; a fault becomes its sentences on standard error, or one line of JSON, and the exit code. */
export async function runProgram(program: () => Promise<void>, json = false, words = AS_IT_IS): Promise<void> {
  try {
    await program();
  } catch (error) {
    const { code, text } = faultText(error, json, words);
    process.stderr.write(text);
    process.exit(code);
  }
}

/** The same fault as a person reads it on standard error, or as one line of JSON for a script. */
export function faultText(error: unknown, json: boolean, words = AS_IT_IS): { code: ExitCode; text: string } {
  const { code, sentences } = faultsOf(error);
  const text = json
    ? JSON.stringify({ exit_code: code, faults: sentences })
    : sentences.map((one) => words(one, error)).join('\n');
  return { code, text: `${text}\n` };
}

/** Why the hub can't listen at HOST and PORT. */
function listenFault(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined;
  const { address = '', port = '', hostname = '' } = error as { address?: string; port?: number; hostname?: string };
  if (error.syscall === 'getaddrinfo') {
    return `HOST ${hostname} is not known: give an address of this machine, such as 127.0.0.1 or 0.0.0.0.`;
  }
  if (error.syscall !== 'listen') return undefined;
  switch (error.code) {
    case 'EADDRINUSE':
      return `PORT ${port} on ${address} is taken: stop the program that listens there, or choose another PORT.`;
    case 'EACCES':
      return `PORT ${port} on ${address} may not be opened by this user: choose one above 1023.`;
    case 'EADDRNOTAVAIL':
      return `HOST ${address} is not an address of this machine: give one that is, such as 127.0.0.1 or 0.0.0.0.`;
    default:
      return undefined;
  }
}
