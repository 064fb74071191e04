import { linkedAccounts } from '../administrators/telegram-link.ts';
import { parseJson } from '../db/json-text.ts';
import type { Database } from '../db/open.ts';
import { isoTime } from '../iso-time.ts';
import type { PushRow } from '../push/message.ts';
import { updatesThatName } from './updates-that-name.ts';

/** Rows read in one query: each may hold 128 KiB. */
const PAGE = 50;
/** What a document says of itself, for the person who reads it. */
const ABOUT =
  'Todo lo que este servicio guarda sobre ti: perfil, mensajes que escribiste (instructions), mensajes que recibiste ' +
  '(messages), botones (buttons), pulsaciones (presses) y avisos de Telegram sin procesar (updates). Lo más nuevo va primero.';
const INCOMPLETE =
  'No cabe todo en un fichero: faltan los elementos más antiguos. Pide el resto al local que te atiende.';

export interface DocumentOptions {
  /** Bytes after which no further element is taken: Telegram carries 50 MB. Absent: all. */
  mostBytes?: number | undefined;
  /** Called for each list that is cut off, with the time of the newest element that is left out. */
  onLeftOut?(newest: number): void;
  now: number;
}

/**
 * Writes a JSON document of everything that the hub holds on a person, piece by piece: a page of rows in memory at a time,
 * and other work between.
 */
export async function* personDocument(
  db: Database,
  telegramId: number,
  { mostBytes = Number.POSITIVE_INFINITY, onLeftOut, now }: DocumentOptions,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  let complete = true;
  const piece = (text: string) => {
    const buffer = Buffer.from(text);
    bytes += buffer.length;
    return buffer;
  };
  const profile = await db.read
    .selectFrom('telegram_users')
    .leftJoin('tpv_instances', 'tpv_instances.id', 'telegram_users.tpv_id')
    .selectAll('telegram_users')
    .select('tpv_instances.name as tpv')
    .where('telegram_id', '=', telegramId)
    .executeTakeFirst();
  const { search: _search, ...known } = profile ?? {};
  const accounts = (await linkedAccounts(db.read, telegramId)).map(({ name }) => name);
  const about = { about: ABOUT, written_at: isoTime(now), telegram_id: telegramId, profile: withTimes(known) };
  const head = { ...about, ...(accounts.length > 0 && { panel_accounts: accounts }) };
  yield piece(JSON.stringify(head, undefined, 1).slice(0, -2));
  for (const [name, rows] of Object.entries(sections(db, telegramId))) {
    yield piece(`,\n "${name}": [`);
    let separator = '\n  ';
    for await (const { at, row } of rows) {
      const text = separator + JSON.stringify(row);
      if (bytes + text.length > mostBytes) {
        complete = false;
        onLeftOut?.(at);
        break;
      }
      yield piece(text);
      separator = ',\n  ';
    }
    yield piece('\n ]');
  }
  yield piece(`,\n "complete": ${complete}${complete ? '' : `,\n "note": ${JSON.stringify(INCOMPLETE)}`}\n}\n`);
}

/** A row in the document's form, and when it came. */
interface Element {
  at: number;
  row: object;
}

/** Each list, the newest first. */
function sections(db: Database, telegramId: number): Record<string, AsyncIterable<Element>> {
  return {
    instructions: instructions(db, telegramId),
    messages: messages(db, telegramId),
    presses: presses(db, telegramId),
    updates: updates(db, telegramId),
  };
}

async function* instructions(db: Database, telegramId: number) {
  for (let before = Number.MAX_SAFE_INTEGER; ; ) {
    const rows = await db.read
      .selectFrom('instructions')
      .leftJoin('tpv_instances', 'tpv_instances.id', 'instructions.tpv_id')
      .select(['seq', 'instructions.id', 'tpv_instances.name as tpv', 'command', 'status', 'payload', 'response'])
      .select(['telegram_username', 'error_message', 'instructions.created_at', 'sent_at', 'completed_at'])
      .where('telegram_user_id', '=', telegramId)
      .where('seq', '<', before)
      .orderBy('seq', 'desc')
      .limit(PAGE)
      .execute();
    const ids = rows.map(({ id }) => id);
    const files =
      ids.length === 0
        ? []
        : await db.read.selectFrom('instruction_files').selectAll().where('instruction_id', 'in', ids).execute();
    for (const { seq, payload, response, ...row } of rows) {
      before = seq;
      const ofRow = files.filter((file) => file.instruction_id === row.id);
      const contents = { payload: parseJson(payload), response: response === null ? null : parseJson(response) };
      const given = ofRow.map(({ instruction_id: _id, ...file }) => file);
      yield { at: row.created_at, row: { ...withTimes(row), ...contents, files: given } };
    }
    if (rows.length < PAGE) return;
  }
}

async function* messages(db: Database, telegramId: number) {
  for (let before = Number.MAX_SAFE_INTEGER; ; ) {
    const rows = await db.read
      .selectFrom('push_messages')
      .leftJoin('tpv_instances', 'tpv_instances.id', 'push_messages.tpv_id')
      .select([
        'seq',
        'push_messages.id',
        'tpv_instances.name as tpv',
        'kind',
        'text',
        'data',
        'reply_markup',
        'status',
      ])
      .select(['telegram_message_id', 'error_message', 'push_messages.created_at', 'sent_at'])
      .where('chat_id', '=', telegramId)
      .where('seq', '<', before)
      .orderBy('seq', 'desc')
      .limit(PAGE)
      .execute();
    const ids = rows.map(({ id }) => id);
    const buttons =
      ids.length === 0
        ? []
        : await db.read
            .selectFrom('buttons')
            .select(['push_id', 'action', 'data', 'form', 'expires_at', 'pressed_at', 'settled_at'])
            .where('push_id', 'in', ids)
            .execute();
    for (const { seq, data, reply_markup: markup, ...row } of rows) {
      before = seq;
      const ofRow = buttons
        .filter((button) => button.push_id === row.id)
        .map(({ push_id: _id, data: given, form, ...button }) => ({
          ...withTimes(button),
          data: given === null ? null : parseJson(given),
          form: form === null ? null : parseJson(form),
        }));
      const contents = { data: withoutPath(data), reply_markup: markup === null ? null : parseJson(markup) };
      yield { at: row.created_at, row: { ...withTimes(row), ...contents, buttons: ofRow } };
    }
    if (rows.length < PAGE) return;
  }
}

async function* presses(db: Database, telegramId: number) {
  for (let before: [number, string] = [Number.MAX_SAFE_INTEGER, '']; ; ) {
    const [at, id] = before;
    const rows = await db.read
      .selectFrom('presses')
      .select(['query_id', 'instruction_id', 'pressed_at', 'answered_at', 'settled_at'])
      .where('telegram_user_id', '=', telegramId)
      .where((eb) => eb.or([eb('pressed_at', '<', at), eb.and([eb('pressed_at', '=', at), eb('query_id', '<', id)])]))
      .orderBy('pressed_at', 'desc')
      .orderBy('query_id', 'desc')
      .limit(PAGE)
      .execute();
    for (const row of rows) {
      before = [row.pressed_at, row.query_id];
      yield { at: row.pressed_at, row: withTimes(row) };
    }
    if (rows.length < PAGE) return;
  }
}

/** What was put aside, as it came. */
async function* updates(db: Database, telegramId: number) {
  for await (const page of updatesThatName(db, telegramId)) {
    for (const { raw, ...row } of page) yield { at: row.received_at, row: { ...withTimes(row), body: raw.toString() } };
  }
}

/** Where a file lies on the hub's disk is the hub's business. */
function withoutPath(data: PushRow['data']): object {
  const parsed = parseJson(data);
  if (!('file' in parsed)) return parsed;
  const { path: _path, ...file } = parsed.file;
  return { file };
}

/** Times as the API writes them. */
function withTimes(row: object): object {
  const timed = Object.entries(row).map(([key, value]) =>
    typeof value === 'number' && /_(at|interaction)$/.test(key) ? [key, isoTime(value)] : [key, value],
  );
  return Object.fromEntries(timed);
}
