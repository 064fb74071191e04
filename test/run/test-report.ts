import { readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** Where Vitest leaves what it found. */
export const TEST_REPORT = 'node_modules/.cache/tests.json';

/** What this uses of Vitest's report in JSON. */
export interface TestReport {
  numPassedTests: number;
  testResults: readonly {
    name: string;
    status: string;
    /** In milliseconds since 1970. */
    startTime: number;
    endTime: number;
    assertionResults: readonly { status: string }[];
  }[];
}

/** The report of the last run, which is taken away so that no later run can be taken for it; empty where there is none. */
export function readTestReport(path = join(ROOT, TEST_REPORT)): TestReport {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    // The run ended before it could write.
    return { numPassedTests: 0, testResults: [] };
  } finally {
    rmSync(path, { force: true });
  }
}

/** Tests that failed; a file that could not be loaded counts as one. */
export function failedIn({ testResults }: TestReport): number {
  const failed = testResults.map(({ status, assertionResults }) => {
    const tests = assertionResults.filter((one) => one.status === 'failed').length;
    return status === 'failed' ? Math.max(tests, 1) : tests;
  });
  return failed.reduce((sum, one) => sum + one, 0);
}

/** The files that took longest, the longest first. */
export function slowestOf({ testResults }: TestReport, count: number): { path: string; seconds: number }[] {
  return testResults
    .map(({ name, startTime, endTime }) => ({ path: relative(ROOT, name), seconds: (endTime - startTime) / 1_000 }))
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, count);
}
