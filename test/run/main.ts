import { CHECKS } from './checks.ts';
import { runStages, type Stage } from './stages.ts';
import { failedIn, readTestReport, slowestOf, TEST_REPORT } from './test-report.ts';

/**
 * All that `npm test` does: first what the tests run is installed, then the checks run beside the tests. At the end a
 * table says what took how long, and the last line what a script reads.
 */
const TOOLS: Stage = { name: 'tools', args: ['test/support/tools.ts'], live: true };
const TESTS: Stage = {
  name: 'tests',
  args: [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${TEST_REPORT}`,
  ],
  live: true,
};
const SLOWEST = 10;

const startedAt = performance.now();
const tools = await runStages([TOOLS]);
// Tests that need what is missing would only fail one by one.
if (process.env.TEST_TOOLS === 'installed' && tools.some(({ passed }) => !passed)) process.exit(1);
const besides = await Promise.all([runStages([TESTS]), runStages(CHECKS, 1)]);
const stages = [...tools, ...besides.flat()];
const report = readTestReport();

const seconds = (value: number) => `${value.toFixed(1).padStart(7)} s`;
const lines = [
  ...stages.map((stage) => `${seconds(stage.seconds)}  ${stage.name}${stage.passed ? '' : ': FAILED'}`),
  `${seconds((performance.now() - startedAt) / 1_000)}  all`,
  '',
  `The ${SLOWEST} files of tests that took longest:`,
  ...slowestOf(report, SLOWEST).map((file) => `${seconds(file.seconds)}  ${file.path}`),
];
const failedChecks = stages.filter(({ name, passed }) => !passed && name !== TESTS.name).length;
// A run of tests that ended early has failed, also where no test did.
const failedTests = Math.max(
  failedIn(report),
  stages.some(({ name, passed }) => !passed && name === TESTS.name) ? 1 : 0,
);
const failed = failedChecks + failedTests;
process.stdout.write(`\n${lines.join('\n')}\n\n${report.numPassedTests} passed, ${failed} failed\n`);
if (failed > 0) process.exitCode = 1;
