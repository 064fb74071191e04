import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * `npm run test:fast`: the tests of one process, on SQLite alone. What it leaves out `npm test` runs: the browser, the
 * chaos, PostgreSQL, the benchmark, the packages, the programs around the hub, and each file that starts the hub or its
 * command line as a program, which takes as long as dozens of other tests.
 */
const ROOT = join(import.meta.dirname, '../..');
const LEFT_OUT = ['browser', 'chaos', 'bench', 'deploy', 'readme', 'package'];
/** What starts a program: functions of test/support, and what is typed into the command line (`input`). */
const STARTS_PROGRAM =
  /\b(?:startProcess|runProcess|startHubProcess|HubUnderLoad|cliProcess|packPackage|startPostgres|runStages)\b|\binput: /;

const folders = LEFT_OUT.map((folder) => `test/${folder}/**`);
const files = globSync('test/**/*.test.ts', { cwd: ROOT }).filter((path) =>
  STARTS_PROGRAM.test(readFileSync(join(ROOT, path), 'utf8')),
);
const excluded = [...folders, ...files].map((path) => `--exclude=${path}`);
const vitest = ['node_modules/vitest/vitest.mjs', 'run', ...excluded, ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, vitest, {
  cwd: ROOT,
  env: { ...process.env, TEST_POSTGRES: 'none' },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
