import { REPORTABLE_STATUSES, type ReplyFields, type ReportableStatus } from '#protocol';
import type { Database, Tx } from '../db/open.ts';
import { firstRowSince } from '../db/time-range.ts';
import { HubError } from '../errors.ts';
import { NOBODY } from '../users/nobody.ts';
import { type AcceptPorts, checkedMessage, requireFile, takeMessage } from './accept.ts';
import type { OutboundMessage, PushRow } from './message.ts';
import { pushByKey } from './push-store.ts';

export type ReplyPorts = Pick<AcceptPorts, 'createButtons' | 'kindOfFile' | 'quota' | 'ifUnknown'>;

/** A report's message to its person, checked, and the report that it belongs to. */
export interface Reply {
  fields: ReplyFields;
  message: OutboundMessage;
  tpvId: string;
  /** Names it: one message for each state of an instruction. */
  key: string;
}

/** The key of the message that came with a report; `<instruction>:` at its beginning makes log lines name it. */
export function replyKey(instructionId: string, status: ReportableStatus): string {
  return `${instructionId}:reply:${status}`;
}

/**
 * The reply of a report.
 * @throws HubError `invalid_request` if Telegram would not take it
 */
export function checkedReply(
  fields: ReplyFields,
  report: { id: string; tpvId: string; status: ReportableStatus },
): Reply {
  const message = checkedMessage({ fields }, 'reply.');
  return { fields, message, tpvId: report.tpvId, key: replyKey(report.id, report.status) };
}

/**
 * The message that the same report brought before; where there is none, there is room for it.
 * @returns its id
 * @throws HubError `invalid_request` (a file that is not this TPV's), `quota_exceeded`, `idempotency_conflict` (the TPV pushed under the reply's key)
 */
export async function earlierReply(
  tx: Tx,
  ports: ReplyPorts,
  { tpvId, key, message }: Reply,
): Promise<string | undefined> {
  const [before] = await tx.run(pushByKey, { tpvId, key });
  if (before === undefined) {
    await requireFile(tx, ports, tpvId, message, 'reply.');
    await ports.quota.require(tx, tpvId);
    return undefined;
  }
  if (before.body_hash !== null) throw new HubError('idempotency_conflict', 'The TPV pushed under the key of a reply.');
  return before.id;
}

/**
 * Queues the reply for its person, as part of the report's transaction. Whether the person is still this TPV's is not
 * asked: it answers what they asked of this TPV, in the topic in which they did. One who blocked the bot does not get it, as any message.
 * @returns the message's id
 */
export function sendReply(
  tx: Tx,
  ports: ReplyPorts,
  reply: Reply,
  { userId, topic, testOrder }: { userId: number; topic: number | null; testOrder?: string | undefined },
  now: number,
): Promise<string> {
  const { tpvId, message, key } = reply;
  const fields = { ...reply.fields, telegram_user_id: userId };
  return takeMessage(tx, ports, { tpvId, fields, message, topic, testOrder, idempotency: { key } }, now);
}

/** What became of a reply. */
export interface SentReply {
  push: PushRow;
  /** The state that it came with; null: its TPV sent it besides, during a test order. */
  reported: ReportableStatus | null;
}

/** The messages that a TPV's reports on one instruction brought, the oldest first. */
export async function repliesOf(
  db: Pick<Database, 'read'>,
  instructionId: string,
  tpvId: string,
): Promise<SentReply[]> {
  const keys = keysOf(instructionId);
  const rows = await db.read
    .selectFrom('push_messages')
    .selectAll()
    .where('tpv_id', '=', tpvId)
    .where('idempotency_key', 'in', [...keys.keys()])
    .where('body_hash', 'is', null)
    .orderBy('seq')
    .execute();
  return rows.flatMap((push) => {
    const reported = keys.get(push.idempotency_key ?? '');
    return reported === undefined ? [] : [{ push, reported }];
  });
}

/** Answers to one test order that are looked at. */
const MOST_TEST_REPLIES = 50;

/**
 * What a TPV answered to a test order, with its reports or besides, the oldest first.
 * @param since when the order came
 */
export async function testRepliesOf(
  db: Database,
  order: { id: string; tpvId: string; since: number },
): Promise<SentReply[]> {
  const first = await firstRowSince(db, 'push_messages', order.since);
  if (first === undefined) return [];
  const rows = await db.read
    .selectFrom('push_messages')
    .selectAll()
    .where('chat_id', '=', NOBODY)
    .where('seq', '>=', first)
    .where('options', 'like', `%"test":"${order.id}"%` as PushRow['options'] & string)
    .orderBy('seq')
    .limit(MOST_TEST_REPLIES)
    .execute();
  const keys = keysOf(order.id);
  return rows
    .filter((push) => push.tpv_id === order.tpvId)
    .map((push) => ({ push, reported: keys.get(push.idempotency_key ?? '') ?? null }));
}

/** The keys of an instruction's replies, each with the state that it came with. */
function keysOf(instructionId: string): Map<string, ReportableStatus> {
  return new Map(REPORTABLE_STATUSES.map((status) => [replyKey(instructionId, status), status]));
}
