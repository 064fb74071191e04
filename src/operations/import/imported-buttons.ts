import type { Insertable } from 'kysely';
import { inChunks } from '../../db/chunks.ts';
import { jsonText } from '../../db/json-text.ts';
import type { Database } from '../../db/open.ts';
import type { ButtonForm, ButtonTable, PushMessageTable } from '../../db/push-tables.ts';
import { uuidv7 } from '../../ids.ts';
import { callableUrl } from '../../tpvs/endpoint.ts';
import type { DjangoSource, RawRow } from './django-source.ts';
import { flagOf, isObject, jsonOf, numberOf, textOf, timeOf } from './django-values.ts';
import type { ErasedPeople } from './erased-people.ts';
import type { Person } from './imported-people.ts';
import type { KnownTpv } from './imported-tpvs.ts';
import type { Tally } from './tally.ts';

const TABLE = 'webhook_telegram_autorizaciones';
/** Telegram's limit for callback data. */
export const MOST_DATA_BYTES = 64;
/** Buttons written in one commit, each with its message. */
const PAGE = 50;
/** Stands for every `empresa` that has no URL of its own. */
export const ANY_EMPRESA = '*';

type Message = Insertable<PushMessageTable>;

export interface ButtonPlan {
  /** Undefined where none works any more, and its TPV may still edit or delete the message. */
  button: Omit<Insertable<ButtonTable>, 'push_id'> | undefined;
  /** The message that shows it, as far as the hub can know it: its text stayed with Telegram. */
  message: Message;
}

export interface ButtonContext {
  db: Database;
  tpvs: ReadonlyMap<string, KnownTpv>;
  people: ReadonlyMap<string, Person>;
  erased: ErasedPeople;
  tally: Tally;
  now: number;
  /** Which URL the buttons of an `empresa` call. */
  callbackUrls: ReadonlyMap<string, string>;
}

/**
 * Looks at the tokens that older TPVs hung on messages and that may still be pressed. Telegram's side of such a button
 * is `accion|token`; the hub keeps that as the button's own token, and a press finds it.
 */
export async function planButtons(source: DjangoSource, context: ButtonContext): Promise<ButtonPlan[]> {
  if ((await source.columns(TABLE)).length === 0) return [];
  const owners = new Map([...context.people.values()].map(({ telegramId, tpvId }) => [telegramId, tpvId]));
  const without = new Map<string, number>();
  const plans: ButtonPlan[] = [];
  for (const raw of await source.rows(`select * from ${TABLE} order by id`)) {
    const one = await plan(raw, context, owners, without);
    if (one !== undefined) plans.push(one);
  }
  for (const [empresa, count] of without) {
    context.tally.leaveOut(
      'buttons',
      `${count} buttons of "${empresa}": that database does not say which URL they call; give --callback-url ${JSON.stringify(`${empresa}=https://…`)}.`,
      count,
    );
  }
  return plans;
}

async function plan(
  raw: RawRow,
  { db, tpvs, erased, tally, now, callbackUrls }: ButtonContext,
  owners: ReadonlyMap<number, string | null>,
  without: Map<string, number>,
): Promise<ButtonPlan | undefined> {
  const leaveOut = (why?: string) => {
    tally.leaveOut('buttons', why && `Button ${textOf(raw.id)}: ${why}.`);
    return undefined;
  };
  const expiresAt = timeOf(raw.expira_en);
  if (flagOf(raw.usada) || flagOf(raw.expirada)) return leaveOut();
  if (expiresAt === undefined) return leaveOut('it does not say when it expires');
  if (expiresAt <= now) return leaveOut();
  const userId = numberOf(raw.telegram_user_id);
  if (userId === undefined || userId <= 0) return leaveOut('it is nobody’s');
  if (erased.isBefore(userId, timeOf(raw.created_at))) return leaveOut();
  const [accion, token, empresa] = [textOf(raw.accion), textOf(raw.token), textOf(raw.empresa)];
  const data = `${accion}|${token}`;
  if (Buffer.byteLength(data) > MOST_DATA_BYTES) return leaveOut('Telegram can not hold its action and token');
  const url = textOf(raw.callback_url) || (callbackUrls.get(empresa) ?? callbackUrls.get(ANY_EMPRESA) ?? '');
  if (url === '') {
    without.set(empresa, (without.get(empresa) ?? 0) + 1);
    return undefined;
  }
  const origin = callableUrl(url)?.origin;
  if (origin === undefined) return leaveOut('its URL is no http or https URL');
  const tpv = ownerOf(origin, owners.get(userId), tpvs);
  if (tpv === undefined) return leaveOut(`no TPV has the origin ${origin}, nor attends the person`);
  if (
    (await db.read.selectFrom('buttons').select('token').where('token', '=', data).executeTakeFirst()) !== undefined
  ) {
    tally.present('buttons');
    return undefined;
  }
  tally.create('buttons');
  const metadata = jsonOf(raw.metadata);
  const form: ButtonForm = {
    token,
    accion,
    uid_dispositivo: textOf(raw.uid_dispositivo),
    metadata: JSON.stringify(isObject(metadata) ? metadata : {}),
    legacy: 1,
  };
  const createdAt = timeOf(raw.created_at) ?? now;
  return {
    button: {
      token: data,
      tpv_id: tpv.id,
      telegram_user_id: userId,
      action: null,
      data: null,
      callback_url: url,
      form: jsonText(form),
      single_use: 1,
      expires_at: expiresAt,
      pressed_at: null,
      settled_at: null,
    },
    message: buttonMessage({
      chatId: userId,
      tpvId: tpv.id,
      messageId: numberOf(raw.telegram_message_id),
      createdAt,
      text: '',
    }),
  };
}

/** The TPV that is called, else the one that attends the person. */
function ownerOf(
  origin: string,
  attendedBy: string | null | undefined,
  tpvs: ReadonlyMap<string, KnownTpv>,
): KnownTpv | undefined {
  const called = [...tpvs.values()].find(({ endpointUrl }) => callableUrl(endpointUrl)?.origin === origin);
  return called ?? (attendedBy == null ? undefined : tpvs.get(attendedBy));
}

/** The row of a message that Telegram has. */
export function buttonMessage(of: {
  chatId: number;
  tpvId: string;
  messageId: number | undefined;
  createdAt: number;
  text: string;
}): Message {
  const { chatId, tpvId, messageId, createdAt, text } = of;
  return {
    id: uuidv7(createdAt),
    tpv_id: tpvId,
    chat_id: chatId,
    kind: 'text',
    text,
    parse_mode: 'HTML',
    data: jsonText({}),
    disable_notification: 0,
    reply_markup: null,
    status: 'sent',
    telegram_message_id: messageId !== undefined && messageId > 0 ? messageId : null,
    error_code: null,
    attempts: 1,
    idempotency_key: null,
    body_hash: null,
    created_at: createdAt,
    queued_at: createdAt,
    sent_at: createdAt,
    not_before: null,
  };
}

export async function createButtons(db: Database, plans: readonly ButtonPlan[]): Promise<void> {
  await inChunks(plans, PAGE, (page) =>
    db.transact(async (tx) => {
      for (const { button, message } of page) {
        const there = await tx.kysely
          .selectFrom('push_messages')
          .select('id')
          .where('chat_id', '=', message.chat_id)
          .where('telegram_message_id', '=', message.telegram_message_id ?? null)
          .where('tpv_id', '=', message.tpv_id ?? null)
          .executeTakeFirst();
        if (there === undefined) await tx.kysely.insertInto('push_messages').values(message).execute();
        if (button === undefined) continue;
        await tx.kysely
          .insertInto('buttons')
          .values({ ...button, push_id: there?.id ?? message.id })
          .onConflict((c) => c.column('token').doNothing())
          .execute();
      }
    }),
  );
}
