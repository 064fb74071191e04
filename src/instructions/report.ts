import {
  type InstructionStatus,
  isFinal,
  MAX_RESPONSE_BYTES,
  type ReplyFields,
  type ReportableStatus,
  reportableFrom,
} from '#protocol';
import { type SayPorts, sayFailed } from '../conversation/say.ts';
import { jsonText } from '../db/json-text.ts';
import type { Database, Tx } from '../db/open.ts';
import { storable } from '../db/plain-text.ts';
import type { InstructionTable } from '../db/schema.ts';
import { statement } from '../db/statement.ts';
import { HubError } from '../errors.ts';
import { checkedReply, earlierReply, type ReplyPorts, sendReply } from '../push/reply.ts';
import { addresseeOf } from './addressee.ts';
import { type DeliverySettings, instructionIdOf } from './instruction.ts';
import { endOfLease, instructionOfTpv } from './instruction-store.ts';

/** What a TPV says about an instruction that it has. */
export interface Report {
  id: string;
  tpvId: string;
  status: ReportableStatus;
  /** Any JSON value; undefined: there is nothing to keep. */
  response?: unknown;
  errorMessage?: string | undefined;
  /** A message to the person. */
  reply?: ReplyFields | undefined;
  /** Over what it came: a socket's session id, or `poll`. */
  holder: string;
}

/** Keeps a report, and resolves once it is committed, with the id of its reply's message: `report` with its ports. */
export type KeepReport = (report: Report) => Promise<string | undefined>;

export interface ReportPorts {
  db: Pick<Database, 'transact'>;
  settings: Pick<DeliverySettings, 'processingLeaseMs'>;
  replies: ReplyPorts;
  saying: Pick<SayPorts, 'texts'>;
}

interface ReportParameters {
  id: string;
  tpvId: string;
  response: InstructionTable['response'];
  error: string;
  holder: string;
  now: number;
  leaseUntil: number;
}

/** Prepared statements of each status; the states it may come from are read from the table of moves. */
const statements = {
  delivered: { first: underWay('delivered', 'is'), later: underWay('delivered', 'is not') },
  processing: { first: underWay('processing', 'is'), later: underWay('processing', 'is not') },
  completed: ended('completed'),
  failed: ended('failed'),
} as const;

/** @param reported whether the row may have no time of a first report (`is`), or must have one (`is not`) */
function underWay(status: 'delivered' | 'processing', reported: 'is' | 'is not') {
  // The same status again is a sign of life: it extends the lease and changes nothing else.
  return statement<ReportParameters>()((db, p) =>
    db
      .updateTable('instructions')
      .set((eb) => ({
        status,
        holder: p('holder'),
        delivered_at: eb.fn.coalesce('delivered_at', p('now')),
        response: eb.fn.coalesce(eb.cast<InstructionTable['response']>(p('response'), 'text'), 'response'),
        due_at: endOfLease(eb, p('leaseUntil')),
      }))
      .where('id', '=', p('id'))
      .where('tpv_id', '=', p('tpvId'))
      .where('status', 'in', [...reportableFrom(status), status])
      .where('delivered_at', reported, null)
      .returning(['created_at', 'telegram_user_id']),
  );
}

function ended(status: 'completed' | 'failed') {
  return statement<ReportParameters>()((db, p) =>
    db
      .updateTable('instructions')
      .set((eb) => ({
        status,
        holder: null,
        completed_at: p('now'),
        response: eb.fn.coalesce(eb.cast<InstructionTable['response']>(p('response'), 'text'), 'response'),
        error_message: p('error'),
        due_at: null,
      }))
      .where('id', '=', p('id'))
      .where('tpv_id', '=', p('tpvId'))
      .where('status', 'in', reportableFrom(status))
      .returning(['created_at', 'delivered_at', 'telegram_user_id']),
  );
}

/**
 * Keeps a report together with its reply, and resolves once both are committed. The same status again is fine and
 * changes nothing, except that it extends the lease of what is under way; it sends nothing again.
 * @returns the id of the message that the report, or the same one before, brought
 * @throws HubError `not_found` (also for another TPV's), `invalid_transition`, `payload_too_large`, and for its reply
 * `invalid_request`, `quota_exceeded`, `idempotency_conflict`; then nothing is kept
 */
export async function report(ports: ReportPorts, report: Report, now: number): Promise<string | undefined> {
  const id = instructionIdOf(report.id);
  const response = responseText(report.response);
  const parameters: ReportParameters = {
    id,
    tpvId: report.tpvId,
    response,
    error: storable(report.errorMessage ?? ''),
    holder: report.holder,
    now,
    leaseUntil: now + ports.settings.processingLeaseMs,
  };
  const reply = report.reply && checkedReply(report.reply, { ...report, id });
  const keep = async (tx: Tx) => {
    // Before anything is written: a refusal then takes nothing of other reports back.
    const earlier = reply && (await earlierReply(tx, ports.replies, reply));
    const changed = await move(tx, report.status, parameters);
    if (changed === undefined) {
      await refuseUnlessSame(tx, { ...report, id });
      return earlier;
    }
    let messageId = earlier;
    // First, so that what hears of the report finds the message already on its way.
    if (reply !== undefined && earlier === undefined) {
      const to = await addresseeOf(tx, id, changed.userId);
      if (to !== undefined) messageId = await sendReply(tx, ports.replies, reply, to, now);
    }
    tx.emit({
      type: 'instruction.reported',
      id,
      tpvId: report.tpvId,
      userId: changed.userId,
      status: report.status,
      holder: report.holder,
      ageMs: now - changed.createdAt,
      waitedMs: changed.isFirst ? now - changed.createdAt : undefined,
    });
    tx.changed('instruction', id);
    if (reply === undefined && report.status === 'failed') await tellFailure(tx, ports.saying, { ...report, id }, now);
    return messageId;
  };
  // Reports on different instructions have nothing in common.
  return ports.db.transact(keep, { key: `instruction ${id}` });
}

/**
 * Moves the row, if it is in a state from which it may.
 * @returns when it came and from whom, and whether the TPV said nothing of it before; times can't tell, as two reports may
 * come within a millisecond
 */
async function move(
  tx: Tx,
  status: ReportableStatus,
  parameters: ReportParameters,
): Promise<{ createdAt: number; userId: number; isFirst: boolean } | undefined> {
  if (status === 'completed' || status === 'failed') {
    const [row] = await tx.run(statements[status], parameters);
    return row && moved(row, row.delivered_at === null);
  }
  const { first, later } = statements[status];
  const [silent] = await tx.run(first, parameters);
  if (silent !== undefined) return moved(silent, true);
  const [row] = await tx.run(later, parameters);
  return row && moved(row, false);
}

function moved(row: { created_at: number; telegram_user_id: number }, isFirst: boolean) {
  return { createdAt: row.created_at, userId: row.telegram_user_id, isFirst };
}

async function tellFailure(tx: Tx, saying: ReportPorts['saying'], { id, tpvId }: Report, now: number): Promise<void> {
  const [row] = await tx.run(instructionOfTpv, { id, tpvId });
  if (row === undefined) return;
  const { command, telegram_user_id: personId } = row;
  const to = await addresseeOf(tx, id, personId);
  if (to !== undefined)
    await sayFailed(tx, saying, { instructionId: id, tpvId, personId, command, topic: to.topic }, now);
}

async function refuseUnlessSame(tx: Tx, report: Report): Promise<void> {
  const [row] = await tx.run(instructionOfTpv, { id: report.id, tpvId: report.tpvId });
  if (row === undefined) throw new HubError('not_found', `No instruction ${report.id} of TPV ${report.tpvId}.`);
  if (row.status !== report.status) throw invalidTransition(row.status, report.status);
}

function invalidTransition(from: InstructionStatus, to: InstructionStatus): HubError {
  return new HubError('invalid_transition', `An instruction does not move from ${from} to ${to}.`, {
    details: [{ path: 'status', message: (say) => say.cannotBecome(to, from, isFinal(from)) }],
  });
}

/** A report without a response (or with `null`) keeps what was stored before. */
function responseText(response: unknown): InstructionTable['response'] {
  if (response === undefined || response === null) return null;
  const text = jsonText(response);
  if (Buffer.byteLength(text) > MAX_RESPONSE_BYTES) {
    throw new HubError('payload_too_large', 'The response is too large.', {
      details: [{ path: 'response', message: (say) => say.upToJsonBytes(MAX_RESPONSE_BYTES) }],
    });
  }
  return text;
}
