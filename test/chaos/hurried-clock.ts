import { type Clock, systemClock } from '../../src/clock.ts';

/** A clock that goes `times` as fast as the wall: what is allowed so often in a second is allowed so much sooner. */
export function hurriedClock(times: number): Clock {
  const real = systemClock();
  const begin = real.now();
  return {
    now: () => Math.round(begin + (real.now() - begin) * times),
    elapsed: () => real.elapsed() * times,
    uptime: () => undefined,
    onCorrected: (fn) => real.onCorrected((byMs) => fn(byMs * times)),
    after: (ms, fn) => real.after(ms / times, fn),
    every: (ms, fn) => real.every(Math.max(1, ms / times), fn),
  };
}
