import { hash } from 'node:crypto';
import type { IfUnknown, PushFields, ReplyFields } from '#protocol';
import type { Database, Tx } from '../db/open.ts';
import { storable } from '../db/plain-text.ts';
import type { InlineKeyboard } from '../db/push-tables.ts';
import { HubError } from '../errors.ts';
import { uuidv7 } from '../ids.ts';
import { NOBODY } from '../users/nobody.ts';
import { userOfTpv } from '../users/user.ts';
import type { Sentence } from '../wording/wording.ts';
import { enqueue, type PushRequest } from './enqueue.ts';
import { faultsOfFields, messageOf, optionsOf, replyKeyboardOf } from './fields.ts';
import { faultsOfMessage, type OutboundMessage, type PushRow } from './message.ts';
import { pushByKey, releaseKey } from './push-store.ts';
import type { PushQuota } from './quota.ts';
import type { SavedUpload } from './uploads.ts';

/** Makes the buttons of a message and remembers what they do; buttons/ fills this port. */
export type HangButtons = (
  tx: Tx,
  message: { pushId: string; tpvId: string; fields: PushFields },
) => Promise<InlineKeyboard>;

/** What a file was that came in an instruction of this TPV (`photo`, `voice`); undefined: none did. */
export type KindOfFile = (tx: Tx, tpvId: string, fileId: string) => Promise<string | undefined>;

/** The test order of a TPV to which what it sends nobody belongs; undefined: there is none. */
export type FindTestOrder = (tx: Tx, tpvId: string, now: number) => Promise<string | undefined>;

export interface AcceptPorts {
  db: Database;
  createButtons: HangButtons;
  kindOfFile: KindOfFile;
  findTestOrder: FindTestOrder;
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
    const to = await addressee(tx, ports, input, now);
    await requireFile(tx, ports, tpvId, message);
    await ports.quota.require(tx, tpvId, input.upload?.bytes);
    const idempotency = key !== undefined && bodyHash !== undefined && { idempotency: { key, hash: bodyHash } };
    const taken = { ...input, ...idempotency, message, ...to };
    return { id: await takeMessage(tx, ports, taken, now), repeated: false };
  });
}

/**
 * Where a message goes: to one of the TPV's users, or, while it is tried with a test order, to administrators alone.
 * @throws HubError `not_found`
 */
async function addressee(
  tx: Tx,
  { findTestOrder }: Pick<AcceptPorts, 'findTestOrder'>,
  { tpvId, fields: { telegram_user_id: telegramId } }: PushInput,
  now: number,
): Promise<Pick<TakenMessage, 'topic' | 'testOrder'>> {
  if (telegramId === NOBODY) {
    const testOrder = await findTestOrder(tx, tpvId, now);
    if (testOrder !== undefined) return { topic: null, testOrder };
  }
  const [user] = await tx.run(userOfTpv, { telegramId, tpvId });
  if (user === undefined) throw new HubError('not_found', 'The person is not one of this TPV’s users.');
  return { topic: user.topic_id };
}

/** A message with its fields as they came, checked. */
export interface TakenMessage extends Pick<PushInput, 'tpvId' | 'fields' | 'upload'> {
  message: OutboundMessage;
  /** In which its person wrote what it answers: it goes there, unless its fields say otherwise. */
  topic: number | null;
  /** The test order that it answers: then no person gets it. */
  testOrder?: string | undefined;
  idempotency?: PushRequest['idempotency'];
}

/**
 * Queues a message of a TPV's with its buttons, as part of the caller's transaction.
 * @returns its id
 */
export async function takeMessage(
  tx: Tx,
  ports: Pick<AcceptPorts, 'createButtons' | 'ifUnknown'>,
  { tpvId, fields, upload, message, topic, testOrder, idempotency }: TakenMessage,
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
    replyKeyboard: replyKeyboardOf(fields),
    options: optionsOf(fields, topic),
    testOrder,
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
export function checkedMessage({ fields, upload }: MessageInput, at = ''): OutboundMessage {
  const message = messageOf(fields, upload);
  const faults = [...faultsOfFields(fields), ...faultsOfMessage(message)];
  const details = faults.map((fault) => ({ ...fault, path: `${at}${fault.path}` }));
  if (details.length > 0) throw new HubError('invalid_request', 'Telegram would not take this message.', { details });
  return message;
}

function sameAsBefore(before: PushRow, bodyHash: string | undefined): string {
  if (before.body_hash === bodyHash) return before.id;
  throw new HubError('idempotency_conflict', 'The Idempotency-Key came with another body before.');
}

/**
 * A file that is sent by its id came in an instruction of this TPV. Telegram sends it once more only as what it was
 * (core.telegram.org/bots/api#sending-files).
 * @param at where the message's fields stand in what came, such as `reply.`
 * @throws HubError `invalid_request`
 */
export async function requireFile(
  tx: Tx,
  ports: Pick<AcceptPorts, 'kindOfFile'>,
  tpvId: string,
  { kind, data }: OutboundMessage,
  at = '',
): Promise<void> {
  if (!('file_id' in data)) return;
  const was = await ports.kindOfFile(tx, tpvId, data.file_id);
  if (was === kind) return;
  const message: Sentence = (say) => (was === undefined ? say.unknownFileId : say.otherKindOfFile(was));
  throw new HubError('invalid_request', 'A file can not be sent by its id.', {
    details: [{ path: `${at}data.${kind}_file_id`, message }],
  });
}
