import { expect, test } from 'vitest';
import { type WaitFacts, waitOf } from '../../src/delivery/waits.ts';

const ROW = {
  status: 'pending',
  tpv_id: 'a-tpv',
  holder: null,
  created_at: 1_000,
  sent_at: null,
  delivered_at: null,
  expires_at: 90_000,
  due_at: 90_000,
  retry_count: 0,
} as const;
const SENT = { ...ROW, status: 'sent', holder: 'a-socket', sent_at: 2_000 } as const;
const POLLED = { ...SENT, holder: 'poll', due_at: 62_000 } as const;
const DELIVERED = { ...SENT, status: 'delivered', delivered_at: 3_000, due_at: 50_000 } as const;

const NO_INTAKE = { socket: undefined, polledAt: undefined, polling: false, againAt: undefined };
const FACTS: WaitFacts = {
  tpv: { isActive: true, isOnline: true, since: 1_500 },
  intake: NO_INTAKE,
  earlier: undefined,
  maxAttempts: 5,
};
const withSocket = (inFlight: number, maxInFlight: number, congested = false): WaitFacts => ({
  ...FACTS,
  intake: { ...NO_INTAKE, socket: { inFlight, maxInFlight, congested } },
});
const withIntake = (intake: Partial<WaitFacts['intake']>): WaitFacts => ({
  ...FACTS,
  intake: { ...NO_INTAKE, ...intake },
});

type Row = Parameters<typeof waitOf>[0];
const CASES: [string, Row, WaitFacts, Record<string, unknown> | undefined][] = [
  ['it is completed', { ...ROW, status: 'completed' }, FACTS, undefined],
  ['it failed', { ...ROW, status: 'failed' }, FACTS, undefined],
  ['it has no TPV', { ...ROW, tpv_id: null }, FACTS, { code: 'unassigned', since: 1_000, until: 90_000 }],
  ['its TPV was deleted', ROW, { ...FACTS, tpv: undefined }, { code: 'tpv_inactive', until: 90_000 }],
  [
    'its TPV is inactive, whatever else',
    ROW,
    { ...withSocket(0, 64), tpv: { isActive: false, isOnline: true, since: null } },
    { code: 'tpv_inactive' },
  ],
  [
    'its TPV is away',
    ROW,
    { ...FACTS, tpv: { isActive: true, isOnline: false, since: 700 } },
    { code: 'tpv_offline', since: 700, until: 90_000 },
  ],
  ['its TPV has room', ROW, withSocket(63, 64), undefined],
  ['its TPV has no room', ROW, withSocket(64, 64), { code: 'window_full', inFlight: 64, maxInFlight: 64 }],
  ['its TPV paused', ROW, withSocket(0, 0), { code: 'window_full', inFlight: 0, maxInFlight: 0 }],
  ['its TPV does not read', ROW, withSocket(1, 64, true), { code: 'window_full', inFlight: 1 }],
  ['its TPV never polled', ROW, FACTS, { code: 'tpv_not_polling', since: null }],
  ['its TPV polled before', ROW, withIntake({ polledAt: 800 }), { code: 'tpv_not_polling', since: 800 }],
  ['its TPV polls right now', ROW, withIntake({ polledAt: 800, polling: true }), undefined],
  ['a poller has it', POLLED, FACTS, { code: 'handed_out', since: 2_000, until: 62_000, attempt: 1, maxAttempts: 5 }],
  ['a socket has it', SENT, withIntake({ againAt: 42_000 }), { code: 'handed_out', until: 42_000 }],
  ['a socket of another process has it', SENT, FACTS, { code: 'handed_out', until: 90_000 }],
  ['it was handed out again', { ...POLLED, retry_count: 2 }, FACTS, { code: 'retry_at', until: 62_000, attempt: 3 }],
  [
    'another of the person goes first',
    SENT,
    { ...FACTS, earlier: 'x' },
    { code: 'earlier_one_in_flight', instructionId: 'x' },
  ],
  ['the same, and the TPV said it has it', DELIVERED, { ...FACTS, earlier: 'x' }, { code: 'earlier_one_in_flight' }],
  ['the TPV has it', DELIVERED, FACTS, { code: 'being_worked_on', since: 3_000, until: 50_000 }],
  [
    'the TPV works on it, whatever came before',
    { ...DELIVERED, status: 'processing' },
    { ...FACTS, earlier: 'x' },
    { code: 'being_worked_on', instructionId: null },
  ],
];

test.each(CASES)('%s', (_name, row, facts, expected) => {
  const wait = waitOf(row, facts);
  if (expected === undefined) expect(wait).toBeUndefined();
  else expect(wait).toMatchObject(expected);
});
