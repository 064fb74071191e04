import { readFileSync } from 'node:fs';

/** A timer's owner ends it by calling this. */
export type Cancel = () => void;

/** How long the machine has been running, and since which start of it. */
export interface Uptime {
  /** Another one after each start of the machine. */
  boot: string;
  /** Milliseconds, without the time that it slept. */
  ms: number;
}

/** How the clock was corrected, for whoever keeps times: `byMs` is 0 where only times that lie ahead are looked for. */
export interface Correction {
  /** Ahead, or (negative) back. */
  byMs: number;
  /** The right time. */
  now: number;
}

/** Time as the rules see it; tests replace it and move it by hand. */
export interface Clock {
  /** Milliseconds since the epoch: what is stored and shown. It follows the machine's clock, also backwards. */
  now(): number;
  /** Milliseconds since some moment, which only grow: how long something takes within this process. */
  elapsed(): number;
  /** Undefined where the machine does not tell. */
  uptime(): Uptime | undefined;
  /**
   * Calls `fn` as soon as `now` follows a correction of the machine's clock, before the first `now` with the new time
   * returns.
   */
  onCorrected(fn: (byMs: number) => void): Cancel;
  /** Calls `fn` once, `ms` from now. */
  after(ms: number, fn: () => void): Cancel;
  /** Calls `fn` every `ms`. */
  every(ms: number, fn: () => void): Cancel;
}

/** What the machine's clock and the monotonic one may differ by, without a correction. `now` then only waits. */
const STEP_MS = 1_000;
/** Two readings that lie further apart than this are read again: the process stood still in between. */
const SAME_MOMENT_MS = 20;
const READINGS = 5;
const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/**
 * The machine's clock. Between corrections `now` never goes back; a correction of more than a second is told to those
 * who asked, a smaller one (NTP moves the clock slowly) is followed.
 * @param machineNow the machine's clock, in milliseconds since the epoch
 */
export function systemClock(machineNow: () => number = () => Date.now()): Clock {
  const listeners = new Set<(byMs: number) => void>();
  let boot: string | undefined;
  let offset = machineNow() - performance.now();
  let last = 0;

  /** The difference between the two clocks, read at one moment. */
  const readOffset = (): number => {
    for (let reading = 1; ; reading++) {
      const before = performance.now();
      const read = machineNow() - before;
      if (performance.now() - before < SAME_MOMENT_MS || reading === READINGS) return read;
    }
  };

  return {
    now() {
      const byMs = readOffset() - offset;
      offset += byMs;
      const now = Math.round(offset + performance.now());
      if (Math.abs(byMs) <= STEP_MS) {
        last = Math.max(last, now);
        return last;
      }
      last = now;
      for (const fn of listeners) fn(Math.round(byMs));
      return now;
    },
    elapsed: () => performance.now(),
    uptime() {
      boot ??= readBoot();
      return boot === undefined ? undefined : { boot, ms: Number(process.hrtime.bigint() / 1_000_000n) };
    },
    onCorrected(fn) {
      listeners.add(fn);
      return () => {
        listeners.delete(fn);
      };
    },
    after(ms, fn) {
      const timer = setTimeout(fn, ms);
      return () => clearTimeout(timer);
    },
    every(ms, fn) {
      const timer = setInterval(fn, ms);
      return () => clearInterval(timer);
    },
  };
}

function readBoot(): string | undefined {
  try {
    return readFileSync(BOOT_ID, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** Waits `ms` on `clock`; ends at once, without an error, when `signal` is aborted. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(ms, done);
    signal?.addEventListener('abort', done);
  });
}

/** Lets everything else that is ready run first: between two pieces of a long work. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
