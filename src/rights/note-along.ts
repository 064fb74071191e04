import type { Database } from '../db/open.ts';
import type { ErasureNotes } from './erasure-notes.ts';
import { notedErasures, type WaitingPlace } from './request-store.ts';

export interface NoteAlongPorts {
  db: Pick<Database, 'query'>;
  notes: Pick<ErasureNotes, 'note' | 'read'>;
}

/** Where several hubs share the database, each looks this often for erasures that another one noted. */
export const NOTE_ALONG_MS = 10_000;
/** So long an erasure stays open for that, once it waits for nothing else. */
export const NOTED_BY_ALL_MS = 3 * NOTE_ALONG_MS;

const PAGE = 200;
const BEGINNING: WaitingPlace = { askedAt: -1, id: '' };

/**
 * Notes are a file of one host. Makes the work of a hub that shares the database: it notes, in its own file, the erasures
 * that another hub noted and goes on with. So a host that is lost takes no note along.
 */
export function noteAlong({ db, notes }: NoteAlongPorts): () => Promise<void> {
  /** Those that are open, and in this hub's file. */
  let noted: ReadonlySet<string> = new Set();
  return async () => {
    const open = new Set<string>();
    let inFile: ReadonlySet<string> | undefined;
    for (let place: WaitingPlace | undefined = BEGINNING; place !== undefined; ) {
      const page: { id: string; asked_at: number; telegram_id: number | null }[] = await db.query(notedErasures, {
        ...place,
        limit: PAGE,
      });
      for (const { id, asked_at: at, telegram_id: telegramId } of page) {
        if (telegramId === null) continue;
        open.add(id);
        if (noted.has(id)) continue;
        inFile ??= new Set((await notes.read())?.notes.map((note) => note.id));
        if (!inFile.has(id)) await notes.note({ id, at, telegramId });
      }
      const last = page.at(-1);
      place = last === undefined || page.length < PAGE ? undefined : { askedAt: last.asked_at, id: last.id };
    }
    noted = open;
  };
}
