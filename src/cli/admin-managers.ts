import { type Account, allAccounts, createAccount, targetOf } from '../administrators/account.ts';
import { setAccountTpvs, tpvsOfAccount, tpvsOfAccounts } from '../administrators/account-tpvs.ts';
import { endSessions } from '../administrators/administrator-session.ts';
import { offerInvitation } from '../administrators/telegram-link.ts';
import { endTickets } from '../administrators/ticket.ts';
import { audit } from '../audit/audit.ts';
import { systemClock } from '../clock.ts';
import type { Database } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { isoTime } from '../iso-time.ts';
import { UsageError } from '../process/exit.ts';
import type { Input, Result } from './command.ts';
import { findTpv } from './find-tpv.ts';
import { say, word } from './language/say.ts';
import { localTime } from './local-time.ts';
import { tableOf } from './table.ts';

/** `admin list`: every account, and the TPVs of those that are managers. */
export async function listAccounts(db: Database): Promise<Result> {
  const [accounts, tpvs] = [await allAccounts(db), await tpvsOfAccounts(db)];
  const items = accounts.map(({ id, name, role, telegram_id: telegramId }) => {
    return { id, name, role, telegram_linked: telegramId !== null, tpvs: [...(tpvs.get(id) ?? [])] };
  });
  const rows = items.map((one) => [
    one.name,
    one.role,
    word(one.telegram_linked ? 'yes' : 'no'),
    one.tpvs.map(({ name }) => name).join(', '),
  ]);
  const text = rows.length === 0 ? say`There is no account yet.` : tableOf(['name', 'role', 'telegram', 'tpvs'], rows);
  return { data: { accounts: items }, text };
}

/** `admin create --role manager --tpv <tpv>... <name>`: without a password, as an invitation lets its person in. */
export async function createManager(db: Database, name: string, given: Input['options'][string]): Promise<Result> {
  const tpvs = await tpvsNamed(db, given);
  if (tpvs.length === 0) throw new UsageError(say`A manager takes --tpv: the id or the name of a TPV.`);
  const account = await db.transact(async (tx) => {
    const now = systemClock().now();
    const created = await createAccount(tx, { name, role: 'manager', passwordHash: undefined }, now);
    const ids = tpvs.map(({ id }) => id);
    await setAccountTpvs(tx, created.id, ids);
    const details = { role: 'manager', tpv_ids: ids };
    await audit(tx, { actor: 'cli', action: 'account.create', target: targetOf(created), details }, now);
    return created;
  });
  return {
    data: { id: account.id, name: account.name, role: 'manager', tpvs: tpvs.map(({ id }) => id) },
    text: say`"${account.name}" manages ${namesOf(tpvs)}; "admin invite" makes the link with which their person comes in.`,
  };
}

/** `admin tpvs <name> [--bind <tpv>]... [--unbind <tpv>]...`: shows or changes which TPVs a manager has. */
export async function managerTpvs(db: Database, account: Account, options: Input['options']): Promise<Result> {
  requireManager(account);
  const [bind, unbind] = [await tpvsNamed(db, options.bind), await tpvsNamed(db, options.unbind)];
  const gone = new Set(unbind.map(({ id }) => id));
  const before = await tpvsOfAccount(db, account.id);
  const ids = [...new Set([...before, ...bind.map(({ id }) => id)])].filter((id) => !gone.has(id));
  if (ids.length === 0) throw new UsageError(say`A manager has one TPV at least: bind another one before.`);
  if (bind.length + unbind.length > 0) {
    await db.transact(async (tx) => {
      await setAccountTpvs(tx, account.id, ids);
      // As from the panel: who may see less is let in anew.
      await endSessions(tx, account.id);
      const details = { from: 'manager', to: 'manager', tpv_ids: ids };
      const entry = { actor: 'cli', action: 'account.role', target: targetOf(account), details } as const;
      await audit(tx, entry, systemClock().now());
    });
  }
  const tpvs = (await tpvsOfAccounts(db)).get(account.id) ?? [];
  return {
    data: { id: account.id, name: account.name, tpvs: [...tpvs] },
    text: say`"${account.name}" manages ${namesOf(tpvs)}.`,
  };
}

/** `admin invite [--withdraw] <name>`: makes a manager's invitation, in place of the one before, or takes it back. */
export async function inviteManager(
  db: Database,
  account: Account,
  withdraw: boolean,
  timeZone: string,
): Promise<Result> {
  requireManager(account);
  const invitation = await db.transact(async (tx) => {
    const now = systemClock().now();
    const details = withdraw ? { withdrawn: true } : {};
    await audit(tx, { actor: 'cli', action: 'account.invite', target: targetOf(account), details }, now);
    if (!withdraw) return offerInvitation(tx, account.id, now);
    await endTickets(tx, account.id, 'invitation');
    return undefined;
  });
  const { id, name } = account;
  if (invitation === undefined) {
    return { data: { id, name, withdrawn: true }, text: say`No invitation of "${name}" lets anybody in any more.` };
  }
  const { start, expiresAt } = invitation;
  const link = `https://t.me/<bot>?start=${start}`;
  return {
    data: { id, name, start, expires_at: isoTime(expiresAt) },
    text: `${link}\n${say`Who opens it, with your bot's name in it, is "${name}" from then on: once, until ${localTime(expiresAt, timeZone)}.`}`,
  };
}

function requireManager({ name, role }: Account): void {
  if (role !== 'manager')
    throw new HubError('conflict', say`"${name}" is no manager: "admin create --role manager" makes one.`);
}

async function tpvsNamed(db: Database, given: Input['options'][string]): Promise<{ id: string; name: string }[]> {
  const tpvs: { id: string; name: string }[] = [];
  for (const one of Array.isArray(given) ? given : []) tpvs.push(await findTpv(db, one));
  return tpvs;
}

function namesOf(tpvs: readonly { name: string }[]): string {
  return tpvs.map(({ name }) => `"${name}"`).join(', ');
}
