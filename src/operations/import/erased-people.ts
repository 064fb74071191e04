import type { Database } from '../../db/open.ts';
import { readNotes } from '../../rights/erasure-notes.ts';
import type { Tally } from './tally.ts';

/** Who was erased here: the former service does not know of it, and would bring them back. */
export class ErasedPeople {
  /** -1: never. */
  readonly #erasedAt: (telegramId: number) => number;
  readonly #leftOut = new Set<number>();

  constructor(erasedAt: (telegramId: number) => number) {
    this.#erasedAt = erasedAt;
  }

  /** Whether a person is left out, and all that is theirs with them: the former service knew them before the erasure. */
  has(telegramId: number, knownSince: number | undefined): boolean {
    if (!this.isBefore(telegramId, knownSince)) return false;
    this.#leftOut.add(telegramId);
    return true;
  }

  /** Whether a row is left out: its person is, or came back here, and it is from before the erasure. */
  isBefore(telegramId: number, createdAt: number | undefined): boolean {
    return this.#leftOut.has(telegramId) || (createdAt ?? 0) <= this.#erasedAt(telegramId);
  }

  /** Says how many people were left out, and not who. */
  tell(tally: Tally): void {
    const people = this.#leftOut.size;
    if (people === 0) return;
    const who = people === 1 ? '1 person was erased here and stays' : `${people} people were erased here and stay`;
    tally.remark(`${who} erased: what that database has of them is left out.`);
  }
}

/**
 * Reads who was erased: in the notes beside the database, and in it, as long as an erasure is under way.
 * @throws HubError `unavailable` if the notes can't be read
 */
export async function erasedPeople(db: Database, notesFile: string): Promise<ErasedPeople> {
  const noted = await readNotes(notesFile);
  const byName = new Map<string, number>();
  for (const { person, at } of noted?.notes ?? []) byName.set(person, Math.max(at, byName.get(person) ?? 0));
  const rows = await db.read
    .selectFrom('person_requests')
    .select(['telegram_id', 'asked_at'])
    .where('kind', '=', 'erasure')
    .where('telegram_id', 'is not', null)
    .execute();
  const underWay = new Map(rows.map((row) => [Number(row.telegram_id), Number(row.asked_at)]));
  return new ErasedPeople((telegramId) => {
    const name = noted?.personOf(telegramId);
    return Math.max(underWay.get(telegramId) ?? -1, (name === undefined ? undefined : byName.get(name)) ?? -1);
  });
}
