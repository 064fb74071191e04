import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const ROOT = join(import.meta.dirname, '../..');

/** A program that passes or fails, such as the type checker on one project. */
export interface Stage {
  name: string;
  /** What Node runs: a file of this repository or of node_modules, and its arguments. */
  args: readonly string[];
  /** Shows its output while it runs; else the output follows in one piece when it ends. */
  live?: boolean;
}

export interface StageResult {
  name: string;
  passed: boolean;
  seconds: number;
}

/**
 * Runs programs side by side, in the order given, one on each core. All of them run, also after one failed: one run
 * shows all there is to mend.
 */
export async function runStages(stages: readonly Stage[], atOnce = availableParallelism()): Promise<StageResult[]> {
  const waiting = [...stages];
  const results: StageResult[] = [];
  const work = async () => {
    for (let stage = waiting.shift(); stage !== undefined; stage = waiting.shift()) results.push(await run(stage));
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}

const running = new Set<ChildProcess>();
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    for (const child of running) child.kill(signal);
    process.exitCode = 1;
  });
}

async function run({ name, args, live = false }: Stage): Promise<StageResult> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: live ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const outputs = [child.stdout, child.stderr].map((stream) => (stream === null ? '' : text(stream)));
  const [[code], ...texts] = await Promise.all([once(child, 'close'), ...outputs]);
  running.delete(child);
  const seconds = (performance.now() - startedAt) / 1_000;
  const passed = code === 0;
  process.stdout.write(`${texts.join('')}${passed ? '✓' : '✗'} ${name} (${seconds.toFixed(1)} s)\n`);
  return { name, passed, seconds };
}
