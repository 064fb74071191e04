import { sql } from 'kysely';
import { nextTurn } from '../clock.ts';
import type { Database } from '../db/open.ts';
import type { UpdateOutcome } from '../db/schema.ts';

/** Updates that are looked at in one go. */
const PAGE = 50;
/** Bytes of them: a body may have a megabyte, and all of this is searched in one turn of the event loop. */
const PAGE_BYTES = 1_000_000;

/** One that was put aside, as it came. */
export interface NamingUpdate {
  seq: number;
  kind: string;
  outcome: UpdateOutcome;
  reason: string | null;
  received_at: number;
  raw: Buffer;
}

/** Updates that were put aside and name a person wherever in them, the newest first; other work runs between the pages. */
export async function* updatesThatName(db: Database, telegramId: number): AsyncGenerator<NamingUpdate[]> {
  // Their bodies are what Telegram sent, understood or not.
  const id = new RegExp(`(?<!\\d)${telegramId}(?!\\d)`);
  for (let before = Number.MAX_SAFE_INTEGER; ; await nextTurn()) {
    const seqs = await putAsideBefore(db, before);
    const last = seqs.at(-1);
    if (last === undefined) return;
    before = last;
    const rows = await db.read
      .selectFrom('telegram_updates')
      .select(['seq', 'kind', 'outcome', 'reason', 'raw', 'received_at'])
      .where('seq', 'in', seqs)
      .orderBy('seq', 'desc')
      .execute();
    const found = rows
      .map(({ raw, ...row }) => ({ ...row, raw: Buffer.from(raw ?? []) }))
      .filter(({ raw }) => raw.includes(String(telegramId)) && id.test(raw.toString('latin1')));
    if (found.length > 0) yield found;
  }
}

/** The next page, the newest first: at least one, and no more than fit into its bytes. */
async function putAsideBefore(db: Database, before: number): Promise<number[]> {
  const newest = (outcome: UpdateOutcome) =>
    db.read
      .selectFrom('telegram_updates')
      .select(['seq', sql<number>`coalesce(length(raw), 0)`.as('bytes')])
      // The condition in full: SQLite uses a partial index only if the index's own condition stands in the query …
      .where(sql<boolean>`outcome in ('kept', 'quarantined')`)
      // … and one at a time: the index has each outcome's in order, and both at once would be sorted for each page.
      .where('outcome', '=', outcome)
      .where('seq', '<', before)
      .orderBy('seq', 'desc')
      .limit(PAGE)
      .execute();
  const both = [...(await newest('kept')), ...(await newest('quarantined'))];
  const page = both.sort((a, b) => b.seq - a.seq).slice(0, PAGE);
  return fitting(page, PAGE_BYTES).map(({ seq }) => seq);
}

/** The rows at the beginning of a page that have so many bytes together; at least one. */
export function fitting<R extends { bytes: number }>(page: readonly R[], most: number): R[] {
  let bytes = 0;
  return page.filter((row, i) => {
    bytes += Number(row.bytes);
    return i === 0 || bytes <= most;
  });
}
