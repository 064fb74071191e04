import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type AuditQuery, type AuditRow, listAudit } from '../audit/audit-list.ts';
import { parseJson } from '../db/json-text.ts';
import type { Database } from '../db/open.ts';
import { isoTime } from '../iso-time.ts';
import { type Column, CSV_ANSWER, sendCsv } from './csv.ts';
import { cursorOf, everyRow, pageQuery } from './page.ts';
import { type AuditEntry, type AuditFilters, auditFilters, auditList } from './schemas/audit.ts';

export interface AuditOptions {
  db: Database;
  /** In which a CSV writes times. */
  timeZone: string;
}

/** Rows of a CSV read at a time. */
const CSV_PAGE = 500;

const query = z.strictObject({ ...auditFilters.shape, ...pageQuery(z.tuple([z.int()])) });

const COLUMNS: readonly Column<AuditRow>[] = [
  { title: 'N.º', value: (row) => row.seq },
  { title: 'Momento', time: (row) => row.at },
  { title: 'Quién', value: (row) => row.actor },
  { title: 'Acción', value: (row) => row.action },
  { title: 'Tipo', value: (row) => row.target_kind },
  { title: 'ID', value: (row) => row.target_id },
  { title: 'Nombre', value: (row) => row.target_name },
  { title: 'Detalles', value: (row) => row.details },
  { title: 'Dirección', value: (row) => row.address },
];

/** Who did what to what; it is written with each change, and nothing here changes it (docs/security.md, S24). */
export async function adminAuditRoutes(instance: FastifyInstance, { db, timeZone }: AuditOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/api/admin/audit',
    {
      config: { right: 'see' },
      schema: { summary: 'Registro de auditoría', querystring: query, response: { 200: auditList } },
    },
    async (request) => {
      const { limit, cursor, ...filters } = request.query;
      const { rows, next } = await listAudit(db, queryOf(filters), cursor?.[0], limit);
      return { items: rows.map(entryOf), next: next === undefined ? null : cursorOf([next]) };
    },
  );

  app.get(
    '/api/admin/audit.csv',
    {
      config: { right: 'see' },
      schema: { summary: 'Registro de auditoría, en CSV', querystring: auditFilters, response: CSV_ANSWER },
    },
    async (request, reply) => {
      const wanted = queryOf(request.query);
      const rows = everyRow<AuditRow, number>((after) => listAudit(db, wanted, after, CSV_PAGE));
      return sendCsv(reply, { name: 'auditoria', timeZone }, COLUMNS, rows);
    },
  );
}

function queryOf({ target_id: targetId, from, to, ...rest }: AuditFilters): AuditQuery {
  return {
    ...rest,
    targetId,
    from: from === undefined ? undefined : Date.parse(from),
    to: to === undefined ? undefined : Date.parse(to),
  };
}

function entryOf(row: AuditRow): AuditEntry {
  const { target_kind: kind, target_id: id } = row;
  return {
    seq: row.seq,
    at: isoTime(row.at),
    actor: row.actor,
    action: row.action,
    target: kind === null || id === null ? null : { kind, id, name: row.target_name },
    details: parseJson(row.details),
    address: row.address,
  };
}
