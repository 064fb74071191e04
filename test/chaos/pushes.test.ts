import { expect, test } from 'vitest';
import { pushesKilled } from './pushes-killed.ts';
import { pushesUnderFaults } from './pushes-under-faults.ts';

test('pushes to a Telegram with faults are neither lost nor doubled, keep their order, and wait when told to', {
  timeout: 120_000,
}, async () => {
  const result = await pushesUnderFaults({ minutes: 3, perSecond: 6, chats: 30, seed: 7 });
  expect(result).toMatchObject({
    messages: 1_080,
    lost: 0,
    doubled: 0,
    outOfOrder: 0,
    tooEarly: 0,
    lostAfterResend: 0,
  });
  expect(Object.keys(result.statuses).toSorted()).toEqual(['sent', 'unknown']);
  expect(Object.keys(result.faults)).toEqual(
    expect.arrayContaining(['429', '500', '502', 'reset', 'reset_after', 'hang', 'unreachable']),
  );
});

test('a hub that is killed while it sends agrees afterwards with what Telegram got', { timeout: 120_000 }, async () => {
  const result = await pushesKilled({ kills: 5, chats: 100 });
  expect(result).toMatchObject({
    lost: 0,
    doubled: 0,
    disowned: 0,
    outOfOrder: 0,
    wrongNumbers: 0,
    strangeAnswers: [],
    integrity: 'ok',
  });
  expect(['sent', 'failed', 'unknown']).toEqual(expect.arrayContaining(Object.keys(result.statuses)));
  expect(result.answered).toBeGreaterThan(0);
});
