import type { Insertable } from 'kysely';
import { ANY_ACCION } from '../../buttons/press.ts';
import { jsonText } from '../../db/json-text.ts';
import type { Database } from '../../db/open.ts';
import type { ButtonForm } from '../../db/push-tables.ts';
import type { TelegramUserTable } from '../../db/schema.ts';
import { callableUrl } from '../../tpvs/endpoint.ts';
import { type DjangoSource, NOTIFICATIONS, type RawRow, rowsOf } from './django-source.ts';
import { flagOf, isObject, jsonOf, numberOf, textOf, timeOf } from './django-values.ts';
import type { ErasedPeople } from './erased-people.ts';
import { type ButtonPlan, buttonMessage, MOST_DATA_BYTES } from './imported-buttons.ts';
import { KEPT_MS } from './imported-messages.ts';
import type { KnownTpv } from './imported-tpvs.ts';
import type { Tally } from './tally.ts';

/** Enough to find it in that database; a whole token is the bot's secret. */
const SHOWN_OF_TOKEN = 8;

export interface NotificationContext {
  db: Database;
  tpvs: ReadonlyMap<string, KnownTpv>;
  erased: ErasedPeople;
  tally: Tally;
  now: number;
  /** Which TPV, by its id, has the buttons that call an origin. */
  originTpvs: ReadonlyMap<string, string>;
}

/** What the service that only sent notifications left: it knew no TPVs, and of people no more than their ids. */
export interface NotificationPlan {
  people: Insertable<TelegramUserTable>[];
  buttons: ButtonPlan[];
}

/**
 * Looks at its tokens. One token stood for all buttons of a message, whatever their `accion`; so one row of the hub
 * answers for all of them.
 */
export async function planNotifications(source: DjangoSource, context: NotificationContext): Promise<NotificationPlan> {
  const raws = await rowsOf(source, NOTIFICATIONS, `select * from ${NOTIFICATIONS} order by created_at, token`);
  const owners = ownersOf(context);
  const people = await planPeople(raws, context, owners);
  const homeless = new Map<string, number>();
  const buttons: ButtonPlan[] = [];
  for (const raw of raws) {
    const one = await planOne(raw, context, owners, homeless);
    if (one !== undefined) buttons.push(one);
  }
  for (const [origin, count] of homeless) {
    context.tally.leaveOut(
      'buttons',
      `${count} buttons call ${origin}, which is no TPV's: register that TPV, or name one with --callback-url ${JSON.stringify(`${origin}=<TPV>`)}, and import again.`,
      count,
    );
  }
  return { people, buttons };
}

/** Each origin's TPV: the one that is named, else the one that registered with it. */
function ownersOf({ tpvs, originTpvs, tally }: NotificationContext): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const { id, endpointUrl } of tpvs.values()) {
    const origin = callableUrl(endpointUrl)?.origin;
    if (origin !== undefined && !owners.has(origin)) owners.set(origin, id);
  }
  for (const [origin, id] of originTpvs) {
    const endpoint = callableUrl(tpvs.get(id)?.endpointUrl ?? '')?.origin;
    if (endpoint !== origin) {
      tally.remark(`${origin} is not where its TPV registered: its buttons work once CALLBACK_ALLOWED_ORIGINS has it.`);
    }
    owners.set(origin, id);
  }
  return owners;
}

async function planOne(
  raw: RawRow,
  { db, erased, tally, now }: NotificationContext,
  owners: ReadonlyMap<string, string>,
  homeless: Map<string, number>,
): Promise<ButtonPlan | undefined> {
  const token = textOf(raw.token);
  const leaveOut = (why?: string) => {
    tally.leaveOut('buttons', why && `Button ${token.slice(0, SHOWN_OF_TOKEN)}…: ${why}.`);
    return undefined;
  };
  const userId = numberOf(raw.telegram_user_id);
  if (userId === undefined || userId <= 0) return leaveOut('it is nobody’s');
  if (erased.isBefore(userId, timeOf(raw.created_at))) return leaveOut();
  const url = textOf(raw.callback_url);
  const origin = callableUrl(url)?.origin;
  if (origin === undefined) return leaveOut('its URL is no http or https URL');
  const expiresAt = timeOf(raw.expira_en);
  if (expiresAt === undefined) return leaveOut('it does not say when it expires');
  const createdAt = timeOf(raw.created_at) ?? now;
  const works = !flagOf(raw.usada) && expiresAt > now;
  const messageId = numberOf(raw.telegram_message_id);
  const tpvId = owners.get(origin);
  if (tpvId === undefined) {
    if (!works) return leaveOut();
    homeless.set(origin, (homeless.get(origin) ?? 0) + 1);
    return undefined;
  }
  const metadata = jsonOf(raw.metadata);
  const known = isObject(metadata) ? metadata : {};
  // What the hub appends to the message stands below what the person read before.
  const text = typeof known.mensaje_original === 'string' ? textOf(known.mensaje_original) : '';
  const message = buttonMessage({ chatId: userId, tpvId, messageId, createdAt, text });
  if (!works) {
    leaveOut();
    if (messageId === undefined || createdAt <= now - KEPT_MS) return undefined;
    if (await hasMessage(db, userId, messageId, tpvId)) {
      tally.present('messages');
      return undefined;
    }
    tally.create('messages');
    return { button: undefined, message };
  }
  const data = `${ANY_ACCION}|${token}`;
  if (Buffer.byteLength(data) > MOST_DATA_BYTES) return leaveOut('Telegram can not hold its token');
  if (await hasButton(db, data)) {
    tally.present('buttons');
    return undefined;
  }
  tally.create('buttons');
  const form: ButtonForm = {
    token,
    accion: ANY_ACCION,
    uid_dispositivo: textOf(raw.uid_dispositivo),
    metadata: JSON.stringify(known),
    legacy: 1,
  };
  return {
    button: {
      token: data,
      tpv_id: tpvId,
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
    message,
  };
}

async function hasButton({ read }: Database, token: string): Promise<boolean> {
  return (await read.selectFrom('buttons').select('token').where('token', '=', token).executeTakeFirst()) !== undefined;
}

async function hasMessage({ read }: Database, chatId: number, messageId: number, tpvId: string): Promise<boolean> {
  const row = await read
    .selectFrom('push_messages')
    .select('id')
    .where('chat_id', '=', chatId)
    .where('telegram_message_id', '=', messageId)
    .where('tpv_id', '=', tpvId)
    .executeTakeFirst();
  return row !== undefined;
}

/** Everybody who got a notification, with the TPV that wrote last. */
async function planPeople(
  raws: readonly RawRow[],
  { db, erased, tally, now }: NotificationContext,
  owners: ReadonlyMap<string, string>,
): Promise<Insertable<TelegramUserTable>[]> {
  const found = new Map<number, Insertable<TelegramUserTable>>();
  for (const raw of raws) {
    const telegramId = numberOf(raw.telegram_user_id);
    if (telegramId === undefined || telegramId <= 0) continue;
    const createdAt = timeOf(raw.created_at) ?? now;
    const before = found.get(telegramId);
    found.set(telegramId, {
      telegram_id: telegramId,
      username: null,
      first_name: '',
      last_name: '',
      language_code: '',
      is_active: 1,
      tpv_id: owners.get(callableUrl(textOf(raw.callback_url))?.origin ?? '') ?? before?.tpv_id ?? null,
      created_at: before?.created_at ?? createdAt,
      last_interaction: createdAt,
      unassigned_told_at: null,
      search: String(telegramId),
    });
  }
  const people: Insertable<TelegramUserTable>[] = [];
  for (const [telegramId, person] of found) {
    const there = await db.read
      .selectFrom('telegram_users')
      .select('telegram_id')
      .where('telegram_id', '=', telegramId)
      .executeTakeFirst();
    if (there !== undefined) {
      tally.present('people');
      continue;
    }
    if (erased.has(telegramId, person.created_at)) {
      tally.leaveOut('people');
      continue;
    }
    tally.create('people');
    people.push(person);
  }
  return people;
}
