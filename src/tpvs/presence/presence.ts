import { type Clock, nextTurn } from '../../clock.ts';
import { type Cluster, SOLO } from '../../cluster/cluster.ts';
import { inChunks } from '../../db/chunks.ts';
import { type Database, HOUSEKEEPING, type Tx } from '../../db/open.ts';
import { statement } from '../../db/statement.ts';
import type { Tpv } from '../tpv.ts';
import { dueOffline, graceAfterLoss, graceAfterStart, recordOffline } from './offline-rows.ts';
import { holdRows, recordHeartbeats, recordSeen, recordSeenHere, type SeenRow } from './rows.ts';
import { isOnlineUntil, RESTART_GRACE_MS, type Sign, type Transport } from './rule.ts';
import { Sightings } from './sightings.ts';

/** Heartbeats are written together, this often: a row per pong would be a write per TPV and ping. */
export const HEARTBEAT_WRITE_INTERVAL_MS = 10_000;
/** TPVs written in one commit. */
const WRITTEN_AT_ONCE = 500;

const recordVersion = statement<{ id: string; version: string }>()((db, p) =>
  db
    .updateTable('tpv_instances')
    .set({ version: p('version') })
    .where('id', '=', p('id')),
);

export interface PresenceOptions {
  /** How long a TPV whose socket closed is still online. */
  graceMs: number;
  /** The hub is ending: a socket that closes now is no sign of its TPV. */
  isDraining(): boolean;
  /** Absent: this hub is alone. */
  cluster?: Pick<Cluster, 'isShared' | 'id'> | undefined;
}

/**
 * Who is there now: the rule (rule.ts) over what this process saw, and over the rows for what it has not seen. All
 * code that needs to know whether a TPV is online asks here. The row survives the process; `settle` writes it, and is the
 * one place that says `tpv.online` and `tpv.offline`.
 */
export class Presence {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #options: PresenceOptions;
  readonly #cluster: Pick<Cluster, 'isShared' | 'id'>;
  readonly #sockets = new Map<string, number>();
  readonly #sightings: Sightings;
  /** Whose heartbeat the row does not have yet … */
  #unwritten = new Set<string>();
  /** … and whose coming or going. */
  #changed = new Set<string>();

  constructor(db: Database, clock: Clock, options: PresenceOptions) {
    this.#db = db;
    this.#clock = clock;
    this.#options = options;
    this.#cluster = options.cluster ?? SOLO;
    this.#sightings = new Sightings(clock, options.graceMs);
  }

  /** Once, before anybody is let in: who was there when the hub ended has a moment to come back. */
  async recover(): Promise<void> {
    if (this.#cluster.isShared) return this.#db.transact((tx) => this.lost(tx));
    await this.#db.transact((tx) => tx.write(graceAfterStart, { until: this.#graceUntil() }));
  }

  /** Other hubs went, and sockets with them: their TPVs have a moment to come back. */
  async lost(tx: Tx): Promise<void> {
    await tx.write(graceAfterLoss, { until: this.#graceUntil() });
  }

  get #among() {
    return this.#cluster.isShared ? 'without_socket' : 'all';
  }

  #graceUntil(): number {
    return this.#clock.now() + Math.max(this.#options.graceMs, RESTART_GRACE_MS);
  }

  /** An authenticated call over REST. */
  heard(tpv: Pick<Tpv, 'id' | 'transport'>, sign: 'asked' | 'called'): void {
    this.heardSocket(tpv.id);
    this.#note(tpv.id, sign, tpv.transport);
  }

  /** Something came over the TPV's socket. */
  heardSocket(tpvId: string): void {
    this.#sightings.heard(tpvId);
    this.#unwritten.add(tpvId);
  }

  /** A socket opened; call what it returns when it closes, and say whether it did because nothing came any more. */
  connected(tpvId: string): (end: 'closed' | 'fell_silent') => void {
    this.heardSocket(tpvId);
    this.#sockets.set(tpvId, (this.#sockets.get(tpvId) ?? 0) + 1);
    this.#note(tpvId, 'opened');
    let open = true;
    return (end) => {
      if (!open) return;
      open = false;
      const left = (this.#sockets.get(tpvId) ?? 1) - 1;
      if (left > 0) {
        this.#sockets.set(tpvId, left);
        return;
      }
      this.#sockets.delete(tpvId);
      this.#note(tpvId, this.#options.isDraining() ? 'restarting' : end);
    };
  }

  /** Whether the TPV holds an open socket of this process. */
  isConnected(tpvId: string): boolean {
    return this.#sockets.has(tpvId);
  }

  /** Whether the TPV is there: the one answer for everybody who asks. */
  isOnline(tpv: Pick<Tpv, 'id' | 'online_until'>): boolean {
    if (this.#sightings.isThere(tpv.id)) return true;
    // What this hub saw last is the truth where it is alone; where not, the TPV may be at another one.
    if (!this.#cluster.isShared && this.#sightings.of(tpv.id) !== undefined) return false;
    return isOnlineUntil(tpv.online_until, this.#clock.now());
  }

  /** Over what the TPV was there last; null: nobody knows, or it never was. */
  transportOf(tpv: Pick<Tpv, 'id' | 'transport'>): Transport | null {
    return this.#sightings.of(tpv.id)?.transport ?? tpv.transport;
  }

  /** Since when the TPV is online, or offline, in milliseconds; null: it never came. */
  since(tpv: Pick<Tpv, 'id' | 'last_heartbeat' | 'online_until' | 'presence_since'>): number | null {
    if (this.isOnline(tpv)) return tpv.online_until === null ? this.lastHeartbeat(tpv) : tpv.presence_since;
    // Its row follows within a second.
    return this.#sightings.rowOf(tpv.id)?.until ?? tpv.online_until ?? tpv.presence_since;
  }

  /** The newest heartbeat, written or not, in milliseconds. */
  lastHeartbeat(tpv: Pick<Tpv, 'id' | 'last_heartbeat'>): number | null {
    const heard = this.#sightings.heardAt(tpv.id);
    // Where other hubs are, one of them may have heard it later.
    if (this.#cluster.isShared && heard !== undefined) return Math.max(heard, tpv.last_heartbeat ?? heard);
    return heard ?? tpv.last_heartbeat;
  }

  /** Writes how the TPV is seen as part of a transaction that counts on it; `settle` would do it within a second. */
  async keep(tx: Tx, tpvId: string): Promise<void> {
    await this.#writeSeen(tx, [tpvId]);
  }

  async recordVersion(tpvId: string, version: string): Promise<void> {
    await this.#db.transact((tx) => tx.run(recordVersion, { id: tpvId, version }));
  }

  /** Writes the heartbeats since the last call; what can't be written waits for the next call. */
  async write(): Promise<void> {
    const ids = [...this.#unwritten].sort();
    this.#unwritten = new Set();
    await this.#inPages(ids, this.#unwritten, async (tx, few) => {
      const heartbeats = Object.fromEntries(few.map((id) => [id, this.#sightings.heardAt(id)]));
      await tx.run(recordHeartbeats, { heartbeats: JSON.stringify(heartbeats) });
    });
  }

  /**
   * Writes who came and went since the last call, then finds who is offline now; says each change once, with its commit.
   * The timer that calls it ticks once a second; calls must not overlap.
   */
  async settle(): Promise<void> {
    const ids = [...this.#changed].sort();
    this.#changed = new Set();
    await this.#inPages(ids, this.#changed, (tx, few) => this.#writeSeen(tx, few));
    while (await this.#pageGoesOffline()) await nextTurn();
  }

  async #writeSeen(tx: Tx, ids: readonly string[]): Promise<void> {
    const now = this.#clock.now();
    const rows: SeenRow[] = [];
    for (const { id, held_id: held, online_until: before } of await tx.run(holdRows, { ids: JSON.stringify(ids) })) {
      const row = this.#sightings.rowOf(id);
      if (held === null) {
        // On PostgreSQL another transaction is writing its row.
        tx.afterCommit(() => this.#changed.add(id));
      } else if (row !== undefined) {
        rows.push(row);
        if (before !== null || row.until <= now) continue;
        tx.emit({ type: 'tpv.online', tpvId: id });
        tx.changed('tpv', id);
      }
    }
    const { isShared, id: hubId } = this.#cluster;
    const seen = { seen: JSON.stringify(rows), now };
    if (!isShared) {
      await tx.run(recordSeen, seen);
      return;
    }
    await tx.run(recordSeenHere, { ...seen, hubId });
    // A TPV whose socket closed here may have the next one at another hub: from here on its row knows better.
    for (const { id } of rows) tx.afterCommit(() => this.#sightings.forgetClosed(id));
  }

  /** @returns whether there may be more */
  async #pageGoesOffline(): Promise<boolean> {
    const now = this.#clock.now();
    const due = await this.#db.query(dueOffline[this.#among], { now, limit: WRITTEN_AT_ONCE });
    // It called a moment ago, and its row does not have that yet.
    const there = due.filter(({ id }) => this.#sightings.isThere(id));
    for (const { id } of there) this.#changed.add(id);
    const ids = due.filter(({ id }) => !this.#sightings.isThere(id)).map(({ id }) => id);
    if (ids.length === 0) return false;
    const gone = await this.#db.transact(async (tx) => {
      const rows = await tx.run(recordOffline[this.#among], { ids: JSON.stringify(ids), now });
      for (const { id, presence_since: since, deleted_at: deletedAt } of rows) {
        tx.afterCommit(() => this.#sightings.forgetGone(id));
        if (since === null || deletedAt !== null) continue;
        tx.emit({ type: 'tpv.offline', tpvId: id, since });
        tx.changed('tpv', id);
      }
      return rows.length;
    }, HOUSEKEEPING);
    return gone === WRITTEN_AT_ONCE;
  }

  #note(tpvId: string, sign: Sign, transport: Transport | null = null): void {
    if (this.#sightings.note(tpvId, sign, transport)) this.#changed.add(tpvId);
  }

  /** One commit for each page; the ids of pages that can't be written go back to `later`. */
  async #inPages(
    ids: readonly string[],
    later: Set<string>,
    work: (tx: Tx, few: readonly string[]) => Promise<void>,
  ): Promise<void> {
    let written = 0;
    try {
      await inChunks(ids, WRITTEN_AT_ONCE, async (few) => {
        await this.#db.transact((tx) => work(tx, few), HOUSEKEEPING);
        written += few.length;
        await nextTurn();
      });
    } catch (error) {
      for (const id of ids.slice(written)) later.add(id);
      throw error;
    }
  }
}
