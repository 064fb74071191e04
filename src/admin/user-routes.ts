import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { previewReassign, reassignMany } from '../assignment/move-many.ts';
import { reassignUser } from '../assignment/move-person.ts';
import type { Database } from '../db/open.ts';
import { HubError } from '../errors.ts';
import type { PushAnswer } from '../push/answer.ts';
import { administratorMessage, enqueue } from '../push/enqueue.ts';
import { tpvById } from '../tpvs/tpv.ts';
import { setUserActive, waysOfUser } from '../users/user.ts';
import { type ListedUser, listedUser, listUsers, type UserKey, type UserQuery } from '../users/user-list.ts';
import { panelOnly } from '../wording/wording.ts';
import { type Column, CSV_ANSWER, sendCsv } from './csv.ts';
import { cursorOf, everyRow, pageQuery } from './page.ts';
import { record, recordExport } from './record.ts';
import {
  timelinePage,
  type UserFilters,
  userAssigned,
  userAssignment,
  userEdit,
  userFilters,
  userList,
  userMessage,
  userMessageSent,
  userParams,
  userSummary,
  usersAssigned,
  usersAssignment,
} from './schemas/users.ts';
import { timelineOf } from './timeline.ts';
import { nameOf, userSummaryOf } from './user-answer.ts';

export interface AdminUserOptions {
  db: Database;
  /** In which a CSV writes times. */
  timeZone: string;
  /** How a message fared with Telegram, waited for as long as the contract says. */
  pushResult(pushId: string): Promise<PushAnswer>;
  now(): number;
}

const key = z.tuple([z.int(), z.int()]);
const query = z.strictObject({ ...userFilters.shape, ...pageQuery(key) });
const timelineKey = z.tuple([z.int().nullable(), z.int().nullable(), z.int().nullable(), z.string().nullable()]);
const timelineQuery = z.strictObject(pageQuery(timelineKey));
/** Rows behind each page of a CSV. */
const CSV_PAGE = 500;

const COLUMNS: readonly Column<ListedUser>[] = [
  { title: 'ID de Telegram', value: (user) => user.telegram_id },
  { title: 'Alias', value: (user) => user.username },
  { title: 'Nombre', value: (user) => user.first_name },
  { title: 'Apellidos', value: (user) => user.last_name },
  { title: 'Idioma', value: (user) => user.language_code },
  { title: 'Activa', value: (user) => (user.is_active === 1 ? 'sí' : 'no') },
  { title: 'TPV', value: (user) => user.tpv_name },
  { title: 'Desde', time: (user) => user.created_at },
  { title: 'Último contacto', time: (user) => user.last_interaction },
];

/** The people who write to the bot: who they are, who attends them, all that was said. */
export async function adminUserRoutes(instance: FastifyInstance, options: AdminUserOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { db, timeZone, now } = options;

  app.get(
    '/api/admin/users',
    {
      schema: {
        summary: 'Las personas, las más nuevas primero; «assigned=false» son las que esperan un TPV',
        querystring: query,
        response: { 200: userList },
      },
    },
    async (request) => {
      const { cursor, limit, ...filters } = request.query;
      const page = await listUsers(db, queryOf(filters), cursor, limit);
      return {
        items: page.rows.map(userSummaryOf),
        next: page.next === undefined ? null : cursorOf(page.next),
      };
    },
  );

  app.get(
    '/api/admin/users.csv',
    { schema: { summary: 'Las mismas personas, en CSV', querystring: userFilters, response: CSV_ANSWER } },
    async (request, reply) => {
      const wanted = queryOf(request.query);
      await recordExport(options, request, 'users');
      const rows = everyRow((after: UserKey | undefined) => listUsers(db, wanted, after, CSV_PAGE));
      return sendCsv(reply, { name: 'personas', timeZone }, COLUMNS, rows);
    },
  );

  app.get(
    '/api/admin/users/:id',
    { schema: { summary: 'Una persona', params: userParams, response: { 200: userSummary } } },
    async (request) => userSummaryOf(await existing(db, request.params.id)),
  );

  app.patch(
    '/api/admin/users/:id',
    {
      schema: {
        summary: 'Activa o desactiva a una persona; al escribir de nuevo vuelve a estar activa',
        params: userParams,
        body: userEdit,
        response: { 200: userSummary },
      },
    },
    async (request) => {
      const user = await existing(db, request.params.id);
      const { is_active: isActive } = request.body;
      await db.transact(async (tx) => {
        await tx.run(setUserActive, { telegramId: user.telegram_id, active: isActive ? 1 : 0 });
        tx.changed('user', String(user.telegram_id));
        const entry = { action: 'user.edit', target: targetOf(user), details: { is_active: isActive } } as const;
        await record(tx, options, request, entry);
      });
      return userSummaryOf(await existing(db, user.telegram_id));
    },
  );

  app.put(
    '/api/admin/users/:id/tpv',
    {
      schema: {
        summary: 'Asigna una persona a un TPV; lo que tiene abierto va con ella',
        params: userParams,
        body: userAssignment,
        response: { 200: userAssigned },
      },
    },
    async (request) => {
      const { tpv_id: tpvId } = request.body;
      const user = await existing(db, request.params.id);
      const { telegram_id: telegramId } = user;
      await db.transact(async (tx) => {
        const outcome = await reassignUser(tx, telegramId, tpvId);
        if (outcome === 'full') {
          throw new HubError('invalid_request', 'The TPV can not take the user.', {
            details: [{ path: 'tpv_id', message: panelOnly('no existe, está inactivo o no tiene plazas libres') }],
          });
        }
        if (outcome === 'unchanged') return;
        const [tpv] = await tx.run(tpvById, { id: tpvId });
        const details = { tpv_id: tpvId, tpv: tpv?.name, before: user.tpv_name };
        await record(tx, options, request, { action: 'user.assign', target: targetOf(user), details });
      });
      return { telegram_id: telegramId, tpv_id: tpvId };
    },
  );

  app.post(
    '/api/admin/users/assign',
    {
      schema: {
        summary: 'Asigna muchas personas a un TPV, mientras le queden plazas',
        body: usersAssignment,
        response: { 200: usersAssigned },
      },
    },
    async (request) => {
      const { telegram_ids: ids, tpv_id: tpvId, preview } = request.body;
      const { count, skipped } = preview
        ? await previewReassign(db, ids, tpvId)
        : await reassignMany(
            {
              db,
              record: (tx, moved, tpv) =>
                record(tx, options, request, {
                  action: 'user.assign',
                  target: { kind: 'tpv', id: tpv.id, name: tpv.name },
                  details: { telegram_ids: moved },
                }),
            },
            ids,
            tpvId,
          );
      return { count, skipped: skipped.map(({ telegramId, reason }) => ({ telegram_id: telegramId, reason })) };
    },
  );

  app.get(
    '/api/admin/users/:id/timeline',
    {
      schema: {
        summary: 'Todo lo que pasó con una persona, lo más nuevo primero',
        params: userParams,
        querystring: timelineQuery,
        response: { 200: timelinePage },
      },
    },
    async (request) => {
      const { telegram_id: telegramId } = await existing(db, request.params.id);
      const { cursor, limit } = request.query;
      const page = await timelineOf(db, telegramId, cursor, limit);
      return { items: page.items, next: page.next === undefined ? null : cursorOf(page.next) };
    },
  );

  app.post(
    '/api/admin/users/:id/messages',
    {
      schema: {
        summary: 'Escribe a una persona, en nombre del bot; el texto va tal cual',
        params: userParams,
        body: userMessage,
        response: { 201: userMessageSent, 202: userMessageSent },
      },
    },
    async (request, reply) => {
      const user = await existing(db, request.params.id);
      const { text } = request.body;
      const id = await db.transact(async (tx) => {
        const [ways] = await tx.run(waysOfUser, { telegramId: user.telegram_id });
        const message = administratorMessage(user.telegram_id, text, ways?.topic_id ?? null);
        const pushId = await enqueue(tx, message, now());
        const entry = { action: 'user.message', target: targetOf(user), details: { push_message_id: pushId } } as const;
        await record(tx, options, request, entry);
        return pushId;
      });
      const { status } = await options.pushResult(id);
      return reply.code(status === 'sent' ? 201 : 202).send({ push_message_id: id, status });
    },
  );
}

function queryOf({ q, tpv_id: tpvId, assigned, active }: UserFilters): UserQuery {
  return { q, tpvId, assigned: flag(assigned), active: flag(active) };
}

function flag(given: 'true' | 'false' | undefined): boolean | undefined {
  return given === undefined ? undefined : given === 'true';
}

async function existing(db: Database, telegramId: number): Promise<ListedUser> {
  const user = await listedUser(db, telegramId);
  if (user === undefined) throw new HubError('not_found', 'Nobody with this id has written yet.');
  return user;
}

function targetOf(user: ListedUser) {
  return { kind: 'user', id: String(user.telegram_id), name: nameOf(user) };
}
