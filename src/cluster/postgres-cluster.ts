import type { Cancel } from '../clock.ts';
import { databaseFault } from '../db/fault.ts';
import { openSideConnections, type SideConnections } from '../db/postgres/side.ts';
import { type Cluster, LEASES } from './cluster.ts';
import { Membership } from './membership.ts';
import { type ClusterObserver, NO_CLUSTER_OBSERVER } from './observer.ts';
import { noOnlyHub } from './only-hub.ts';
import { PostgresSignals } from './postgres-signals.ts';

/** How a hub shares its database. */
export interface SharedCluster {
  /** A hub that says nothing for so long counts as dead. */
  leaseMs: number;
  /** So long a hub that ends goes on as before, while the balancers before it learn that it does; absent: 0. */
  noticeMs?: number;
}

export interface JoinOptions extends SharedCluster {
  url: string;
  /** Of its program (db/schema-level.ts). */
  level: number;
  /** What all hubs must have alike (drift.ts). */
  shared?: string | undefined;
  /** The bot's id: all hubs of a database have one bot. */
  bot?: string | undefined;
  /** Gets what goes wrong where no caller waits for an answer. */
  onFault(error: unknown): void;
  /** A newer program has changed the database so that this one can't work on it any more: it has to end. */
  onTooOld(): void;
  observer?: ClusterObserver | undefined;
}

/** One for the renewal, which waits for nothing; one for the hints. */
const SIDE_CONNECTIONS = 2;

/**
 * Enters this process among the hubs of a PostgreSQL whose schema is up to date.
 * @throws HubError `unavailable` with a sentence where a hub runs there that shares it with none, or one of another bot
 */
export async function joinHubs(options: JoinOptions): Promise<Cluster> {
  const { url, onFault, observer = NO_CLUSTER_OBSERVER } = options;
  const side = openSideConnections(url, SIDE_CONNECTIONS);
  let membership: Membership | undefined;
  try {
    membership = await Membership.enter(side, { ...options, leases: LEASES, observer });
    await noOnlyHub(side, membership.id);
  } catch (error) {
    await membership?.leave().catch(onFault);
    await side.close();
    throw databaseFault(error);
  }
  return clusterOf(membership, side, { ...options, observer });
}

function clusterOf(
  membership: Membership,
  side: SideConnections,
  { url, leaseMs, noticeMs = 0, onFault, observer }: JoinOptions & { observer: ClusterObserver },
): Cluster {
  const signals = new PostgresSignals({ url, side, id: () => membership.id, onFault, observer });
  const leave = async () => {
    leaseFree();
    await signals.close();
    await membership.leave().catch(onFault);
    await side.close();
  };
  let closing: Promise<void> | undefined;
  const leaseFree: Cancel = signals.on('lease', () => void membership.renew());
  return {
    isShared: true,
    leaseMs,
    noticeMs,
    get id() {
      return membership.id;
    },
    get mayBury() {
      return membership.mayBury;
    },
    isAlive: () => membership.isAlive(),
    term: (lease) => membership.term(lease),
    onLead: (lease, fn) => membership.onLead(lease, fn),
    onBuried: (fn) => membership.onBuried(fn),
    tell: (hint) => signals.tell(hint),
    on: (kind, fn) => signals.on(kind, fn),
    onGap: (fn) => signals.onGap(fn),
    fenced: (what) => observer.fenced(what),
    async resign() {
      await membership.resign().catch(onFault);
      signals.tell({ kind: 'lease' });
    },
    close: () => (closing ??= leave()),
  };
}
