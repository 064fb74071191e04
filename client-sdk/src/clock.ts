/** A timer's owner ends it by calling this. */
export type Cancel = () => void;

/** Time as the client sees it; tests replace it and move it by hand. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `fn` once, `ms` from now. */
  after(ms: number, fn: () => void): Cancel;
}

/** The machine's clock, carried on by the monotonic one: a clock that is set ahead must not look like a silent hub. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, ms);
    return () => clearTimeout(timer);
  },
};
