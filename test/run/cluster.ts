import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * `npm run test:cluster`: the suites of the contract with TPVs, as they are, where each hub of a test is three of them on
 * one PostgreSQL behind a proxy that gives each request and each socket to the next. `npm test` runs the scenarios so.
 */
const SUITES = ['test/gateway/', 'test/api/instructions.test.ts'];

const [, , ...given] = process.argv;
const vitest = ['node_modules/vitest/vitest.mjs', 'run', ...(given.length > 0 ? given : SUITES)];
const { status } = spawnSync(process.execPath, vitest, {
  cwd: join(import.meta.dirname, '../..'),
  env: { ...process.env, TEST_HUBS: '3' },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
