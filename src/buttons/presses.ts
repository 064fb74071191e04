import { sql } from 'kysely';
import { type JsonText, parseJson } from '../db/json-text.ts';
import { ofTpvs } from '../db/of-tpvs.ts';
import type { Database } from '../db/open.ts';
import type { ButtonForm } from '../db/push-tables.ts';
import { statement } from '../db/statement.ts';

/** A press on one of a message's buttons. */
export interface PressOfPush {
  token: string;
  /** Null: the button calls a URL. */
  action: string | null;
  pressed_at: number;
  /** When the spinner ended, and when the person saw how it went. */
  answered_at: number | null;
  settled_at: number | null;
}

/** The presses on a message's buttons that are still remembered, the oldest first. */
export const pressesOfPush = statement<{ pushId: string }>()((db, p) =>
  db
    .selectFrom('buttons')
    // Presses have an index by their person, and none by their token.
    .innerJoin('presses', (join) =>
      join
        .onRef('presses.telegram_user_id', '=', 'buttons.telegram_user_id')
        .onRef('presses.token', '=', 'buttons.token'),
    )
    .select(['presses.token', 'buttons.action', 'presses.pressed_at', 'presses.answered_at', 'presses.settled_at'])
    .where('buttons.push_id', '=', p('pushId'))
    .orderBy('presses.pressed_at')
    .limit(100),
);

/** When the buttons of messages were last pressed, by their tokens; those that nobody pressed are absent. */
export async function lastPresses(db: Database, pushIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (pushIds.length === 0) return new Map();
  const rows = await db.read
    .selectFrom('buttons')
    .select(['token', 'pressed_at'])
    .where('push_id', 'in', pushIds)
    .where('pressed_at', 'is not', null)
    .execute();
  return new Map(rows.flatMap(({ token, pressed_at: at }) => (at === null ? [] : [[token, at] as const])));
}

/** A press that called a URL; those that became instructions are among the instructions. */
export interface CallingPress {
  queryId: string;
  pressedAt: number;
  pushId: string | null;
  action: string;
}

export type PressKey = readonly [pressedAt: number, queryId: string];

/**
 * A person's presses that called a URL, the newest first, from before `before` on.
 * @param within only those under messages of these TPVs
 */
export async function callingPressesOf(
  db: Database,
  telegramUserId: number,
  before: PressKey | undefined,
  limit: number,
  within?: readonly string[],
): Promise<CallingPress[]> {
  const rows = await db.read
    .selectFrom('presses')
    .leftJoin('buttons', 'buttons.token', 'presses.token')
    .select(['presses.query_id', 'presses.pressed_at', 'presses.token'])
    .select(['buttons.push_id', 'buttons.form', 'buttons.callback_url'])
    .where('presses.telegram_user_id', '=', telegramUserId)
    .where('presses.instruction_id', 'is', null)
    .$if(before !== undefined, (presses) =>
      presses.where(sql<boolean>`(presses.pressed_at, presses.query_id) < (${before?.[0]}, ${before?.[1]})`),
    )
    .$if(within !== undefined, (presses) =>
      presses
        .innerJoin('push_messages', 'push_messages.id', 'buttons.push_id')
        .where(ofTpvs('push_messages.tpv_id', within ?? [])),
    )
    .orderBy('presses.pressed_at', 'desc')
    .orderBy('presses.query_id', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    queryId: row.query_id,
    pressedAt: row.pressed_at,
    pushId: row.push_id,
    action: actionOf(row.form) ?? originOf(row.callback_url ?? row.token),
  }));
}

/** What an older TPV's button calls its action. */
function actionOf(form: JsonText<ButtonForm> | null): string | undefined {
  if (form === null) return undefined;
  const { accion } = parseJson(form);
  return accion === '' ? undefined : accion;
}

/** The URL itself may hold a secret of the TPV's. */
function originOf(url: string): string {
  return URL.parse(url)?.origin ?? '';
}
