import { expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';

const DAY = 86_400_000;

/** A clock on a machine whose own clock a test sets. */
function machine() {
  let byMs = 0;
  const clock = systemClock(() => Date.now() + byMs);
  const told: number[] = [];
  clock.onCorrected((ms) => told.push(ms));
  return {
    clock,
    told,
    set(ms: number) {
      byMs += ms;
    },
  };
}

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

test('a process that stood still between the readings of two clocks takes that for no correction', () => {
  let standMs = 0;
  const clock = systemClock(() => {
    const until = performance.now() + standMs;
    standMs = 0;
    while (performance.now() < until);
    return Date.now();
  });
  const told: number[] = [];
  clock.onCorrected((ms) => told.push(ms));
  clock.now();
  standMs = 1_200;
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
