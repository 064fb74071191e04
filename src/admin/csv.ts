import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { textAnswer } from './text-answer.ts';

type Value = string | number | boolean | null | undefined;

/** A column: its title, and what stands in it. */
export type Column<R> =
  | { title: string; value(row: R): Value }
  /** Milliseconds, or a time as the API writes it. */
  | { title: string; time(row: R): number | string | null };

/** Spreadsheets in Spain take this between cells, and the comma within numbers. */
const SEPARATOR = ';';
const LINE_END = '\r\n';
const BYTE_ORDER_MARK = '\uFEFF';
/** Describes such an answer for the documentation. */
export const CSV_ANSWER = textAnswer('text/csv', 'La lista, en CSV');
/** About as much as a socket takes at once. */
const CHUNK_LENGTH = 16_384;

/**
 * Streams a list as CSV: as fast as its reader takes it, a page in memory at a time, ended when the reader leaves.
 * @param name of the file, without `.csv`
 * @param timeZone in which times are written (`Europe/Madrid`)
 */
export function sendCsv<R>(
  reply: FastifyReply,
  { name, timeZone }: { name: string; timeZone: string },
  columns: readonly Column<R>[],
  rows: AsyncIterable<R>,
): FastifyReply {
  return reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name}.csv"`)
    .send(Readable.from(chunks(columns, rows, timeZone), { objectMode: false, highWaterMark: CHUNK_LENGTH }));
}

async function* chunks<R>(
  columns: readonly Column<R>[],
  rows: AsyncIterable<R>,
  timeZone: string,
): AsyncGenerator<string> {
  const timeOf = wallTimes(timeZone);
  const cellOf = (column: Column<R>, row: R) => ('time' in column ? timeOf(column.time(row)) : column.value(row));
  let text = BYTE_ORDER_MARK + line(columns.map(({ title }) => title));
  for await (const row of rows) {
    text += line(columns.map((column) => cellOf(column, row)));
    if (text.length < CHUNK_LENGTH) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

/** Writes times as a clock on the wall shows them (`2026-11-22 16:04:05`), which spreadsheets read as times. */
function wallTimes(timeZone: string): (time: number | string | null) => string | null {
  const form = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  return (time) => (time === null ? null : form.format(typeof time === 'number' ? time : Date.parse(time)));
}

function line(values: readonly Value[]): string {
  return values.map(cell).join(SEPARATOR) + LINE_END;
}

/** What makes a spreadsheet take a cell for a formula, in its full-width forms too, or skips to what does. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/**
 * One cell, always quoted. Text that a spreadsheet would run as a formula gets an apostrophe before it
 * (https://owasp.org/www-community/attacks/CSV_Injection).
 */
function cell(value: Value): string {
  const text = String(value ?? '');
  const harmless = typeof value === 'string' && FORMULA.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}
