import { sql } from 'kysely';
import { nextTurn } from '../clock.ts';
import { type Database, HOUSEKEEPING, type Tx } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import { DATABASE_NOW } from './membership.ts';

/** A socket whose hub is dead. */
export interface LostSocket {
  tpvId: string;
  sessionId: string;
}

/** Gives back what lost sockets held, as part of the transaction that takes their rows away. */
export type ReleaseLost = (tx: Tx, lost: readonly LostSocket[]) => Promise<void>;

/** Sockets taken away in one commit. */
const PAGE = 200;

const someDead = statement<{ me: string }>()((db, p) =>
  db
    .selectFrom('hubs')
    .select('id')
    .where('until', '<', sql<number>`${sql.raw(DATABASE_NOW)}`)
    .where('id', '!=', p('me'))
    .limit(1),
);

const someAlive = statement<{ me: string }>()((db, p) =>
  db
    .selectFrom('hubs')
    .select('id')
    .where('until', '>=', sql<number>`${sql.raw(DATABASE_NOW)}`)
    .where('id', '!=', p('me'))
    .limit(1),
);

/** Whether another hub of the database is alive. */
export async function othersAreAlive(db: Pick<Database, 'query'>, me: string): Promise<boolean> {
  return (await db.query(someAlive, { me })).length > 0;
}

/** Takes away hubs that have said nothing for as long as a lease lasts; what they write by their row fails from here on. */
const deadHubs = statement<{ me: string }>()((db, p) =>
  db
    .deleteFrom('hubs')
    .where('until', '<', sql<number>`${sql.raw(DATABASE_NOW)}`)
    .where('id', '!=', p('me'))
    .returning('id'),
);

/** Takes away sockets that no hub has any more. A new one needs its hub's row, so none comes meanwhile. */
const lostSockets = statement<object>()((db) =>
  db
    .deleteFrom('sockets')
    .where('tpv_id', 'in', (eb) =>
      eb
        .selectFrom('sockets as lost')
        .select('lost.tpv_id')
        .where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom('hubs').select('hubs.id').whereRef('hubs.id', '=', 'lost.hub_id'))),
        )
        .orderBy('lost.tpv_id')
        .limit(PAGE),
    )
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('hubs').select('hubs.id').whereRef('hubs.id', '=', 'sockets.hub_id'))),
    )
    .returning(['tpv_id', 'session_id']),
);

/**
 * Buries hubs that are dead; `releaseLostSockets` gives back what their sockets held.
 * @returns their ids
 */
export async function bury(db: Database, me: string): Promise<string[]> {
  // Mostly there is none, and nothing to commit.
  if ((await db.query(someDead, { me })).length === 0) return [];
  const dead = await db.transact((tx) => tx.run(deadHubs, { me }), HOUSEKEEPING);
  return dead.map(({ id }) => id);
}

/** Gives back what sockets of hubs held that are not there any more. Calls must not overlap. */
export async function releaseLostSockets(db: Database, release: ReleaseLost): Promise<void> {
  for (let count = PAGE; count === PAGE; await nextTurn()) {
    count = await db.transact(async (tx) => {
      const rows = await tx.run(lostSockets, {});
      if (rows.length > 0) {
        await release(
          tx,
          rows.map((row) => ({ tpvId: row.tpv_id, sessionId: row.session_id })),
        );
      }
      return rows.length;
    }, HOUSEKEEPING);
  }
}
