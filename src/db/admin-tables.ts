import type { Generated } from 'kysely';
import type { JsonText } from './json-text.ts';

/** `viewer` sees everything and changes nothing; `manager` sees and answers what belongs to some TPVs, and nothing else. */
export type AdminRole = 'admin' | 'viewer' | 'manager';

/** In which the panel can speak. */
export const PANEL_LANGUAGES = ['es', 'en'] as const;
export type PanelLanguage = (typeof PANEL_LANGUAGES)[number];

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
  /** The hashes of the codes that are left. */
  recovery_codes: Generated<JsonText<string[]>>;
  /** From where it logged in, the newest first. */
  known_addresses: Generated<JsonText<string[]>>;
  /** With which browser and system it logged in, the newest first. */
  known_devices: Generated<JsonText<string[]>>;
  /** Who hears of its logins in Telegram; null: nobody. */
  telegram_id: Generated<number | null>;
  /** As that person is called in Telegram. */
  telegram_name: Generated<string>;
  /** Of which alarms that person hears nothing, by their codes. */
  muted_alarms: Generated<JsonText<string[]>>;
  /** In which the panel speaks to it. */
  language: Generated<PanelLanguage>;
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
  /** When its person last proved who they are. */
  proven_at: number;
  /** SHA-256 of the code that links a Telegram to its account, once. */
  link_hash: Generated<string | null>;
  link_expires_at: Generated<number | null>;
  address: string;
  user_agent: string;
}

/** A TPV of an account with the role `manager`. */
export interface AccountTpvTable {
  admin_id: string;
  tpv_id: string;
}

/** What lets an account's person in once. */
export interface AccountTicketTable {
  admin_id: string;
  /** `invitation`: into Telegram; `login`: into the panel. */
  kind: 'invitation' | 'login';
  /** SHA-256 of the secret. */
  hash: string;
  expires_at: number;
}

/** As far as an account has read a person's conversation. */
export interface InboxReadTable {
  admin_id: string;
  /** NOBODY: every conversation. */
  telegram_id: number;
  /** The row number of the last instruction that it has seen. */
  read_up_to: number;
}

export interface AuditTable {
  seq: Generated<number>;
  at: number;
  /** An administrator's name, or `token`, `cli`, `hub`, `tpv`. */
  actor: string;
  action: string;
  target_kind: string | null;
  target_id: string | null;
  target_name: string | null;
  /** What was changed, without secrets. */
  details: Generated<JsonText<Record<string, unknown>>>;
  address: string | null;
}
