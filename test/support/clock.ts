import type { Clock } from '../../src/clock.ts';

interface Timer {
  at: number;
  every: number | undefined;
  fn: () => void;
}

/** A clock that stands still until a test moves it. Real I/O goes on meanwhile. */
export interface TestClock extends Clock {
  /**
   * Moves time forward by `ms`, calling what falls due on the way in its order; between two of them the event loop
   * turns, so that what they started can go on.
   */
  advance(ms: number): Promise<void>;
  /**
   * Moves time forward at one stroke, as a machine that slept: whatever fell due meanwhile is called once. For days,
   * through which `advance` would call every second's timers one by one.
   */
  jump(ms: number): Promise<void>;
}

/** @param settle lets what a moment started get on, before time moves further */
export function testClock(start = Date.UTC(2025, 10, 9, 10, 30), settle: () => Promise<void> = turns): TestClock {
  let now = start;
  const timers = new Set<Timer>();
  const add = (timer: Timer) => {
    timers.add(timer);
    return () => {
      timers.delete(timer);
    };
  };
  const next = (until: number) => {
    let first: Timer | undefined;
    for (const timer of timers) if (timer.at <= until && (first === undefined || timer.at < first.at)) first = timer;
    return first;
  };
  return {
    now: () => now,
    after: (ms, fn) => add({ at: now + ms, every: undefined, fn }),
    every: (ms, fn) => add({ at: now + ms, every: ms, fn }),
    async advance(ms) {
      const until = now + ms;
      for (let timer = next(until); timer !== undefined; timer = next(until)) {
        now = Math.max(now, timer.at);
        if (timer.every === undefined) timers.delete(timer);
        else timer.at += timer.every;
        timer.fn();
        await settle();
      }
      now = until;
      await settle();
    },
    async jump(ms) {
      now += ms;
      for (const timer of [...timers].filter(({ at }) => at <= now).sort((a, b) => a.at - b.at)) {
        if (!timers.has(timer)) continue;
        if (timer.every === undefined) timers.delete(timer);
        else timer.at = now + timer.every;
        timer.fn();
      }
      await settle();
    },
  };
}

/** Lets what is under way in this process get on: a commit takes a few turns of the event loop. */
export async function turns(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}
