import { sql } from 'kysely';
import { type Correction, nextTurn } from '../clock.ts';
import type { Database } from '../db/open.ts';
import { type DeliverySettings, POLL_HOLDER } from './instruction.ts';

/** Rows of one commit: other work gets its turn in between. */
const PAGE = 1_000;

/**
 * Puts the times of open instructions right after the clock was corrected. Ahead: what was to come in an hour still
 * comes in an hour. Back: no instruction lives longer than it was given, and no lease lasts longer than its length.
 */
export async function correctInstructions(
  db: Pick<Database, 'read' | 'transact'>,
  settings: Pick<DeliverySettings, 'sentLeaseMs' | 'processingLeaseMs'>,
  { byMs, now }: Correction,
): Promise<void> {
  const aheadMs = Math.max(0, byMs);
  const { sentLeaseMs, processingLeaseMs } = settings;
  // A row that was written by a clock that was ahead has its whole life before it, and no more.
  const expires = sql<number>`(expires_at + case when ${now} - created_at < ${aheadMs} then ${now} - created_at else ${aheadMs} end)`;
  const created = sql<number>`(case when created_at > ${now} then ${now} else created_at end)`;
  const leaseEnd = sql<number>`(case
    when status = 'sent' and holder = ${POLL_HOLDER} then ${now + sentLeaseMs}
    when status in ('delivered', 'processing') then ${now + processingLeaseMs}
    else ${expires} end)`;
  const lease = sql<number>`(case when due_at + ${aheadMs} < ${leaseEnd} then due_at + ${aheadMs} else ${leaseEnd} end)`;
  const isLeased = sql<boolean>`(status in ('delivered', 'processing') or (status = 'sent' and holder = ${POLL_HOLDER}))`;
  const due = sql<number>`(case when ${isLeased} and ${lease} < ${expires} then ${lease} else ${expires} end)`;

  for (let cursor = 0; ; ) {
    const page = await db.read
      .selectFrom('instructions')
      .select('seq')
      .where('completed_at', 'is', null)
      .where('seq', '>', cursor)
      .orderBy('seq')
      .limit(PAGE)
      .execute();
    const last = page.at(-1)?.seq;
    if (last === undefined) return;
    await db.transact(async (tx) => {
      await tx.kysely
        .updateTable('instructions')
        .set({ expires_at: expires, due_at: due, created_at: created })
        .where('completed_at', 'is', null)
        .where('seq', '>', cursor)
        .where('seq', '<=', last)
        .where(sql<boolean>`(due_at <> ${due} or expires_at <> ${expires})`)
        .execute();
    });
    if (page.length < PAGE) return;
    cursor = last;
    await nextTurn();
  }
}
