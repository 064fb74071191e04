import { sql } from 'kysely';
import type { Cluster } from '../cluster/cluster.ts';
import type { Database, Tx } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import { HubError } from '../errors.ts';
import type { Presence } from '../tpvs/presence/presence.ts';
import type { Sink } from './sink.ts';
import type { SocketWindow } from './socket-window.ts';

/** Three take-overs of one TPV's socket within this time mean that two machines share its key. */
const SHARED_KEY_WITHIN_MS = 60_000;

const socketOfTpv = statement<{ tpvId: string }>()((db, p) =>
  db
    .selectFrom('sockets')
    .select(['session_id', 'took_over_at', 'took_over_before'])
    .where('tpv_id', '=', p('tpvId'))
    .forUpdate(),
);

/** A newer socket takes the row over. A hub that was taken for dead has no row, and opens none. */
const openSocket = statement<{
  tpvId: string;
  sessionId: string;
  hubId: string;
  now: number;
  tookOverAt: number | null;
  tookOverBefore: number | null;
}>()((db, p) =>
  db
    .insertInto('sockets')
    .columns(['tpv_id', 'session_id', 'hub_id', 'fence', 'opened_at', 'took_over_at', 'took_over_before'])
    .expression((eb) =>
      eb
        .selectFrom('hubs')
        .select([
          sql<string>`${p('tpvId')}`.as('tpv_id'),
          sql<string>`${p('sessionId')}`.as('session_id'),
          'hubs.id as hub_id',
          sql<number>`1`.as('fence'),
          sql<number>`${p('now')}`.as('opened_at'),
          sql<number | null>`${p('tookOverAt')}`.as('took_over_at'),
          sql<number | null>`${p('tookOverBefore')}`.as('took_over_before'),
        ])
        .where('hubs.id', '=', p('hubId'))
        .forKeyShare(),
    )
    .onConflict((c) =>
      c.column('tpv_id').doUpdateSet((eb) => ({
        session_id: eb.ref('excluded.session_id'),
        hub_id: eb.ref('excluded.hub_id'),
        fence: eb('sockets.fence', '+', 1),
        opened_at: eb.ref('excluded.opened_at'),
        took_over_at: eb.ref('excluded.took_over_at'),
        took_over_before: eb.ref('excluded.took_over_before'),
      })),
    )
    .returning('fence'),
);

const closeSocket = statement<{ tpvId: string; sessionId: string }>()((db, p) =>
  db.deleteFrom('sockets').where('tpv_id', '=', p('tpvId')).where('session_id', '=', p('sessionId')),
);

/** Those of these sessions, `{"<id>": "<TPV's id>"}`, that are not their TPV's socket, and whether another one is. */
const lostSessions = statement<{ sessions: string }>()((db, p) =>
  db
    .selectFrom(
      sql<{ id: string; tpv: string }>`(select key as id, value as tpv from json_each_text(${p('sessions')}))`.as(
        'session',
      ),
    )
    .select('session.id')
    .select(({ exists, selectFrom }) =>
      exists(selectFrom('sockets').select('session_id').whereRef('sockets.tpv_id', '=', 'session.tpv')).as(
        'is_replaced',
      ),
    )
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('sockets').select('session_id').whereRef('sockets.session_id', '=', 'session.id'))),
    ),
);

/** Those of these TPVs (a JSON list of ids) that have something pending. */
const waitingTpvs = statement<{ tpvs: string; now: number }>()((db, p) =>
  db
    .selectFrom(sql<{ id: string }>`(select value as id from json_array_elements_text(${p('tpvs')}))`.as('tpv'))
    .select('tpv.id')
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('instructions')
          .select('seq')
          .whereRef('instructions.tpv_id', '=', 'tpv.id')
          .where('status', '=', 'pending')
          .where('expires_at', '>', p('now')),
      ),
    ),
);

/** Those of these instructions, `{"<id>": "<session's id>"}`, that their socket holds no more. */
const notHeld = statement<{ held: string }>()((db, p) =>
  db
    .selectFrom(
      sql<{ id: string; session: string }>`(select key as id, value as session from json_each_text(${p('held')}))`.as(
        'held',
      ),
    )
    .select('held.id')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('instructions')
            .select('seq')
            .whereRef('instructions.id', '=', 'held.id')
            .whereRef('instructions.holder', '=', 'held.session')
            .where('completed_at', 'is', null),
        ),
      ),
    ),
);

export interface SocketRowsPorts {
  db: Database;
  cluster: Pick<Cluster, 'id' | 'tell'>;
  presence: Pick<Presence, 'keep'>;
}

/** What the rows say of this hub's sockets, for what hints did not bring. */
export interface Look {
  /** Sessions whose TPV has a newer one, at another hub. */
  replaced: string[];
  /** Sessions that the other hubs took for dead with this hub. */
  buried: string[];
  /** TPVs with something pending. */
  waiting: string[];
  /** Instructions that their socket does not hold any more. */
  notHeld: string[];
  /** How much of it no hint had brought. */
  news: number;
}

export const NOTHING_FOUND: Look = { replaced: [], buried: [], waiting: [], notHeld: [], news: 0 };

interface Takeovers {
  /** The last one, and the one before that. */
  took_over_at: number | null;
  took_over_before: number | null;
}

/** What the row of a socket says that takes over from `before`; the third take-over within a minute starts anew. */
function takeoversAt(now: number, before: Takeovers | undefined) {
  if (before === undefined) return { isKeyShared: false, tookOverAt: null, tookOverBefore: null };
  const isKeyShared = before.took_over_before !== null && now - before.took_over_before < SHARED_KEY_WITHIN_MS;
  if (isKeyShared) return { isKeyShared, tookOverAt: null, tookOverBefore: null };
  return { isKeyShared, tookOverAt: now, tookOverBefore: before.took_over_at };
}

/** The rows of sockets, where several hubs share the database: each TPV's newest socket has the one row. */
export class SocketRows {
  readonly #ports: SocketRowsPorts;

  constructor(ports: SocketRowsPorts) {
    this.#ports = ports;
  }

  /**
   * Makes `sink` the TPV's socket; another hub closes the one before, once this is committed.
   * @throws HubError `unavailable`: this hub was taken for dead
   */
  async open(tx: Tx, { tpvId, id: sessionId }: Sink, now: number): Promise<void> {
    const { cluster, presence } = this.#ports;
    const [before] = await tx.run(socketOfTpv, { tpvId });
    const { isKeyShared, ...takeovers } = takeoversAt(now, before);
    const [opened] = await tx.run(openSocket, { tpvId, sessionId, hubId: cluster.id, now, ...takeovers });
    if (opened === undefined) throw new HubError('unavailable', 'The other hubs took this one for dead.');
    // The others see at once that the TPV is there.
    await presence.keep(tx, tpvId);
    if (isKeyShared) tx.emit({ type: 'tpv.key_shared', tpvId });
    if (before === undefined) return;
    tx.afterCommit(() => cluster.tell({ kind: 'replaced', sessionId: before.session_id }));
  }

  async close(tx: Tx, { tpvId, id: sessionId }: Sink): Promise<void> {
    await tx.write(closeSocket, { tpvId, sessionId });
  }

  /** @param others TPVs without a socket here of which something wants to know whether they have something pending */
  async look(windows: readonly SocketWindow[], others: Iterable<string>, now: number): Promise<Look> {
    const { db } = this.#ports;
    const sessions = Object.fromEntries(windows.map(({ sink }) => [sink.id, sink.tpvId]));
    const tpvs = [...new Set([...Object.values(sessions), ...others])];
    const held = Object.fromEntries(windows.flatMap(({ sink, heldIds }) => heldIds.map((id) => [id, sink.id])));
    const [lost, waiting, gone] = await Promise.all([
      db.query(lostSessions, { sessions: JSON.stringify(sessions) }),
      db.query(waitingTpvs, { tpvs: JSON.stringify(tpvs), now }),
      db.query(notHeld, { held: JSON.stringify(held) }),
    ]);
    const ids = (rows: { id: string }[]) => rows.map(({ id }) => id);
    const replaced = ids(lost.filter((row) => row.is_replaced));
    const idle = new Set(windows.filter(({ backlog }) => !backlog).map(({ sink }) => sink.tpvId));
    const unknown = waiting.filter(({ id }) => idle.has(id));
    return {
      replaced,
      buried: ids(lost.filter((row) => !row.is_replaced)),
      waiting: ids(waiting),
      notHeld: ids(gone),
      news: replaced.length + gone.length + unknown.length,
    };
  }
}
