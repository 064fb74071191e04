interface Wait {
  reject: (reason: Error) => void;
}

/** What is waited for comes in milliseconds; on a machine with much else to do, well within this. */
export const WAIT_MS = 20_000;

/** Promises that someone outside awaits. Each ends: settled, timed out, or rejected when the emulator closes. */
export class Waits {
  readonly #open = new Set<Wait>();
  #closed = false;

  /**
   * Waits until `listen` hands its callback a value.
   *
   * @param listen subscribes and returns the function that unsubscribes
   * @param timeoutMs undefined waits until the emulator closes
   * @param sentence what to say when nothing came
   */
  until<T>(listen: (settle: (value: T) => void) => () => void, timeoutMs: number | undefined, sentence: () => string) {
    if (this.#closed) return Promise.reject(new Error('The emulator is closed: start another one.'));
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const end = () => {
      clearTimeout(timer);
      this.#open.delete(wait);
      unsubscribe();
    };
    const wait: Wait = {
      reject: (reason) => {
        end();
        reject(reason);
      },
    };
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => wait.reject(new Error(`${sentence()} (waited ${timeoutMs} ms)`)), timeoutMs);
    const unsubscribe = listen((value) => {
      end();
      resolve(value);
    });
    this.#open.add(wait);
    return promise;
  }

  close(): void {
    this.#closed = true;
    for (const wait of [...this.#open]) wait.reject(new Error('The emulator was closed while this was awaited.'));
  }
}
