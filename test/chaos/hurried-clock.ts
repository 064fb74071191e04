import { type Clock, systemClock } from '../../src/clock.ts';

export interface HurriedClock extends Clock {
  /** From now on it goes as the wall does: what takes a busy machine a second takes a second here too. */
  calm(): void;
}

/** A clock that goes `times` as fast as the wall: what is allowed so often in a second is allowed so much sooner. */
export function hurriedClock(times: number): HurriedClock {
  const real = systemClock();
  let pace = times;
  /** Where both clocks stood when the pace was last set. */
  let since = { real: real.elapsed(), here: real.elapsed() };
  const begin = { now: real.now(), elapsed: since.here };
  const elapsed = () => since.here + (real.elapsed() - since.real) * pace;
  return {
    now: () => Math.round(begin.now + elapsed() - begin.elapsed),
    elapsed,
    uptime: () => undefined,
    onCorrected: (fn) => real.onCorrected((byMs) => fn(byMs * pace)),
    after: (ms, fn) => real.after(ms / pace, fn),
    every: (ms, fn) => real.every(Math.max(1, ms / pace), fn),
    calm: () => {
      since = { real: real.elapsed(), here: elapsed() };
      pace = 1;
    },
  };
}
