import { TestRunner } from 'vitest';

/** What a test waits for comes in milliseconds; on a machine with much else to do, well within this. */
export const WAIT_MS = 20_000;
/** Of a test's time for one long wait. */
const SHARE = 0.75;
/** What a test may take that says nothing else: what hangs is said by its own wait, long before. */
export const TEST_MS = 120_000;
/** The same, of a test that runs programs which take their time by themselves. */
export const PROGRAMS_MS = 600_000;

/** What one long wait may take of the running test's time, in ms. */
export function shareOfTestMs(): number {
  return (TestRunner.getCurrentTest()?.timeout ?? TEST_MS) * SHARE;
}

/**
 * For a loop that goes on until something is there: what it gives throws once that took too long. A test's own limit
 * ends the test and not the loop, which would take the time of every test after it.
 * @param missing how the sentence begins, such as `No pong`
 */
export function patience(missing: () => string, ms = shareOfTestMs()): () => void {
  const until = performance.now() + ms;
  return () => {
    if (performance.now() > until) throw new Error(`${missing()} within ${ms} ms`);
  };
}

/**
 * What `promise` gives, or an error that says what did not come: a test that hangs until its own limit does not say why.
 * @param missing how the sentence begins, such as `No pong`
 */
export function within<T>(promise: Promise<T>, missing: () => string, ms = WAIT_MS): Promise<T> {
  // Made here, its stack leads to the line that waits.
  const late = new Error();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      late.message = `${missing()} within ${ms} ms`;
      reject(late);
    }, ms);
    promise.finally(() => clearTimeout(timer)).then(resolve, reject);
  });
}
