import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { COMPILE_CACHE } from './compile-cache.ts';
import { TEST_LOG } from './log.ts';
import { shareOfTestMs, within } from './within.ts';

export const ROOT = join(import.meta.dirname, '../..');

export interface ProcessOptions {
  /** The whole environment apart from PATH; what the tests themselves run with stays out. */
  env?: Record<string, string>;
  cwd?: string;
  /** The program; the Node that runs the tests by default. */
  program?: string;
}

/** A program that runs beside the test and ends with it. */
export interface TestProcess {
  readonly child: ChildProcess;
  /** What it wrote so far. */
  readonly stdout: string;
  readonly stderr: string;
  /** The part of standard output that matches, now or when it comes; rejects where the process ends without it. */
  waitFor(pattern: RegExp): Promise<string>;
  /** Its exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** Starts a program of this repository. */
export function startProcess(args: readonly string[], options: ProcessOptions = {}): TestProcess {
  const child = spawn(options.program ?? process.execPath, args, {
    cwd: options.cwd ?? ROOT,
    env: {
      PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
      // The command line speaks Spanish, unless it is asked for English.
      LANG: 'en',
      ...COMPILE_CACHE,
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Whatever it has open in a folder of the test is closed before that goes.
  onTestFinished(() => gone(child));
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    if (TEST_LOG !== undefined) process.stderr.write(chunk);
    for (const look of [...watchers]) look();
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
    if (TEST_LOG !== undefined) process.stderr.write(chunk);
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return {
    child,
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    ended,
    waitFor(pattern) {
      const written = new Promise<string>((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(stdout)?.[0];
          if (found === undefined) return;
          watchers.delete(look);
          resolve(found);
        };
        watchers.add(look);
        look();
        ended.then(
          (code) => reject(new Error(`It ended with ${code} before it wrote ${pattern}:\n${stdout}\n${stderr}`)),
          reject,
        );
      });
      return within(written, () => `It wrote no ${pattern}, but\n${stdout}\n${stderr}\n`, shareOfTestMs());
    },
  };
}

async function gone(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** Runs a program of this repository to its end. */
export async function runProcess(
  args: readonly string[],
  options?: ProcessOptions,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const running = startProcess(args, options);
  const missing = () => `${args.join(' ')} did not end, but wrote\n${running.stdout}\n${running.stderr}\n`;
  const code = await within(running.ended, missing, shareOfTestMs());
  return { code, stdout: running.stdout, stderr: running.stderr };
}
