import type { PushRow } from './message.ts';

/** How a request to Telegram went. */
export type SendOutcome =
  /** `fileId`: what Telegram calls the photo or document that it carries. */
  | { kind: 'sent'; messageId: number; asPlain: boolean; fileId?: string | undefined }
  /** Telegram answered, and said no. */
  | { kind: 'refused'; code: number; description: string; retryAfterMs?: number; migratedTo?: number }
  /** Telegram can't be reached now, and can't have seen it. */
  | { kind: 'unreachable'; description: string }
  /** The connection broke before it was wholly written: Telegram can't have acted on it. */
  | { kind: 'cut'; description: string }
  /** It may have arrived: no answer came, or one that does not tell. */
  | { kind: 'unknown'; description: string }
  /** Nothing left: what it carries can't be had yet. */
  | { kind: 'later'; description: string; waitMs: number }
  /** Nothing left, and nothing ever will: what it carries is gone, or can't be had. */
  | { kind: 'impossible'; description: string };

/** What the dispatcher asks of Telegram's side. */
export interface SendPort {
  /**
   * Sends it; never rejects. Markup that can't be parsed is sent again as plain text.
   * @param leave asked once it is connected, before a byte leaves: on a no nothing does
   */
  send(row: PushRow, leave: () => Promise<boolean>): Promise<SendOutcome>;
  /** Whether Telegram works; never rejects. */
  probe(): Promise<boolean>;
}

/** How a change of a sent message went. */
export type ChangeOutcome =
  /** `text`: what was taken, where it was not the text that was asked for. */
  | { kind: 'changed'; asPlain: boolean; text?: string }
  | Exclude<SendOutcome, { kind: 'sent' | 'later' | 'impossible' }>;

/** What changing and deleting sent messages asks of Telegram's side; nothing here rejects. */
export interface ChangePort {
  /**
   * Replaces text (or caption) and buttons.
   * @param alternatives texts to try where the markup can't be parsed; after them the text goes as plain
   */
  edit(row: PushRow, alternatives: readonly string[]): Promise<ChangeOutcome>;
  /** Replaces the buttons alone. */
  editButtons(row: PushRow): Promise<ChangeOutcome>;
  delete(row: Pick<PushRow, 'chat_id' | 'telegram_message_id'>): Promise<ChangeOutcome>;
}
