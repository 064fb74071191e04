import { FINAL_STATUSES, type InstructionStatus, OPEN_STATUSES } from '#protocol';
import { parseJson } from '../db/json-text.ts';
import { HubError } from '../errors.ts';
import { instructionIdOf } from '../instructions/instruction.ts';
import {
  excerptOf,
  type ListedInstruction,
  listedInstruction,
  listInstructions,
} from '../instructions/instruction-list.ts';
import { obstacleTo, retryInstruction } from '../instructions/intervention.ts';
import { storyOf } from '../instructions/story.ts';
import { isoTime } from '../iso-time.ts';
import { UsageError } from '../process/exit.ts';
import type { Input, Result } from './command.ts';
import { atDesk, type Desk } from './database.ts';
import { findTpv } from './find-tpv.ts';
import { say, word } from './language/say.ts';
import type { Word } from './language/spanish-words.ts';
import { limitOf } from './limit.ts';
import { NOT_HERE } from './not-here.ts';
import { tableOf } from './table.ts';

/** The longest name of a fact, in either language. */
const FACT_WIDTH = 13;
const STATUSES: readonly InstructionStatus[] = [...OPEN_STATUSES, ...FINAL_STATUSES];

/**
 * `instruction list`, `show <id>` and `retry <id>`; works while the hub runs.
 * @throws UsageError, ConfigError, HubError
 */
export async function instructionCommand({ env, words: [action, id, ...more], options }: Input): Promise<Result> {
  if (more.length > 0) throw new UsageError(say`"instruction ${action}" takes no "${more.join(' ')}".`);
  switch (action) {
    case 'list':
      if (id !== undefined) throw new UsageError(say`"instruction list" takes no "${id}".`);
      return atDesk(env, (desk) => list(desk, options));
    case 'show':
    case 'retry':
      if (id === undefined) throw new UsageError(say`"instruction ${action}" takes the id of an instruction.`);
      return atDesk(env, (desk) => (action === 'show' ? show(desk, id) : retry(desk, id)));
    default:
      throw new UsageError(say`"instruction" takes list, show or retry.`);
  }
}

async function list({ db, timeOf }: Desk, options: Input['options']): Promise<Result> {
  const { status, tpv, user } = options;
  const wanted = STATUSES.find((one) => one === status);
  if (status !== undefined && wanted === undefined) throw new UsageError(say`--status takes ${STATUSES.join(', ')}.`);
  if (user !== undefined && (typeof user !== 'string' || !/^\d{1,16}$/.test(user))) {
    throw new UsageError(say`--user takes a Telegram id.`);
  }
  const query = {
    status: wanted,
    tpvId: typeof tpv === 'string' ? (await findTpv(db, tpv)).id : undefined,
    telegramUserId: user === undefined ? undefined : Number(user),
  };
  const { rows, next } = await listInstructions(db, query, undefined, limitOf(options));
  const cells = rows.map((row) => [
    row.id,
    row.status,
    timeOf(row.created_at),
    row.tpv_name ?? '–',
    row.command,
    excerptOf(row),
  ]);
  const headings = ['id', 'status', 'written', 'tpv', 'command', 'says'] as const;
  const text = cells.length === 0 ? say`No instruction fits.` : tableOf(headings, cells);
  return {
    data: { instructions: rows.map(summaryOf), more: next !== undefined },
    text: next === undefined ? text : `${text}\n${say`… and more: --limit, --status, --tpv, --user`}`,
  };
}

async function show({ db, timeOf }: Desk, given: string): Promise<Result> {
  const row = await existing(db, given);
  const update =
    row.update_id === null
      ? undefined
      : await db.read
          .selectFrom('telegram_updates')
          .select('received_at')
          .where('update_id', '=', row.update_id)
          .executeTakeFirst();
  const steps = storyOf(row, update?.received_at);
  const lines = steps.map(({ step, at, afterMs }) => [
    word(step),
    timeOf(at),
    afterMs === null ? '' : `+${afterMs} ms`,
  ]);
  const facts: [Word, string][] = [
    ['id', row.id],
    ['status', row.error_message === '' ? row.status : `${row.status}: ${row.error_message}`],
    ['tpv', row.tpv_name ?? say`none yet`],
    ['person', `${row.telegram_user_id} ${row.first_name ?? ''} ${row.last_name ?? ''}`.trim()],
    ['command', row.command],
    ['payload', row.payload],
    ['response', row.response ?? '–'],
    ['expires', timeOf(row.expires_at)],
    ['retries', String(row.retry_count)],
    ...(row.retry_of === null ? [] : [['retry of', row.retry_of] satisfies [Word, string]]),
    ...(row.retried_as === null ? [] : [['retried', say`as ${row.retried_as}`] satisfies [Word, string]]),
  ];
  const text = [
    ...facts.map(([name, value]) => `${word(name).padEnd(FACT_WIDTH)} ${value}`),
    '',
    tableOf(['step', 'at', 'after'], lines),
  ];
  return {
    data: {
      ...summaryOf(row),
      payload: parseJson(row.payload),
      response: row.response === null ? null : parseJson(row.response),
      expires_at: isoTime(row.expires_at),
      steps: steps.map(({ step, at, afterMs }) => ({ step, at: isoTime(at), after_ms: afterMs })),
    },
    text: text.join('\n'),
  };
}

async function retry(desk: Desk, given: string): Promise<Result> {
  const row = await existing(desk.db, given);
  const obstacle = obstacleTo('retry', row);
  if (obstacle === 'not_final')
    throw new HubError('invalid_transition', say`It is ${row.status}: only what ended can be sent again.`);
  if (obstacle === 'retried')
    throw new HubError('invalid_transition', say`It was sent again already, as ${row.retried_as}: retry that one.`);
  if (obstacle !== undefined)
    throw new HubError('invalid_transition', say`A press is not sent again: nobody waits for its answer.`);
  const id = await desk.change(
    (tx) => retryInstruction(tx, NOT_HERE, row, desk.now()),
    (made) => ({
      action: 'instruction.retry',
      target: { kind: 'instruction', id: row.id },
      details: { instruction_id: made },
    }),
  );
  return { data: { instruction_id: id }, text: say`It goes out again as ${id}.` };
}

async function existing(db: Desk['db'], given: string): Promise<ListedInstruction> {
  const row = await listedInstruction(db, instructionIdOf(given));
  if (row === undefined)
    throw new HubError('not_found', say`There is no instruction ${given}: "instruction list" shows them.`);
  return row;
}

function summaryOf(row: ListedInstruction) {
  return {
    id: row.id,
    status: row.status,
    command: row.command,
    tpv: row.tpv_id === null ? null : { id: row.tpv_id, name: row.tpv_name },
    telegram_user_id: row.telegram_user_id,
    text: excerptOf(row),
    created_at: isoTime(row.created_at),
    completed_at: row.completed_at === null ? null : isoTime(row.completed_at),
    retry_count: row.retry_count,
    retry_of: row.retry_of,
    retried_as: row.retried_as,
    error_message: row.error_message,
  };
}
