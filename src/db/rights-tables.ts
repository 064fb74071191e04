/**
 * How far an erasure is, in the order of its steps. Each is done page by page, and repeated where a process ended in it.
 * `waiting`: all is erased here, and TPVs are still asked to do the same. An export has `writing` and `done`.
 */
export type RequestStep =
  | 'writing'
  | 'noting'
  | 'presses'
  | 'instructions'
  | 'messages'
  | 'updates'
  | 'audit'
  | 'farewell'
  | 'forgetting'
  | 'waiting'
  | 'done';

/** What a person, or an administrator for them, asked for. */
export interface PersonRequestTable {
  id: string;
  kind: 'export' | 'erasure';
  /** Null once an erasure is done: it is a count then. */
  telegram_id: number | null;
  /** What the person reads is in this language. */
  language_code: string;
  asked_at: number;
  step: RequestStep;
  /** The last instruction and the last message of before: what comes later is another person's, as it were. */
  instructions_to: number;
  pushes_to: number;
  /**
   * The message that says that all is erased. The request's own id stands for none: the person came back with a restored
   * copy of the database, and read that message before.
   */
  farewell_id: string | null;
  done_at: number | null;
}
