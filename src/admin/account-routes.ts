import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import {
  type Account,
  accountIn,
  allAccounts,
  createAccount,
  deleteAccount,
  setPassword,
  setRole,
  targetOf,
} from '../administrators/account.ts';
import { setAccountTpvs, tpvsOfAccounts } from '../administrators/account-tpvs.ts';
import { endSessions } from '../administrators/administrator-session.ts';
import { hashPassword } from '../administrators/password.ts';
import { offerInvitation } from '../administrators/telegram-link.ts';
import { callerOf } from '../caller.ts';
import type { Database } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { isoTime } from '../iso-time.ts';
import { type BotUsername, joinLink } from './join-link.ts';
import { qrSvg } from './qr.ts';
import { record } from './record.ts';
import {
  account as accountAnswer,
  accountEdit,
  accountList,
  accountParams,
  accountPassword,
  done,
  invitation,
  newAccount,
} from './schemas/accounts.ts';

export interface AdminAccountOptions {
  db: Database;
  botUsername: BotUsername;
  now(): number;
}

const OK = { ok: true } as const;

/** All accounts, for administrators. An account that loses a right, or gets a new password, is logged out. */
export async function adminAccountRoutes(instance: FastifyInstance, options: AdminAccountOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { db, now } = options;
  const proven = { config: { right: 'change', proven: true } } as const;

  app.get(
    '/api/admin/accounts',
    { config: { right: 'see' }, schema: { summary: 'Las cuentas', response: { 200: accountList } } },
    async () => ({
      items: await answersOf(db, await allAccounts(db)),
    }),
  );

  app.post(
    '/api/admin/accounts',
    { ...proven, schema: { summary: 'Crea una cuenta', body: newAccount, response: { 201: accountAnswer } } },
    async (request, reply) => {
      const { name, role, password, tpv_ids: tpvIds = [] } = request.body;
      const passwordHash = password && (await hashPassword(password, callerOf(request.ip)));
      const account = await db.transact(async (tx) => {
        const created = await createAccount(tx, { name, role, passwordHash }, now());
        await setAccountTpvs(tx, created.id, tpvIds);
        const details = tpvIds.length === 0 ? { role } : { role, tpv_ids: tpvIds };
        const entry = { action: 'account.create', target: targetOf(created), details } as const;
        await record(tx, options, request, entry);
        return created;
      });
      return reply.code(201).send(await answerOf(db, account));
    },
  );

  app.patch(
    '/api/admin/accounts/:id',
    {
      ...proven,
      schema: {
        summary: 'Cambia lo que puede hacer una cuenta',
        params: accountParams,
        body: accountEdit,
        response: { 200: accountAnswer },
      },
    },
    async (request) => {
      const { role, tpv_ids: tpvIds = [] } = request.body;
      const account = await db.transact(async (tx) => {
        const before = await accountIn(tx, request.params.id);
        if (before.role === role && role !== 'manager') return before;
        const after = await setRole(tx, before.id, role);
        await setAccountTpvs(tx, after.id, tpvIds);
        await endSessions(tx, after.id);
        const details = { from: before.role, to: role, ...(role === 'manager' && { tpv_ids: tpvIds }) };
        await record(tx, options, request, { action: 'account.role', target: targetOf(after), details });
        return after;
      });
      return answerOf(db, account);
    },
  );

  app.post(
    '/api/admin/accounts/:id/invitation',
    {
      ...proven,
      schema: {
        summary: 'Da un enlace con el que un responsable vincula su Telegram y entra; el anterior deja de valer',
        params: accountParams,
        response: { 201: invitation },
      },
    },
    async (request, reply) => {
      const bot = await options.botUsername();
      const { start, expiresAt } = await db.transact(async (tx) => {
        const account = await accountIn(tx, request.params.id);
        if (account.role !== 'manager') throw new HubError('conflict', 'Only managers are invited.');
        if (bot === undefined) throw new HubError('unavailable', 'Telegram has not told the bot’s name yet.');
        await record(tx, options, request, { action: 'account.invite', target: targetOf(account) });
        return offerInvitation(tx, account.id, now());
      });
      const url = (await joinLink(options, start)) ?? '';
      return reply.code(201).send({ url, qr_svg: qrSvg(url), expires_at: isoTime(expiresAt) });
    },
  );

  app.put(
    '/api/admin/accounts/:id/password',
    {
      ...proven,
      schema: {
        summary: 'Pone otra contraseña a una cuenta',
        params: accountParams,
        body: accountPassword,
        response: { 200: done },
      },
    },
    async (request) => {
      const passwordHash = await hashPassword(request.body.password, callerOf(request.ip));
      await db.transact(async (tx) => {
        const account = await accountIn(tx, request.params.id);
        await setPassword(tx, account.id, passwordHash, now());
        await endSessions(tx, account.id);
        await record(tx, options, request, { action: 'account.password', target: targetOf(account) });
      });
      return OK;
    },
  );

  app.delete(
    '/api/admin/accounts/:id',
    { ...proven, schema: { summary: 'Elimina una cuenta', params: accountParams, response: { 200: done } } },
    async (request) => {
      await db.transact(async (tx) => {
        await endSessions(tx, request.params.id);
        const account = await deleteAccount(tx, request.params.id);
        await record(tx, options, request, { action: 'account.delete', target: targetOf(account) });
      });
      return OK;
    },
  );
}

async function answerOf(db: Database, account: Account) {
  const [answer] = await answersOf(db, [account]);
  if (answer === undefined) throw new HubError('not_found', 'The account is gone.');
  return answer;
}

async function answersOf(db: Database, accounts: readonly Account[]) {
  const tpvs = await tpvsOfAccounts(db);
  return accounts.map((account) => shown(account, tpvs.get(account.id) ?? []));
}

function shown(account: Account, tpvs: readonly { id: string; name: string }[]) {
  return {
    id: account.id,
    name: account.name,
    role: account.role,
    tpvs: [...tpvs],
    totp_enabled: account.totp_enabled_at !== null,
    telegram_linked: account.telegram_id !== null,
    created_at: isoTime(account.created_at),
    last_login_at: account.last_login_at === null ? null : isoTime(account.last_login_at),
  };
}
