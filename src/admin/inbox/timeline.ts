import { isFinal, PRESS_COMMAND } from '#protocol';
import { type CallingPress, callingPressesOf, lastPresses } from '../../buttons/presses.ts';
import { parseJson } from '../../db/json-text.ts';
import type { Database } from '../../db/open.ts';
import { filesIn } from '../../instructions/instruction-files.ts';
import { excerptOf, type ListedInstruction, listInstructions } from '../../instructions/instruction-list.ts';
import { INTERVENTIONS, obstacleTo } from '../../instructions/intervention.ts';
import { isoTime } from '../../iso-time.ts';
import { buttonsOf } from '../../push/change.ts';
import { fileIdOf, hasMarkup, operatorOf, uploadOf, writerOf } from '../../push/message.ts';
import { type ChatPush, pushesOfChat } from '../../push/of-chat.ts';
import type { TimelineEntry } from '../schemas/users.ts';
import { isoOrNull, namedTpv } from '../tpv-answer.ts';

/**
 * How far each of the three was read: the last instruction's and push's row number, the last press's time and id. Null
 * if nothing of it was read yet.
 */
export type TimelineKey = [
  instruction: number | null,
  push: number | null,
  pressedAt: number | null,
  pressId: string | null,
];

export interface TimelinePage {
  items: TimelineEntry[];
  next: TimelineKey | undefined;
}

/** Something that happened, and what is read next of its kind. */
interface Happening {
  at: number;
  entries: TimelineEntry[];
  advance(key: TimelineKey): TimelineKey;
}

/**
 * A page of all that happened between a person and the hub, the newest first. Each kind is read by its own index, and
 * the three are merged by time. A report comes with its instruction, so at the edge of two pages one may stand a little
 * further down than its time would have it.
 * @param within only what happened between the person and these TPVs
 */
export async function timelineOf(
  db: Database,
  telegramId: number,
  after: TimelineKey | undefined,
  limit: number,
  within: readonly string[] | undefined,
): Promise<TimelinePage> {
  const start: TimelineKey = after ?? [null, null, null, null];
  const [instruction, push, pressedAt, pressId] = start;
  const pressKey = pressedAt === null || pressId === null ? undefined : ([pressedAt, pressId] as const);
  const instructions = await listInstructions(
    db,
    { telegramUserId: telegramId, within },
    instruction ?? undefined,
    limit + 1,
  );
  const pushes = await pushesOfChat(db, telegramId, push ?? undefined, limit + 1, within);
  const presses = await callingPressesOf(db, telegramId, pressKey, limit + 1, within);
  const pressed = await lastPresses(
    db,
    pushes.filter((one) => one.reply_markup !== null).map(({ id }) => id),
  );
  // Within a millisecond what was asked came before what was said to it.
  const merged = merge([
    pushes.map((one) => pushHappening(one, pressed)),
    presses.map(pressHappening),
    instructions.rows.map(instructionHappening),
  ]);
  const page = merged.slice(0, limit);
  const items = page.flatMap((happening) => happening.entries).sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  const reached = page.reduce((key, happening) => happening.advance(key), start);
  return { items, next: merged.length > limit ? reached : undefined };
}

/** Lists that are in order become one that is; each keeps its own, whatever the clock did. */
function merge(lists: readonly Happening[][]): Happening[] {
  const waiting = lists.map((list) => [...list].reverse());
  const merged: Happening[] = [];
  for (;;) {
    let newest: Happening[] | undefined;
    for (const list of waiting) {
      const head = list.at(-1);
      if (head !== undefined && head.at > (newest?.at(-1)?.at ?? Number.NEGATIVE_INFINITY)) newest = list;
    }
    const next = newest?.pop();
    if (next === undefined) return merged;
    merged.push(next);
  }
}

function instructionHappening(row: ListedInstruction): Happening {
  const entries: TimelineEntry[] = [];
  if (isFinal(row.status) && row.completed_at !== null) {
    entries.push({
      kind: 'report',
      at: isoTime(row.completed_at),
      instruction_id: row.id,
      status: row.status,
      response: row.response === null ? null : parseJson(row.response),
      error_message: row.error_message,
    });
  }
  const at = isoTime(row.created_at);
  if (row.command === PRESS_COMMAND) {
    // Written by this program, from an object of this shape.
    const { push_message_id: pushId, action } = parseJson(row.payload) as { push_message_id: string; action: string };
    entries.push({ kind: 'press', at, push_id: pushId, instruction_id: row.id, action });
  } else {
    entries.push({
      kind: 'instruction',
      at,
      instruction_id: row.id,
      command: row.command,
      text: excerptOf(row),
      files: filesIn(parseJson(row.payload).attachments).map(({ fileId, kind, name }) => ({
        file_id: fileId,
        kind,
        name,
      })),
      status: row.status,
      tpv: namedTpv(row.tpv_id, row.tpv_name),
      retried_as: row.retried_as,
      allowed: INTERVENTIONS.filter((intervention) => obstacleTo(intervention, row) === undefined),
    });
  }
  return {
    at: row.created_at,
    entries,
    advance: ([, push, pressedAt, pressId]) => [row.seq, push, pressedAt, pressId],
  };
}

/** @param pressed when which buttons were pressed, by their tokens */
function pushHappening(row: ChatPush, pressed: ReadonlyMap<string, number>): Happening {
  return {
    at: row.created_at,
    entries: [
      {
        kind: 'push',
        at: isoTime(row.created_at),
        push_id: row.id,
        text: row.text,
        kind_of_message: row.kind,
        file: fileOfPush(row),
        has_markup: hasMarkup(row),
        buttons: buttonsOf(row.reply_markup).map((line) =>
          line.map((one) => ({
            text: one.text,
            url: 'url' in one ? one.url : null,
            pressed_at: isoOrNull('callback_data' in one ? pressed.get(one.callback_data) : undefined),
          })),
        ),
        writer: writerOf(row),
        operator: operatorOf(row),
        status: row.status,
        tpv: namedTpv(row.tpv_id, row.tpv_name),
        error_message: row.error_message,
      },
    ],
    advance: ([instruction, , pressedAt, pressId]) => [instruction, row.seq, pressedAt, pressId],
  };
}

/** The file of a message that can be shown: the one that Telegram has, or that waits to be sent. */
function fileOfPush(row: ChatPush): Extract<TimelineEntry, { kind: 'push' }>['file'] {
  const { kind, status } = row;
  if (kind !== 'photo' && kind !== 'document') return null;
  const upload = uploadOf(row);
  // What was uploaded goes once it is sent.
  const isHere = fileIdOf(row) !== undefined || (upload !== undefined && status !== 'sent');
  return isHere ? { kind, name: upload?.name ?? null } : null;
}

function pressHappening({ queryId, pressedAt, pushId, action }: CallingPress): Happening {
  return {
    at: pressedAt,
    entries: [{ kind: 'press', at: isoTime(pressedAt), push_id: pushId, instruction_id: null, action }],
    advance: ([instruction, push]) => [instruction, push, pressedAt, queryId],
  };
}
