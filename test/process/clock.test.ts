import { expect, test, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { WAIT_MS } from '../support/within.ts';

const DAY = 86_400_000;

/** A clock on a machine whose own clocks a test moves. */
function machine() {
  let setByMs = 0;
  let stillMs = 0;
  const monotonic = () => performance.now() + stillMs;
  const clock = systemClock({ wall: () => Date.now() + setByMs + stillMs, monotonic });
  const told: number[] = [];
  clock.onCorrected((ms) => told.push(ms));
  return {
    clock,
    told,
    /** Sets the machine's clock. */
    set(ms: number) {
      setByMs += ms;
    },
    /** Stops the process for so long. */
    stop(ms: number) {
      stillMs += ms;
    },
  };
}

// docs/security.md, row 36.
test.each([-DAY, DAY])(
  'the clock follows a machine that is set by %i ms, and says so before it tells the time',
  (ms) => {
    const { clock, told, set } = machine();
    const before = clock.now();
    const elapsed = clock.elapsed();
    set(ms);
    let heard = 0;
    clock.onCorrected(() => {
      heard = clock.now();
    });
    const after = clock.now();
    expect(Math.abs(after - before - ms)).toBeLessThan(60_000);
    expect(told).toHaveLength(1);
    expect(Math.abs((told[0] ?? 0) - ms)).toBeLessThan(1_000);
    expect(Math.abs(heard - after)).toBeLessThan(60_000);
    // What is measured within the process does not notice.
    expect(clock.elapsed()).toBeGreaterThanOrEqual(elapsed);
    expect(clock.elapsed() - elapsed).toBeLessThan(DAY / 2);
  },
);

test('a machine that is moved by less than a second is followed without a word, and time never goes back', () => {
  const { clock, told, set } = machine();
  const read = [clock.now()];
  for (let i = 0; i < 100; i++) {
    set(i % 2 === 0 ? -400 : 300);
    read.push(clock.now());
  }
  expect(told).toEqual([]);
  expect(read).toEqual(read.toSorted((a, b) => a - b));
});

// Held up for a few milliseconds, its clock would be ahead by as much, and tell the same time until they have passed.
test.each([4_000, 15, 2])(
  'a process that stood still for %i ms between the readings of two clocks takes that for no correction',
  (ms) => {
    let monotonic = 0;
    let standMs = 0;
    const clock = systemClock({
      monotonic: () => monotonic,
      wall() {
        monotonic += standMs;
        standMs = 0;
        return 1_000_000 + monotonic;
      },
    });
    const told: number[] = [];
    clock.onCorrected((ms) => told.push(ms));
    const before = clock.now();
    standMs = ms;
    expect(clock.now()).toBe(before + ms);
    expect(told).toEqual([]);
  },
);

// docs/security.md, row 38.
test('a process that stood still lays its own silence to no other’s charge', async () => {
  const { clock, told, stop } = machine();
  const fired = vi.fn();
  const ends = [clock.every(3_600_000, () => {}), clock.after(50, fired)];
  const elapsed = clock.elapsed();
  const now = clock.now();
  stop(90_000);
  // What waits for its time gets the time that was left …
  expect(clock.elapsed() - elapsed).toBeLessThan(60_000);
  expect(fired).not.toHaveBeenCalled();
  // … the time of day goes on, and what is stored by it is put right.
  expect(clock.now() - now).toBeGreaterThanOrEqual(90_000);
  expect(told).toHaveLength(1);
  expect(told[0]).toBeGreaterThanOrEqual(90_000);
  await vi.waitUntil(() => fired.mock.calls.length > 0, WAIT_MS);
  for (const end of ends) end();
});

test('a timer that falls due while the process stands still waits for what was left of its time', async () => {
  let monotonic = 0;
  let reads = 0;
  const clock = systemClock({
    wall: () => 1_000_000 + monotonic,
    monotonic() {
      reads++;
      return monotonic;
    },
  });
  const fired = vi.fn();
  clock.after(10, fired);
  monotonic = 90_000;
  const before = reads;
  // The machine's timer fires and asks for the time.
  await vi.waitUntil(() => reads > before + 4, WAIT_MS);
  expect(fired).not.toHaveBeenCalled();
  monotonic += 10;
  await vi.waitUntil(() => fired.mock.calls.length > 0, WAIT_MS);
});

test('where nothing waits, no time is taken for a standstill', () => {
  const { clock, told, stop } = machine();
  const end = clock.after(50, () => {});
  end();
  stop(90_000);
  clock.now();
  expect(told).toEqual([]);
});

test('the machine tells for how long it has been running', () => {
  const { clock } = machine();
  const first = clock.uptime();
  expect(first?.boot).toMatch(/^[0-9a-f-]{36}$/);
  expect(clock.uptime()?.boot).toBe(first?.boot);
  expect(clock.uptime()?.ms).toBeGreaterThanOrEqual(first?.ms ?? 0);
});
