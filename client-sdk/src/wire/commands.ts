import type { Instruction } from './instruction.ts';

/** Something that came with a message; `kind` says which fields it has. The bytes come from `HubApi.file(file_id)`. */
export interface Attachment {
  kind:
    | 'photo'
    | 'document'
    | 'voice'
    | 'audio'
    | 'video'
    | 'video_note'
    | 'sticker'
    | 'animation'
    | 'location'
    | 'contact'
    | 'venue'
    | 'web_app_data'
    | 'poll'
    | 'checklist'
    | 'dice'
    | 'story'
    | 'paid_media';
  file_id?: string;
  file_name?: string;
  mime_type?: string;
  /** In bytes. */
  file_size?: number;
  latitude?: number;
  longitude?: number;
  phone_number?: string;
  /** Of `web_app_data`: what the page handed back. */
  data?: string;
  [field: string]: unknown;
}

/** What a person wrote. */
export interface MessagePayload {
  chat_id: number;
  message_id: number;
  /** Seconds since the epoch, as Telegram counts. */
  date: number;
  /** The caption where something is attached, "" where there is no text. */
  text: string;
  first_name: string;
  last_name: string;
  username: string | null;
  language_code: string;
  attachments: Attachment[];
  reply_to_message_id?: number;
  media_group_id?: string;
  /** Addresses behind words of the text; `offset` and `length` count UTF-16 units, as JavaScript does. */
  links?: { offset: number; length: number; url: string }[];
  /** Persons behind words of the text who have no `@name`, counted as `links` are. */
  mentions?: { offset: number; length: number; telegram_user_id: number; name: string }[];
  /** The part of the message replied to that the person chose. */
  quote?: { text: string; position: number; links?: { offset: number; length: number; url: string }[] };
  /** Who wrote first what the person passed on. */
  forward_from?: { type: string; name: string; date: number };
  /** Who wrote the message of another chat that the person replies to. */
  reply_from?: { type: string; name: string; date: number };
  /** Which task of a checklist the person replies to. */
  reply_to_checklist_task_id?: number;
  /** The topic of the chat that it was written in. */
  message_thread_id?: number;
  /** An administrator tries the TPV: answer as always, but cook and charge nothing. No person gets what is sent. */
  test?: true;
  [field: string]: unknown;
}

/** A button that a person pressed. */
export interface CallbackPayload {
  chat_id: number;
  message_id: number;
  push_message_id: string;
  /** The button's `action`. */
  action: string;
  /** The button's `data`. */
  data?: unknown;
  callback_query_id: string;
  /** The topic of the chat in which the pressed message stands. */
  message_thread_id?: number;
  [field: string]: unknown;
}

/** A person whose data is to be erased; the instruction's `telegram_user_id` says the same. */
export interface ErasurePayload {
  telegram_user_id: number;
  /**
   * ISO 8601, by the hub's clock, as `created_at` is: erase what you hold from before this. The same person may be back
   * since, and what came later stays. Absent in an order that an older hub made: erase all.
   */
  asked_at?: string;
  [field: string]: unknown;
}

/**
 * The commands of the contract, and what each carries. A TPV whose hub sends more may declare them here:
 *
 * @example
 * declare module '@valletpv/hub-client' {
 *   interface Commands { print_menu: { copies: number } }
 * }
 */
export interface Commands {
  process_message: MessagePayload;
  /** A message that its writer changed; only with the hub's `FORWARD_EDITS`. */
  process_edited_message: MessagePayload;
  process_callback: CallbackPayload;
  /** Erase what you hold of this person from before `asked_at`, and complete it. */
  process_erasure: ErasurePayload;
}

/** The instruction that a handler of `Command` gets. */
export type InstructionOf<Command extends string> = Instruction<
  Command,
  Command extends keyof Commands ? Commands[Command] : Record<string, unknown>
>;

/** A command of the contract, or any other. */
export type CommandName = keyof Commands | (string & {});
