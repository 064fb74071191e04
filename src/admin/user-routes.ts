import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { previewReassign, reassignMany } from '../assignment/move-many.ts';
import { reassignUser } from '../assignment/move-person.ts';
import type { Database } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { tpvById } from '../tpvs/tpv.ts';
import { setUserActive } from '../users/user.ts';
import { type ListedUser, listUsers, type UserKey, type UserQuery } from '../users/user-list.ts';
import { panelOnly } from '../wording/wording.ts';
import { type Column, CSV_ANSWER, sendCsv } from './csv.ts';
import { CSV_WORDS } from './csv-words.ts';
import { auditedUser, existingUser } from './existing-user.ts';
import { cursorOf, everyRow, pageQuery } from './page.ts';
import { record, recordExport } from './record.ts';
import {
  type UserFilters,
  userAssigned,
  userAssignment,
  userEdit,
  userFilters,
  userList,
  userParams,
  userSummary,
  usersAssigned,
  usersAssignment,
} from './schemas/users.ts';
import { narrowed } from './scope.ts';
import { userSummaryOf } from './user-answer.ts';

export interface AdminUserOptions {
  db: Database;
  /** In which a CSV writes times. */
  timeZone: string;
  now(): number;
}

const key = z.tuple([z.int(), z.int()]);
const query = z.strictObject({ ...userFilters.shape, ...pageQuery(key) });
/** Rows behind each page of a CSV. */
const CSV_PAGE = 500;

const COLUMNS: readonly Column<ListedUser>[] = [
  { title: 'ID de Telegram', value: (user) => user.telegram_id },
  { title: 'Alias', value: (user) => user.username },
  { title: 'Nombre', value: (user) => user.first_name },
  { title: 'Apellidos', value: (user) => user.last_name },
  { title: 'Idioma', value: (user) => user.language_code },
  { title: 'Activo', value: (user) => (user.is_active === 1 ? CSV_WORDS.yes : CSV_WORDS.no) },
  { title: 'TPV', value: (user) => user.tpv_name },
  { title: 'Desde', time: (user) => user.created_at },
  { title: 'Último contacto', time: (user) => user.last_interaction },
];

/** The people who write to the bot: who they are, who attends them, all that was said. */
export async function adminUserRoutes(instance: FastifyInstance, options: AdminUserOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { db, timeZone } = options;

  app.get(
    '/api/admin/users',
    {
      config: { right: 'see', reach: 'list' },
      schema: {
        summary: 'Las personas, las más nuevas primero; «assigned=false» son las que esperan un TPV',
        querystring: query,
        response: { 200: userList },
      },
    },
    async (request) => {
      const { cursor, limit, ...filters } = request.query;
      const wanted = { ...queryOf(filters), ...narrowed(request, filters.tpv_id) };
      const page = await listUsers(db, wanted, cursor, limit);
      return {
        items: page.rows.map(userSummaryOf),
        next: page.next === undefined ? null : cursorOf(page.next),
      };
    },
  );

  app.get(
    '/api/admin/users.csv',
    {
      config: { right: 'see' },
      schema: { summary: 'Las mismas personas, en CSV', querystring: userFilters, response: CSV_ANSWER },
    },
    async (request, reply) => {
      const wanted = queryOf(request.query);
      await recordExport(options, request, 'users');
      const rows = everyRow((after: UserKey | undefined) => listUsers(db, wanted, after, CSV_PAGE));
      return sendCsv(reply, { name: 'clientes', timeZone }, COLUMNS, rows);
    },
  );

  app.get(
    '/api/admin/users/:id',
    {
      config: { right: 'see', reach: 'user' },
      schema: { summary: 'Una persona', params: userParams, response: { 200: userSummary } },
    },
    async (request) => userSummaryOf(await existingUser(db, request.params.id)),
  );

  app.patch(
    '/api/admin/users/:id',
    {
      config: { right: 'change' },
      schema: {
        summary: 'Activa o desactiva a una persona; al escribir de nuevo vuelve a estar activa',
        params: userParams,
        body: userEdit,
        response: { 200: userSummary },
      },
    },
    async (request) => {
      const user = await existingUser(db, request.params.id);
      const { is_active: isActive } = request.body;
      await db.transact(async (tx) => {
        await tx.run(setUserActive, { telegramId: user.telegram_id, active: isActive ? 1 : 0 });
        tx.changed('user', String(user.telegram_id));
        const entry = { action: 'user.edit', target: auditedUser(user), details: { is_active: isActive } } as const;
        await record(tx, options, request, entry);
      });
      return userSummaryOf(await existingUser(db, user.telegram_id));
    },
  );

  app.put(
    '/api/admin/users/:id/tpv',
    {
      config: { right: 'change' },
      schema: {
        summary: 'Asigna una persona a un TPV; lo que tiene abierto va con ella',
        params: userParams,
        body: userAssignment,
        response: { 200: userAssigned },
      },
    },
    async (request) => {
      const { tpv_id: tpvId } = request.body;
      const user = await existingUser(db, request.params.id);
      const { telegram_id: telegramId } = user;
      await db.transact(async (tx) => {
        const outcome = await reassignUser(tx, telegramId, tpvId);
        if (outcome === 'full') {
          throw new HubError('invalid_request', 'The TPV can not take the user.', {
            details: [
              {
                path: 'tpv_id',
                message: panelOnly(
                  'no existe, está inactivo o no tiene plazas libres',
                  'does not exist, is inactive or has no room',
                ),
              },
            ],
          });
        }
        if (outcome === 'unchanged') return;
        const [tpv] = await tx.run(tpvById, { id: tpvId });
        const details = { tpv_id: tpvId, tpv: tpv?.name, before: user.tpv_name };
        await record(tx, options, request, { action: 'user.assign', target: auditedUser(user), details });
      });
      return { telegram_id: telegramId, tpv_id: tpvId };
    },
  );

  app.post(
    '/api/admin/users/assign',
    {
      config: { right: 'change' },
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
}

function queryOf({ q, tpv_id: tpvId, assigned, active, order }: UserFilters): UserQuery {
  return { q, tpvId, assigned: flag(assigned), active: flag(active), by: order };
}

function flag(given: 'true' | 'false' | undefined): boolean | undefined {
  return given === undefined ? undefined : given === 'true';
}
