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
  /**
   * Milliseconds since some moment, which only grow: how long something takes within this process. While the process
   * stood still, none passed: so no silence is laid to others' charge that was its own.
   */
  elapsed(): number;
  /** Undefined where the machine does not tell. */
  uptime(): Uptime | undefined;
  /**
   * Calls `fn` as soon as `now` follows a correction of the machine's clock, before the first `now` with the new time
   * returns; also after the process stood still, for which the clock seems to have been set ahead.
   */
  onCorrected(fn: (byMs: number) => void): Cancel;
  /** Calls `fn` once, `ms` from now as `elapsed` counts them. */
  after(ms: number, fn: () => void): Cancel;
  /** Calls `fn` every `ms`. */
  every(ms: number, fn: () => void): Cancel;
}

/** What the machine's clock and the monotonic one may differ by, without a correction. `now` then only waits. */
const STEP_MS = 1_000;
/** Two readings that lie further apart than this are read again: `now` would be ahead by as much, and then stand still. */
const SAME_MOMENT_MS = 1;
const READINGS = 5;
/** While something waits for its time, the clock looks this often whether the process goes on … */
const LOOK_INTERVAL_MS = 1_000;
/** … and if it did not for so long (stopped, or a machine that slept), it stood still. */
const STILL_MS = 5_000;
/** Timers may come a little early. */
const EARLY_MS = 2;
const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/** The two clocks of a machine, in milliseconds. */
export interface MachineClocks {
  /** Since the epoch; it may be set. */
  wall(): number;
  /** Since some moment; it only grows. */
  monotonic(): number;
}

const MACHINE: MachineClocks = { wall: () => Date.now(), monotonic: () => performance.now() };

/**
 * The machine's clock. Between corrections `now` never goes back; a correction of more than a second is told to those
 * who asked, a smaller one (NTP moves the clock slowly) is followed.
 */
export function systemClock({ wall, monotonic }: MachineClocks = MACHINE): Clock {
  const listeners = new Set<(byMs: number) => void>();
  const watch = watchStandstills(monotonic, (ms) => tell(ms));
  let boot: string | undefined;
  let offset = wall() - monotonic();
  let last = 0;

  const tell = (byMs: number) => {
    for (const fn of listeners) fn(Math.round(byMs));
  };
  /** The difference between the two clocks, read at one moment. */
  const readOffset = (): number => {
    for (let reading = 1; ; reading++) {
      const before = monotonic();
      const read = wall() - before;
      if (monotonic() - before < SAME_MOMENT_MS || reading === READINGS) return read;
    }
  };

  return {
    now() {
      watch.look();
      const byMs = readOffset() - offset;
      offset += byMs;
      const now = Math.round(offset + monotonic());
      if (Math.abs(byMs) <= STEP_MS) {
        last = Math.max(last, now);
        return last;
      }
      last = now;
      tell(byMs);
      return now;
    },
    elapsed: watch.elapsed,
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
      const release = watch.begin();
      const due = watch.elapsed() + ms;
      const fire = () => {
        const leftMs = due - watch.elapsed();
        if (leftMs > EARLY_MS) {
          // The process stood still: what it waits for may lie unread, and gets the time that was left.
          timer = setTimeout(fire, leftMs);
          return;
        }
        release();
        fn();
      };
      let timer = setTimeout(fire, ms);
      return () => {
        clearTimeout(timer);
        release();
      };
    },
    every(ms, fn) {
      const release = watch.begin();
      const timer = setInterval(fn, ms);
      return () => {
        clearInterval(timer);
        release();
      };
    },
  };
}

/** Counts the time in which the process went on, and tells of that in which it did not. */
function watchStandstills(monotonic: () => number, onStill: (ms: number) => void) {
  let waiting = 0;
  let timer: NodeJS.Timeout | undefined;
  let lookedAt = 0;
  let stillMs = 0;

  const look = () => {
    if (timer === undefined) return;
    const now = monotonic();
    const passedMs = now - lookedAt;
    lookedAt = now;
    if (passedMs < STILL_MS) return;
    stillMs += passedMs;
    onStill(passedMs);
  };
  return {
    look,
    elapsed() {
      look();
      return monotonic() - stillMs;
    },
    /** Looks from now on, until what this returns is called: while a timer of the clock runs. */
    begin(): Cancel {
      waiting++;
      if (timer === undefined) {
        lookedAt = monotonic();
        timer = setInterval(look, LOOK_INTERVAL_MS);
        timer.unref();
      }
      let over = false;
      return () => {
        if (over) return;
        over = true;
        waiting--;
        if (waiting > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
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

/**
 * The wall's time, in milliseconds since the epoch, at which `elapsed()` is what is given: every `elapsed` that leaves
 * the process goes through here, as it counts from the machine's start.
 */
export function wallTime(clock: Clock, elapsed: number): number {
  return Math.round(clock.now() - (clock.elapsed() - elapsed));
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
