import closeWithGrace from 'close-with-grace';

/**
 * They come more than once: npm and the launcher pass on what a terminal or a service manager sends to each process.
 * The second must not end what the first began, as close-with-grace would have it. SIGHUP is a terminal that closes.
 */
const END_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
type EndSignal = (typeof END_SIGNALS)[number];

/** Why a process ends: a signal, or an error that nothing expected. */
export interface EndReason {
  signal?: EndSignal;
  err?: Error;
}

/**
 * Closes what a process holds when it is told to end, once, and ends it with 0; with 1 where an unexpected error is the
 * reason, or closing takes too long.
 * @param delayMs how long closing may take
 */
export function closeAtEnd(delayMs: number, close: (reason: EndReason) => Promise<void>): { uninstall(): void } {
  let signal: EndSignal | undefined;
  const grace = closeWithGrace({ delay: delayMs, logger: false, skip: [...END_SIGNALS] }, ({ err }) =>
    close({ ...(signal !== undefined && { signal }), ...(err !== undefined && { err }) }),
  );
  const onSignal = (received: EndSignal) => {
    if (signal !== undefined) return;
    signal = received;
    grace.close();
  };
  for (const one of END_SIGNALS) process.on(one, onSignal);
  return {
    uninstall() {
      grace.uninstall();
      for (const one of END_SIGNALS) process.off(one, onSignal);
    },
  };
}
