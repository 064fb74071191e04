import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { UsageError } from '../process/exit.ts';
import { say, word } from './language/say.ts';

/**
 * One line of standard input, or of an answer to a prompt that doesn't show it; a secret never stands on the command
 * line.
 * @param what what is missing if nothing comes, such as "the key"
 */
export async function readSecret(prompt: string, what: string): Promise<string> {
  return (await readLine(prompt, what)).trim();
}

/** A secret that an operator chooses: a prompt asks for it twice, since it does not show what is typed. */
export async function readNewSecret(prompt: string, what: string): Promise<string> {
  const first = await readLine(prompt, what);
  if (process.stdin.isTTY && (await readLine(`${word('again')}: `, what)) !== first) {
    throw new UsageError(say`The two were not the same: nothing was changed. Give the ${what} again.`);
  }
  return first;
}

async function readLine(prompt: string, what: string): Promise<string> {
  const asked = process.stdin.isTTY;
  // As a terminal it takes over the echo from the system, and shows nothing.
  const lines = createInterface({ input: process.stdin, terminal: asked, ...(asked ? { output: nowhere() } : {}) });
  lines.on('SIGINT', () => lines.close());
  if (asked) process.stderr.write(prompt);
  try {
    for await (const line of lines) if (line.trim() !== '') return line;
  } finally {
    lines.close();
    if (asked) process.stderr.write('\n');
  }
  throw new UsageError(say`The ${what} is missing: give it on standard input.`);
}

function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}
