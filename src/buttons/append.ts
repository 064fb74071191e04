import type { Database } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { changePush } from '../push/change.ts';
import { pushById } from '../push/push-store.ts';
import type { ChangePort } from '../push/send-port.ts';

/** A message whose buttons were taken away. */
const NO_BUTTONS = JSON.stringify({ inline_keyboard: [] });

/**
 * Appends to a message, and takes its buttons away; once more is fine.
 * @param pushId undefined: the hub did not send it
 * @returns false if the message can't take it (gone, full, without text); its buttons go all the same
 */
export async function appendToPush(
  ports: { db: Database; telegram: ChangePort },
  pushId: string | undefined,
  addition: string,
): Promise<boolean> {
  const [row] = pushId === undefined ? [] : await ports.db.query(pushById, { id: pushId });
  if (row === undefined) return false;
  if (row.reply_markup === NO_BUTTONS && row.text.endsWith(addition)) return true;
  const text = row.text === '' ? addition : `${row.text}\n\n${addition}`;
  const keyboard = async () => [];
  try {
    await changePush(ports, row, { text, keyboard });
    return true;
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    // What keeps the text out may still let the buttons go; if not, a press on them is answered as expired.
    await changePush(ports, row, { keyboard }).catch(() => {});
    return false;
  }
}
