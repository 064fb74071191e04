import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { HubError } from '../../errors.ts';

/** What it writes beyond this ends it. */
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;
const LINES_TOLD = 12;

/** As which user, where, and with what a program runs. */
export interface ChildOptions {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  uid?: number;
  gid?: number;
  signal?: AbortSignal;
}

/**
 * Runs a program to its end.
 * @param fault what it means that it fails; what it wrote last comes behind it
 * @returns what it wrote to standard output
 * @throws HubError `invalid_request`
 */
export async function runChild(
  program: string,
  args: readonly string[],
  options: ChildOptions,
  fault: string,
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, args, { ...options, maxBuffer: MAX_OUTPUT_BYTES });
    return stdout;
  } catch (cause) {
    options.signal?.throwIfAborted();
    const { stdout = '', stderr = '', message } = cause as { stdout?: string; stderr?: string; message: string };
    const wrote = lastLines(`${stdout}\n${stderr}`);
    throw new HubError('invalid_request', `${fault}\n${wrote === '' ? message : wrote}`, { cause });
  }
}

/** The end of what a program wrote, as much of it as a person reads. */
export function lastLines(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-LINES_TOLD).join('\n');
}

/** Variables of this process that a program needs which asks the network; secrets of `.env` stay out. */
export function plainEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const known =
    /^(PATH|HOME|LANG|LC_\w+|TMPDIR|npm_config_\w+|https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_\w+)$/i;
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && known.test(entry[0])),
  );
}
