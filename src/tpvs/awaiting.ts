import { raiseAccessEpoch } from '../db/epoch.ts';
import type { Database, Tx } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { deleteSigningSecrets } from './signing-secret.ts';

/** Registrations that may wait for an administrator at once, of whomever they are (docs/security.md, S29). */
export const MOST_AWAITING = 200;
/** One that no administrator approved goes after this long. */
export const AWAITING_KEPT_MS = 30 * 86_400_000;
/** Registrations deleted in one commit. */
const PAGE = 100;

/**
 * Whether one registration more may wait, as part of the transaction that takes it.
 * @throws HubError `quota_exceeded`
 */
export async function requireRoomToAwait(tx: Tx): Promise<void> {
  const full = await tx.kysely
    .selectFrom('tpv_instances')
    .select('id')
    .where('approved_at', 'is', null)
    .where('deleted_at', 'is', null)
    .limit(1)
    .offset(MOST_AWAITING - 1)
    .executeTakeFirst();
  if (full === undefined) return;
  throw new HubError('quota_exceeded', 'Too many registrations wait for approval.', {
    details: [{ path: '', message: (say) => say.mostAwaiting(MOST_AWAITING) }],
    retryAfterSeconds: 3_600,
  });
}

/**
 * Deletes registrations that waited too long, and their keys. A TPV that ever had a person, an instruction or a message
 * stays: it worked before approvals were kept.
 */
export async function deleteForgottenRegistrations(db: Database, now: number): Promise<void> {
  const forgotten = await db.read
    .selectFrom('tpv_instances as t')
    .select('t.id')
    .where('t.approved_at', 'is', null)
    .where('t.created_at', '<', now - AWAITING_KEPT_MS)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(selectFrom('telegram_users').select('telegram_id').whereRef('tpv_id', '=', 't.id')).or(
          exists(selectFrom('instructions').select('seq').whereRef('tpv_id', '=', 't.id')),
        ),
      ),
    )
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('push_messages').select('seq').whereRef('tpv_id', '=', 't.id'))),
    )
    .limit(PAGE)
    .execute();
  if (forgotten.length === 0) return;
  await db.transact(async (tx) => {
    for (const { id } of forgotten) {
      // An administrator may have approved it meanwhile.
      const waits = await tx.kysely
        .selectFrom('tpv_instances')
        .select('id')
        .where('id', '=', id)
        .where('approved_at', 'is', null)
        .executeTakeFirst();
      if (waits === undefined) continue;
      await tx.kysely.deleteFrom('api_keys').where('tpv_id', '=', id).execute();
      await deleteSigningSecrets(tx, id, 'all');
      await tx.kysely.deleteFrom('tpv_instances').where('id', '=', id).execute();
      tx.changed('tpv', id);
    }
    await raiseAccessEpoch(tx);
  });
}
