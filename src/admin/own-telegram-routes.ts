import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { accountIn, accountNamed, targetOf } from '../administrators/account.ts';
import { offerLink, unlink } from '../administrators/telegram-link.ts';
import type { Database, Tx } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { isoTime } from '../iso-time.ts';
import { type BotUsername, botLink } from './join-link.ts';
import { qrSvg } from './qr.ts';
import { record } from './record.ts';
import { accountTelegram, telegramOffer } from './schemas/account.ts';
import { done } from './schemas/accounts.ts';
import { sessionOf } from './session-routes.ts';

export interface OwnTelegramOptions {
  db: Database;
  botUsername: BotUsername;
  /** Tells a person that they hear no more of an account. */
  tellUnlinked(tx: Tx, telegramId: number, account: string, now: number): Promise<void>;
  now(): number;
}

/** Who hears in Telegram of the logins of one's own account. */
export async function ownTelegramRoutes(instance: FastifyInstance, options: OwnTelegramOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { db, now } = options;
  const security = [{ AdminSession: [] }];
  const proven = { config: { right: 'own', proven: true } } as const;

  app.get(
    '/api/admin/account/telegram',
    {
      config: { right: 'own' },
      schema: { security, summary: 'El Telegram de mi cuenta', response: { 200: accountTelegram } },
    },
    async (request) => {
      const account = await accountNamed(db, sessionOf(request).name);
      if (account === undefined || account.telegram_id === null) return { linked: null };
      return { linked: { telegram_id: account.telegram_id, name: account.telegram_name } };
    },
  );

  app.post(
    '/api/admin/account/telegram',
    {
      ...proven,
      schema: { security, summary: 'Da un enlace para vincular mi Telegram', response: { 201: telegramOffer } },
    },
    async (request, reply) => {
      const username = await options.botUsername();
      if (username === undefined) throw new HubError('unavailable', 'Telegram has not told the bot’s name yet.');
      const { start, expiresAt } = await db.transact((tx) => offerLink(tx, sessionOf(request).id, now()));
      const url = botLink(username, start);
      return reply.code(201).send({ url, qr_svg: qrSvg(url), expires_at: isoTime(expiresAt) });
    },
  );

  app.delete(
    '/api/admin/account/telegram',
    { ...proven, schema: { security, summary: 'Desvincula mi Telegram', response: { 200: done } } },
    async (request) => {
      await db.transact(async (tx) => {
        const account = await accountIn(tx, sessionOf(request).accountId);
        if (account.telegram_id === null) return;
        await unlink(tx, account.id);
        await options.tellUnlinked(tx, account.telegram_id, account.name, now());
        await record(tx, options, request, { action: 'account.telegram_unlink', target: targetOf(account) });
      });
      return { ok: true as const };
    },
  );
}
