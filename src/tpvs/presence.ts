import { PostgresAdapter, sql } from 'kysely';
import { type Clock, type Correction, nextTurn, wallTime } from '../clock.ts';
import { inChunks } from '../db/chunks.ts';
import { type Database, HOUSEKEEPING, type Tx } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import { ONLINE_WINDOW_MS, type Tpv } from './tpv.ts';

/** Heartbeats are written together, this often: a row per pong would be a write per TPV and ping. */
export const HEARTBEAT_WRITE_INTERVAL_MS = 10_000;
/** Heartbeats written in one commit. */
const WRITTEN_AT_ONCE = 500;

/** When a TPV was last heard, in milliseconds. */
interface Heard {
  id: string;
  at: number;
}

/**
 * Writes heartbeats, `{"<TPV's id>": <ms>}`, in one statement: with one for each, thousands of TPVs hold up the writer
 * for as many round trips to a PostgreSQL. There, a row that another transaction is writing keeps its older heartbeat until
 * the next one: this statement waits for no lock, and so no two transactions can wait for each other.
 */
const recordHeartbeats = statement<{ heartbeats: string }>()((db, p) => {
  const isPostgres = db.getExecutor().adapter instanceof PostgresAdapter;
  const heard = isPostgres
    ? sql<Heard>`(select key as id, value::bigint as at from json_each_text(${p('heartbeats')}))`
    : sql<Heard>`(select key as id, value as at from json_each(${p('heartbeats')}))`;
  return db
    .with(isPostgres ? (cte) => cte('newer').materialized() : 'newer', (q) =>
      q
        .selectFrom('tpv_instances')
        .innerJoin(heard.as('heard'), 'heard.id', 'tpv_instances.id')
        .where((eb) =>
          eb.or([
            eb('last_heartbeat', 'is', null),
            eb('last_heartbeat', '<', eb.ref('heard.at')),
            // It lies so far ahead that the clock was wrong when it was written.
            eb('last_heartbeat', '>', eb(eb.ref('heard.at'), '+', ONLINE_WINDOW_MS)),
          ]),
        )
        .select(['tpv_instances.id', 'heard.at'])
        .orderBy('tpv_instances.id')
        .$if(isPostgres, (rows) => rows.forNoKeyUpdate('tpv_instances').skipLocked()),
    )
    .updateTable('tpv_instances')
    .from('newer')
    .set((eb) => ({ last_heartbeat: eb.ref('newer.at') }))
    .whereRef('tpv_instances.id', '=', 'newer.id');
});

const recordVersion = statement<{ id: string; version: string }>()((db, p) =>
  db
    .updateTable('tpv_instances')
    .set({ version: p('version') })
    .where('id', '=', p('id')),
);

/** Puts heartbeats right after the clock was corrected: who was there a minute ago still was. */
export async function correctHeartbeats(tx: Tx, { byMs, now }: Correction): Promise<void> {
  const aheadMs = Math.max(0, byMs);
  await tx.kysely
    .updateTable('tpv_instances')
    .set((eb) => ({
      last_heartbeat: eb
        .case()
        .when('last_heartbeat', '<', now - aheadMs)
        .then(eb('last_heartbeat', '+', aheadMs))
        .else(now)
        .end(),
    }))
    // Older ones were no sign of life any more, and tell when that was.
    .where('last_heartbeat', '>', now - aheadMs - ONLINE_WINDOW_MS)
    .where((eb) => eb.or([eb(eb.val(aheadMs), '>', 0), eb('last_heartbeat', '>', now)]))
    .execute();
}

/** Who is there now: open sockets, and when each TPV was last heard. */
export class Presence {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #connected = new Map<string, number>();
  /** By the clock's `elapsed`: who is there does not depend on corrections of the clock. */
  readonly #heard = new Map<string, number>();
  #unwritten = new Set<string>();

  constructor(db: Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /** A sign of life over whatever transport. */
  heard(tpvId: string): void {
    this.#heard.set(tpvId, this.#clock.elapsed());
    this.#unwritten.add(tpvId);
  }

  /** A socket opened; call what it returns when it closes. */
  connected(tpvId: string): () => void {
    this.heard(tpvId);
    this.#connected.set(tpvId, (this.#connected.get(tpvId) ?? 0) + 1);
    let open = true;
    return () => {
      if (!open) return;
      open = false;
      const left = (this.#connected.get(tpvId) ?? 1) - 1;
      if (left > 0) this.#connected.set(tpvId, left);
      else this.#connected.delete(tpvId);
    };
  }

  /** Whether the TPV holds an open socket of this process. */
  isConnected(tpvId: string): boolean {
    return this.#connected.has(tpvId);
  }

  isOnline(tpv: Pick<Tpv, 'id' | 'last_heartbeat'>): boolean {
    if (this.#connected.has(tpv.id)) return true;
    const last = this.lastHeartbeat(tpv);
    // One that lies ahead of the clock by more than clocks differ is no sign of life: the clock was wrong then.
    return last !== null && Math.abs(this.#clock.now() - last) < ONLINE_WINDOW_MS;
  }

  /** The newest heartbeat, written or not, in milliseconds. */
  lastHeartbeat(tpv: Pick<Tpv, 'id' | 'last_heartbeat'>): number | null {
    return this.#heardAt(tpv.id) ?? tpv.last_heartbeat;
  }

  async recordVersion(tpvId: string, version: string): Promise<void> {
    await this.#db.transact((tx) => tx.run(recordVersion, { id: tpvId, version }));
  }

  /** Writes the heartbeats since the last call; what can't be written waits for the next call. */
  async write(): Promise<void> {
    const ids = [...this.#unwritten].sort();
    this.#unwritten = new Set();
    let written = 0;
    try {
      await inChunks(ids, WRITTEN_AT_ONCE, async (few) => {
        await this.#db.transact((tx) => {
          const heartbeats = Object.fromEntries(few.map((id) => [id, this.#heardAt(id)]));
          return tx.run(recordHeartbeats, { heartbeats: JSON.stringify(heartbeats) });
        }, HOUSEKEEPING);
        written += few.length;
        await nextTurn();
      });
    } catch (error) {
      for (const id of ids.slice(written)) this.#unwritten.add(id);
      throw error;
    }
  }

  #heardAt(tpvId: string): number | undefined {
    const heard = this.#heard.get(tpvId);
    return heard === undefined ? undefined : wallTime(this.#clock, heard);
  }
}
