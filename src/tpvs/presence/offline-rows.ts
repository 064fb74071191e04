import type { ExpressionBuilder } from 'kysely';
import type { Schema } from '../../db/schema.ts';
import { statement } from '../../db/statement.ts';
import { idsIn, isPostgres } from './rows.ts';
import { SOCKET_OPEN } from './rule.ts';

/** Who may be found offline: where a hub is alone, it knows itself who has a socket; where several are, the rows do. */
type Among = 'all' | 'without_socket';

/** TPVs whose time is up, by their rows. */
export const dueOffline = { all: dueOfflineOf('all'), without_socket: dueOfflineOf('without_socket') };
function dueOfflineOf(among: Among) {
  return statement<{ now: number; limit: number }>()((db, p) =>
    db
      .selectFrom('tpv_instances')
      .select('id')
      .where('online_until', '<=', p('now'))
      .$if(among === 'without_socket', (q) => q.where(hasNoSocket))
      .orderBy('online_until')
      .limit(p('limit')),
  );
}

/** Makes those of these TPVs (a JSON list of ids) offline whose time is up. */
export const recordOffline = { all: recordOfflineOf('all'), without_socket: recordOfflineOf('without_socket') };
function recordOfflineOf(among: Among) {
  return statement<{ ids: string; now: number }>()((db, p) =>
    db
      .with(isPostgres(db) ? (cte) => cte('due').materialized() : 'due', (q) =>
        q
          .selectFrom('tpv_instances')
          .select('id')
          .where('id', 'in', idsIn(db, p))
          .where('online_until', '<=', p('now'))
          .$if(among === 'without_socket', (due) => due.where(hasNoSocket))
          .orderBy('id')
          .$if(isPostgres(db), (locked) => locked.forNoKeyUpdate().skipLocked()),
      )
      .updateTable('tpv_instances')
      .set((eb) => ({
        presence_since: eb.ref('online_until'),
        offline_untold: eb.case().when('deleted_at', 'is', null).then(eb.ref('online_until')).else(null).end(),
        online_until: null,
      }))
      .where('id', 'in', (eb) => eb.selectFrom('due').select('due.id'))
      .returning(['id', 'presence_since', 'deleted_at']),
  );
}

function hasNoSocket({ not, exists, selectFrom }: ExpressionBuilder<Schema, 'tpv_instances'>) {
  return not(exists(selectFrom('sockets').select('tpv_id').whereRef('sockets.tpv_id', '=', 'tpv_instances.id')));
}

/**
 * Gives every TPV that was there when the hub ended until `until` to come back: the hub ended its socket, or was not
 * there to be asked. One whose own socket had closed before keeps what was left of its grace.
 */
export const graceAfterStart = statement<{ until: number }>()((db, p) =>
  db
    .updateTable('tpv_instances')
    .set({ online_until: p('until') })
    .where('online_until', 'is not', null)
    .where((eb) =>
      eb.or([
        eb('online_until', '=', SOCKET_OPEN),
        eb.and([
          eb('online_until', '<', p('until')),
          eb.or([eb('transport', 'is', null), eb('transport', '=', 'rest')]),
        ]),
      ]),
    ),
);

/** Gives TPVs whose socket went with its hub until `until` to come back, where several hubs share the database. */
export const graceAfterLoss = statement<{ until: number }>()((db, p) =>
  db
    .updateTable('tpv_instances')
    .set({ online_until: p('until') })
    .where('online_until', '=', SOCKET_OPEN)
    .where(hasNoSocket),
);
