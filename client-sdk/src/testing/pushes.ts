import { createHash, randomUUID } from 'node:crypto';
import type { PushStatus } from '../api/push.ts';
import { isRecord } from '../wire/check.ts';
import { Refusal } from './refusal.ts';

/** A message that the TPV pushed, as the fake hub got it. */
export interface PushRecord {
  id: string;
  /** The contract's fields: `telegram_user_id`, `text`, `data`, `buttons`, … After an edit, as edited. */
  fields: Record<string, unknown>;
  /** What came beside them. */
  file?: { kind: 'photo' | 'document'; name: string; type: string; bytes: Uint8Array };
  idempotencyKey?: string;
  status: PushStatus;
  telegram_message_id?: number;
  /** Telegram's own, where it refused. */
  telegram_error_code?: number;
  deleted: boolean;
}

/** How Telegram takes what is pushed from now on; `{ refused }` with Telegram's code, 403 for a person who blocked the bot. */
export type PushOutcome = 'sent' | 'pending' | 'unknown' | { refused: number };

export interface IncomingPush {
  fields: Record<string, unknown>;
  file?: PushRecord['file'];
  idempotencyKey?: string | undefined;
}

interface Answer {
  status: 201 | 202;
  body: Record<string, unknown>;
}

const KINDS: readonly unknown[] = ['text', 'photo', 'document', 'location'];

/** The messages of the one TPV. */
export class Pushes {
  readonly records: PushRecord[] = [];
  readonly #byKey = new Map<string, { hash: string; record: PushRecord }>();
  outcome: PushOutcome = 'sent';
  #messageId = 0;

  /** Throws a `Refusal`. */
  take({ fields, file, idempotencyKey }: IncomingPush, isUser: (id: number) => boolean): Answer {
    checkFields(fields, file);
    const hash = createHash('sha256')
      .update(JSON.stringify(fields))
      .update(file?.bytes ?? '')
      .digest('hex');
    const before = idempotencyKey === undefined ? undefined : this.#byKey.get(idempotencyKey);
    if (before !== undefined) {
      if (before.hash !== hash) throw new Refusal('idempotency_conflict');
      return this.#answer(before.record);
    }
    if (!isUser(Number(fields.telegram_user_id))) throw new Refusal('not_found');
    const record: PushRecord = {
      id: randomUUID(),
      fields,
      ...(file && { file }),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
      status: typeof this.outcome === 'string' ? this.outcome : 'failed',
      deleted: false,
    };
    if (typeof this.outcome === 'object') record.telegram_error_code = this.outcome.refused;
    if (record.status === 'sent') record.telegram_message_id = ++this.#messageId;
    this.records.push(record);
    if (idempotencyKey !== undefined) this.#byKey.set(idempotencyKey, { hash, record });
    return this.#answer(record);
  }

  state(id: string): Record<string, unknown> {
    const { status, telegram_message_id } = this.#record(id);
    return { status, push_message_id: id, ...(telegram_message_id !== undefined && { telegram_message_id }) };
  }

  edit(id: string, changes: unknown): void {
    const record = this.#record(id);
    if (!isRecord(changes)) throw new Refusal('invalid_request');
    Object.assign(record.fields, changes);
  }

  delete(id: string): void {
    this.#record(id).deleted = true;
  }

  resend(id: string): Answer {
    const record = this.#record(id);
    record.status = 'sent';
    record.telegram_message_id ??= ++this.#messageId;
    return this.#answer(record);
  }

  #record(id: string): PushRecord {
    const record = this.records.find((one) => one.id === id);
    if (record === undefined) throw new Refusal('not_found');
    return record;
  }

  #answer({ id, status, telegram_message_id, telegram_error_code }: PushRecord): Answer {
    if (status === 'sent') return { status: 201, body: { status, push_message_id: id, telegram_message_id } };
    if (status !== 'failed') return { status: 202, body: { status, push_message_id: id } };
    throw new Refusal('telegram_error', { extra: { push_message_id: id, telegram_error_code } });
  }
}

function checkFields(fields: Record<string, unknown>, file: PushRecord['file']): void {
  const { telegram_user_id, message_type = 'text', text = '', data = {} } = fields;
  const wrong = (path: string) => new Refusal('invalid_request', { details: [{ path, message: 'no es válido' }] });
  if (!Number.isSafeInteger(telegram_user_id)) throw wrong('telegram_user_id');
  if (!KINDS.includes(message_type)) throw wrong('message_type');
  if (typeof text !== 'string' || text.length > (message_type === 'text' ? 4096 : 1024)) throw wrong('text');
  if (message_type === 'text' && text === '') throw wrong('text');
  if (!isRecord(data)) throw wrong('data');
  if (message_type === 'location' && !(Number.isFinite(data.latitude) && Number.isFinite(data.longitude))) {
    throw wrong('data');
  }
  if (message_type === 'photo' || message_type === 'document') {
    if (file?.kind !== message_type && typeof data[`${message_type}_url`] !== 'string') throw wrong(message_type);
  }
}
