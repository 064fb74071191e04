import type { Insertable } from 'kysely';
import { inChunks } from '../../db/chunks.ts';
import { jsonText } from '../../db/json-text.ts';
import type { Database } from '../../db/open.ts';
import type { PushData, PushKind, PushMessageTable } from '../../db/push-tables.ts';
import { faultsOfMessage } from '../../push/message.ts';
import type { DjangoSource, RawRow } from './django-source.ts';
import { isObject, jsonOf, numberOf, textOf, timeOf } from './django-values.ts';
import { leavingOut, missingRow, PAGE, partiesOf, presentIds, type RowContext } from './imported-rows.ts';

/** Older ones are not edited any more; the hub keeps its own messages as long. */
export const KEPT_MS = 7 * 86_400_000;
const KINDS: readonly PushKind[] = ['text', 'photo', 'document', 'location'];
/** Why the hub does not send a message that the former service left behind. */
const PERHAPS_SENT = 'pendiente en el servicio anterior: no se sabe si llegó';

/**
 * Looks at the messages of the last days: those that Telegram has, so that their TPV may edit and delete them, and
 * those that may or may not have left, which are never sent again by themselves.
 */
export async function planMessages(source: DjangoSource, context: RowContext): Promise<Insertable<PushMessageTable>[]> {
  if ((await source.columns('webhook_pushmessage')).length === 0) return [];
  const since = new Date(context.now - KEPT_MS).toISOString().slice(0, 19).replace('T', ' ');
  const [counted] = await source.rows('select count(*) as count from webhook_pushmessage');
  const raws = await source.rows(
    `select * from webhook_pushmessage
     where status in ('sent', 'pending') and created_at >= '${since}' order by created_at, id`,
  );
  context.tally.leaveOut('messages', undefined, (numberOf(counted?.count) ?? 0) - raws.length);
  const there = await presentIds(context.db, 'push_messages', raws);
  return raws.flatMap((raw) => planMessage(raw, context, there) ?? []);
}

function planMessage(
  raw: RawRow,
  context: RowContext,
  there: ReadonlySet<string>,
): Insertable<PushMessageTable> | undefined {
  const leaveOut = leavingOut(raw, 'messages', context.tally);
  const row = missingRow(raw, 'messages', context, there, leaveOut);
  const parties = row && partiesOf(raw, context, leaveOut);
  if (row === undefined || parties === undefined) return undefined;
  const { id, createdAt } = row;
  const { person, tpvId } = parties;
  const kind = KINDS.find((one) => one === textOf(raw.message_type));
  if (kind === undefined) return leaveOut(`the hub knows no "${textOf(raw.message_type)}"`);
  const sent = textOf(raw.status) === 'sent';
  const messageId = numberOf(raw.telegram_message_id);
  // Without its number nothing can be done with it.
  if (sent && messageId === undefined) return leaveOut();
  const text = textOf(raw.text);
  const data = dataOf(kind, jsonOf(raw.data));
  const faults = faultsOfMessage({ kind, text, parseMode: 'HTML', data, disableNotification: false });
  if (!sent && faults.length > 0) return leaveOut(`it could never be sent (${faults[0]?.path})`);
  context.tally.create('messages');
  return {
    id,
    tpv_id: tpvId,
    chat_id: person.telegramId,
    kind,
    text,
    parse_mode: 'HTML',
    data: jsonText(data),
    disable_notification: 0,
    reply_markup: null,
    status: sent ? 'sent' : 'unknown',
    telegram_message_id: messageId ?? null,
    error_code: null,
    error_message: sent ? '' : PERHAPS_SENT,
    attempts: 1,
    idempotency_key: null,
    body_hash: null,
    created_at: createdAt,
    queued_at: createdAt,
    sent_at: sent ? (timeOf(raw.sent_at) ?? createdAt) : null,
    not_before: null,
  };
}

function dataOf(kind: PushKind, data: unknown): PushData {
  if (!isObject(data)) return {};
  const url = data[`${kind}_url`];
  if (typeof url === 'string') return { url };
  const { latitude, longitude } = data;
  return typeof latitude === 'number' && typeof longitude === 'number' ? { latitude, longitude } : {};
}

export async function createMessages(db: Database, rows: readonly Insertable<PushMessageTable>[]): Promise<void> {
  await inChunks(rows, PAGE, (page) =>
    db.transact((tx) =>
      tx.kysely
        .insertInto('push_messages')
        .values(page)
        .onConflict((c) => c.column('id').doNothing())
        .execute(),
    ),
  );
}
