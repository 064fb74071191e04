import { expect, test } from 'vitest';
import { PROGRAMS_MS } from '../support/within.ts';
import { outageHeld, pushesAfterOutage } from './pushes-after-outage.ts';
import { pushesKilled } from './pushes-killed.ts';
import { pushesUnderFaults } from './pushes-under-faults.ts';
import { repliesKilled } from './replies-killed.ts';

const clean = {
  lost: 0,
  changesLost: 0,
  tooEarly: 0,
  overPace: 0,
  unknownWithoutCause: 0,
  missingAfterResend: 0,
  toldInVain: 0,
  faults: 0,
};

test('messages and changes to a Telegram with faults are neither lost nor doubled, keep order, and wait when told to', {
  timeout: PROGRAMS_MS,
}, async () => {
  const result = await pushesUnderFaults({ minutes: 0.5, perSecond: 5, chats: 25, seed: 7, ifUnknown: 'hold' });
  expect(result).toMatchObject({ messages: 150, doubled: 0, outOfOrder: 0, ...clean });
  expect(['sent', 'unknown']).toEqual(expect.arrayContaining(Object.keys(result.statuses)));
  expect(result.changes).toBeGreaterThan(10);
  expect(Object.keys(result.mishaps)).toEqual(
    expect.arrayContaining(['line dead', 'line refused', 'line reset', 'line garbled']),
  );
});

test('messages that are to come at least once are not missing after faults', { timeout: PROGRAMS_MS }, async () => {
  const result = await pushesUnderFaults({ minutes: 0.25, perSecond: 5, chats: 25, seed: 8, ifUnknown: 'resend' });
  expect(result).toMatchObject({ messages: 75, missing: 0, ...clean });
});

test('messages that wait through an outage of hours leave once, in order and at the pace', {
  timeout: PROGRAMS_MS,
}, async () => {
  const result = await pushesAfterOutage({ hours: 1, messages: 120, chats: 20 });
  const none = { lost: 0, doubled: 0, outOfOrder: 0, tooEarly: 0, overPace: 0, unknownWithoutCause: 0, missing: 0 };
  expect(result).toMatchObject({ messages: 120, waited: 120, statuses: { sent: 120 }, ...none, faults: 0 });
  expect(outageHeld(result)).toBe(true);
});

test('a hub that is killed while it sends agrees afterwards with what Telegram got', {
  timeout: PROGRAMS_MS,
}, async () => {
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

test('a hub that is killed between reports and their replies parts none, and sends none twice', {
  timeout: PROGRAMS_MS,
}, async () => {
  const { statuses, answered, ...result } = await repliesKilled({ kills: 5 });
  const none = { apart: 0, lost: 0, doubled: 0, disowned: 0, strangeAnswers: [] };
  expect(result).toEqual({ kills: 5, ...none, integrity: 'ok' });
  expect(['sent', 'unknown']).toEqual(expect.arrayContaining(Object.keys(statuses)));
  expect(answered).toBeGreaterThan(0);
});
