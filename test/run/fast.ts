import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * `npm run test:fast`: the tests that need no program besides Node, on SQLite alone. What it leaves out `npm test` runs:
 * the browser, the chaos, PostgreSQL, the benchmark, the packages, and the programs around the hub.
 */
const LEFT_OUT = ['browser', 'chaos', 'bench', 'deploy', 'readme', 'package'];

const folders = LEFT_OUT.map((folder) => `--exclude=test/${folder}/**`);
const vitest = ['node_modules/vitest/vitest.mjs', 'run', ...folders, ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, vitest, {
  cwd: join(import.meta.dirname, '../..'),
  env: { ...process.env, TEST_POSTGRES: 'none' },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
