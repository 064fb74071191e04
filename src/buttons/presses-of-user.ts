import { sql } from 'kysely';
import type { Database } from '../db/open.ts';

/** A press that called a URL; those that became instructions are among the instructions. */
export interface CallingPress {
  queryId: string;
  pressedAt: number;
  pushId: string | null;
  action: string;
}

export type PressKey = readonly [pressedAt: number, queryId: string];

/** A person's presses that called a URL, the newest first, from before `before` on. */
export async function callingPressesOf(
  db: Database,
  telegramUserId: number,
  before: PressKey | undefined,
  limit: number,
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
function actionOf(form: string | null): string | undefined {
  if (form === null) return undefined;
  // Written by this program, from an object of this shape.
  const { accion } = JSON.parse(form) as { accion?: string };
  return accion === '' ? undefined : accion;
}

/** The URL itself may hold a secret of the TPV's. */
function originOf(url: string): string {
  return URL.parse(url)?.origin ?? '';
}
