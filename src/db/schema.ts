import type { Generated } from 'kysely';
import type { InstructionStatus } from '#protocol';

/**
 * The tables as both dialects hold them: times are integer milliseconds, flags 0 or 1, JSON is text that was
 * checked on its way in. The migrations under `migrations/` make them.
 */
export interface Schema {
  tpv_instances: TpvTable;
  api_keys: ApiKeyTable;
  telegram_users: TelegramUserTable;
  telegram_updates: TelegramUpdateTable;
  instructions: InstructionTable;
  instruction_files: InstructionFileTable;
  push_messages: PushMessageTable;
  buttons: ButtonTable;
  presses: PressTable;
  settings: SettingTable;
  admin_users: AdminUserTable;
  admin_sessions: AdminSessionTable;
  audit_log: AuditTable;
  activity: ActivityTable;
}

export interface TpvTable {
  id: string;
  name: string;
  endpoint_url: string;
  is_active: number;
  max_users: number;
  /** Users assigned to it; moved together with `telegram_users.tpv_id`, in one transaction. */
  user_count: Generated<number>;
  version: string;
  metadata: string;
  /** What a person's `/start <code>` carries to be assigned here. */
  join_code: string;
  created_at: number;
  last_heartbeat: number | null;
  deleted_at: number | null;
  /** When an administrator (or open registration) let it in; null: it still waits for that. */
  approved_at: number | null;
}

export interface ApiKeyTable {
  id: string;
  tpv_id: string;
  /** SHA-256 of the key, hexadecimal. */
  hash: string;
  /** The key's beginning, so that people can tell keys apart. */
  prefix: string;
  created_at: number;
  /** Null: valid until rotated. */
  valid_until: number | null;
  last_used_at: number | null;
}

export interface TelegramUserTable {
  telegram_id: number;
  username: string | null;
  first_name: string;
  last_name: string;
  language_code: string;
  is_active: number;
  tpv_id: string | null;
  created_at: number;
  last_interaction: number;
  /** When the person was told that no TPV is free; null once one is assigned. */
  unassigned_told_at: number | null;
  /** Names and id in small letters without accents; what an administrator's search looks into. */
  search: Generated<string>;
}

/** What became of an update: an instruction, an answer by the hub itself, or nothing. */
export type UpdateOutcome = 'instruction' | 'answered' | 'kept' | 'quarantined';

export interface TelegramUpdateTable {
  /** Increases by one with each row; the order of arrival. */
  seq: Generated<number>;
  /** Null where the body had none. */
  update_id: number | null;
  kind: string;
  outcome: UpdateOutcome;
  /** Why it was kept or quarantined. */
  reason: string | null;
  /** The body as it came, where it did not become an instruction. */
  raw: Uint8Array | null;
  received_at: number;
}

export interface InstructionTable {
  /** Increases by one with each row; the order within a priority. */
  seq: Generated<number>;
  id: string;
  update_id: number | null;
  /** Null while no TPV could be found for the person. */
  tpv_id: string | null;
  telegram_user_id: number;
  telegram_username: string | null;
  command: string;
  payload: string;
  status: InstructionStatus;
  priority: number;
  created_at: number;
  sent_at: number | null;
  delivered_at: number | null;
  completed_at: number | null;
  expires_at: number;
  response: string | null;
  error_message: Generated<string>;
  retry_count: Generated<number>;
  /** Who has it: a socket's session id, `poll`, or nobody. */
  holder: string | null;
  /** When the sweep must look at it (a lease or the expiry, whichever comes first); null once final. */
  due_at: number | null;
}

/** A file that came with an instruction; its TPV, and no other, may fetch it. */
export interface InstructionFileTable {
  file_id: string;
  instruction_id: string;
  file_name: string | null;
  mime_type: string | null;
}

/** `sending`: on its way to Telegram right now; whoever asks is told `pending`. */
export type PushStatus = 'pending' | 'sending' | 'sent' | 'failed' | 'unknown';
export type PushKind = 'text' | 'photo' | 'document' | 'location';
export type ParseMode = 'HTML' | 'MarkdownV2' | 'none';

export interface PushMessageTable {
  /** The order within a chat. */
  seq: Generated<number>;
  id: string;
  /** Null: the hub itself says it. */
  tpv_id: string | null;
  chat_id: number;
  kind: PushKind;
  /** The text, or the caption. */
  text: string;
  parse_mode: ParseMode;
  /** JSON of what its kind needs besides text: a URL, a stored file, a place. */
  data: string;
  disable_notification: number;
  /** JSON of Telegram's inline keyboard. */
  reply_markup: string | null;
  status: PushStatus;
  telegram_message_id: number | null;
  /** Telegram's code, where it refused. */
  error_code: number | null;
  error_message: Generated<string>;
  attempts: Generated<number>;
  /** 1: Telegram could not parse the markup, and got the text as it is. */
  sent_as_plain: Generated<number>;
  idempotency_key: string | null;
  /** SHA-256 of what came with that key. */
  body_hash: string | null;
  created_at: number;
  /** When it came, or was last asked to be sent once more. */
  queued_at: number;
  sent_at: number | null;
  /** When it may be tried (again); null once it is settled. */
  not_before: number | null;
}

export interface ButtonTable {
  /** 128 random bits; all that Telegram gets to know. */
  token: string;
  push_id: string;
  tpv_id: string;
  telegram_user_id: number;
  /** What a press becomes: an instruction with this action … */
  action: string | null;
  /** JSON that goes along. */
  data: string | null;
  /** … or a call of this URL, with these form fields (JSON). */
  callback_url: string | null;
  form: string | null;
  single_use: number;
  expires_at: number;
  /** The last press that counted. */
  pressed_at: number | null;
  /** When a press used it up, together with its message's other buttons. */
  settled_at: number | null;
}

/** A press that waits for its answer. */
export interface PressTable {
  /** Telegram's id of the callback query. */
  query_id: string;
  token: string;
  instruction_id: string | null;
  telegram_user_id: number;
  pressed_at: number;
  /** When Telegram's spinner was ended. */
  answered_at: number | null;
  /** When the person saw how it went. */
  settled_at: number | null;
}

export interface SettingTable {
  key: string;
  value: string;
}

/** `viewer` sees everything and changes nothing. */
export type AdminRole = 'admin' | 'viewer';

export interface AdminUserTable {
  id: string;
  /** In small letters. */
  name: string;
  password_hash: string;
  role: AdminRole;
  /** Base32; confirmed once `totp_enabled_at` is set. */
  totp_secret: string | null;
  totp_enabled_at: number | null;
  /** The last time step whose code was used, so that none works twice. */
  totp_last_step: number | null;
  /** JSON array of the hashes of the codes that are left. */
  recovery_codes: Generated<string>;
  created_at: number;
  password_changed_at: number;
  last_login_at: number | null;
}

export interface AdminSessionTable {
  /** SHA-256 of what the cookie holds. */
  hash: string;
  /** What the list of sessions calls it. */
  id: string;
  admin_id: string;
  created_at: number;
  last_seen_at: number;
  expires_at: number;
  address: string;
  user_agent: string;
}

export interface AuditTable {
  seq: Generated<number>;
  at: number;
  /** An administrator's name, or `token`, `cli`, `hub`. */
  actor: string;
  action: string;
  target_kind: string | null;
  target_id: string | null;
  target_name: string | null;
  /** JSON: what was changed, without secrets. */
  details: Generated<string>;
  address: string | null;
}

/** What happened within one minute. */
export interface ActivityTable {
  /** The minute's beginning, in milliseconds. */
  minute: number;
  /** Empty: the whole hub. */
  tpv_id: string;
  updates: number;
  instructions: number;
  completed: number;
  failed: number;
  pushes: number;
  pushes_failed: number;
  /** From the update's commit to the TPV's first report. */
  p50_ms: number | null;
  p99_ms: number | null;
}
