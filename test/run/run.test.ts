import { expect, test } from 'vitest';
import { runStages } from './stages.ts';
import { failedIn, readTestReport, slowestOf } from './test-report.ts';

const passed = { status: 'passed' };
const failed = { status: 'failed' };
const at = (name: string, ms: number) => ({ name: `${process.cwd()}/${name}`, startTime: 1_000, endTime: 1_000 + ms });

test('a stage that fails is named, and the others run all the same', async () => {
  const results = await runStages([
    { name: 'bad', args: ['--eval', 'process.exitCode = 3'] },
    { name: 'killed', args: ['--eval', "process.kill(process.pid, 'SIGKILL')"] },
    { name: 'good', args: ['--eval', ''] },
  ]);
  expect(new Map(results.map((one) => [one.name, one.passed]))).toEqual(
    new Map([
      ['bad', false],
      ['killed', false],
      ['good', true],
    ]),
  );
});

test('failed tests are counted, and a file that could not be loaded is one of them', () => {
  const testResults = [
    { ...at('test/a.test.ts', 5), status: 'failed', assertionResults: [passed, failed, failed] },
    { ...at('test/b.test.ts', 7), status: 'failed', assertionResults: [] },
    { ...at('test/c.test.ts', 6), status: 'passed', assertionResults: [passed] },
  ];
  expect(failedIn({ numPassedTests: 2, testResults })).toBe(3);
  expect(slowestOf({ numPassedTests: 2, testResults }, 2)).toEqual([
    { path: 'test/b.test.ts', seconds: 0.007 },
    { path: 'test/c.test.ts', seconds: 0.006 },
  ]);
});

test('a run that left no report has passed nothing', () => {
  expect(readTestReport('/nowhere/report.json')).toEqual({ numPassedTests: 0, testResults: [] });
});
