import { createHmac, hash, randomBytes } from 'node:crypto';
import type { Correction } from '../clock.ts';
import type { AdminRole, PanelLanguage } from '../db/admin-tables.ts';
import type { Database, Tx } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import { HubError } from '../errors.ts';
import { uuidv7 } from '../ids.ts';
import { endTickets } from './ticket.ts';

/** Without a request for so long, a session ends (docs/security.md, S20). */
export const SESSION_IDLE_MS = 30 * 60_000;
/** No session lives longer, whatever its person does (S20). */
export const SESSION_LIFE_MS = 12 * 3_600_000;
/** So long after its person proved who they are, a session may change accounts, roles and keys (S37). */
const PROOF_MS = 10 * 60_000;
/** The last request is stored at most this often; a session may end by so much earlier than `SESSION_IDLE_MS`. */
const SEEN_INTERVAL_MS = 60_000;
/** Of one account at once; a further login ends the oldest. */
const MOST_SESSIONS = 20;
const SECRET_BYTES = 32;
const SWEEP_PAGE = 1_000;

/** A login that still holds, as a request finds it. */
export interface OpenSession {
  id: string;
  accountId: string;
  name: string;
  role: AdminRole;
  language: PanelLanguage;
  totpEnabled: boolean;
  expiresAt: number;
  idleExpiresAt: number;
  /** When its person last proved who they are: at the login, or since. */
  provenAt: number;
  /** What has to come along with every change. */
  csrfToken: string;
}

/** From which address and browser a session was opened. */
export interface Origin {
  address: string;
  userAgent: string;
}

const sessionByHash = statement<{ hash: string; now: number; seenAfter: number }>()((db, p) =>
  db
    .selectFrom('admin_sessions')
    .innerJoin('admin_users', 'admin_users.id', 'admin_sessions.admin_id')
    .select([
      'admin_sessions.id',
      'admin_sessions.admin_id',
      'admin_sessions.last_seen_at',
      'admin_sessions.expires_at',
      'admin_sessions.proven_at',
      'admin_users.name',
      'admin_users.role',
      'admin_users.language',
      'admin_users.totp_enabled_at',
    ])
    .where('admin_sessions.hash', '=', p('hash'))
    .where('admin_sessions.expires_at', '>', p('now'))
    .where('admin_sessions.last_seen_at', '>', p('seenAfter')),
);

const recordSeen = statement<{ id: string; now: number }>()((db, p) =>
  db
    .updateTable('admin_sessions')
    .set({ last_seen_at: p('now') })
    .where('id', '=', p('id')),
);

const stillThere = statement<{ id: string; now: number; seenAfter: number }>()((db, p) =>
  db
    .selectFrom('admin_sessions')
    .select('id')
    .where('id', '=', p('id'))
    .where('expires_at', '>', p('now'))
    .where('last_seen_at', '>', p('seenAfter')),
);

/**
 * Opens a session, and ends the oldest where the account has too many; part of the login that earned it.
 * @returns its id, and the secret that its cookie holds
 */
export async function openSession(
  tx: Tx,
  accountId: string,
  origin: Origin,
  now: number,
): Promise<{ secret: string; id: string }> {
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  const id = uuidv7(now);
  const older = await tx.kysely
    .selectFrom('admin_sessions')
    .select('id')
    .where('admin_id', '=', accountId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .offset(MOST_SESSIONS - 1)
    .limit(MOST_SESSIONS)
    .execute();
  const ended = older.map((one) => one.id);
  if (ended.length > 0) await tx.kysely.deleteFrom('admin_sessions').where('id', 'in', ended).execute();
  sayEnded(tx, ended);
  await tx.kysely
    .insertInto('admin_sessions')
    .values({
      hash: hash('sha256', secret),
      id,
      admin_id: accountId,
      created_at: now,
      last_seen_at: now,
      expires_at: now + SESSION_LIFE_MS,
      proven_at: now,
      address: origin.address,
      user_agent: origin.userAgent,
    })
    .execute();
  return { secret, id };
}

/** The session whose cookie holds `secret`; undefined if it is unknown, ended, or was left idle. */
export async function findSession(db: Database, secret: string, now: number): Promise<OpenSession | undefined> {
  const parameters = { hash: hash('sha256', secret), now, seenAfter: now - SESSION_IDLE_MS };
  const [row] = await db.query(sessionByHash, parameters);
  if (row === undefined) return undefined;
  return {
    id: row.id,
    accountId: row.admin_id,
    name: row.name,
    role: row.role,
    language: row.language,
    totpEnabled: row.totp_enabled_at !== null,
    expiresAt: row.expires_at,
    idleExpiresAt: Math.min(row.expires_at, row.last_seen_at + SESSION_IDLE_MS),
    provenAt: row.proven_at,
    csrfToken: csrfTokenOf(secret),
  };
}

/**
 * Notes that the session is in use, at most once a minute. If the database takes no writes (a full disk, say)
 * the session goes on without: that is when the panel is needed most.
 */
export async function sessionSeen(db: Database, session: OpenSession, now: number): Promise<OpenSession> {
  const lastSeenAt = session.idleExpiresAt - SESSION_IDLE_MS;
  if (now - lastSeenAt < SEEN_INTERVAL_MS) return session;
  try {
    await db.transact((tx) => tx.run(recordSeen, { id: session.id, now }));
  } catch (error) {
    if (error instanceof HubError && error.code === 'unavailable') return session;
    throw error;
  }
  return { ...session, idleExpiresAt: Math.min(session.expiresAt, now + SESSION_IDLE_MS) };
}

/** Whether the session's person proved lately enough who they are for what a passer-by must not do. */
export function isProven({ provenAt }: Pick<OpenSession, 'provenAt'>, now: number): boolean {
  return now - provenAt <= PROOF_MS;
}

/** The session's person proved again who they are. */
export async function noteProof(tx: Tx, sessionId: string, now: number): Promise<void> {
  await tx.kysely.updateTable('admin_sessions').set({ proven_at: now }).where('id', '=', sessionId).execute();
}

/**
 * Whether a session that was found before still holds, whichever process ended it: what holds a stream open for one
 * asks each second. Asking does not count as using it.
 */
export async function sessionStillValid(db: Database, sessionId: string, now: number): Promise<boolean> {
  const rows = await db.query(stillThere, { id: sessionId, now, seenAfter: now - SESSION_IDLE_MS });
  return rows.length > 0;
}

/**
 * Ends sessions of an account: one, all (and the login that the bot gave), or all but one.
 * @returns the ids of those that were ended
 */
export async function endSessions(
  tx: Tx,
  accountId: string,
  which: { only?: string; except?: string } = {},
): Promise<string[]> {
  const rows = await tx.kysely
    .deleteFrom('admin_sessions')
    .where('admin_id', '=', accountId)
    .$if(which.only !== undefined, (q) => q.where('id', '=', which.only ?? ''))
    .$if(which.except !== undefined, (q) => q.where('id', '!=', which.except ?? ''))
    .returning('id')
    .execute();
  if (which.only === undefined && which.except === undefined) await endTickets(tx, accountId, 'login');
  const ended = rows.map(({ id }) => id);
  sayEnded(tx, ended);
  return ended;
}

/** What is open for a session closes once its end is committed. */
function sayEnded(tx: Tx, sessionIds: readonly string[]): void {
  for (const sessionId of sessionIds) tx.emit({ type: 'session.ended', sessionId });
}

/** The account's sessions that still hold, the newest first. */
export async function sessionsOf(db: Database, accountId: string, now: number) {
  return db.read
    .selectFrom('admin_sessions')
    .select(['id', 'created_at', 'last_seen_at', 'expires_at', 'address', 'user_agent'])
    .where('admin_id', '=', accountId)
    .where('expires_at', '>', now)
    .where('last_seen_at', '>', now - SESSION_IDLE_MS)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
}

/** Puts the times of sessions right after the clock was corrected: none ends early, or lives longer than it may. */
export async function correctSessions(tx: Tx, { byMs, now }: Correction): Promise<void> {
  const aheadMs = Math.max(0, byMs);
  const rows = await tx.kysely
    .selectFrom('admin_sessions')
    .select(['id', 'expires_at', 'last_seen_at', 'proven_at'])
    .execute();
  for (const row of rows) {
    const expiresAt = Math.min(row.expires_at + aheadMs, now + SESSION_LIFE_MS);
    const lastSeenAt = Math.min(row.last_seen_at + aheadMs, now);
    const provenAt = Math.min(row.proven_at + aheadMs, now);
    if (expiresAt === row.expires_at && lastSeenAt === row.last_seen_at && provenAt === row.proven_at) continue;
    await tx.kysely
      .updateTable('admin_sessions')
      .set({ expires_at: expiresAt, last_seen_at: lastSeenAt, proven_at: provenAt })
      .where('id', '=', row.id)
      .execute();
  }
}

/** Deletes sessions that ended by themselves. */
export async function sweepSessions(db: Database, now: number): Promise<void> {
  await db.transact(async (tx) => {
    const due = await tx.kysely
      .selectFrom('admin_sessions')
      .select('hash')
      .where((eb) => eb.or([eb('expires_at', '<=', now), eb('last_seen_at', '<=', now - SESSION_IDLE_MS)]))
      .limit(SWEEP_PAGE)
      .execute();
    const hashes = due.map((row) => row.hash);
    if (hashes.length > 0) await tx.kysely.deleteFrom('admin_sessions').where('hash', 'in', hashes).execute();
  });
}

/** Out of the session's secret, so that nothing more is stored; it tells nothing of that secret. */
function csrfTokenOf(secret: string): string {
  return createHmac('sha256', secret).update('csrf').digest('base64url');
}
