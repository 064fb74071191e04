import { hash } from 'node:crypto';
import type { PushFields, ReplyFields } from '#protocol';
import type { Database, Tx } from '../db/open.ts';
import { storable } from '../db/plain-text.ts';
import type { IfUnknown, InlineKeyboard } from '../db/push-tables.ts';
import { HubError } from '../errors.ts';
import { uuidv7 } from '../ids.ts';
import { userOfTpv } from '../users/user.ts';
import { enqueue, type PushRequest } from './enqueue.ts';
import { faultsOfMessage, type OutboundMessage, type PushRow } from './message.ts';
import { pushByKey, releaseKey } from './push-store.ts';
import type { PushQuota } from './quota.ts';
import type { SavedUpload } from './uploads.ts';

/** Makes the buttons of a message and remembers what they do; buttons/ fills this port. */
export type HangButtons = (
  tx: Tx,
  message: { pushId: string; tpvId: string; fields: PushFields },
) => Promise<InlineKeyboard>;

export interface AcceptPorts {
  db: Database;
  createButtons: HangButtons;
  quota: Pick<PushQuota, 'require'>;
  /** What becomes of a message that may have arrived, where its TPV does not say. */
  ifUnknown(): IfUnknown;
  now(): number;
  /** By how much the clock was set ahead within so long: keys seem that much older than they are. */
  aheadMs(withinMs: number): number;
}

/** How long an Idempotency-Key names its message (docs/rest.md). */
export const KEY_LIFE_MS = 7 * 86_400_000;

export interface PushInput {
  tpvId: string;
  fields: PushFields;
  idempotencyKey?: string | undefined;
  /** A file that came with it. */
  upload?: SavedUpload | undefined;
}

/** What a message is made of. */
type MessageInput = { fields: ReplyFields } & Pick<PushInput, 'upload'>;

/**
 * Takes a message from a TPV for one of its users: after this it is durable, and goes out in its turn.
 * @returns its id, and whether it was there already under the same Idempotency-Key
 * @throws HubError `invalid_request`, `not_found` (not one of this TPV's users), `idempotency_conflict`,
 * `quota_exceeded`
 */
export async function acceptPush(ports: AcceptPorts, input: PushInput): Promise<{ id: string; repeated: boolean }> {
  const { tpvId, fields } = input;
  const key = input.idempotencyKey === undefined ? undefined : storable(input.idempotencyKey);
  const message = checkedMessage(input);
  const bodyHash =
    key === undefined ? undefined : hash('sha256', JSON.stringify([fields, input.upload?.sha256]), 'hex');
  const now = ports.now();
  return ports.db.transact(async (tx) => {
    if (key !== undefined) {
      const [before] = await tx.run(pushByKey, { tpvId, key });
      if (before !== undefined && before.created_at > now - KEY_LIFE_MS - ports.aheadMs(KEY_LIFE_MS)) {
        return { id: sameAsBefore(before, bodyHash), repeated: true };
      }
      if (before !== undefined) await tx.run(releaseKey, { id: before.id });
    }
    const [user] = await tx.run(userOfTpv, { telegramId: fields.telegram_user_id, tpvId });
    if (user === undefined) throw new HubError('not_found', 'The person is not one of this TPV’s users.');
    await ports.quota.require(tx, tpvId, input.upload?.bytes);
    const idempotency = key !== undefined && bodyHash !== undefined && { idempotency: { key, hash: bodyHash } };
    return { id: await takeMessage(tx, ports, { ...input, ...idempotency, message }, now), repeated: false };
  });
}

/** A message with its fields as they came, checked. */
export interface TakenMessage extends Pick<PushInput, 'tpvId' | 'fields' | 'upload'> {
  message: OutboundMessage;
  idempotency?: PushRequest['idempotency'];
}

/**
 * Queues a message of a TPV's with its buttons, as part of the caller's transaction.
 * @returns its id
 */
export async function takeMessage(
  tx: Tx,
  ports: Pick<AcceptPorts, 'createButtons' | 'ifUnknown'>,
  { tpvId, fields, upload, message, idempotency }: TakenMessage,
  now: number,
): Promise<string> {
  const pushId = uuidv7(now);
  const keyboard = await ports.createButtons(tx, { pushId, tpvId, fields });
  const request = {
    ...message,
    id: pushId,
    tpvId,
    chatId: fields.telegram_user_id,
    ifUnknown: fields.if_unknown ?? ports.ifUnknown(),
    ...(keyboard.length > 0 && { keyboard }),
    ...(upload !== undefined && { uploadBytes: upload.bytes }),
    ...(idempotency !== undefined && { idempotency }),
  };
  return enqueue(tx, request, now);
}

/**
 * The message of these fields.
 * @param at where the fields stand in what came, such as `reply.`
 * @throws HubError `invalid_request` if Telegram would not take it
 */
export function checkedMessage(input: MessageInput, at = ''): OutboundMessage {
  const message = messageOf(input);
  const details = faultsOfMessage(message).map((fault) => ({ ...fault, path: `${at}${fault.path}` }));
  if (details.length > 0) throw new HubError('invalid_request', 'Telegram would not take this message.', { details });
  return message;
}

function sameAsBefore(before: PushRow, bodyHash: string | undefined): string {
  if (before.body_hash === bodyHash) return before.id;
  throw new HubError('idempotency_conflict', 'The Idempotency-Key came with another body before.');
}

function messageOf({ fields, upload }: MessageInput): OutboundMessage {
  const { photo_url: photo, document_url: document, latitude, longitude } = fields.data;
  const url = fields.message_type === 'photo' ? photo : document;
  const place = latitude !== undefined && longitude !== undefined ? { latitude, longitude } : {};
  const media = upload === undefined ? (url === undefined ? {} : { url }) : { file: upload.file };
  return {
    kind: fields.message_type,
    text: storable(fields.text),
    parseMode: fields.parse_mode,
    data: fields.message_type === 'location' ? place : fields.message_type === 'text' ? {} : media,
    disableNotification: fields.disable_notification,
  };
}
