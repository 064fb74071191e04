import { expect, test } from 'vitest';
import { type Hint, hintMessages, readHints } from '../../src/cluster/hints.ts';

/** What PostgreSQL takes of one notification. */
const POSTGRES_MAX_BYTES = 7_999;

const ready = (tpvId: string): Hint => ({ kind: 'ready', tpvId });

test('hints are told once each, in messages that PostgreSQL takes, and read as they were told', () => {
  const hints = Array.from({ length: 200 }, (_, i) => ready(`${'ñ'.repeat(30)}-${i}`));
  const messages = hintMessages('a hub', [...hints, ...hints].slice(0, 200));
  expect(messages.length).toBeGreaterThan(1);
  for (const message of messages) expect(Buffer.byteLength(message)).toBeLessThanOrEqual(POSTGRES_MAX_BYTES);
  expect(messages.flatMap((message) => readHints(message)?.hints)).toEqual(hints);
  expect(hintMessages('a hub', [ready('one'), ready('one')]).map(readHints)).toEqual([
    { from: 'a hub', hints: [ready('one')] },
  ]);
  expect(hintMessages('a hub', [])).toEqual([]);
});

test('so many hints that reading them takes longer than looking say nothing but: look', () => {
  const messages = hintMessages(
    'a hub',
    Array.from({ length: 201 }, (_, i) => ready(`${i}`)),
  );
  expect(messages.map(readHints)).toEqual([{ from: 'a hub', hints: undefined }]);
});

test('a hint that this hub does not know is left out, and what is no message is none', () => {
  const message = JSON.stringify({ from: 'a newer hub', hints: [{ kind: 'news' }, 5, ready('one')] });
  expect(readHints(message)?.hints).toEqual([ready('one')]);
  for (const none of ['', '*', 'null', '[]', '{"hints":[]}', '{"from":1}']) expect(readHints(none)).toBeUndefined();
});
