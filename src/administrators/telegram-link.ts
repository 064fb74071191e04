import { hash, randomBytes } from 'node:crypto';
import type { Correction } from '../clock.ts';
import { movedTime } from '../db/moved-time.ts';
import type { Database, Tx } from '../db/open.ts';
import { type Account, accountNow } from './account.ts';
import { SESSION_IDLE_MS } from './administrator-session.ts';
import { endTickets, offerTicket, useTicket } from './ticket.ts';

/** What the `start` of an account's link begins with: such a one is no customer's, and no TPV's join code. */
export const LINK_START = 'panel-';
/** A link is for the person who sees it now. */
const LINK_MS = 15 * 60_000;
const CODE_BYTES = 24;

/**
 * Makes a code with which one person links their Telegram to the session's account, once, while the session lasts; the
 * session's one before ends.
 * @returns what follows `?start=` in the link, and until when it works
 */
export async function offerLink(tx: Tx, sessionId: string, now: number): Promise<{ start: string; expiresAt: number }> {
  const start = LINK_START + randomBytes(CODE_BYTES).toString('base64url');
  const expiresAt = now + LINK_MS;
  await tx.kysely
    .updateTable('admin_sessions')
    .set({ link_hash: hash('sha256', start), link_expires_at: expiresAt })
    .where('id', '=', sessionId)
    .execute();
  return { start, expiresAt };
}

/**
 * Links a person's Telegram to the account whose link they opened; the account's other links end.
 * @returns the account as it was before; undefined: the link was used, is too old, or its session ended
 */
export async function useLink(
  tx: Tx,
  start: string,
  person: { id: number; name: string },
  now: number,
): Promise<Account | undefined> {
  const [used] = await tx.kysely
    .updateTable('admin_sessions')
    .set({ link_hash: null, link_expires_at: null })
    .where('link_hash', '=', hash('sha256', start))
    .where('link_expires_at', '>', now)
    .where('expires_at', '>', now)
    .where('last_seen_at', '>', now - SESSION_IDLE_MS)
    .returning('admin_id')
    .execute();
  const account = used && (await accountNow(tx, used.admin_id));
  if (account === undefined) return undefined;
  await tx.kysely
    .updateTable('admin_sessions')
    .set({ link_hash: null, link_expires_at: null })
    .where('admin_id', '=', account.id)
    .where('link_hash', 'is not', null)
    .execute();
  await setTelegram(tx, account.id, person);
  return account;
}

/**
 * Makes an invitation into an account: the person who opens the invitation's link has their Telegram linked to the account.
 * @returns as `offerLink`
 */
export async function offerInvitation(
  tx: Tx,
  accountId: string,
  now: number,
): Promise<{ start: string; expiresAt: number }> {
  const { secret, expiresAt } = await offerTicket(tx, { accountId, kind: 'invitation', prefix: LINK_START }, now);
  return { start: secret, expiresAt };
}

/** Links the Telegram of a person who opened a manager's invitation. @returns as `useLink` */
export async function useInvitation(
  tx: Tx,
  start: string,
  person: { id: number; name: string },
  now: number,
): Promise<Account | undefined> {
  const account = await useTicket(tx, 'invitation', start, now);
  // An account that became an administrator's or a viewer's was not meant by the invitation.
  if (account?.role !== 'manager') return undefined;
  await setTelegram(tx, account.id, person);
  return account;
}

/** Moves the ends of links after a correction of the clock: each lasts as long as it was to, and at most 15 minutes. */
export async function correctLinks(tx: Tx, { byMs, now }: Correction): Promise<void> {
  const aheadMs = Math.max(0, byMs);
  await tx.kysely
    .updateTable('admin_sessions')
    .set({ link_expires_at: movedTime('link_expires_at', aheadMs, now + LINK_MS) })
    .where('link_expires_at', '>', now - aheadMs)
    .execute();
}

/** No Telegram hears of the account's logins any more. */
export async function unlink(tx: Tx, accountId: string): Promise<void> {
  await setTelegram(tx, accountId, { id: null, name: '' });
}

/** The accounts whose logins a person hears of. */
export async function linkedAccounts(kysely: Database['read'], telegramId: number) {
  return kysely.selectFrom('admin_users').selectAll().where('telegram_id', '=', telegramId).orderBy('name').execute();
}

async function setTelegram(tx: Tx, accountId: string, { id, name }: { id: number | null; name: string }) {
  // Whom the bot gave a login is not who is linked any more.
  await endTickets(tx, accountId, 'login');
  await tx.kysely
    .updateTable('admin_users')
    .set({ telegram_id: id, telegram_name: name })
    .where('id', '=', accountId)
    .execute();
  tx.changed('account', accountId);
}
