import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Database } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import { type BotUsername, botLink } from './join-link.ts';
import { qrSvg } from './qr.ts';
import { type FirstSteps, firstSteps } from './schemas/first-steps.ts';

export interface FirstStepsOptions {
  db: Database;
  botUsername: BotUsername;
}

/** Rows among which a completed one is looked for: a hub that has so many and none completed has other worries. */
const LATEST = 500;

const connectedTpv = statement<object>()((db) =>
  db
    .selectFrom('tpv_instances')
    .select('id')
    .where('deleted_at', 'is', null)
    .where((eb) => eb.or([eb('presence_since', 'is not', null), eb('last_heartbeat', 'is not', null)]))
    .limit(1),
);

const completedOrder = statement<object>()((db) =>
  db
    .selectFrom((rows) =>
      rows.selectFrom('instructions').select('status').orderBy('seq', 'desc').limit(LATEST).as('latest'),
    )
    .select('latest.status')
    .where('latest.status', '=', 'completed')
    .limit(1),
);

const anyPerson = statement<object>()((db) => db.selectFrom('telegram_users').select('telegram_id').limit(1));

const anyManager = statement<object>()((db) =>
  db.selectFrom('admin_users').select('id').where('role', '=', 'manager').limit(1),
);

/** What is still to do until a new hub works: the panel shows it until each step is done. */
export async function firstStepsRoutes(
  instance: FastifyInstance,
  { db, botUsername }: FirstStepsOptions,
): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/api/admin/first-steps',
    {
      config: { right: 'see' },
      schema: {
        summary: 'Los primeros pasos: el bot, y si ya hay un TPV conectado, un pedido, una persona y un local invitado',
        response: { 200: firstSteps },
      },
    },
    async () => {
      const [tpvs, orders, people, managers] = [
        await db.query(connectedTpv, {}),
        await db.query(completedOrder, {}),
        await db.query(anyPerson, {}),
        await db.query(anyManager, {}),
      ];
      const isDone = [tpvs, orders, people, managers].every(({ length }) => length > 0);
      return {
        bot: isDone ? null : await botOf(botUsername),
        tpv_connected: tpvs.length > 0,
        order_completed: orders.length > 0,
        person_wrote: people.length > 0,
        restaurant_invited: managers.length > 0,
      };
    },
  );
}

async function botOf(botUsername: BotUsername): Promise<FirstSteps['bot']> {
  const username = await botUsername();
  if (username === undefined) return null;
  const url = botLink(username);
  return { username, url, qr_svg: qrSvg(url) };
}
