import { describe, expect, test } from 'vitest';
import { Pace, type Rate } from '../../src/pace.ts';
import { chatRate, OVERALL, PER_CHAT, PER_GROUP } from '../../src/push/rate.ts';

const MINUTE = 60_000;

/** When a greedy sender gets its turns, on a clock of whole milliseconds. */
function turns(rate: Rate, ms: number): number[] {
  const pace = new Pace(rate);
  const times: number[] = [];
  for (let now = 0; now < ms; now = Math.max(now, Math.ceil(pace.readyAt()))) {
    times.push(now);
    pace.taken(now);
  }
  return times;
}

/** The most that fall into any window of this length. */
function most(times: readonly number[], windowMs: number): number {
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + windowMs).length));
}

describe('a pace', () => {
  test.each([
    ['in all', OVERALL, 10_000, 301],
    ['in a chat', PER_CHAT, 10_000, 14],
    ['in a group', PER_GROUP, MINUTE, 20],
  ])('%s keeps its average', (_name, rate, ms, count) => {
    expect(turns(rate, ms)).toHaveLength(count);
  });

  test.each([
    ['30 a second and one more in all', OVERALL, 1_000, 31],
    ['a burst of 5 in a chat', PER_CHAT, 1_000, 5],
    ['20 a minute in a group', PER_GROUP, MINUTE, 20],
  ])('never lets more through than %s', (_name, rate, windowMs, count) => {
    expect(most(turns(rate, 3 * windowMs), windowMs)).toBe(count);
  });

  test('allows a burst again after a rest, and no more than one', () => {
    const pace = new Pace(PER_CHAT);
    for (const from of [0, 5_000, 100_000]) {
      for (let i = 0; i < 5; i++) {
        expect(pace.readyAt()).toBeLessThanOrEqual(from);
        expect(pace.rested(from)).toBe(i === 0);
        pace.taken(from);
      }
      expect(pace.readyAt()).toBe(from + 1_000);
    }
  });

  test('that is served late makes up for one turn and no more', () => {
    const pace = new Pace(OVERALL);
    pace.taken(0);
    pace.taken(1_000);
    expect(pace.readyAt()).toBeLessThanOrEqual(1_000);
    pace.taken(1_000);
    expect(pace.readyAt()).toBeGreaterThan(1_000);
  });

  test('of a chat with a negative id is a group’s', () => {
    expect([chatRate(1001), chatRate(-1001)]).toEqual([PER_CHAT, PER_GROUP]);
  });
});
