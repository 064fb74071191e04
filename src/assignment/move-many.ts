import { type BulkOutcome, tallyInChunks } from '../db/chunks.ts';
import type { Database, Tx } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { tpvById } from '../tpvs/tpv.ts';
import { panelOnly } from '../wording/wording.ts';
import { reassignUser } from './move-person.ts';

export interface SkippedUser {
  telegramId: number;
  reason: 'not_found' | 'tpv_full' | 'unchanged';
}

export interface ReassignPorts {
  db: Database;
  /** Writes down who was moved, in the same transaction. */
  record(tx: Tx, telegramIds: readonly number[], tpv: { id: string; name: string }): Promise<void>;
}

/** Persons moved in one commit; each may have instructions that go along. */
const CHUNK = 50;

/**
 * Moves many persons to one TPV, in their order, as long as it has room.
 * @throws HubError `invalid_request` if the TPV does not exist or is inactive
 */
export async function reassignMany(
  { db, record }: ReassignPorts,
  telegramIds: readonly number[],
  tpvId: string,
): Promise<BulkOutcome<SkippedUser>> {
  return tallyInChunks(telegramIds, CHUNK, (ids) =>
    db.transact(async (tx) => {
      const [tpv] = await tx.run(tpvById, { id: tpvId });
      if (tpv?.is_active !== 1) throw unavailable(tpvId);
      const known = await tx.kysely
        .selectFrom('telegram_users')
        .select('telegram_id')
        .where('telegram_id', 'in', ids)
        .execute();
      const there = new Set(known.map((user) => user.telegram_id));
      const moved: number[] = [];
      const skipped: SkippedUser[] = [];
      for (const telegramId of ids) {
        const outcome = there.has(telegramId) ? await reassignUser(tx, telegramId, tpvId) : 'not_found';
        if (outcome === 'moved') moved.push(telegramId);
        else skipped.push({ telegramId, reason: outcome === 'full' ? 'tpv_full' : outcome });
      }
      if (moved.length > 0) await record(tx, moved, tpv);
      return { count: moved.length, skipped };
    }),
  );
}

/**
 * What `reassignMany` would do now.
 * @throws HubError `invalid_request` if the TPV does not exist or is inactive
 */
export async function previewReassign(
  db: Database,
  telegramIds: readonly number[],
  tpvId: string,
): Promise<BulkOutcome<SkippedUser>> {
  const [tpv] = await db.query(tpvById, { id: tpvId });
  if (tpv?.is_active !== 1) throw unavailable(tpvId);
  let seats = tpv.max_users - tpv.user_count;
  return tallyInChunks(telegramIds, CHUNK, async (ids) => {
    const users = await db.read
      .selectFrom('telegram_users')
      .select(['telegram_id', 'tpv_id'])
      .where('telegram_id', 'in', ids)
      .execute();
    const tpvOf = new Map(users.map((user) => [user.telegram_id, user.tpv_id]));
    const skipped: SkippedUser[] = [];
    for (const telegramId of ids) {
      const now = tpvOf.get(telegramId);
      if (now === undefined) skipped.push({ telegramId, reason: 'not_found' });
      else if (now === tpvId) skipped.push({ telegramId, reason: 'unchanged' });
      else if (seats-- <= 0) skipped.push({ telegramId, reason: 'tpv_full' });
    }
    return { count: ids.length - skipped.length, skipped };
  });
}

function unavailable(tpvId: string): HubError {
  return new HubError('invalid_request', `The TPV ${tpvId} can not take any person.`, {
    details: [{ path: 'tpv_id', message: panelOnly('no existe o está inactivo', 'does not exist or is inactive') }],
  });
}
