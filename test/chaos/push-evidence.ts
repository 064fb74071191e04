import type { PlayedHub } from './played-hub.ts';
import { type Asked, type Evidence, messagesOf } from './push-judge.ts';

/** How a change that no caller waits for any more says that it was given up. */
const GIVEN_UP = 'el cambio no se hizo';

/**
 * Looks at the rows, at what each person sees and at what Telegram was asked.
 * @param asked by the rows' ids; each gets the status of its row, and whether a change of it was given up
 * @returns what is judged, and how many rows have each status
 */
export async function evidenceOf(
  { read, telegram }: PlayedHub,
  asked: ReadonlyMap<string, Asked>,
): Promise<{ evidence: Evidence; statuses: Record<string, number> }> {
  const statuses: Record<string, number> = {};
  const rows = await read.selectFrom('push_messages').select(['id', 'status', 'error_message']).execute();
  for (const { id, status, error_message: error } of rows) {
    const one = asked.get(id);
    if (one === undefined) continue;
    statuses[status] = (statuses[status] ?? 0) + 1;
    one.status = status;
    if (error?.startsWith(GIVEN_UP)) one.isGivenUp = true;
  }
  const { emulator, line } = telegram;
  const all = [...asked.values()];
  const people = new Set(all.map(({ chatId }) => chatId));
  const chats = new Map([...people].map((id) => [id, messagesOf(emulator, id)] as const));
  return { evidence: { asked: all, chats, calls: emulator.calls, swallowed: line.swallowed }, statuses };
}
