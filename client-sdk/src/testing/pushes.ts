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
  /** It may have arrived, and was sent again, as `if_unknown: 'resend'` asks for. */
  sent_again?: true;
  /** Telegram's own, where it refused. */
  telegram_error_code?: number;
  deleted: boolean;
}

/**
 * How Telegram takes what is pushed from now on; `{ refused }` with Telegram's code, 403 for a person who blocked the
 * bot. Changes and deletions wait while it is `pending`; what is `unknown` is sent again if its `if_unknown` is `resend`.
 */
export type PushOutcome = 'sent' | 'pending' | 'unknown' | { refused: number };

export interface IncomingPush {
  fields: Record<string, unknown>;
  file?: PushRecord['file'] | undefined;
  idempotencyKey?: string | undefined;
}

interface Answer {
  status: 200 | 201 | 202;
  body: Record<string, unknown>;
}

const KINDS: readonly unknown[] = ['text', 'photo', 'document', 'location'];

/** The messages of the one TPV. */
export class Pushes {
  readonly records: PushRecord[] = [];
  readonly #byKey = new Map<string, { hash: string; record: PushRecord }>();
  outcome: PushOutcome = 'sent';
  /** Ids of messages whose change waits for as long as the outcome is `pending`. */
  readonly #changing = new Set<string>();
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
    return this.#answer(this.#keep({ fields, file, idempotencyKey }, hash));
  }

  /** What a report brings; throws a `Refusal` where it can't be sent. */
  static checkReply(reply: Record<string, unknown>): void {
    checkFields({ ...reply, telegram_user_id: 0 }, undefined, 'reply.');
  }

  /**
   * The message that came with a report, under its key.
   * @param fields undefined: none is made where there is none
   * @returns its id
   */
  reply(idempotencyKey: string, fields: Record<string, unknown> | undefined): string | undefined {
    const before = this.#byKey.get(idempotencyKey);
    if (before !== undefined || fields === undefined) return before?.record.id;
    return this.#keep({ fields, idempotencyKey }, '').id;
  }

  #keep({ fields, file, idempotencyKey }: IncomingPush, hash: string): PushRecord {
    const record: PushRecord = {
      id: randomUUID(),
      fields,
      ...(file && { file }),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
      status: typeof this.outcome === 'string' ? this.outcome : 'failed',
      deleted: false,
    };
    if (record.status === 'unknown' && fields.if_unknown === 'resend') {
      record.status = 'sent';
      record.sent_again = true;
    }
    if (typeof this.outcome === 'object') record.telegram_error_code = this.outcome.refused;
    if (record.status === 'sent') record.telegram_message_id = ++this.#messageId;
    this.records.push(record);
    if (idempotencyKey !== undefined) this.#byKey.set(idempotencyKey, { hash, record });
    return record;
  }

  state(id: string): Record<string, unknown> {
    const { status, telegram_message_id, sent_again } = this.#record(id);
    return {
      status,
      push_message_id: id,
      ...(telegram_message_id !== undefined && { telegram_message_id }),
      ...(sent_again && { sent_again }),
      ...(this.outcome === 'pending' && this.#changing.has(id) && { change_pending: true }),
    };
  }

  edit(id: string, changes: unknown): Answer {
    const record = this.#record(id);
    if (!isRecord(changes)) throw new Refusal('invalid_request');
    Object.assign(record.fields, changes);
    return this.#changed(id, this.state(id));
  }

  delete(id: string): Answer {
    this.#record(id).deleted = true;
    return this.#changed(id, { status: 'deleted', push_message_id: id });
  }

  resend(id: string): Answer {
    const record = this.#record(id);
    record.status = 'sent';
    record.telegram_message_id ??= ++this.#messageId;
    return this.#answer(record);
  }

  /** @param now what is answered where Telegram takes it at once */
  #changed(id: string, now: Record<string, unknown>): Answer {
    if (this.outcome !== 'pending') {
      this.#changing.delete(id);
      return { status: 200, body: now };
    }
    this.#changing.add(id);
    return { status: 202, body: this.state(id) };
  }

  #record(id: string): PushRecord {
    const record = this.records.find((one) => one.id === id);
    if (record === undefined) throw new Refusal('not_found');
    return record;
  }

  #answer({ id, status, telegram_error_code }: PushRecord): Answer {
    if (status === 'sent') return { status: 201, body: this.state(id) };
    if (status !== 'failed') return { status: 202, body: { status, push_message_id: id } };
    throw new Refusal('telegram_error', { extra: { push_message_id: id, telegram_error_code } });
  }
}

function checkFields(fields: Record<string, unknown>, file: PushRecord['file'], at = ''): void {
  const { telegram_user_id, message_type = 'text', text = '', data = {}, keyboard, buttons } = fields;
  const wrong = (path: string) =>
    new Refusal('invalid_request', { details: [{ path: `${at}${path}`, message: 'no es válido' }] });
  if (!Number.isSafeInteger(telegram_user_id)) throw wrong('telegram_user_id');
  if (!KINDS.includes(message_type)) throw wrong('message_type');
  if (typeof text !== 'string' || text.length > (message_type === 'text' ? 4096 : 1024)) throw wrong('text');
  if (message_type === 'text' && text === '') throw wrong('text');
  if (!isRecord(data)) throw wrong('data');
  if (keyboard !== undefined && Array.isArray(buttons) && buttons.length > 0) throw wrong('keyboard');
  if (message_type === 'location' && !(Number.isFinite(data.latitude) && Number.isFinite(data.longitude))) {
    throw wrong('data');
  }
  if (message_type === 'photo' || message_type === 'document') {
    const named = [data[`${message_type}_url`], data[`${message_type}_file_id`]];
    if (file?.kind !== message_type && !named.some((one) => typeof one === 'string')) throw wrong(message_type);
  }
}
