import type { Database } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import type { Cluster } from './cluster.ts';

/** A TPV's socket at another hub. */
export interface SocketElsewhere {
  /** The name of that hub's machine. */
  hub: string;
  /** In milliseconds. */
  since: number;
}

const socketOfTpv = statement<{ tpvId: string; me: string }>()((db, p) =>
  db
    .selectFrom('sockets')
    .innerJoin('hubs', 'hubs.id', 'sockets.hub_id')
    .select(['hubs.name', 'sockets.opened_at'])
    .where('sockets.tpv_id', '=', p('tpvId'))
    .where('sockets.hub_id', '!=', p('me')),
);

/** Where a TPV's socket is, if another hub of the database has it. */
export async function socketElsewhere(
  db: Database,
  { isShared, id }: Pick<Cluster, 'isShared' | 'id'>,
  tpvId: string,
): Promise<SocketElsewhere | undefined> {
  if (!isShared) return undefined;
  const [row] = await db.query(socketOfTpv, { tpvId, me: id });
  return row && { hub: row.name, since: Number(row.opened_at) };
}
