import { sql } from 'kysely';
import type { Database } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import { type Cluster, LEASES, type Lease } from './cluster.ts';
import { differences } from './drift.ts';
import { DATABASE_NOW } from './membership.ts';

/** One of the hubs that share the database, as its row says. */
export interface ListedHub {
  id: string;
  /** Its machine's. */
  name: string;
  version: string;
  /** `silent`: it said nothing for as long as a lease lasts, and is buried soon. */
  state: 'up' | 'draining' | 'silent';
  /** In milliseconds, by the database's clock. */
  startedAt: number;
  sockets: number;
  leads: Lease[];
  /** How long ago it last said that it is alive. */
  lagMs: number;
  /** Variables that it has otherwise than the oldest hub, and should not. */
  differs: string[];
}

const hubRows = statement<object>()((db) =>
  db
    .selectFrom('hubs')
    .select(['id', 'name', 'version', 'config', 'state', 'started_at', 'until'])
    .select(sql<number>`${sql.raw(DATABASE_NOW)}`.as('now'))
    .select((eb) =>
      eb
        .selectFrom('sockets')
        .select((own) => own.fn.countAll<number>().as('count'))
        .whereRef('sockets.hub_id', '=', 'hubs.id')
        .as('sockets'),
    )
    .orderBy('started_at')
    .orderBy('id'),
);

const leaseRows = statement<object>()((db) => db.selectFrom('leases').select(['name', 'hub_id', 'until']));

/** The hubs of the database, the oldest first; none where this one is alone. */
export async function listHubs(db: Database, { isShared, leaseMs }: Pick<Cluster, 'isShared' | 'leaseMs'>) {
  if (!isShared) return [];
  const leases = await db.query(leaseRows, {});
  const rows = await db.query(hubRows, {});
  const oldest = rows.find(({ now, until }) => Number(until) >= Number(now));
  return rows.map((row): ListedHub => {
    const [now, until] = [Number(row.now), Number(row.until)];
    return {
      id: row.id,
      name: row.name,
      version: row.version,
      state: until < now ? 'silent' : row.state,
      startedAt: Number(row.started_at),
      sockets: Number(row.sockets ?? 0),
      leads: LEASES.filter((name) =>
        leases.some((one) => one.name === name && one.hub_id === row.id && one.until >= now),
      ),
      lagMs: Math.max(0, now - (until - leaseMs)),
      differs: differences(oldest?.config ?? null, row.config),
    };
  });
}
