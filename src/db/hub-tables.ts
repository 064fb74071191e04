/** A hub process that shares its database with others; times are the database's own milliseconds. */
export interface HubTable {
  /** Another one for each start of a process. */
  id: string;
  /** The machine's. */
  name: string;
  version: string;
  /** Telegram's id of its bot; null: not known. */
  bot: string | null;
  /** The newest migration that its program knows; null: a program that did not say so yet. */
  level: number | null;
  /** What must be the same at all hubs of a database: a keyed hash a variable, as JSON. */
  config: string | null;
  state: 'up' | 'draining';
  started_at: number;
  /** Past this moment it counts as dead. */
  until: number;
}

/** Where a TPV's socket is: the one row that says who may hand out over a socket. */
export interface SocketTable {
  tpv_id: string;
  /** What rows that the socket holds have as their holder. */
  session_id: string;
  hub_id: string;
  /** Grows with each socket of the TPV. */
  fence: number;
  opened_at: number;
  /** When it, or one before it, last took over from one that was open, and the time before that. */
  took_over_at: number | null;
  took_over_before: number | null;
}

/** What one hub does for all. */
export interface LeaseTable {
  name: string;
  hub_id: string;
  /** Grows with each change of the hub. */
  term: number;
  until: number;
}
