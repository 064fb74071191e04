import type { PushStatus } from '../api/push.ts';

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
