import type { Generated } from 'kysely';
import type { InstructionStatus, ServiceState, Timetable } from '#protocol';
import type {
  AccountTicketTable,
  AccountTpvTable,
  AdminSessionTable,
  AdminUserTable,
  AuditTable,
  InboxReadTable,
} from './admin-tables.ts';
import type { AlarmNoticeTable, AlarmTable, MaintenanceWindowTable } from './alarm-tables.ts';
import type { HubTable, LeaseTable, SocketTable } from './hub-tables.ts';
import type { JsonText } from './json-text.ts';
import type { ButtonTable, PressTable, PushChangeTable, PushMessageTable, UploadTable } from './push-tables.ts';
import type { PersonRequestTable } from './rights-tables.ts';

/**
 * The tables as both dialects hold them: times are integer milliseconds, flags 0 or 1, JSON is text that was
 * checked on its way in. The migrations under `migrations/` make them.
 */
export interface Schema {
  tpv_instances: TpvTable;
  api_keys: ApiKeyTable;
  signing_secrets: SigningSecretTable;
  telegram_users: TelegramUserTable;
  telegram_updates: TelegramUpdateTable;
  instructions: InstructionTable;
  instruction_files: InstructionFileTable;
  silences: SilenceTable;
  push_messages: PushMessageTable;
  push_changes: PushChangeTable;
  uploads: UploadTable;
  buttons: ButtonTable;
  presses: PressTable;
  person_requests: PersonRequestTable;
  settings: SettingTable;
  admin_users: AdminUserTable;
  admin_sessions: AdminSessionTable;
  account_tpvs: AccountTpvTable;
  account_tickets: AccountTicketTable;
  inbox_reads: InboxReadTable;
  audit_log: AuditTable;
  activity: ActivityTable;
  alarms: AlarmTable;
  alarm_notices: AlarmNoticeTable;
  maintenance_windows: MaintenanceWindowTable;
  hubs: HubTable;
  sockets: SocketTable;
  leases: LeaseTable;
}

export interface TpvTable {
  id: string;
  name: string;
  endpoint_url: string;
  /** What presses are looked up by; null: the hub never calls it. */
  endpoint_origin: string | null;
  is_active: number;
  max_users: number;
  /** Users assigned to it; moved together with `telegram_users.tpv_id`, in one transaction. */
  user_count: Generated<number>;
  version: string;
  metadata: JsonText<Record<string, unknown>>;
  /** What a person's `/start <code>` carries to be assigned here. */
  join_code: string;
  created_at: number;
  last_heartbeat: number | null;
  /** Over what it was there last; null: not known, or it never was. */
  transport: 'socket' | 'rest' | null;
  /** Until when it is online without another sign of life; null: it is offline. tpvs/presence/rule.ts has the rule. */
  online_until: number | null;
  /** Since when it is online, or offline; null: it never came. */
  presence_since: number | null;
  /** When it went offline, until its persons were told; null: there is nothing to tell. */
  offline_untold: number | null;
  deleted_at: number | null;
  /** When an administrator (or open registration) let it in; null: it still waits for that. */
  approved_at: number | null;
  /** 1: its persons and open instructions are being taken from it. */
  vacating: Generated<number>;
  /** What it said of its service, with its timetable (tpvs/service/); null: open at all times. */
  service: JsonText<StoredService> | null;
  /** When that may mean something else by itself; null: never. */
  service_changes_at: number | null;
}

/** What a TPV said of its service; times are milliseconds. */
export interface StoredService {
  state: Exclude<ServiceState, 'closed'>;
  /** How long a person waits, of `busy`. */
  minutes?: number;
  /** When `busy` or `paused` ends by itself. */
  until?: number;
  /** Why it is `paused`, as people read it. */
  reason?: string;
  /** Without one it is never closed. */
  timetable?: Timetable;
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

/** What calls of a TPV's URL are signed with. */
export interface SigningSecretTable {
  id: string;
  tpv_id: string;
  /** `whsec_` and base64, as it is: a signature needs it. */
  secret: string;
  created_at: number;
  /** Null: valid until rotated. */
  valid_until: number | null;
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
  /** When the person wrote last, up to a minute early. */
  last_interaction: number;
  /** When the hub told the person that no TPV is free; null once one is assigned. */
  unassigned_told_at: number | null;
  /** Names and id in small letters without accents; what an administrator's search looks into. */
  search: Generated<string>;
  /** The topic of the chat that the person wrote in last; null: in none. */
  topic_id: Generated<number | null>;
}

/** What became of an update: an instruction, an answer by the hub itself, or nothing. */
export type UpdateOutcome = 'instruction' | 'answered' | 'kept' | 'quarantined';

export interface TelegramUpdateTable {
  /** Increases by one with each row; the order of arrival. */
  seq: Generated<number>;
  /** Null if the body had none. */
  update_id: number | null;
  kind: string;
  outcome: UpdateOutcome;
  /** Why it was kept or quarantined. */
  reason: string | null;
  /** The body as it came; null once it became an instruction. */
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
  payload: JsonText<Record<string, unknown>>;
  status: InstructionStatus;
  priority: number;
  created_at: number;
  sent_at: number | null;
  delivered_at: number | null;
  completed_at: number | null;
  expires_at: number;
  /** What the TPV reported, any JSON value. */
  response: JsonText<unknown> | null;
  error_message: Generated<string>;
  retry_count: Generated<number>;
  /** What holds it: a socket's session id, or `poll`; null: it waits. */
  holder: string | null;
  /** When the sweep must look at it (a lease or the expiry, whichever comes first); null once final. */
  due_at: number | null;
  /** The one that an administrator sent once more, as this one. */
  retry_of: string | null;
  /** As which one an administrator sent it once more. */
  retried_as: string | null;
}

/** A file that came with an instruction; its TPV, and no other, may fetch it. */
export interface InstructionFileTable {
  file_id: string;
  instruction_id: string;
  file_name: string | null;
  mime_type: string | null;
}

/** What a person was told while no TPV took their messages; their last silence, which may be over. */
export interface SilenceTable {
  telegram_id: number;
  tpv_id: string;
  /** The first message of the silence. */
  instruction_id: string;
  /** The names of the sentences (src/conversation/sentence.ts). */
  said: JsonText<string[]>;
}

export interface SettingTable {
  key: string;
  value: string;
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
