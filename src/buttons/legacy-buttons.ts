import { jsonText, parseJson } from '../db/json-text.ts';
import type { Tx } from '../db/open.ts';
import type { ButtonForm, InlineButton, InlineKeyboard } from '../db/push-tables.ts';
import { statement } from '../db/statement.ts';
import { insertButton } from './button-store.ts';
import { newToken } from './create.ts';

/** A button as older TPVs ask for it: `callback_data` is `accion|token`. */
export type LegacyButton = { text: string; callback_data: string } | { text: string; url: string };

/** What all the buttons of one notification share. */
export interface LegacyNotification {
  pushId: string;
  tpvId: string;
  telegramUserId: number;
  callbackUrl: string;
  token: string;
  uidDispositivo: string;
  /** JSON. */
  metadata: string;
  expiresAt: number;
}

/** Makes the buttons of an older TPV's message; Telegram gets tokens of the hub, the URL gets back its own. */
export async function createLegacyButtons(
  tx: Tx,
  notification: LegacyNotification,
  rows: readonly (readonly LegacyButton[])[],
): Promise<InlineKeyboard> {
  const keyboard: InlineKeyboard = [];
  for (const row of rows) {
    const made: InlineButton[] = [];
    for (const button of row) made.push(await createButton(tx, notification, button));
    if (made.length > 0) keyboard.push(made);
  }
  return keyboard;
}

async function createButton(tx: Tx, of: LegacyNotification, button: LegacyButton): Promise<InlineButton> {
  if ('url' in button) return button;
  const { callback_data: data } = button;
  const bar = data.indexOf('|');
  const accion = bar < 0 ? data : data.slice(0, bar);
  const token = bar < 0 ? of.token : data.slice(bar + 1);
  const form: ButtonForm = { token, accion, uid_dispositivo: of.uidDispositivo, metadata: of.metadata, legacy: 1 };
  const own = newToken();
  await tx.run(insertButton, {
    token: own,
    pushId: of.pushId,
    tpvId: of.tpvId,
    userId: of.telegramUserId,
    action: null,
    data: null,
    url: of.callbackUrl,
    form: jsonText(form),
    singleUse: 1,
    expiresAt: of.expiresAt,
  });
  return { text: button.text, callback_data: own };
}

const buttonsOfPush = statement<{ pushId: string }>()((db, p) =>
  db.selectFrom('buttons').select(['callback_url', 'form', 'expires_at']).where('push_id', '=', p('pushId')),
);

/** What a message's buttons shared, so that an edit can add others of the same kind; undefined if it had none. */
export async function notificationOf(
  tx: Tx,
  push: { id: string; tpvId: string; chatId: number },
): Promise<LegacyNotification | undefined> {
  for (const row of await tx.run(buttonsOfPush, { pushId: push.id })) {
    if (row.callback_url === null || row.form === null) continue;
    const form = parseJson(row.form);
    return {
      pushId: push.id,
      tpvId: push.tpvId,
      telegramUserId: push.chatId,
      callbackUrl: row.callback_url,
      token: form.token,
      uidDispositivo: form.uid_dispositivo,
      metadata: form.metadata,
      expiresAt: row.expires_at,
    };
  }
  return undefined;
}
