import type { TestHub } from './hub.ts';
import { SILENCED } from './migrated-database.ts';

/** Any message in a private chat, as Telegram words it: `content` is its text, photo, reply and so on. */
export function privateMessage(updateId: number, content: Record<string, unknown>, from: Record<string, unknown> = {}) {
  return { update_id: updateId, message: messageBody(updateId, content, from) };
}

export function messageBody(messageId: number, content: Record<string, unknown>, from: Record<string, unknown> = {}) {
  const sender = { id: 1001, is_bot: false, first_name: 'Ana', ...from };
  return {
    message_id: messageId,
    date: 1_762_684_200,
    from: sender,
    chat: { id: sender.id, type: 'private', first_name: sender.first_name },
    ...content,
  };
}

/** Points the emulator at the hub, as an administrator does: from here on what people do in the chat arrives. */
export async function connectTelegram(hub: TestHub): Promise<void> {
  const url = `${hub.url}/webhook/telegram/`;
  const { status, body } = await hub.admin('/webhook/setup/', { method: 'POST', json: { url } });
  if (status !== 200) throw new Error(`The webhook could not be set: ${JSON.stringify(body)}`);
}

/** What became of the updates so far, in the order of their arrival. */
export async function updatesOf({ hub }: TestHub) {
  const rows = await hub.db.read.selectFrom('telegram_updates').selectAll().orderBy('seq').execute();
  return rows.map(({ raw, ...row }) => ({ ...row, raw: raw === null ? null : Buffer.from(raw).toString() }));
}

/** Every instruction, in the order of their arrival. */
export function instructionsOf({ hub }: TestHub) {
  return hub.db.read.selectFrom('instructions').selectAll().orderBy('seq').execute();
}

export function userOf({ hub }: TestHub, telegramId: number) {
  return hub.db.read
    .selectFrom('telegram_users')
    .selectAll()
    .where('telegram_id', '=', telegramId)
    .executeTakeFirstOrThrow();
}

/** From here on the hub says what it says where no administrator silenced it. */
export async function letHubSpeak(hub: TestHub): Promise<void> {
  const texts = Object.fromEntries(SILENCED.map((key) => [key, null]));
  const { status, body } = await hub.admin('/api/admin/settings', { method: 'PATCH', json: { texts } });
  if (status !== 200) throw new Error(`The hub stays silent: ${JSON.stringify(body)}`);
}
