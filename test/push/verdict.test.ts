import { expect, test } from 'vitest';
import type { SendOutcome } from '../../src/push/send-port.ts';
import { backoff, type Verdict, verdictOf } from '../../src/push/verdict.ts';

const refused = (code: number, more: object = {}): SendOutcome => ({
  kind: 'refused',
  code,
  description: 'x',
  ...more,
});
const failed = { kind: 'settled', status: 'failed', error: 'x', unreachablePerson: false } as const;
const unknown = { kind: 'settled', status: 'unknown', error: 'x', unreachablePerson: false } as const;

const cases: [name: string, outcome: SendOutcome, verdict: Verdict][] = [
  [
    'taken',
    { kind: 'sent', messageId: 1, asPlain: false },
    { kind: 'settled', status: 'sent', error: '', unreachablePerson: false },
  ],
  ['left without an answer', { kind: 'unknown', description: 'x' }, unknown],
  ['not left', { kind: 'unreachable', description: 'x' }, { kind: 'outage', error: 'x' }],
  ['its file gone', { kind: 'impossible', description: 'x' }, failed],
  ['refused', refused(400), failed],
  ['blocked', refused(403), { ...failed, unreachablePerson: true }],
  ...['chat not found', 'private chat not found', 'PEER_ID_INVALID'].map((why): (typeof cases)[number] => {
    const description = `Bad Request: ${why}`;
    return [
      `for one who is gone (${why})`,
      refused(400, { description }),
      { ...failed, error: description, unreachablePerson: true },
    ];
  }),
  ['limited', refused(429, { retryAfterMs: 7_000 }), { kind: 'limited', waitMs: 7_000, error: 'x' }],
  ['limited without a time', refused(429), { kind: 'limited', waitMs: 1_000, error: 'x' }],
  ['a token that is not taken', refused(401), { kind: 'outage', error: 'x' }],
  ['a bot that is not there', refused(404), { kind: 'outage', error: 'x' }],
  ['cut while it was written', { kind: 'cut', description: 'x' }, { kind: 'again', waitMs: 4_000, error: 'x' }],
  ['too large for a gateway', refused(413), failed],
  ['a group that moved', refused(400, { migratedTo: -1005 }), { kind: 'moved', to: -1005, error: 'x' }],
];

test.each(cases)('a message that was %s', (_name, outcome, verdict) => {
  expect(verdictOf(outcome, 3, false)).toEqual(verdict);
});

test('a group that moves again is not followed', () => {
  expect(verdictOf(refused(400, { migratedTo: -1005 }), 1, true)).toEqual(failed);
});

test('tries come after 1, 2, 4 … 60 seconds', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 100].map(backoff)).toEqual([
    1_000, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000,
  ]);
});
