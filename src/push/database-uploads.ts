import { type Database, HOUSEKEEPING } from '../db/open.ts';
import type { StoredFile } from '../db/push-tables.ts';
import { statement } from '../db/statement.ts';
import { uuidv7 } from '../ids.ts';
import { measured, type SavedUpload, type UploadStore } from './uploads.ts';

/** How the paths of files begin that lie in the database; what follows is their id. */
const PREFIX = 'database:';
/** Bytes after which a part is written: what a file takes of memory at a time, with the chunk that comes next. */
const PART_BYTES = 256 * 1024;
/** Files looked at in one query of the sweep. */
const PAGE = 200;

interface Part {
  id: string;
  part: number;
  isLast: number;
  bytes: Buffer;
  now: number;
}

const insertPart = statement<Part>()((db, p) =>
  db.insertInto('uploads').values({
    id: p('id'),
    part: p('part'),
    is_last: p('isLast'),
    bytes: p('bytes'),
    created_at: p('now'),
  }),
);

const partOf = statement<{ id: string; part: number }>()((db, p) =>
  db.selectFrom('uploads').select(['bytes', 'is_last']).where('id', '=', p('id')).where('part', '=', p('part')),
);

const wholeFile = statement<{ id: string }>()((db, p) =>
  db.selectFrom('uploads').select('part').where('id', '=', p('id')).where('is_last', '=', 1),
);

const deleteParts = statement<{ id: string }>()((db, p) => db.deleteFrom('uploads').where('id', '=', p('id')));

const filesBefore = statement<{ before: number; after: string }>()((db, p) =>
  db
    .selectFrom('uploads')
    .select('id')
    .where('part', '=', 0)
    .where('created_at', '<', p('before'))
    .where('id', '>', p('after'))
    .orderBy('id')
    .limit(PAGE),
);

/**
 * Keeps uploads in the database, where every hub that shares it finds them, and none is lost with its host.
 * @param onDisk has those that came before the database was a PostgreSQL, or the hub of this version
 * @param now milliseconds since the epoch
 */
export function databaseUploads(db: Database, onDisk: UploadStore, now: () => number): UploadStore {
  const writing = new Set<string>();

  const remove = async (id: string) => {
    await db.transact((tx) => tx.write(deleteParts, { id }), HOUSEKEEPING);
  };

  /** Writes the parts of a file, one at a time. */
  const write = async (id: string, source: AsyncIterable<Buffer>, input: Parameters<UploadStore['save']>[1]) => {
    let chunks: Buffer[] = [];
    let size = 0;
    let part = 0;
    const put = async (isLast: 0 | 1) => {
      const row: Part = { id, part, isLast, bytes: Buffer.concat(chunks), now: now() };
      await db.transact((tx) => tx.write(insertPart, row), HOUSEKEEPING);
      chunks = [];
      size = 0;
      part += 1;
    };
    const written = await measured(source, input, async (chunk) => {
      if (size >= PART_BYTES) await put(0);
      chunks.push(chunk);
      size += chunk.length;
    });
    await put(1);
    return written;
  };

  return {
    async save(source, input): Promise<SavedUpload> {
      const id = uuidv7(now());
      writing.add(id);
      try {
        const written = await write(id, source, input);
        return { file: { path: PREFIX + id, name: input.name, mimeType: input.mimeType }, ...written };
      } catch (error) {
        // If this fails too, the next sweep removes the parts.
        await remove(id).catch(() => {});
        throw error;
      } finally {
        writing.delete(id);
      }
    },

    async has(file) {
      const id = idOf(file);
      return id === undefined ? onDisk.has(file) : (await db.query(wholeFile, { id })).length > 0;
    },

    async *read(file) {
      const id = idOf(file);
      if (id === undefined) {
        yield* onDisk.read(file);
        return;
      }
      for (let part = 0; ; part++) {
        const [row] = await db.query(partOf, { id, part });
        // Without this, what was deleted meanwhile would seem to end here.
        if (row === undefined) throw new Error(`The upload ${id} has no part ${part} any more.`);
        yield row.bytes;
        if (row.is_last === 1) return;
      }
    },

    async remove(file) {
      const id = idOf(file);
      await (id === undefined ? onDisk.remove(file) : remove(id));
    },

    async sweep(keep, olderThanMs) {
      let removed = await onDisk.sweep(keep, olderThanMs);
      const before = now() - olderThanMs;
      for (let after: string | undefined = ''; after !== undefined; ) {
        const page: { id: string }[] = await db.query(filesBefore, { before, after });
        for (const { id } of page) {
          if (writing.has(id) || (await keep(PREFIX + id))) continue;
          await remove(id);
          removed += 1;
        }
        after = page.length < PAGE ? undefined : page.at(-1)?.id;
      }
      return removed;
    },
  };
}

/** The id of a file in the database; undefined: it lies on the disk. */
function idOf({ path }: Pick<StoredFile, 'path'>): string | undefined {
  return path.startsWith(PREFIX) ? path.slice(PREFIX.length) : undefined;
}
