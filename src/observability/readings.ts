import type { Clock } from '../clock.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { type Config, dataFolder } from '../config/config.ts';
import type { Database } from '../db/open.ts';
import type { Logger } from '../log/log.ts';
import type { Presence } from '../tpvs/presence/presence.ts';
import { type Backlog, readBacklog, TOLD_ELSEWHERE } from './backlog.ts';
import { type DiskSpace, diskSpace } from './disk-space.ts';

export interface ReadingPorts {
  db: Database;
  cluster: Pick<Cluster, 'term'>;
  clock: Clock;
  presence: Presence;
  log: Logger;
  config: Pick<Config, 'DATABASE_URL'>;
}

/** What Prometheus has to look up when it asks. */
export interface Readings {
  /** Undefined if the database can't be read now. */
  backlog(): Promise<Backlog | undefined>;
  /** Of the disk that holds the database; undefined if that is another machine's. */
  disk(): Promise<DiskSpace | undefined>;
}

/** One look at the backlog serves all scrapes for this long … */
const BACKLOG_LIFE_MS = 5_000;
/** … and for this many times as long as it took: looking never takes more than a hundredth of the hub's time. */
const LIFE_PER_COST = 100;

export function readings({ db, cluster, clock, presence, log, config }: ReadingPorts): Readings {
  let known: { until: number; backlog: Promise<Backlog | undefined> } | undefined;

  const look = async (): Promise<Backlog | undefined> => {
    try {
      return await readBacklog(db, clock.now(), (tpv) => presence.isOnline(tpv));
    } catch (err) {
      log.warn({ err }, 'could not read the backlog for the metrics: check the database');
      return undefined;
    }
  };

  return {
    backlog() {
      // It is the same for all hubs: a sum over them would count it several times.
      if (cluster.term('chores') === undefined) return Promise.resolve(TOLD_ELSEWHERE);
      const startedAt = performance.now();
      if (known !== undefined && startedAt < known.until) return known.backlog;
      const looked = look();
      const entry = { until: Number.POSITIVE_INFINITY, backlog: looked };
      known = entry;
      const settle = looked.then(() => {
        const now = performance.now();
        entry.until = now + Math.max(BACKLOG_LIFE_MS, (now - startedAt) * LIFE_PER_COST);
      });
      return settle.then(() => looked);
    },
    async disk() {
      if (!config.DATABASE_URL.startsWith('sqlite:')) return undefined;
      return diskSpace(dataFolder(config));
    },
  };
}
