import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** How a run of test files ended. */
export interface Run {
  passed: number;
  failed: Failure[];
  /** Files that did not even load, each with its reason. */
  unloaded: string[];
}

export interface Failure {
  test: string;
  /** The first line of what it threw. */
  reason: string;
  /** It only ran out of time, and said nothing of what it missed. */
  late: boolean;
}

/** The parts of vitest's JSON report that are read here. */
interface Report {
  testResults: {
    name: string;
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
  }[];
}

/** Runs test files of the tree at `root`, and ends at the first failure where `bail` says so. */
export async function runTests(
  root: string,
  files: readonly string[],
  options: { only?: string | undefined; bail: boolean; postgresUrl: string },
): Promise<Run> {
  const report = join(root, 'mutations-report.json');
  rmSync(report, { force: true });
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--reporter=json', `--outputFile=${report}`];
  if (options.bail) args.push('--bail=1');
  if (options.only !== undefined) args.push('--testNamePattern', options.only);
  const child = spawn(process.execPath, [...args, ...files], {
    cwd: root,
    env: { ...process.env, TEST_POSTGRES_URL: options.postgresUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      said = `${said}${chunk}`.slice(-2_000);
    });
  }
  await once(child, 'close');
  if (!existsSync(report)) return { passed: 0, failed: [], unloaded: [`vitest wrote no report: ${said}`] };
  // Written by vitest itself.
  return read(JSON.parse(readFileSync(report, 'utf8')) as Report);
}

function read({ testResults }: Report): Run {
  const run: Run = { passed: 0, failed: [], unloaded: [] };
  for (const { name, message, assertionResults } of testResults) {
    if (assertionResults.length === 0 && message !== '') run.unloaded.push(`${name}: ${firstLine(message)}`);
    for (const { fullName, status, failureMessages } of assertionResults) {
      if (status === 'passed') run.passed++;
      if (status !== 'failed') continue;
      const reason = firstLine(failureMessages[0] ?? '');
      run.failed.push({ test: fullName, reason, late: /^\w+: (Test|Hook) timed out/.test(reason) });
    }
  }
  return run;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
