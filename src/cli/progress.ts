import type { WriteStream } from 'node:tty';

/** Shows how far long work has come; shows nothing if the stream is no terminal. */
export interface Progress {
  /** @param share 0 to 1 */
  show(share: number): void;
  /** Leaves the line free for what comes. */
  end(): void;
}

/** Progress on one line of a terminal, which is written over. */
export function progressOn(stream: Pick<WriteStream, 'isTTY' | 'write'>, what: string): Progress {
  let shown = -1;
  return {
    show(share) {
      const percent = Math.floor(share * 100);
      if (!stream.isTTY || percent === shown) return;
      shown = percent;
      stream.write(`\r${what} ${percent} %`);
    },
    end() {
      if (shown >= 0) stream.write('\r\x1b[K');
    },
  };
}
