import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Database } from '../db/open.ts';
import { MOST_COUNTED } from '../observability/totals.ts';
import { pendingByTpv } from '../observability/waiting.ts';
import type { Presence } from '../tpvs/presence/presence.ts';
import { listTpvs, type TpvQuery } from '../tpvs/tpv-list.ts';
import { type Column, CSV_ANSWER, sendCsv } from './csv.ts';
import { CSV_WORDS } from './csv-words.ts';
import { cursorOf, everyRow, pageQuery } from './page.ts';
import { type TpvSummary, tpvFilters, tpvList } from './schemas/tpvs.ts';
import { scopeOf } from './scope.ts';
import { tpvSummaryOf } from './tpv-answer.ts';

export interface TpvListOptions {
  db: Database;
  presence: Presence;
  /** In which a CSV writes times. */
  timeZone: string;
  now(): number;
}

/** Rows of a CSV read at a time. */
const CSV_PAGE = 200;

const query = z.strictObject({ ...tpvFilters.shape, ...pageQuery(z.tuple([z.uuid()])) });

const COLUMNS: readonly Column<TpvSummary>[] = [
  { title: 'ID', value: (tpv) => tpv.id },
  { title: 'Nombre', value: (tpv) => tpv.name },
  { title: 'Estado', value: (tpv) => CSV_WORDS.tpv[tpv.state] },
  { title: 'En línea', value: (tpv) => (tpv.is_online ? CSV_WORDS.yes : CSV_WORDS.no) },
  { title: 'Clientes', value: (tpv) => tpv.user_count },
  { title: 'Plazas', value: (tpv) => tpv.max_users },
  { title: 'En espera', value: (tpv) => tpv.backlog },
  { title: 'Dirección', value: (tpv) => tpv.endpoint_url },
  { title: 'Versión', value: (tpv) => tpv.version },
  { title: 'Desde', time: (tpv) => tpv.created_at },
  { title: 'Último contacto', time: (tpv) => tpv.last_heartbeat },
];

/** Which TPVs there are, and how each does. */
export async function adminTpvListRoutes(instance: FastifyInstance, options: TpvListOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { db, presence, timeZone, now } = options;

  const pageOf = async (wanted: TpvQuery, after: string | undefined, limit: number) => {
    const page = await listTpvs(db, wanted, (tpv) => presence.isOnline(tpv), after, limit);
    const ids = page.rows.map((tpv) => tpv.id);
    const pending = await pendingByTpv(db, ids, MOST_COUNTED);
    return {
      rows: page.rows.map((tpv) => tpvSummaryOf(tpv, presence, pending.get(tpv.id) ?? 0, now())),
      next: page.next,
    };
  };

  app.get(
    '/api/admin/tpvs',
    {
      config: { right: 'see', reach: 'list' },
      schema: { summary: 'Los TPV, los más nuevos primero', querystring: query, response: { 200: tpvList } },
    },
    async (request) => {
      const { cursor, limit, ...filters } = request.query;
      const wanted = { ...queryOf(filters), ids: scopeOf(request) };
      const { rows, next } = await pageOf(wanted, cursor?.[0], limit);
      return { items: rows, next: next === undefined ? null : cursorOf([next]) };
    },
  );

  app.get(
    '/api/admin/tpvs.csv',
    {
      config: { right: 'see' },
      schema: { summary: 'Los mismos TPV, en CSV', querystring: tpvFilters, response: CSV_ANSWER },
    },
    async (request, reply) => {
      const wanted = queryOf(request.query);
      const rows = everyRow((after: string | undefined) => pageOf(wanted, after, CSV_PAGE));
      return sendCsv(reply, { name: 'tpvs', timeZone }, COLUMNS, rows);
    },
  );
}

function queryOf({ q, state, online }: z.infer<typeof tpvFilters>): TpvQuery {
  return { q, state, online: online === undefined ? undefined : online === 'true' };
}
