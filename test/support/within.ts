/** What a test waits for comes in milliseconds; on a machine with much else to do, well within this. */
export const WAIT_MS = 8_000;

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
