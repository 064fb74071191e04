import { sql } from 'kysely';
import { type InstructionStatus, OPEN_STATUSES } from '#protocol';
import { nextTurn } from '../clock.ts';
import type { Database } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import { queuedPushes, unassignedInstructions } from './waiting.ts';

/** What waits in the whole hub, as of now. */
export interface Totals {
  /** Instructions that wait to be handed out to their TPV. */
  waiting: number;
  /** Instructions that a TPV has. */
  inFlight: number;
  /** Instructions that no TPV takes. */
  unassigned: number;
  /** The instruction that waits longest. */
  oldest: { id: string; createdAt: number } | undefined;
  /** The oldest of those that no TPV takes, in milliseconds. */
  unassignedSince: number | undefined;
  /** Messages that wait for Telegram. */
  pushesQueued: number;
  /** Messages of which it is unknown whether they arrived. */
  pushesUnknown: number;
  /** Updates that were not understood. */
  quarantined: number;
  unassignedUsers: number;
}

/** Counts stop here: on the worst day, that many are as telling as their exact number. */
export const MOST_COUNTED = 20_000;
/** TPVs whose rows are counted in one statement; SQLite answers on the hub's own thread. */
const TPVS_AT_A_TIME = 200;

/** The open rows of some TPVs, out of an index alone. */
const openOfTpvs = statement<{ after: string; tpvs: number; most: number }>()((db, p) =>
  db
    .selectFrom((eb) =>
      eb
        .selectFrom((tpvs) =>
          tpvs
            .selectFrom('tpv_instances')
            .select('id')
            .where('id', '>', p('after'))
            .orderBy('id')
            .limit(p('tpvs'))
            .as('tpv'),
        )
        // SQLite takes the tables of a cross join in the order in which they stand.
        .crossJoin('instructions')
        .select(['instructions.status', 'instructions.seq'])
        .whereRef('instructions.tpv_id', '=', 'tpv.id')
        .where('instructions.status', 'in', OPEN_STATUSES)
        .limit(p('most'))
        .as('open'),
    )
    .select(['status', (eb) => eb.fn.countAll<number>().as('count'), (eb) => eb.fn.min<number>('seq').as('oldest')])
    .groupBy('status'),
);

const openUnassigned = statement<{ most: number }>()((db, p) =>
  db
    .selectFrom(unassignedInstructions(db).select('seq').limit(p('most')).as('open'))
    .select([(eb) => eb.fn.countAll<number>().as('count'), (eb) => eb.fn.min<number>('seq').as('oldest')]),
);

const rowBySeq = statement<{ seq: number }>()((db, p) =>
  db.selectFrom('instructions').select(['id', 'created_at']).where('seq', '=', p('seq')),
);

// The conditions in full: SQLite uses a partial index only if the index's own condition stands in the query.
const pushesQueued = statement<{ most: number }>()((db, p) =>
  db
    .selectFrom(queuedPushes(db).select('seq').limit(p('most')).as('queued'))
    .select((eb) => eb.fn.countAll<number>().as('count')),
);
const pushesUnknown = statement<{ most: number }>()((db, p) =>
  db
    .selectFrom((eb) =>
      eb
        .selectFrom('push_messages')
        .select('seq')
        .where(sql<boolean>`status in ('failed', 'unknown')`)
        .where('status', '=', 'unknown')
        .limit(p('most'))
        .as('unknown'),
    )
    .select((eb) => eb.fn.countAll<number>().as('count')),
);
const quarantined = statement<{ most: number }>()((db, p) =>
  db
    .selectFrom((eb) =>
      eb
        .selectFrom('telegram_updates')
        .select('seq')
        .where(sql<boolean>`outcome in ('kept', 'quarantined')`)
        .where('outcome', '=', 'quarantined')
        .limit(p('most'))
        .as('quarantined'),
    )
    .select((eb) => eb.fn.countAll<number>().as('count')),
);
const unassignedUsers = statement<{ most: number }>()((db, p) =>
  db
    .selectFrom((eb) =>
      eb
        .selectFrom('telegram_users')
        .select('telegram_id')
        .where('tpv_id', 'is', null)
        .limit(p('most'))
        .as('unassignedOnes'),
    )
    .select((eb) => eb.fn.countAll<number>().as('count')),
);

/**
 * Counts what waits, out of indexes alone and in short statements, so that a million rows hold no update up.
 * @param tpvIds of all TPVs, in order
 */
export async function readTotals(db: Database, tpvIds: readonly string[]): Promise<Totals> {
  const most = MOST_COUNTED;
  const counts: Partial<Record<InstructionStatus, number>> = {};
  let oldest: number | undefined;
  for (let at = 0; at < tpvIds.length; at += TPVS_AT_A_TIME) {
    const after = at === 0 ? '' : (tpvIds[at - 1] ?? '');
    for (const row of await db.query(openOfTpvs, { after, tpvs: TPVS_AT_A_TIME, most })) {
      counts[row.status] = (counts[row.status] ?? 0) + Number(row.count);
      if (row.status === 'pending') oldest = Math.min(oldest ?? row.oldest, row.oldest);
    }
    await nextTurn();
  }
  const [unassignedOnes] = await db.query(openUnassigned, { most });
  const unassigned = Number(unassignedOnes?.count ?? 0);
  const oldestUnassigned = unassigned > 0 ? unassignedOnes?.oldest : undefined;
  const first = Math.min(oldest ?? Infinity, oldestUnassigned ?? Infinity);
  const [row] = Number.isFinite(first) ? await db.query(rowBySeq, { seq: first }) : [];
  const [waiting] = oldestUnassigned === undefined ? [] : await db.query(rowBySeq, { seq: oldestUnassigned });
  const [queued, unknown, aside, users] = await Promise.all([
    db.query(pushesQueued, { most }),
    db.query(pushesUnknown, { most }),
    db.query(quarantined, { most }),
    db.query(unassignedUsers, { most }),
  ]);
  return {
    waiting: counts.pending ?? 0,
    inFlight: (counts.sent ?? 0) + (counts.delivered ?? 0) + (counts.processing ?? 0),
    unassigned,
    oldest: row === undefined ? undefined : { id: row.id, createdAt: row.created_at },
    unassignedSince: waiting?.created_at,
    pushesQueued: countIn(queued),
    pushesUnknown: countIn(unknown),
    quarantined: countIn(aside),
    unassignedUsers: countIn(users),
  };
}

function countIn(rows: readonly { count: number }[]): number {
  return Number(rows[0]?.count ?? 0);
}
