import { stat } from 'node:fs/promises';
import { nextTurn } from '../clock.ts';
import type { Database } from '../db/open.ts';
import { KEY_LIFE_MS } from './accept.ts';
import { type PushRow, uploadOf } from './message.ts';
import type { UploadStore } from './uploads.ts';

/** Rows deleted in one commit. */
const PAGE = 200;
/** Rows looked at in one query. */
const READ_PAGE = 2_000;
/** An upload that no message refers to after this long was never taken. */
const ORPHAN_MS = 3_600_000;

/**
 * Deletes settled messages older than the cutoff, in the order in which they came, a page a call, going on after
 * the last call's. Those that an Idempotency-Key names stay for as long as the key is kept, and
 * those whose buttons still work stay as long as the buttons.
 */
export function pushRetention(db: Database): (cutoff: number, now: number) => Promise<number> {
  let cursor = 0;
  return async (cutoff, now) => {
    const page = await db.read
      .selectFrom('push_messages')
      .select(['seq', 'id', 'created_at', 'queued_at', 'idempotency_key', 'not_before'])
      .where('seq', '>', cursor)
      .orderBy('seq')
      .limit(PAGE)
      .execute();
    const old = page.filter((row) => row.created_at < cutoff);
    cursor = old.length < PAGE ? 0 : (old.at(-1)?.seq ?? 0);
    const ended = old
      .filter((row) => row.not_before === null && row.queued_at < cutoff)
      .filter((row) => row.idempotency_key === null || row.created_at < now - KEY_LIFE_MS);
    // Asked for these few alone: as a condition of the page, a year of messages would be looked at for one page.
    const live = await withLiveButtons(
      db,
      ended.map((row) => row.id),
    );
    const settled = ended.filter((row) => !live.has(row.id)).map((row) => row.seq);
    if (settled.length === 0) return 0;
    await db.transact(async (tx) => {
      await tx.kysely.deleteFrom('push_messages').where('seq', 'in', settled).execute();
    });
    return settled.length;
  };
}

/** Which of these messages have a button that still works. */
async function withLiveButtons(db: Database, pushIds: readonly string[]): Promise<Set<string>> {
  // PostgreSQL takes no empty list.
  if (pushIds.length === 0) return new Set();
  const buttons = await db.read
    .selectFrom('buttons')
    .select('push_id')
    .where('push_id', 'in', pushIds)
    .where('settled_at', 'is', null)
    .execute();
  return new Set(buttons.map((button) => button.push_id));
}

/**
 * Deletes uploads that no message needs any more, and counts those for their TPVs that came before uploads were counted.
 * @param aheadMs what the clock was just set ahead by: uploads seem so much older than they are
 */
export async function sweepUploads(db: Database, uploads: UploadStore, aheadMs = 0): Promise<void> {
  const { needed, unmeasured } = await neededUploads(db);
  await measure(db, unmeasured);
  await uploads.sweep(async (path) => needed.has(path), ORPHAN_MS + aheadMs);
}

/** The files of all messages that Telegram does not have, read in pages: the table may be long. */
async function neededUploads(db: Database): Promise<{ needed: Set<string>; unmeasured: Unmeasured[] }> {
  const needed = new Set<string>();
  const unmeasured: Unmeasured[] = [];
  for (let cursor: number | undefined = 0; cursor !== undefined; ) {
    const page: Pick<PushRow, 'seq' | 'status' | 'data' | 'upload_bytes'>[] = await db.read
      .selectFrom('push_messages')
      .select(['seq', 'status', 'data', 'upload_bytes'])
      .where('seq', '>', cursor)
      .orderBy('seq')
      .limit(READ_PAGE)
      .execute();
    for (const row of page) {
      const file = row.status === 'sent' ? undefined : uploadOf(row);
      if (file === undefined) continue;
      needed.add(file.path);
      if (row.upload_bytes === null) unmeasured.push({ seq: row.seq, path: file.path });
    }
    cursor = page.length < READ_PAGE ? undefined : page.at(-1)?.seq;
    await nextTurn();
  }
  return { needed, unmeasured };
}

/** A message whose file's length is not known. */
interface Unmeasured {
  seq: number;
  path: string;
}

async function measure(db: Database, messages: readonly Unmeasured[]): Promise<void> {
  for (const { seq, path } of messages) {
    // One that is gone takes nothing of the disk.
    const bytes = await stat(path).then(
      ({ size }) => size,
      () => 0,
    );
    await db.transact(async (tx) => {
      await tx.kysely.updateTable('push_messages').set({ upload_bytes: bytes }).where('seq', '=', seq).execute();
    });
  }
}
