import { FINAL_STATUSES, OPEN_STATUSES, TEST_PRIORITY } from '#protocol';
import { jsonText } from '../db/json-text.ts';
import type { Tx } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import { NOBODY } from '../users/nobody.ts';
import type { InstructionRow } from './instruction.ts';
import { type HandOut, submit } from './submit.ts';

/** The command of what people write, which a test order looks like. */
const MESSAGE_COMMAND = 'process_message';
/** A TPV may go on with a test order for so long after it came, as with a person's: "your order is ready". */
const ANSWERABLE_MS = 10 * 60_000;
/** How long a TPV has to answer a test order, unless its sender says otherwise. */
export const TEST_ORDER_TTL_MS = 120_000;
/** Longest text of a message in Telegram (core.telegram.org/bots/api#message). */
export const MOST_TEST_TEXT = 4_096;

export interface TestOrder {
  tpvId: string;
  /** What the made-up person writes. */
  text: string;
  /** As Telegram names it; the TPV may answer in it. */
  languageCode: string;
  /** How long the TPV has to answer. */
  ttlMs: number;
}

/**
 * Sends a TPV what a person might write, before whatever else waits. No person gets what the TPV answers, none is told
 * how it ends, and no figure counts it.
 * @returns its id
 */
export function submitTestOrder(tx: Tx, handOut: HandOut, order: TestOrder, now: number): Promise<string> {
  const payload = {
    test: true,
    chat_id: NOBODY,
    message_id: 1,
    date: Math.floor(now / 1_000),
    text: order.text,
    first_name: 'Prueba',
    last_name: '',
    username: null,
    language_code: order.languageCode,
    attachments: [],
  };
  const submission = {
    updateId: null,
    tpvId: order.tpvId,
    telegramUserId: NOBODY,
    telegramUsername: null,
    command: MESSAGE_COMMAND,
    payload: jsonText<Record<string, unknown>>(payload),
    ttlMs: order.ttlMs,
    priority: TEST_PRIORITY,
  };
  return submit(tx, handOut, submission, now);
}

/** Whether an administrator sent it, as a person might. */
export function isTestOrder({ command, priority }: Pick<InstructionRow, 'command' | 'priority'>): boolean {
  return command === MESSAGE_COMMAND && priority === TEST_PRIORITY;
}

const lastTestOrder = statement<{ tpvId: string; since: number }>()((db, p) =>
  db
    .selectFrom('instructions')
    .select('id')
    .where('tpv_id', '=', p('tpvId'))
    // Every state, as the index has its rows by state and priority: those of tests are few.
    .where('status', 'in', [...OPEN_STATUSES, ...FINAL_STATUSES])
    .where('priority', '=', TEST_PRIORITY)
    .where('command', '=', MESSAGE_COMMAND)
    .where('created_at', '>', p('since'))
    .orderBy('seq', 'desc')
    .limit(1),
);

/** The TPV's newest test order of the last minutes: what it sends nobody belongs to it. */
export async function findTestOrder(tx: Tx, tpvId: string, now: number): Promise<string | undefined> {
  const [last] = await tx.run(lastTestOrder, { tpvId, since: now - ANSWERABLE_MS });
  return last?.id;
}
