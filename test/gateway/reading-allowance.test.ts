import { expect, test } from 'vitest';
import { ReadingAllowance } from '../../src/gateway/reading-allowance.ts';

const SECOND = 1_000;
const MIB = 1024 * 1024;

/** How many frames of so many bytes are read at `now` before reading stops. */
function readAt(allowance: ReadingAllowance, now: number, bytes = 0): number {
  allowance.stopMs(now);
  for (let read = 0; ; read++) {
    allowance.came(bytes);
    if (allowance.stopMs(now) > 0) return read;
  }
}

test('after a rest 2,500 frames are read at once, then 500 in each second', () => {
  const allowance = new ReadingAllowance(0);
  expect(readAt(allowance, 0)).toBe(2_500);
  // The one at which reading stopped was read too.
  expect(readAt(allowance, SECOND)).toBe(499);
  expect(readAt(allowance, 3 * SECOND)).toBe(999);
  expect(readAt(allowance, 3_600 * SECOND)).toBe(2_500);
});

test('after a rest 5 MiB are read at once, then 1 MiB in each second', () => {
  const allowance = new ReadingAllowance(0);
  expect(readAt(allowance, 0, MIB / 64)).toBe(320);
  expect(readAt(allowance, SECOND, MIB / 64)).toBe(63);
});

test('each instruction that is handed out allows for three frames on top', () => {
  const allowance = new ReadingAllowance(0);
  readAt(allowance, 0);
  for (let i = 0; i < 10; i++) allowance.handedOut();
  // What is one frame behind has to wait for it first.
  expect(allowance.stopMs(2)).toBe(0);
  expect(readAt(allowance, 2)).toBe(30);
});

test('reading stops until what was read too much is allowed, for 50 ms at least and a second at most', () => {
  const allowance = new ReadingAllowance(0);
  for (let i = 0; i < 2_600; i++) allowance.came(0);
  expect(allowance.stopMs(0)).toBe(200);
  expect(allowance.stopMs(199)).toBe(50);
  expect(allowance.stopMs(200)).toBe(0);
  allowance.came(9 * MIB);
  expect(allowance.stopMs(200)).toBe(SECOND);
});

test('five seconds in a row in which reading stopped are too many, and one without begins anew', () => {
  const allowance = new ReadingAllowance(0);
  const stopped: boolean[] = [];
  for (let second = 0; second < 11; second++) {
    if (second !== 4) readAt(allowance, second * SECOND);
    stopped.push(allowance.nextSecond());
  }
  expect(stopped.flatMap((tooMany, second) => (tooMany ? [second] : []))).toEqual([9, 10]);
});
