import { randomBytes } from 'node:crypto';
import type { Button, PushFields } from '#protocol';
import type { IsCallable } from '../callbacks/origins.ts';
import { jsonText } from '../db/json-text.ts';
import type { Tx } from '../db/open.ts';
import { storable } from '../db/plain-text.ts';
import type { InlineButton, InlineKeyboard } from '../db/push-tables.ts';
import { HubError } from '../errors.ts';
import { insertButton } from './button-store.ts';

/** 128 random bits, as the callback data that Telegram carries (it allows 64 bytes). */
export function newToken(): string {
  return randomBytes(16).toString('base64url');
}

/** What of a push is about its buttons. */
export type ButtonFields = Pick<PushFields, 'telegram_user_id' | 'buttons' | 'expires_in' | 'single_use'>;

/**
 * Refuses buttons that could never work, before anything is written.
 * @param isCallable whether the TPV's buttons may ever call a URL (docs/security.md, S14)
 * @param at where the rows stand in what came
 * @throws HubError `invalid_request` if a callback URL's origin is not allowed
 */
export async function checkButtons(
  rows: PushFields['buttons'],
  tpvId: string,
  isCallable: IsCallable,
  at = 'buttons',
): Promise<void> {
  for (const [r, row] of (rows ?? []).entries()) {
    for (const [b, button] of row.entries()) {
      if (!('callback_url' in button) || (await isCallable(button.callback_url, tpvId))) continue;
      throw new HubError('invalid_request', 'A callback URL of a button is not allowed.', {
        details: [
          {
            path: `${at}.${r}.${b}.callback_url`,
            message: (say) => say.callbackOrigin,
          },
        ],
      });
    }
  }
}

/** Makes a message's buttons and remembers what each does; part of the transaction that queues the message. */
export async function createButtons(
  tx: Tx,
  message: { pushId: string; tpvId: string; fields: ButtonFields },
  now: number,
): Promise<InlineKeyboard> {
  const keyboard: InlineKeyboard = [];
  for (const row of message.fields.buttons ?? []) {
    const made: InlineButton[] = [];
    for (const button of row) made.push(await createButton(tx, message, button, now));
    keyboard.push(made);
  }
  return keyboard;
}

async function createButton(
  tx: Tx,
  { pushId, tpvId, fields }: { pushId: string; tpvId: string; fields: ButtonFields },
  button: Button,
  now: number,
): Promise<InlineButton> {
  const shown = { text: button.text, ...(button.style && { style: button.style }) };
  if ('url' in button) return { ...shown, url: button.url };
  if ('web_app' in button) return { ...shown, web_app: { url: button.web_app } };
  if ('copy_text' in button) return { ...shown, copy_text: { text: storable(button.copy_text) } };
  const token = newToken();
  const calls = 'callback_url' in button;
  await tx.run(insertButton, {
    token,
    pushId,
    tpvId,
    userId: fields.telegram_user_id,
    action: calls ? null : storable(button.action),
    data: calls || button.data === undefined ? null : jsonText<unknown>(button.data),
    url: calls ? button.callback_url : null,
    form: calls ? jsonText({ token, accion: button.text, uid_dispositivo: '', metadata: '{}' }) : null,
    singleUse: fields.single_use ? 1 : 0,
    expiresAt: now + fields.expires_in * 1_000,
  });
  return { ...shown, callback_data: token };
}
