import { type Clock, nextTurn, wallTime } from '../../clock.ts';
import type { Database } from '../../db/open.ts';
import { statement } from '../../db/statement.ts';
import { isoTime } from '../../iso-time.ts';
import type { Activity } from '../../observability/activity/activity.ts';
import type { LostFile } from '../../observability/file-watch.ts';
import { readTotals, type Totals } from '../../observability/totals.ts';
import type { BackupState } from '../../operations/backup/nightly-backup.ts';
import type { Presence } from '../../tpvs/presence/presence.ts';
import type { Transport } from '../../tpvs/presence/rule.ts';
import { stateOf } from '../../tpvs/tpv-list.ts';
import type { Overview } from '../schemas/overview.ts';
import { alarmsOf, type WatchedTpv } from './alarms.ts';
import type { DiskWatch } from './disk.ts';
import type { RecentTpvs } from './recent-tpvs.ts';
import type { WebhookWatch } from './webhook-health.ts';

export interface SituationPorts {
  db: Database;
  clock: Clock;
  presence: Pick<Presence, 'isOnline' | 'transportOf' | 'since'>;
  activity: Pick<Activity, 'recent' | 'delivery' | 'history'>;
  webhook: WebhookWatch;
  webhookMode: 'webhook' | 'polling';
  disk: DiskWatch;
  /** TPVs whose key two machines use at once. */
  sharedKeys: RecentTpvs;
  /** TPVs that were refused, as they have as much waiting as they may. */
  quotas: RecentTpvs;
  lostFile(): LostFile | undefined;
  /** Undefined if no copies are made by themselves. */
  backup(): BackupState | undefined;
  /** Nothing goes to Telegram before; undefined if nothing holds it. */
  pushesPausedUntil(): number | undefined;
  version: string;
}

/** Calls within this long share one answer. */
const FRESH_MS = 1_000;
/** Messages a second are an average over this long. */
const PUSH_RATE_SECONDS = 10;
const HOUR_MINUTES = 60;

const tpvsNow = statement<object>()((db) =>
  db
    .selectFrom('tpv_instances')
    .select(['id', 'name', 'is_active', 'approved_at', 'user_count', 'created_at'])
    .select(['last_heartbeat', 'transport', 'online_until', 'presence_since'])
    .where('deleted_at', 'is', null)
    .orderBy('id'),
);

/** The hub as it is now, put together when it is asked for. */
export class Situation {
  readonly #ports: SituationPorts;
  /** By the clock's `elapsed`, as when it was read last. */
  readonly #startedAt: number;
  #reading: Promise<Overview> | undefined;
  #last: { at: number; overview: Overview } | undefined;

  constructor(ports: SituationPorts) {
    this.#ports = ports;
    this.#startedAt = ports.clock.elapsed();
  }

  /** At most a second old. */
  async now(): Promise<Overview> {
    const at = this.#ports.clock.elapsed();
    if (this.#last !== undefined && at - this.#last.at < FRESH_MS) return this.#last.overview;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    const overview = await this.#reading;
    this.#last = { at, overview };
    return overview;
  }

  async #read(): Promise<Overview> {
    const { db, clock, presence, activity } = this.#ports;
    const rows = await db.query(tpvsNow, {});
    // With thousands of TPVs, reading them and looking at each are two pieces of work.
    await nextTurn();
    const totals = await readTotals(
      db,
      rows.map(({ id }) => id),
    );
    const lastHour = await activity.history(HOUR_MINUTES);
    const tpvs = rows.map((row): WatchedTpv & { transport: Transport | null } => ({
      id: row.id,
      name: row.name,
      state: stateOf(row),
      online: presence.isOnline(row),
      transport: presence.transportOf(row),
      users: row.user_count,
      since: presence.since(row),
      createdAt: row.created_at,
    }));
    const { pushes_failed: _, ...perMinute } = activity.recent();
    const delivery = activity.delivery();
    return {
      now: isoTime(clock.now()),
      started_at: isoTime(wallTime(clock, this.#startedAt)),
      version: this.#ports.version,
      tpvs: countsOf(tpvs),
      users: {
        total: tpvs.reduce((sum, { users }) => sum + users, totals.unassignedUsers),
        unassigned: totals.unassignedUsers,
      },
      per_minute: perMinute,
      delivery: {
        p50_ms: delivery.p50 ?? null,
        p99_ms: delivery.p99 ?? null,
        window_seconds: delivery.windowSeconds,
      },
      backlog: backlogOf(totals),
      push: this.#pushes(
        totals,
        lastHour.counts.pushes_failed.reduce((sum, count) => sum + count, 0),
      ),
      webhook: this.#webhook(),
      alarms: this.#alarms(tpvs, totals),
    };
  }

  #pushes(totals: Totals, failedLastHour: number): Overview['push'] {
    const until = this.#ports.pushesPausedUntil();
    return {
      queued: totals.pushesQueued,
      per_second: this.#ports.activity.recent(PUSH_RATE_SECONDS).pushes / PUSH_RATE_SECONDS,
      unknown: totals.pushesUnknown,
      failed_last_hour: failedLastHour,
      paused_until: until === undefined ? null : isoTime(Math.ceil(until)),
    };
  }

  #webhook(): Overview['webhook'] {
    const { state, checkedAt, problems } = this.#ports.webhook.last;
    return {
      mode: this.#ports.webhookMode,
      state,
      checked_at: checkedAt === undefined ? null : isoTime(checkedAt),
      problems: [...problems],
    };
  }

  #alarms(tpvs: readonly WatchedTpv[], totals: Totals): Overview['alarms'] {
    const { sharedKeys, quotas, webhook, disk } = this.#ports;
    const lostFile = this.#ports.lostFile();
    const backup = this.#ports.backup();
    return alarmsOf({
      tpvs,
      sharedKeys: sharedKeys.now(),
      quotas: quotas.now(),
      webhook: webhook.last,
      disk,
      totals,
      lostFile,
      backup,
    });
  }
}

function countsOf(tpvs: readonly (WatchedTpv & { transport: Transport | null })[]): Overview['tpvs'] {
  const counts = { total: tpvs.length, active: 0, awaiting: 0, online: 0, by_socket: 0, by_poll: 0 };
  for (const { state, online, transport } of tpvs) {
    if (state !== 'inactive') counts[state]++;
    if (!online) continue;
    counts.online++;
    counts[transport === 'socket' ? 'by_socket' : 'by_poll']++;
  }
  return counts;
}

function backlogOf({ waiting, inFlight, unassigned, oldest }: Totals): Overview['backlog'] {
  return {
    waiting,
    in_flight: inFlight,
    unassigned,
    oldest: oldest === undefined ? null : { id: oldest.id, created_at: isoTime(oldest.createdAt) },
  };
}
