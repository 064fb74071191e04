/** What a test hands out. */
export interface NewInstruction {
  /** Default `process_message`. */
  command?: string;
  payload?: Record<string, unknown>;
  /** Default 1001. */
  telegram_user_id?: number;
  telegram_username?: string | null;
  /** 1 goes first. Default 5, and 1 for `process_callback`. */
  priority?: number;
  /** Default 24 h, and 150 s for `process_callback`, in milliseconds. */
  expiresInMs?: number;
}
