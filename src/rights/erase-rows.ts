import { sql } from 'kysely';
import { CANCELLED, ERASURE_COMMAND, OPEN_STATUSES } from '#protocol';
import { jsonText } from '../db/json-text.ts';
import type { Database, Tx } from '../db/open.ts';
import type { PushStatus } from '../db/push-tables.ts';
import { uploadOf } from '../push/message.ts';
import type { UploadStore } from '../push/uploads.ts';
import { NOBODY } from '../users/nobody.ts';
import type { OpenRequest } from './request-store.ts';
import { orderErasure } from './tpv-order.ts';
import { fitting } from './updates-that-name.ts';

/** Rows erased in one commit. */
const PAGE = 50;
/** Bytes of them, all of which are written over: a payload and a response may have 64 KiB each. */
const PAGE_BYTES = 1_000_000;
/** A change of a message that is on its way gets so long to show the person that their wish was heard. */
const CHANGES_MS = 30_000;

/** `more`: the next page can go at once; `later`: the rest is in other hands right now. */
export type PageOutcome = 'more' | 'later' | 'none';

/**
 * Erases a page of what the person wrote: the row stays, names no person, and still counts. What was open is cancelled at its TPV,
 * and each TPV that had something is ordered to do the same.
 */
export async function eraseInstructions(tx: Tx, request: OpenRequest, now: number): Promise<PageOutcome> {
  const { telegram_id: telegramId, instructions_to: after } = request;
  const page = await tx.kysely
    .selectFrom('instructions')
    .select(['seq', 'id', 'tpv_id', 'status'])
    .select(sql<number>`octet_length(payload) + coalesce(octet_length(response), 0)`.as('bytes'))
    .where('telegram_user_id', '=', telegramId)
    .where('seq', '<=', after)
    .where('command', '!=', ERASURE_COMMAND)
    .limit(PAGE)
    .execute();
  if (page.length === 0) return 'none';
  const rows = fitting(page, PAGE_BYTES);
  const open = rows.filter(({ status }) => OPEN_STATUSES.some((one) => one === status));
  const erased = {
    telegram_user_id: NOBODY,
    telegram_username: null,
    payload: jsonText({}),
    response: null,
    error_message: '',
  };
  await tx.kysely.updateTable('instructions').set(erased).where('seq', 'in', seqsOf(rows)).execute();
  if (open.length > 0) {
    const ended = {
      status: 'failed',
      completed_at: now,
      error_message: CANCELLED,
      holder: null,
      due_at: null,
    } as const;
    await tx.kysely.updateTable('instructions').set(ended).where('seq', 'in', seqsOf(open)).execute();
  }
  await tx.kysely.deleteFrom('instruction_files').where('instruction_id', 'in', idsOf(rows)).execute();
  await orderErasures(tx, request, rows, now);
  for (const { id, tpv_id: tpvId } of open) {
    if (tpvId !== null) tx.emit({ type: 'instruction.revoked', id, tpvId, reason: 'cancelled' });
  }
  for (const { id } of rows) tx.changed('instruction', id);
  return 'more';
}

/** The same for what was sent to the person, with its buttons, changes and files. */
export async function eraseMessages(
  { db, uploads }: { db: Database; uploads: Pick<UploadStore, 'remove'> },
  request: OpenRequest,
  now: number,
): Promise<PageOutcome> {
  const { telegram_id: telegramId, pushes_to: to } = request;
  const ofPerson = (kysely: Database['read']) =>
    kysely.selectFrom('push_messages').where('chat_id', '=', telegramId).where('seq', '<=', to);
  const page = await ofPerson(db.read)
    .select(['id', 'data'])
    .where('status', '!=', 'sending')
    .$if(now < request.asked_at + CHANGES_MS, (rows) =>
      rows.where('id', 'not in', (eb) =>
        eb.selectFrom('push_changes').select('push_id').where('push_changes.chat_id', '=', telegramId),
      ),
    )
    .limit(PAGE)
    .execute();
  if (page.length === 0) {
    const left = await ofPerson(db.read).select('seq').limit(1).execute();
    return left.length > 0 ? 'later' : 'none';
  }
  // Before the row that names it goes: after a crash in between, it is removed once more.
  for (const row of page) {
    const file = uploadOf(row);
    if (file !== undefined) await uploads.remove(file);
  }
  await db.transact(async (tx) => {
    const rows = await tx.kysely
      .selectFrom('push_messages')
      .select(['seq', 'id', 'tpv_id', 'status'])
      .where('id', 'in', idsOf(page))
      .where('status', '!=', 'sending')
      .execute();
    if (rows.length > 0) await eraseMessageRows(tx, rows);
    await orderErasures(tx, request, rows, now);
  });
  return 'more';
}

/** Messages stay as counts, of nobody; what had not left never does. */
export async function eraseMessageRows(tx: Tx, rows: readonly { seq: number; id: string }[]): Promise<void> {
  const ids = idsOf(rows);
  await tx.kysely.deleteFrom('push_changes').where('push_id', 'in', ids).execute();
  await tx.kysely.deleteFrom('buttons').where('push_id', 'in', ids).execute();
  await tx.kysely
    .updateTable('push_messages')
    .set((eb) => ({
      chat_id: NOBODY,
      text: '',
      data: jsonText({}),
      reply_markup: null,
      error_message: '',
      idempotency_key: null,
      body_hash: null,
      telegram_message_id: null,
      upload_bytes: null,
      not_before: null,
      status: eb
        .case()
        .when('status', '=', 'sent')
        .then(eb.val<PushStatus>('sent'))
        .else(eb.val<PushStatus>('failed'))
        .end(),
    }))
    .where('seq', 'in', seqsOf(rows))
    .execute();
  for (const id of ids) tx.changed('push', id);
}

/** Presses, and buttons whose message is gone. */
export async function erasePresses(db: Database, { telegram_id: telegramId, asked_at: until }: OpenRequest) {
  const presses = await db.read
    .selectFrom('presses')
    .select('query_id')
    .where('telegram_user_id', '=', telegramId)
    .where((eb) =>
      eb.or([
        eb('pressed_at', '<=', until),
        // Who did not come back has no presses of their own.
        eb.not(eb.exists(eb.selectFrom('telegram_users').select('telegram_id').where('telegram_id', '=', telegramId))),
      ]),
    )
    .limit(PAGE)
    .execute();
  if (presses.length === 0) return 'none';
  const ids = presses.map(({ query_id: id }) => id);
  await db.transact((tx) => tx.kysely.deleteFrom('presses').where('query_id', 'in', ids).execute());
  return 'more';
}

async function orderErasures(
  tx: Tx,
  { telegram_id: telegramId, asked_at: since }: OpenRequest,
  rows: readonly { tpv_id: string | null }[],
  now: number,
): Promise<void> {
  for (const tpvId of new Set(rows.map((row) => row.tpv_id))) {
    if (tpvId !== null) await orderErasure(tx, { tpvId, telegramId, since }, now);
  }
}

function seqsOf(rows: readonly { seq: number }[]): number[] {
  return rows.map(({ seq }) => seq);
}

function idsOf(rows: readonly { id: string }[]): string[] {
  return rows.map(({ id }) => id);
}
