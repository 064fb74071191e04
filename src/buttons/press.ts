import { PRESS_COMMAND, PRESS_PRIORITY } from '#protocol';
import type { CallRequest } from '../callbacks/guarded-call.ts';
import { jsonText, parseJson } from '../db/json-text.ts';
import type { Tx } from '../db/open.ts';
import type { ButtonForm } from '../db/push-tables.ts';
import { type HandOut, submit } from '../instructions/submit.ts';
import { seenInChat } from '../push/push-store.ts';
import { noteContact } from '../users/user.ts';
import {
  type ButtonRow,
  buttonByToken,
  insertPress,
  markPressed,
  settleButtons,
  similarPress,
} from './button-store.ts';

/** A press as Telegram tells of it. */
export interface Press {
  updateId: number;
  queryId: string;
  telegramUserId: number;
  telegramUsername: string | null;
  /** What Telegram says of the person's language; empty: nothing. */
  languageCode: string;
  messageId: number | undefined;
  /** The topic of the chat in which the pressed message stands; undefined: in none. */
  topic?: number | undefined;
  /** The button's callback data. */
  data: string;
  /** Whether the pressed message, as Telegram sends it along, has a button with exactly this data. */
  inKeyboard: boolean;
}

/** What a press leads to, once it is committed. */
export type PressOutcome =
  /** Unknown, forged, another person's, used, or too late: the person reads so, and no TPV hears of it. */
  | { kind: 'expired' /** An older TPV's button: its message says so from now on. */; legacyPushId?: string }
  /** A second tap: it is counted once, and its spinner ends. */
  | { kind: 'repeated' }
  /** A URL that no button of the pressed message has (S31): the person is told, and nothing is called. */
  | { kind: 'forbidden' }
  /** It became an instruction; its TPV's report answers it. */
  | { kind: 'instruction'; instructionId: string }
  /** A URL is to be called, and answers it. */
  | { kind: 'call'; request: CallRequest; pushId?: string; legacy: boolean };

export interface PressPorts {
  handOut: HandOut;
  ttlMs: number;
  /** The hub that shows how it went; null: it is alone. */
  hubId: string | null;
}

/**
 * Stands in a button's data (`accion|token`) for whatever `accion` its message has: the service before this hub kept
 * one row for all buttons of a message.
 */
export const ANY_ACCION = '';

/** A second press within this long is the same one (a double tap). */
const DOUBLE_TAP_MS = 5_000;

/** Decides what a press does, and keeps it; part of the transaction that keeps its update. */
export async function press(tx: Tx, ports: PressPorts, one: Press, now: number): Promise<PressOutcome> {
  if (/^https?:\/\//i.test(one.data)) {
    // A TPV that talks to Telegram itself put a whole URL into its callback data. Without the bot's token nobody can
    // put it into a message; a client can send any data along with a press.
    if (!one.inKeyboard) return { kind: 'forbidden' };
    const { data: token, telegramUserId: userId } = one;
    const before = await tx.run(similarPress, { token, userId, since: now - DOUBLE_TAP_MS });
    if (before.length > 0) return { kind: 'repeated' };
    await keep(tx, ports, one, null, now);
    return {
      kind: 'call',
      request: { id: callId(one), url: one.data, form: formFields(one, undefined), tpvId: null },
      legacy: false,
    };
  }
  const button = await buttonOf(tx, one.data);
  if (button === undefined || button.telegram_user_id !== one.telegramUserId) return { kind: 'expired' };
  const { telegram_message_id: messageId } = button;
  if (messageId !== null && messageId !== one.messageId) return { kind: 'expired' };
  if (button.pressed_at !== null && Math.abs(now - button.pressed_at) < DOUBLE_TAP_MS) return { kind: 'repeated' };
  const form = button.form === null ? undefined : withAccion(parseJson(button.form), one.data);
  const legacy = form?.legacy === 1;
  if (button.settled_at !== null) return { kind: 'expired' };
  if (button.expires_at <= now) return { kind: 'expired', ...(legacy && { legacyPushId: button.push_id }) };
  if (messageId === null && one.messageId !== undefined) {
    // The press was faster than Telegram's answer to the message, or that answer never came.
    await tx.run(seenInChat, { id: button.push_id, messageId: one.messageId });
  }
  await tx.run(markPressed, { token: button.token, now });
  tx.changed('push', button.push_id);
  if (button.single_use === 1 && !legacy) await tx.run(settleButtons, { pushId: button.push_id, now });
  if (button.callback_url !== null) {
    await keep(tx, ports, one, null, now);
    const request = { id: callId(one), url: button.callback_url, form: formFields(one, form), tpvId: button.tpv_id };
    return { kind: 'call', request, pushId: button.push_id, legacy };
  }
  const instructionId = await submitPress(tx, ports, one, button, now);
  if (button.last_interaction !== null) await noteContact(tx, one.telegramUserId, button.last_interaction, now);
  await keep(tx, ports, one, instructionId, now);
  return { kind: 'instruction', instructionId };
}

/** The button with this data, or the one that stands for every `accion` of its token. */
async function buttonOf(tx: Tx, data: string) {
  const [button] = await tx.run(buttonByToken, { token: data });
  const bar = data.indexOf('|');
  if (button !== undefined || bar < 0) return button;
  const [ofToken] = await tx.run(buttonByToken, { token: `${ANY_ACCION}${data.slice(bar)}` });
  return ofToken;
}

/** Of a button that stands for every `accion`, the pressed one is told. */
function withAccion(form: ButtonForm, data: string): ButtonForm {
  return form.accion === ANY_ACCION ? { ...form, accion: data.slice(0, Math.max(data.indexOf('|'), 0)) } : form;
}

function keep(tx: Tx, { hubId }: PressPorts, one: Press, instructionId: string | null, now: number) {
  const { queryId, data: token, telegramUserId: userId } = one;
  return tx.run(insertPress, { queryId, token, instructionId, userId, now, hubId });
}

/** Names what a press calls for: Telegram may tell of the press again, and the name stays. */
function callId({ queryId }: Press): string {
  return `press_${queryId}`;
}

/** The form that the URL is posted, in the words that older TPVs know (docs/rest.md). */
function formFields(one: Press, form: ButtonForm | undefined): Record<string, string> {
  return {
    token: form?.token ?? '',
    accion: form?.accion ?? '',
    telegram_user_id: String(one.telegramUserId),
    uid_dispositivo: form?.uid_dispositivo ?? '',
    metadata: form?.metadata ?? '{}',
  };
}

function submitPress(tx: Tx, ports: PressPorts, one: Press, button: ButtonRow, now: number): Promise<string> {
  const payload = jsonText({
    // In a private chat both are the same number.
    chat_id: one.telegramUserId,
    message_id: one.messageId ?? null,
    push_message_id: button.push_id,
    action: button.action,
    data: button.data === null ? null : parseJson(button.data),
    callback_query_id: one.queryId,
    // Absent where it is undefined.
    message_thread_id: one.topic,
  });
  return submit(
    tx,
    ports.handOut,
    {
      updateId: one.updateId,
      tpvId: button.tpv_id,
      telegramUserId: one.telegramUserId,
      telegramUsername: one.telegramUsername,
      command: PRESS_COMMAND,
      payload,
      ttlMs: ports.ttlMs,
      priority: PRESS_PRIORITY,
    },
    now,
  );
}
