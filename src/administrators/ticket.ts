import { hash, randomBytes } from 'node:crypto';
import type { Correction } from '../clock.ts';
import type { AccountTicketTable } from '../db/admin-tables.ts';
import { movedTime } from '../db/moved-time.ts';
import type { Tx } from '../db/open.ts';
import { type Account, accountNow } from './account.ts';

export type TicketKind = AccountTicketTable['kind'];

const MINUTE_MS = 60_000;
/** An invitation may lie in a mailbox for a week; a login is for the person who just asked for it. */
const LIFE_MS: Readonly<Record<TicketKind, number>> = { invitation: 7 * 1_440 * MINUTE_MS, login: 5 * MINUTE_MS };
const SECRET_BYTES = 24;

/**
 * Makes a secret that lets the account's person in once; the one of its kind before ends.
 * @param prefix what the secret begins with
 */
export async function offerTicket(
  tx: Tx,
  { accountId, kind, prefix = '' }: { accountId: string; kind: TicketKind; prefix?: string },
  now: number,
): Promise<{ secret: string; expiresAt: number }> {
  const secret = prefix + randomBytes(SECRET_BYTES).toString('base64url');
  const expiresAt = now + LIFE_MS[kind];
  const ticket = { hash: hash('sha256', secret), expires_at: expiresAt };
  await tx.kysely
    .insertInto('account_tickets')
    .values({ admin_id: accountId, kind, ...ticket })
    .onConflict((c) => c.columns(['admin_id', 'kind']).doUpdateSet(ticket))
    .execute();
  return { secret, expiresAt };
}

/** Uses a ticket up: deleting the row decides between many at once. @returns its account; undefined: it is not valid */
export async function useTicket(tx: Tx, kind: TicketKind, secret: string, now: number): Promise<Account | undefined> {
  const [used] = await tx.kysely
    .deleteFrom('account_tickets')
    .where('hash', '=', hash('sha256', secret))
    .where('kind', '=', kind)
    .returning(['admin_id', 'expires_at'])
    .execute();
  return used === undefined || used.expires_at <= now ? undefined : accountNow(tx, used.admin_id);
}

/** Ends the account's tickets, or those of one kind. */
export async function endTickets(tx: Tx, accountId: string, kind?: TicketKind): Promise<void> {
  await tx.kysely
    .deleteFrom('account_tickets')
    .where('admin_id', '=', accountId)
    .$if(kind !== undefined, (tickets) => tickets.where('kind', '=', kind ?? 'login'))
    .execute();
}

/** Moves the ends of tickets after a correction of the clock: each lasts as long as it was to, and no longer. */
export async function correctTickets(tx: Tx, { byMs, now }: Correction): Promise<void> {
  const aheadMs = Math.max(0, byMs);
  for (const kind of ['invitation', 'login'] as const) {
    await tx.kysely
      .updateTable('account_tickets')
      .set({ expires_at: movedTime('expires_at', aheadMs, now + LIFE_MS[kind]) })
      .where('kind', '=', kind)
      .where('expires_at', '>', now - aheadMs)
      .execute();
  }
}
