import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Database } from '../db/open.ts';
import { type Intake, type Wait, waitOf } from '../delivery/waits.ts';
import { HubError } from '../errors.ts';
import { instructionIdOf } from '../instructions/instruction.ts';
import {
  type InstructionQuery,
  type ListedInstruction,
  listedInstruction,
  listInstructions,
} from '../instructions/instruction-list.ts';
import { earlierInHand, updateReceived } from '../instructions/instruction-store.ts';
import { repliesTo } from '../instructions/replies-to.ts';
import type { Presence } from '../tpvs/presence/presence.ts';
import { tpvById } from '../tpvs/tpv.ts';
import { type Column, CSV_ANSWER, sendCsv } from './csv.ts';
import { CSV_WORDS } from './csv-words.ts';
import { instructionDetailOf, instructionSummaryOf } from './instruction-answer.ts';
import { cursorOf, everyRow, pageQuery } from './page.ts';
import { recordExport } from './record.ts';
import {
  adminInstructionParams,
  type InstructionFilters,
  type InstructionSummary,
  instructionDetail,
  instructionFilters,
  instructionList,
} from './schemas/instructions.ts';
import { narrowed } from './scope.ts';

export interface AdminInstructionOptions {
  db: Database;
  /** In which a CSV writes times. */
  timeZone: string;
  presence: Presence;
  /** How a TPV takes its instructions, and one of them. */
  intakeOf(tpvId: string, id: string): Promise<Intake>;
  maxAttempts: number;
  now(): number;
}

const query = z.strictObject({ ...instructionFilters.shape, ...pageQuery(z.tuple([z.int()])) });
/** Rows behind each page of a CSV. */
const CSV_PAGE = 500;

const COLUMNS: readonly Column<InstructionSummary>[] = [
  { title: 'ID', value: (row) => row.id },
  { title: 'Tipo', value: (row) => row.command },
  { title: 'Texto', value: (row) => row.excerpt },
  { title: 'Estado', value: (row) => CSV_WORDS.instruction[row.status] },
  { title: 'TPV', value: (row) => row.tpv?.name },
  { title: 'ID de Telegram', value: (row) => row.user.telegram_id },
  { title: 'Cliente', value: (row) => row.user.name },
  { title: 'Llegó', time: (row) => row.created_at },
  { title: 'Enviado al TPV', time: (row) => row.sent_at },
  { title: 'Recibido por el TPV', time: (row) => row.delivered_at },
  { title: 'Terminado', time: (row) => row.completed_at },
  { title: 'Caduca', time: (row) => row.expires_at },
  { title: 'Reintentos', value: (row) => row.retry_count },
  { title: 'Error', value: (row) => row.error_message },
];

/** Instructions: which there are, and what became of each. */
export async function adminInstructionRoutes(
  instance: FastifyInstance,
  options: AdminInstructionOptions,
): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { db, timeZone } = options;

  app.get(
    '/api/admin/instructions',
    {
      config: { right: 'see', reach: 'list' },
      schema: {
        summary: 'Las instrucciones, las más nuevas primero',
        description:
          'Una página puede venir corta, incluso vacía, con «next»: la búsqueda por texto, orden o estado mira un ' +
          'número limitado de filas en cada petición.',
        querystring: query,
        response: { 200: instructionList },
      },
    },
    async (request) => {
      const { cursor, limit, ...filters } = request.query;
      const wanted = { ...queryOf(filters), ...narrowed(request, filters.tpv_id) };
      const page = await listInstructions(db, wanted, cursor?.[0], limit);
      return {
        items: page.rows.map(instructionSummaryOf),
        next: page.next === undefined ? null : cursorOf([page.next]),
      };
    },
  );

  app.get(
    '/api/admin/instructions.csv',
    {
      config: { right: 'see' },
      schema: { summary: 'Las mismas instrucciones, en CSV', querystring: instructionFilters, response: CSV_ANSWER },
    },
    async (request, reply) => {
      const wanted = queryOf(request.query);
      await recordExport(options, request, 'instructions');
      const rows = everyRow(async (after: number | undefined) => {
        const page = await listInstructions(db, wanted, after, CSV_PAGE);
        return { rows: page.rows.map(instructionSummaryOf), next: page.next };
      });
      return sendCsv(reply, { name: 'mensajes-recibidos', timeZone }, COLUMNS, rows);
    },
  );

  app.get(
    '/api/admin/instructions/:id',
    {
      config: { right: 'see', reach: 'instruction' },
      schema: {
        summary: 'Una instrucción: su historia, y por qué espera',
        params: adminInstructionParams,
        response: { 200: instructionDetail },
      },
    },
    async (request) => {
      const row = await listedInstruction(db, instructionIdOf(request.params.id));
      if (row === undefined) throw new HubError('not_found', 'There is no such instruction.');
      const { update_id: updateId } = row;
      const [update] = updateId === null ? [] : await db.query(updateReceived, { updateId });
      const replies = await repliesTo(db, row);
      return instructionDetailOf(row, update?.received_at, await whyItWaits(row, options), replies);
    },
  );
}

function queryOf(filters: InstructionFilters): InstructionQuery {
  const { tpv_id: tpvId, telegram_user_id: telegramUserId, from, to, order, ...others } = filters;
  const span = { from: millisecondsOf(from), to: millisecondsOf(to) };
  return { ...others, ...span, tpvId, telegramUserId, oldestFirst: order === 'oldest' };
}

function millisecondsOf(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time);
}

async function whyItWaits(row: ListedInstruction, options: AdminInstructionOptions): Promise<Wait | undefined> {
  const { db, presence, intakeOf, maxAttempts } = options;
  const { id, seq, tpv_id: tpvId, telegram_user_id: userId } = row;
  if (tpvId === null) {
    const nobody = { socket: undefined, polledAt: undefined, polling: false, againAt: undefined };
    return waitOf(row, { tpv: undefined, intake: nobody, earlier: undefined, maxAttempts });
  }
  const [tpv] = await db.query(tpvById, { id: tpvId });
  const [earlier] = await db.query(earlierInHand, { userId, tpvId, seq });
  return waitOf(row, {
    tpv: tpv && {
      isActive: tpv.is_active === 1,
      isOnline: presence.isOnline(tpv),
      since: presence.since(tpv),
    },
    intake: await intakeOf(tpvId, id),
    earlier: earlier?.id,
    maxAttempts,
  });
}
