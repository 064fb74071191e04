/** Something that runs at most once in a while. */
export interface Throttled {
  /** Runs it now, or as soon as the pause since the last run is over. */
  (): void;
  /** Forgets a run that waits. */
  cancel(): void;
}

/** At most one run of `work` per `pauseMs`, and never two at once; a call meanwhile leads to one more run. */
export function throttle(work: () => Promise<unknown>, pauseMs: number): Throttled {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running = false;
  let wanted = false;
  let lastEnd = Number.NEGATIVE_INFINITY;
  const schedule = () => {
    if (running || timer !== undefined) return;
    timer = setTimeout(run, Math.max(0, lastEnd + pauseMs - performance.now()));
  };
  const run = async () => {
    timer = undefined;
    wanted = false;
    running = true;
    try {
      await work();
    } finally {
      running = false;
      lastEnd = performance.now();
      if (wanted) schedule();
    }
  };
  return Object.assign(
    () => {
      wanted = true;
      schedule();
    },
    {
      cancel: () => {
        wanted = false;
        clearTimeout(timer);
        timer = undefined;
      },
    },
  );
}
