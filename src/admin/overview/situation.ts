import type { Finding, FoundAlarm } from '../../alarms/alarm.ts';
import { type Clock, nextTurn, wallTime } from '../../clock.ts';
import type { Database } from '../../db/open.ts';
import { statement } from '../../db/statement.ts';
import { isoTime } from '../../iso-time.ts';
import { type Activity, LATE_SECONDS } from '../../observability/activity/activity.ts';
import { addCounts } from '../../observability/activity/activity-counts.ts';
import type { Figures } from '../../observability/activity/figures.ts';
import { longWaiting } from '../../observability/backlog.ts';
import type { LostFile } from '../../observability/file-watch.ts';
import { readTotals, type Totals } from '../../observability/totals.ts';
import type { BackupState } from '../../operations/backup/nightly-backup.ts';
import type { Presence } from '../../tpvs/presence/presence.ts';
import type { Transport } from '../../tpvs/presence/rule.ts';
import { serviceOf } from '../../tpvs/service/service-column.ts';
import { stateOf } from '../../tpvs/tpv-list.ts';
import type { Overview } from '../schemas/overview.ts';
import { type AlarmFacts, findAlarms, shownAlarms, type WatchedTpv } from './alarms.ts';
import type { DiskWatch } from './disk.ts';
import { OVER_AFTER_MS, type RecentTpvs } from './recent-tpvs.ts';
import type { WebhookWatch } from './webhook-health.ts';

export interface SituationPorts {
  db: Database;
  clock: Clock;
  presence: Pick<Presence, 'isOnline' | 'transportOf' | 'since'>;
  activity: Pick<Activity, 'recent' | 'delivery' | 'history' | 'failing'>;
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
  /** What other hubs of the database said of themselves lately. */
  others(): readonly Figures[];
  /** Somebody looks: the other hubs are to tell their figures. */
  watched(): void;
  /** Brings the table of alarms to what was found, and gives back what lasts. */
  keepAlarms(finding: Finding): Promise<readonly FoundAlarm[]>;
  version: string;
}

/** Calls within this long share one answer. */
const FRESH_MS = 1_000;
const HOUR_MINUTES = 60;
/** A message that a TPV which is there leaves waiting for longer is an alarm. */
const LONG_WAIT_MS = 10 * 60_000;
/** Failures count for as long, the running minute included. */
const FAILING_MINUTES = 10;
/** TPVs looked at before other work gets its turn. */
const TPVS_AT_A_TIME = 200;

type SeenTpv = WatchedTpv & { transport: Transport | null };

const tpvsNow = statement<object>()((db) =>
  db
    .selectFrom('tpv_instances')
    .select(['id', 'name', 'is_active', 'approved_at', 'user_count', 'created_at'])
    .select(['last_heartbeat', 'transport', 'online_until', 'presence_since', 'service'])
    .where('deleted_at', 'is', null)
    .orderBy('id'),
);

/** The hub as it is now, put together when it is asked for. */
export class Situation {
  readonly #ports: SituationPorts;
  /** By the clock's `elapsed`, as when it was read last. */
  readonly #startedAt: number;
  #reading: Promise<Overview> | undefined;
  #looking: Promise<unknown> = Promise.resolve();
  #last: { at: number; overview: Overview } | undefined;

  constructor(ports: SituationPorts) {
    this.#ports = ports;
    this.#startedAt = ports.clock.elapsed();
  }

  /** At most a second old. */
  async now(): Promise<Overview> {
    this.#ports.watched();
    const at = this.#ports.clock.elapsed();
    if (this.#last !== undefined && at - this.#last.at < FRESH_MS) return this.#last.overview;
    this.#reading ??= this.look().finally(() => {
      this.#reading = undefined;
    });
    const overview = await this.#reading;
    this.#last = { at, overview };
    return overview;
  }

  /** As it is at this moment; one look after the other, so that no older one changes what a newer one found. */
  look(): Promise<Overview> {
    const looked = this.#looking.then(() => this.#read());
    this.#looking = looked.catch(() => {});
    return looked;
  }

  async #read(): Promise<Overview> {
    const { db, clock, presence, activity } = this.#ports;
    const now = clock.now();
    const rows = await db.query(tpvsNow, {});
    // With thousands of TPVs, reading them and looking at each are two pieces of work.
    await nextTurn();
    const totals = await readTotals(
      db,
      rows.map(({ id }) => id),
    );
    const lastHour = await activity.history(HOUR_MINUTES);
    const tpvs: SeenTpv[] = [];
    for (const [index, row] of rows.entries()) {
      const online = presence.isOnline(row);
      tpvs.push({
        id: row.id,
        name: row.name,
        state: stateOf(row),
        online,
        // Only of one that may be missed: reading a timetable takes its time.
        closed: !online && row.user_count > 0 && isClosed(row, now),
        transport: presence.transportOf(row),
        users: row.user_count,
        since: presence.since(row),
        createdAt: row.created_at,
      });
      if (index % TPVS_AT_A_TIME === TPVS_AT_A_TIME - 1) await nextTurn();
    }
    const others = this.#ports.others();
    const lastMinute = activity.recent();
    for (const other of others) addCounts(lastMinute, other.lastMinute);
    const { pushes_failed: _, ...perMinute } = lastMinute;
    const delivery = activity.delivery(others);
    return {
      now: isoTime(now),
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
        others,
      ),
      webhook: this.#webhook(),
      alarms: await this.#alarms(tpvs, totals, lastHour.counts.failed),
    };
  }

  #pushes(totals: Totals, failedLastHour: number, others: readonly Figures[]): Overview['push'] {
    const pauses = [this.#ports.pushesPausedUntil(), ...others.map(({ pausedUntil }) => pausedUntil ?? undefined)];
    const until = pauses.filter((pause) => pause !== undefined).sort((a, b) => b - a)[0];
    const late = others.reduce(
      (sum, { latePushes }) => sum + latePushes,
      this.#ports.activity.recent(LATE_SECONDS).pushes,
    );
    return {
      queued: totals.pushesQueued,
      per_second: late / LATE_SECONDS,
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

  async #alarms(tpvs: readonly WatchedTpv[], totals: Totals, failed: readonly number[]): Promise<Overview['alarms']> {
    const { clock, sharedKeys, quotas, webhook, disk, activity } = this.#ports;
    const fails = failed.slice(-FAILING_MINUTES).some((count) => count > 0);
    const finding = findAlarms({
      tpvs,
      sharedKeys: sharedKeys.now(),
      quotas: quotas.now(),
      startedLately: clock.elapsed() - this.#startedAt < OVER_AFTER_MS,
      waiting: await this.#waiting(tpvs, totals),
      failing: fails ? await activity.failing(FAILING_MINUTES) : [],
      webhook: webhook.last,
      disk,
      totals,
      lostFile: this.#ports.lostFile(),
      backup: this.#ports.backup(),
    });
    return shownAlarms(await this.#ports.keepAlarms(finding));
  }

  /** TPVs that are there and leave messages waiting; those that are away have an alarm of their own. */
  async #waiting(tpvs: readonly WatchedTpv[], { oldest }: Totals): Promise<AlarmFacts['waiting']> {
    const before = this.#ports.clock.now() - LONG_WAIT_MS;
    if (oldest === undefined || oldest.createdAt > before) return [];
    const online = new Set(tpvs.filter((tpv) => tpv.online).map(({ id }) => id));
    return (await longWaiting(this.#ports.db, before)).filter(({ tpvId }) => online.has(tpvId));
  }
}

/** Whether its restaurant takes nothing now, by its timetable or a pause. */
function isClosed(row: Parameters<typeof serviceOf>[0], now: number): boolean {
  const { state } = serviceOf(row, now);
  return state === 'closed' || state === 'paused';
}

function countsOf(tpvs: readonly SeenTpv[]): Overview['tpvs'] {
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
