/** Time as the emulator sees it; a test may put its own in place, and move it by hand. */
export interface EmulatorClock {
  /** Milliseconds since the epoch, with fractions where the clock has them. */
  now(): number;
  /** Milliseconds since some moment, which only grow. */
  elapsed(): number;
  /** Calls `fn` once, `ms` from now; what it returns ends that. */
  after(ms: number, fn: () => void): () => void;
}

/** The machine's. The demo's timeline and the benchmark compare steps closer than 1 ms, so it has fractions. */
export const machineClock: EmulatorClock = {
  now: () => performance.timeOrigin + performance.now(),
  elapsed: () => performance.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, ms);
    return () => clearTimeout(timer);
  },
};
