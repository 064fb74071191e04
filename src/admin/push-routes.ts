import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type PressOfPush, pressesOfPush } from '../buttons/presses.ts';
import type { Database } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { isoTime } from '../iso-time.ts';
import { buttonsOf } from '../push/change.ts';
import { operatorOf, type PushRow, writerOf } from '../push/message.ts';
import { type ListedPush, listedPush, listPushes, type PushQuery } from '../push/push-list.ts';
import { resend, resolve } from '../push/resend.ts';
import { type Column, CSV_ANSWER, sendCsv } from './csv.ts';
import { CSV_WORDS } from './csv-words.ts';
import { markupAnswer } from './markup-answer.ts';
import { cursorOf, everyRow, pageQuery } from './page.ts';
import { record, recordExport } from './record.ts';
import {
  type PushDetail,
  type PushFilters,
  type PushSummary,
  pushChanged,
  pushDetail,
  pushFilters,
  pushList,
  pushParams,
  pushResolution,
} from './schemas/pushes.ts';
import { narrowed } from './scope.ts';

export interface AdminPushOptions {
  db: Database;
  /** In which a CSV writes times. */
  timeZone: string;
  now(): number;
}

/** Characters of a text that a list shows. */
const EXCERPT_LENGTH = 160;
/** Rows of a CSV read at a time. */
const CSV_PAGE = 500;

const query = z.strictObject({ ...pushFilters.shape, ...pageQuery(z.tuple([z.int()])) });

const COLUMNS: readonly Column<PushSummary>[] = [
  { title: 'ID', value: (push) => push.id },
  { title: 'Creado', time: (push) => push.created_at },
  { title: 'Enviado', time: (push) => push.sent_at },
  { title: 'Estado', value: (push) => CSV_WORDS.push[push.status] },
  { title: 'Tipo', value: (push) => CSV_WORDS.kind[push.kind] },
  { title: 'TPV', value: (push) => push.tpv?.name },
  { title: 'Operador', value: (push) => push.operator },
  { title: 'ID de Telegram', value: (push) => push.user.telegram_id },
  { title: 'Cliente', value: (push) => push.user.name },
  { title: 'Texto', value: (push) => push.excerpt },
  { title: 'Error', value: (push) => push.error_message },
];

/** Messages to persons: what left, what waits, what went wrong; and what an administrator can still do about it. */
export async function adminPushRoutes(instance: FastifyInstance, options: AdminPushOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { db, timeZone, now } = options;

  app.get(
    '/api/admin/pushes',
    {
      config: { right: 'see', reach: 'list' },
      schema: { summary: 'Mensajes a personas', querystring: query, response: { 200: pushList } },
    },
    async (request) => {
      const { limit, cursor, ...filters } = request.query;
      const wanted = { ...queryOf(filters), ...narrowed(request, filters.tpv_id) };
      const { rows, next } = await listPushes(db, wanted, cursor?.[0], limit);
      return { items: rows.map(summaryOf), next: next === undefined ? null : cursorOf([next]) };
    },
  );

  app.get(
    '/api/admin/pushes.csv',
    {
      config: { right: 'see' },
      schema: { summary: 'Mensajes a personas, en CSV', querystring: pushFilters, response: CSV_ANSWER },
    },
    async (request, reply) => {
      const wanted = queryOf(request.query);
      await recordExport(options, request, 'pushes');
      const rows = everyRow<ListedPush, number>((after) => listPushes(db, wanted, after, CSV_PAGE));
      return sendCsv(reply, { name: 'mensajes-enviados', timeZone }, COLUMNS, summaries(rows));
    },
  );

  app.get(
    '/api/admin/pushes/:id',
    {
      config: { right: 'see', reach: 'push' },
      schema: { summary: 'Un mensaje', params: pushParams, response: { 200: pushDetail } },
    },
    async (request) => {
      const row = await listedPush(db, request.params.id);
      if (row === undefined) throw new HubError('not_found', 'There is no such message.');
      return detailOf(row, await db.query(pressesOfPush, { pushId: row.id }));
    },
  );

  app.post(
    '/api/admin/pushes/:id/resend',
    {
      config: { right: 'change' },
      schema: {
        summary: 'Vuelve a enviar un mensaje que falló, o del que no se sabe si llegó',
        params: pushParams,
        response: { 202: pushChanged },
      },
    },
    async (request, reply) => {
      const row = await db.transact(async (tx) => {
        const again = await resend(tx, request.params.id, now());
        await record(tx, options, request, { action: 'push.resend', target: targetOf(again) });
        return again;
      });
      return reply.code(202).send({ id: row.id, status: statusOf(row) });
    },
  );

  app.post(
    '/api/admin/pushes/:id/resolve',
    {
      config: { right: 'change' },
      schema: {
        summary: 'Dice si llegó un mensaje del que no se sabía',
        params: pushParams,
        body: pushResolution,
        response: { 200: pushChanged },
      },
    },
    async (request) => {
      const { as } = request.body;
      const row = await db.transact(async (tx) => {
        const resolved = await resolve(tx, request.params.id, as);
        await record(tx, options, request, { action: 'push.resolve', target: targetOf(resolved), details: { as } });
        return resolved;
      });
      return { id: row.id, status: statusOf(row) };
    },
  );
}

function queryOf({ tpv_id: tpvId, telegram_user_id: telegramUserId, from, to, ...rest }: PushFilters): PushQuery {
  return {
    ...rest,
    tpvId,
    telegramUserId,
    from: from === undefined ? undefined : Date.parse(from),
    to: to === undefined ? undefined : Date.parse(to),
  };
}

async function* summaries(rows: AsyncIterable<ListedPush>): AsyncGenerator<PushSummary> {
  for await (const row of rows) yield summaryOf(row);
}

function statusOf({ status }: PushRow): PushSummary['status'] {
  return status === 'sending' ? 'pending' : status;
}

/** Without its text: the log outlives the message, and the person's wish that it be erased. */
function targetOf({ id }: PushRow) {
  return { kind: 'push', id };
}

/** Never half of a character. */
function excerptOf(text: string, length = EXCERPT_LENGTH): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).toWellFormed()}…`;
}

function summaryOf(row: ListedPush): PushSummary {
  const { tpv_id: tpvId, tpv_name: tpvName } = row;
  return {
    id: row.id,
    kind: row.kind,
    excerpt: excerptOf(row.text),
    status: statusOf(row),
    tpv: tpvId === null ? null : { id: tpvId, name: tpvName ?? '' },
    writer: writerOf(row),
    operator: operatorOf(row),
    user: { telegram_id: row.chat_id, name: `${row.first_name ?? ''} ${row.last_name ?? ''}`.trim() },
    error_code: row.error_code,
    error_message: row.error_message,
    attempts: row.attempts,
    created_at: isoTime(row.created_at),
    sent_at: row.sent_at === null ? null : isoTime(row.sent_at),
    not_before: row.not_before === null ? null : isoTime(row.not_before),
  };
}

function detailOf(row: ListedPush, presses: readonly PressOfPush[]): PushDetail {
  const buttons = buttonsOf(row.reply_markup);
  const labels = new Map(
    buttons.flat().flatMap((one) => ('callback_data' in one ? [[one.callback_data, one.text]] : [])),
  );
  return {
    ...summaryOf(row),
    text: row.text,
    parse_mode: row.parse_mode,
    ...markupAnswer(row),
    telegram_message_id: row.telegram_message_id,
    sent_as_plain: row.sent_as_plain === 1,
    presses: presses.map((press) => {
      const answeredAt = press.settled_at ?? press.answered_at;
      return {
        at: isoTime(press.pressed_at),
        action: press.action ?? labels.get(press.token) ?? '',
        answered_at: answeredAt === null ? null : isoTime(answeredAt),
      };
    }),
  };
}
