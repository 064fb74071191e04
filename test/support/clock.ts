import { randomUUID } from 'node:crypto';
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
  /** The machine's clock is set, ahead or back, while no time passes. */
  correct(byMs: number): void;
  /** The machine starts anew: nothing tells how long it was off. */
  reboot(): void;
}

/** @param settle lets what a moment started get on, before time moves further */
export function testClock(start = Date.UTC(2025, 10, 9, 10, 30), settle: () => Promise<void> = turns): TestClock {
  /** Timers go by what passed; a correction moves the time of day alone. */
  let elapsed = 0;
  let started = start;
  let boot: string = randomUUID();
  const listeners = new Set<(byMs: number) => void>();
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
  const pass = (until: number) => {
    elapsed = Math.max(elapsed, until);
  };
  return {
    now: () => Math.round(started + elapsed),
    elapsed: () => elapsed,
    uptime: () => ({ boot, ms: elapsed }),
    onCorrected(fn) {
      listeners.add(fn);
      return () => {
        listeners.delete(fn);
      };
    },
    correct(byMs) {
      started += byMs;
      for (const fn of listeners) fn(byMs);
    },
    reboot() {
      boot = randomUUID();
    },
    after: (ms, fn) => add({ at: elapsed + ms, every: undefined, fn }),
    every: (ms, fn) => add({ at: elapsed + ms, every: ms, fn }),
    async advance(ms) {
      const until = elapsed + ms;
      for (let timer = next(until); timer !== undefined; timer = next(until)) {
        pass(timer.at);
        if (timer.every === undefined) timers.delete(timer);
        else timer.at += timer.every;
        timer.fn();
        await settle();
      }
      pass(until);
      await settle();
    },
    async jump(ms) {
      pass(elapsed + ms);
      for (const timer of [...timers].filter(({ at }) => at <= elapsed).sort((a, b) => a.at - b.at)) {
        if (!timers.has(timer)) continue;
        if (timer.every === undefined) timers.delete(timer);
        else timer.at = elapsed + timer.every;
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
