import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { SERVICE_STATES } from '#protocol';
import { type Candidate, leastUsers, roundRobin } from '../../src/users/strategies.ts';

/** `on a 3`: an online candidate named a with 3 users; `on a 3 busy`: a busy one. */
function candidates(text: string): Candidate[] {
  return text
    .split(', ')
    .filter(Boolean)
    .map((words) => {
      const [state, id = '', users, service = 'open'] = words.split(' ');
      return { id, online: state === 'on', userCount: Number(users), service: z.enum(SERVICE_STATES).parse(service) };
    });
}

describe('least_users', () => {
  test.each([
    { among: '', chosen: undefined },
    { among: 'on a 3', chosen: 'a' },
    { among: 'on a 3, on b 2, on c 4', chosen: 'b' },
    { among: 'on c 2, on b 2, on a 2', chosen: 'a' },
    { among: 'off a 0, on b 9', chosen: 'b' },
    { among: 'off b 1, off a 1', chosen: 'a' },
    { among: 'off a 0, on b 5, on c 4', chosen: 'c' },
    { among: 'on a 0 busy, on b 9', chosen: 'b' },
    { among: 'on a 9 busy, on b 0 paused, on c 1 closed', chosen: 'a' },
    { among: 'on a 3 paused, on b 2 closed, on c 4 closed', chosen: 'b' },
    { among: 'off a 0, on b 9 closed', chosen: 'b' },
    { among: 'off a 0 closed, off b 1 paused, off c 2 busy', chosen: 'c' },
  ])('of [$among] takes $chosen', ({ among, chosen }) => {
    expect(leastUsers(candidates(among))?.id).toBe(chosen);
  });
});

describe('round_robin', () => {
  test.each([
    { among: '', last: undefined, chosen: undefined },
    { among: '', last: 'a', chosen: undefined },
    { among: 'on b 0, on a 9', last: undefined, chosen: 'a' },
    { among: 'on a 0, on b 0, on c 0', last: 'a', chosen: 'b' },
    { among: 'on c 0, on a 0, on b 0', last: 'b', chosen: 'c' },
    { among: 'on a 0, on b 0, on c 0', last: 'c', chosen: 'a' },
    { among: 'on a 0, on c 0', last: 'b', chosen: 'c' },
    { among: 'on a 0, off b 0, on c 0', last: 'a', chosen: 'c' },
    { among: 'off a 0, off b 0', last: 'a', chosen: 'b' },
    { among: 'on a 0, on b 0 busy, on c 0', last: 'a', chosen: 'c' },
    { among: 'on a 0, on b 0 paused, on c 0 closed', last: 'a', chosen: 'a' },
    { among: 'on a 0 paused, on b 0 closed, off c 0', last: 'a', chosen: 'b' },
  ])('of [$among] after $last takes $chosen', ({ among, last, chosen }) => {
    expect(roundRobin(candidates(among), last)?.id).toBe(chosen);
  });
});
