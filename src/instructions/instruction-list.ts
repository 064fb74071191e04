import { sql } from 'kysely';
import { z } from 'zod';
import { type InstructionStatus, isFinal } from '#protocol';
import { type JsonText, parseJson } from '../db/json-text.ts';
import { ofTpvs } from '../db/of-tpvs.ts';
import type { Database } from '../db/open.ts';
import { mayContain, searchable } from '../db/searchable.ts';
import { firstRowSince, rowRange, type TimeRange } from '../db/time-range.ts';
import { type KeyedList, readSlice, rowAhead, type Slice } from '../db/windows.ts';
import { uuidOf } from '../ids.ts';
import type { InstructionRow } from './instruction.ts';

/** Which instructions an administrator looks for. */
export interface InstructionQuery extends TimeRange {
  status?: InstructionStatus | undefined;
  tpvId?: string | undefined;
  /** Only those of these TPVs. */
  within?: readonly string[] | undefined;
  telegramUserId?: number | undefined;
  command?: string | undefined;
  /** What the person's words contain, or a whole id. */
  text?: string | undefined;
  /** The oldest first, instead of the newest. */
  oldestFirst?: boolean | undefined;
}

/** An instruction with the names of its person and its TPV. */
export type ListedInstruction = InstructionRow & {
  tpv_name: string | null;
  first_name: string | null;
  last_name: string | null;
};

/** A list leaves out answers that are longer: hundreds of 64 KiB each would hold the hub up. */
export const LONGEST_LISTED_RESPONSE = 4_096;
const shortResponse = sql<JsonText<unknown> | null>`
  case when octet_length(instructions.response) <= ${sql.lit(LONGEST_LISTED_RESPONSE)} then instructions.response end`;

/** All columns but `response`. */
const LISTED = [
  'instructions.seq',
  'instructions.id',
  'instructions.update_id',
  'instructions.tpv_id',
  'instructions.telegram_user_id',
  'instructions.telegram_username',
  'instructions.command',
  'instructions.payload',
  'instructions.status',
  'instructions.priority',
  'instructions.created_at',
  'instructions.sent_at',
  'instructions.delivered_at',
  'instructions.completed_at',
  'instructions.expires_at',
  'instructions.error_message',
  'instructions.retry_count',
  'instructions.holder',
  'instructions.due_at',
  'instructions.retry_of',
  'instructions.retried_as',
] as const;

/** A page of instructions in their order, without long answers; its key is `seq`. A whole id finds that one alone. */
export async function listInstructions(
  db: Database,
  query: InstructionQuery,
  after: number | undefined,
  limit: number,
): Promise<Slice<ListedInstruction, number>> {
  const id = after === undefined && query.text !== undefined ? uuidOf(query.text) : undefined;
  if (id !== undefined) {
    const known = await instructionList(db, { ...query, text: undefined }, undefined, id).read(undefined, undefined, 1);
    if (known.length > 0) return { rows: known, next: undefined };
  }
  const { oldestFirst } = query;
  const range = await rowRange(query, oldestFirst ? undefined : after, (ms) => firstRowSince(db, 'instructions', ms));
  if (range === undefined) return { rows: [], next: undefined };
  const { first, before } = range;
  if (!oldestFirst) return readSlice(instructionList(db, query, first), before, limit);
  const last = before === undefined ? undefined : before - 1;
  return readSlice(instructionList(db, query, last), after ?? (first === undefined ? undefined : first - 1), limit);
}

/** Which rows one index has in their order: a person's, those that failed, those that are open, a TPV's, or all. */
function laneOf({ telegramUserId, status, tpvId }: InstructionQuery): 'user' | 'failed' | 'open' | 'tpv' | 'all' {
  if (telegramUserId !== undefined) return 'user';
  if (status === 'failed') return 'failed';
  if (status !== undefined && !isFinal(status)) return 'open';
  return tpvId === undefined ? 'all' : 'tpv';
}

/**
 * @param end no row beyond this number
 * @param id only this one
 */
function instructionList(
  db: Database,
  query: InstructionQuery,
  end: number | undefined,
  id?: string,
): KeyedList<ListedInstruction, number> {
  const { telegramUserId, tpvId, within, status, command, from, to, text, oldestFirst = false } = query;
  const by = laneOf(query);
  const asFarAs = oldestFirst ? '<=' : '>=';
  const lane = (after: number | undefined, until: number | undefined) => {
    let rows = db.read.selectFrom('instructions');
    if (by === 'user') rows = rows.where('telegram_user_id', '=', telegramUserId ?? 0);
    // A person's rows are few: of those, none has to be left out later.
    if (by === 'user' && within !== undefined) rows = rows.where(ofTpvs('instructions.tpv_id', within));
    // As a literal: a parameter would not say that the partial index holds it.
    if (by === 'failed') rows = rows.where(sql<boolean>`instructions.status = 'failed'`);
    if (by === 'open') rows = rows.where('completed_at', 'is', null);
    if (by === 'tpv') rows = rows.where('instructions.tpv_id', '=', tpvId ?? '');
    if (after !== undefined) rows = rows.where('seq', oldestFirst ? '>' : '<', after);
    if (until !== undefined) rows = rows.where('seq', asFarAs, until);
    if (end !== undefined) rows = rows.where('seq', asFarAs, end);
    return rows.orderBy('seq', oldestFirst ? 'asc' : 'desc');
  };
  const otherStatus = status !== undefined && by !== 'failed';
  const otherTpv = tpvId !== undefined && by !== 'tpv';
  const ofOthers = within !== undefined && by !== 'user';
  const wanted = text === undefined ? undefined : searchable(text);
  return {
    filtered: [otherStatus, otherTpv, ofOthers, command, from, to, text].some(
      (one) => one !== undefined && one !== false,
    ),
    keyOf: (row) => row.seq,
    ahead: async (after, rows) => (await rowAhead(lane(after, undefined).select('seq'), rows))?.seq,
    read(after, until, limit) {
      let rows = lane(after, until)
        .leftJoin('tpv_instances', 'tpv_instances.id', 'instructions.tpv_id')
        .leftJoin('telegram_users', 'telegram_users.telegram_id', 'instructions.telegram_user_id')
        .select(LISTED)
        .select(shortResponse.as('response'))
        .select(['tpv_instances.name as tpv_name', 'telegram_users.first_name', 'telegram_users.last_name']);
      if (id !== undefined) rows = rows.where('instructions.id', '=', id);
      // Written so that no index fits: one that does not have the rows in their order would be worse than none.
      if (otherStatus) rows = rows.where(sql<boolean>`instructions.status || '' = ${status}`);
      if (otherTpv) rows = rows.where(sql<boolean>`instructions.tpv_id || '' = ${tpvId}`);
      if (ofOthers) rows = rows.where(ofTpvs('instructions.tpv_id', within));
      if (command !== undefined) rows = rows.where('command', '=', command);
      if (from !== undefined) rows = rows.where('instructions.created_at', '>=', from);
      if (to !== undefined) rows = rows.where('instructions.created_at', '<', to);
      if (text !== undefined) rows = rows.where(mayContain(db.read, 'instructions.payload', text));
      return rows.limit(limit).execute();
    },
    matches: wanted === undefined ? undefined : (row) => searchable(excerptOf(row)).includes(wanted),
  };
}

/** One instruction with the names of its person and its TPV. */
export async function listedInstruction(db: Database, id: string): Promise<ListedInstruction | undefined> {
  return db.read
    .selectFrom('instructions')
    .leftJoin('tpv_instances', 'tpv_instances.id', 'instructions.tpv_id')
    .leftJoin('telegram_users', 'telegram_users.telegram_id', 'instructions.telegram_user_id')
    .selectAll('instructions')
    .select(['tpv_instances.name as tpv_name', 'telegram_users.first_name', 'telegram_users.last_name'])
    .where('instructions.id', '=', id)
    .executeTakeFirst();
}

/** What of a payload says the most to a reader; whatever else it holds is left aside. */
const telling = z.object({
  text: z.string().catch(''),
  action: z.string().catch(''),
  attachments: z.array(z.object({ kind: z.string(), file_name: z.string().optional().catch(undefined) })).catch([]),
});

/** What the person wrote; without text, what they attached or pressed. */
export function excerptOf({ payload }: Pick<InstructionRow, 'payload'>): string {
  const read = telling.safeParse(parseJson(payload));
  if (!read.success) return '';
  const { text, action, attachments } = read.data;
  return text || action || attachments.map(({ kind, file_name: name }) => name ?? kind).join(', ');
}
