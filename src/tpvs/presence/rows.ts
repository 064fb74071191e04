import { type Kysely, PostgresAdapter, type RawBuilder, sql } from 'kysely';
import type { Correction } from '../../clock.ts';
import { movedTime } from '../../db/moved-time.ts';
import type { Tx } from '../../db/open.ts';
import type { Schema } from '../../db/schema.ts';
import { type Parameters, statement } from '../../db/statement.ts';
import { REST_WINDOW_MS, SOCKET_OPEN, type Transport } from './rule.ts';

/** What one statement writes of one TPV; times are wall time, in milliseconds. */
interface Heard {
  id: string;
  at: number;
}
/** How a TPV is seen since it changed. */
export interface SeenRow {
  id: string;
  until: number;
  transport: Transport;
}

export function isPostgres(db: Kysely<Schema>): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter;
}

/**
 * Writes heartbeats, `{"<TPV's id>": <ms>}`, in one statement: with one for each, thousands of TPVs hold up the writer
 * for as many round trips to a PostgreSQL. There, a row that another transaction is writing keeps its older heartbeat until
 * the next one: this statement waits for no lock, and so no two transactions can wait for each other.
 */
export const recordHeartbeats = statement<{ heartbeats: string }>()((db, p) => {
  const heard = isPostgres(db)
    ? sql<Heard>`(select key as id, value::bigint as at from json_each_text(${p('heartbeats')}))`
    : sql<Heard>`(select key as id, value as at from json_each(${p('heartbeats')}))`;
  return db
    .with(isPostgres(db) ? (cte) => cte('newer').materialized() : 'newer', (q) =>
      q
        .selectFrom('tpv_instances')
        .innerJoin(heard.as('heard'), 'heard.id', 'tpv_instances.id')
        .where((eb) =>
          eb.or([
            eb('last_heartbeat', 'is', null),
            eb('last_heartbeat', '<', eb.ref('heard.at')),
            // It lies so far ahead that the clock was wrong when it was written.
            eb('last_heartbeat', '>', eb(eb.ref('heard.at'), '+', REST_WINDOW_MS)),
          ]),
        )
        .select(['tpv_instances.id', 'heard.at'])
        .orderBy('tpv_instances.id')
        .$if(isPostgres(db), (rows) => rows.forNoKeyUpdate('tpv_instances').skipLocked()),
    )
    .updateTable('tpv_instances')
    .from('newer')
    .set((eb) => ({
      last_heartbeat: eb.ref('newer.at'),
      // Each call over REST keeps a TPV online that is; what makes one online is a change.
      online_until: eb
        .case()
        .when(eb.and([eb('transport', '=', 'rest'), eb('online_until', 'is not', null)]))
        .then(eb('newer.at', '+', REST_WINDOW_MS))
        .else(eb.ref('online_until'))
        .end(),
    }))
    .whereRef('tpv_instances.id', '=', 'newer.id');
});

/**
 * Locks the rows of these TPVs (a JSON list of ids), and reads until when each is online. A row that another transaction is
 * writing on PostgreSQL is not waited for: it comes without `held_id`.
 */
export const holdRows = statement<{ ids: string }>()((db, p) =>
  db
    .with(isPostgres(db) ? (cte) => cte('held').materialized() : 'held', (q) =>
      q
        .selectFrom('tpv_instances')
        .select(['id', 'online_until'])
        .where('id', 'in', idsIn(db, p))
        .orderBy('id')
        .$if(isPostgres(db), (rows) => rows.forNoKeyUpdate().skipLocked()),
    )
    .selectFrom('tpv_instances')
    .leftJoin('held', 'held.id', 'tpv_instances.id')
    .where('tpv_instances.id', 'in', idsIn(db, p))
    .select(['tpv_instances.id', 'held.id as held_id', 'held.online_until']),
);

/** Writes how TPVs are seen since they changed: a JSON list of `SeenRow`, whose rows `holdRows` has locked. */
export const recordSeen = statement<{ seen: string; now: number }>()((db, p) => {
  const rows = isPostgres(db)
    ? sql<SeenRow>`(select * from json_to_recordset(${p('seen')}) as held(id text, until bigint, transport text))`
    : sql<SeenRow>`(select value ->> '$.id' as id, value ->> '$.until' as until, value ->> '$.transport' as transport from json_each(${p('seen')}))`;
  return recordSeenOf(db, p, rows);
});

function recordSeenOf(db: Kysely<Schema>, p: Parameters<{ now: number }>, rows: RawBuilder<SeenRow>) {
  return db
    .updateTable('tpv_instances')
    .from(rows.as('seen'))
    .set((eb) => {
      const isOnline = eb('seen.until', '>', p('now'));
      const wasOffline = eb('online_until', 'is', null);
      return {
        transport: eb.ref('seen.transport'),
        // One that is offline, and was told to be, stays so.
        online_until: eb
          .case()
          .when(eb.and([wasOffline, eb.not(isOnline)]))
          .then(null)
          .else(eb.ref('seen.until'))
          .end(),
        presence_since: eb
          .case()
          .when(eb.and([wasOffline, isOnline]))
          .then(p('now'))
          .else(eb.ref('presence_since'))
          .end(),
        offline_untold: eb.case().when(isOnline).then(null).else(eb.ref('offline_untold')).end(),
      };
    })
    .whereRef('tpv_instances.id', '=', 'seen.id');
}

/**
 * As `recordSeen`, where several hubs share the database: a TPV whose socket closed here and that has one at another hub
 * (than `hubId`) stays as it is.
 */
export const recordSeenHere = statement<{ seen: string; now: number; hubId: string }>()((db, p) =>
  recordSeenOf(
    db,
    p,
    sql<SeenRow>`(select * from json_to_recordset(${p('seen')}) as held(id text, until bigint, transport text)
      where until = ${sql.lit(SOCKET_OPEN)} or not exists
        (select 1 from sockets where sockets.tpv_id = held.id and sockets.hub_id != ${p('hubId')}))`,
  ),
);

export function idsIn(db: Kysely<Schema>, p: Parameters<{ ids: string }>) {
  return isPostgres(db)
    ? sql<string>`(select value from json_array_elements_text(${p('ids')}))`
    : sql<string>`(select value from json_each(${p('ids')}))`;
}

/** Puts rows right after the clock was corrected: who was there a minute ago still was, and stays as long as it would have. */
export async function correctPresence(tx: Tx, { byMs, now }: Correction): Promise<void> {
  const aheadMs = Math.max(0, byMs);
  await tx.kysely
    .updateTable('tpv_instances')
    .set({ last_heartbeat: movedTime('last_heartbeat', aheadMs, now) })
    // Older ones were no sign of life any more, and tell when that was.
    .where('last_heartbeat', '>', now - aheadMs - REST_WINDOW_MS)
    .where((eb) => eb.or([eb(eb.val(aheadMs), '>', 0), eb('last_heartbeat', '>', now)]))
    .execute();
  await tx.kysely
    .updateTable('tpv_instances')
    .set({ online_until: movedTime('online_until', byMs, now + REST_WINDOW_MS) })
    .where('online_until', '<', SOCKET_OPEN)
    .where((eb) => eb.or([eb(eb.val(byMs), '!=', 0), eb('online_until', '>', now + REST_WINDOW_MS)]))
    .execute();
  for (const column of ['presence_since', 'offline_untold'] as const) {
    await tx.kysely
      .updateTable('tpv_instances')
      .set({ [column]: now })
      .where(column, '>', now)
      .execute();
  }
}
