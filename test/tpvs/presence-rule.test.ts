import { describe, expect, test } from 'vitest';
import {
  afterSign,
  isOnlineUntil,
  REST_WINDOW_MS,
  RESTART_GRACE_MS,
  type Seen,
  type Sign,
  SOCKET_OPEN,
} from '../../src/tpvs/presence/rule.ts';

const NOW = 1_000_000;
const GRACE_MS = 15_000;
const at = { now: NOW, graceMs: GRACE_MS };

const BEFORE = {
  unknown: undefined,
  socketOpen: { transport: 'socket', until: SOCKET_OPEN },
  socketInGrace: { transport: 'socket', until: NOW + 1 },
  socketOffline: { transport: 'socket', until: NOW - 1 },
  restOnline: { transport: 'rest', until: NOW + 1 },
  restOffline: { transport: 'rest', until: NOW - 1 },
} satisfies Record<string, Seen | undefined>;

const OPEN = BEFORE.socketOpen;
const OVER_REST = { transport: 'rest', until: NOW + REST_WINDOW_MS };
const SAME = 'same';

/** Each sign, and how a TPV is seen after it. */
const TABLE: Record<Sign, Record<keyof typeof BEFORE, Seen | typeof OVER_REST | typeof SAME>> = {
  opened: {
    ...{ unknown: OPEN, socketOpen: OPEN, socketInGrace: OPEN, socketOffline: OPEN },
    ...{ restOnline: OPEN, restOffline: OPEN },
  },
  closed: everywhere({ transport: 'socket', until: NOW + GRACE_MS }),
  fell_silent: everywhere({ transport: 'socket', until: NOW }),
  restarting: everywhere({ transport: 'socket', until: NOW + RESTART_GRACE_MS }),
  asked: { ...everywhere(OVER_REST), socketOpen: SAME },
  called: { ...everywhere(OVER_REST), socketOpen: SAME, socketInGrace: SAME, socketOffline: SAME },
};

function everywhere<T>(after: T): Record<keyof typeof BEFORE, T> {
  const all = { unknown: after, socketOpen: after, socketInGrace: after, socketOffline: after };
  return { ...all, restOnline: after, restOffline: after };
}

describe.each(Object.keys(TABLE) as Sign[])('after «%s»', (sign) => {
  test.each(Object.keys(BEFORE) as (keyof typeof BEFORE)[])('of one that was %s', (name) => {
    const before = BEFORE[name];
    const after = TABLE[sign][name];
    expect(afterSign(before, sign, at)).toEqual(after === SAME ? before : after);
    // What changes nothing is the same object, so that nothing is written.
    if (after === SAME) expect(afterSign(before, sign, at)).toBe(before);
  });
});

test('a grace that is longer than a restart’s is a restart’s too', () => {
  const after = afterSign(OPEN as Seen, 'restarting', { now: NOW, graceMs: 2 * RESTART_GRACE_MS });
  expect(after?.until).toBe(NOW + 2 * RESTART_GRACE_MS);
});

test.each([
  [null, false],
  [NOW - 1, false],
  [NOW, false],
  [NOW + 1, true],
  [NOW + REST_WINDOW_MS, true],
  // The clock was wrong when it was written.
  [NOW + REST_WINDOW_MS + 1, false],
  [SOCKET_OPEN, true],
])('a row that says %d is online: %s', (until, isOnline) => {
  expect(isOnlineUntil(until, NOW)).toBe(isOnline);
});
