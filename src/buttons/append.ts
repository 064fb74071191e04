import type { Database } from '../db/open.ts';
import type { ParseMode } from '../db/push-tables.ts';
import { HubError } from '../errors.ts';
import { endsWithAddition } from '../push/change.ts';
import type { ChangeLane } from '../push/change-lane.ts';
import { pushById } from '../push/push-store.ts';

/** A message whose buttons were taken away. */
const NO_BUTTONS = JSON.stringify({ inline_keyboard: [] });

export interface AppendPorts {
  db: Database;
  changes: Pick<ChangeLane, 'ask'>;
}

/** How appending went. */
export type Appended =
  /** Or it will be by the next process, as the hub ends. */
  | { kind: 'appended' }
  /** The message can't take it (gone, full, without text); its buttons go all the same. */
  | { kind: 'refused'; parseMode: ParseMode };

/**
 * Appends to a message, and takes its buttons away, for as long as Telegram can't be reached; once more is fine.
 * @param pushId undefined: the hub did not send it
 */
export async function appendToPush(
  { db, changes }: AppendPorts,
  pushId: string | undefined,
  addition: string,
): Promise<Appended> {
  const [row] = pushId === undefined ? [] : await db.query(pushById, { id: pushId });
  if (row === undefined) return { kind: 'refused', parseMode: 'none' };
  if (row.reply_markup === NO_BUTTONS && endsWithAddition(row, addition)) return { kind: 'appended' };
  const keyboard = async () => [];
  try {
    await changes.ask(row, { addition, keyboard });
    return { kind: 'appended' };
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    // What keeps the text out may still let the buttons go; if not, a press on them is answered as expired.
    await changes.ask(row, { keyboard }).catch(() => {});
    return { kind: 'refused', parseMode: row.parse_mode };
  }
}
