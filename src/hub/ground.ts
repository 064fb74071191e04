import type { Clock } from '../clock.ts';
import { type Cluster, SOLO } from '../cluster/cluster.ts';
import { sharedHashes } from '../cluster/drift.ts';
import { noOlderHubs } from '../cluster/older-hubs.ts';
import { OnlyHub } from '../cluster/only-hub.ts';
import { type JoinOptions, joinHubs, type SharedCluster } from '../cluster/postgres-cluster.ts';
import type { Config } from '../config/config.ts';
import { DatabaseFault, databaseFault } from '../db/fault.ts';
import { migrate, programLevel } from '../db/migrate.ts';
import { type Database, type HubDisk, openDatabase } from '../db/open.ts';
import type { LevelledMigrations } from '../db/schema-level.ts';
import { Events } from '../events.ts';
import type { DeliverySettings } from '../instructions/instruction.ts';
import type { Logger, Logs } from '../log/log.ts';
import { Activity } from '../observability/activity/activity.ts';
import { DatabaseWatch } from '../observability/database-watch.ts';
import { type LostFile, startFileWatch } from '../observability/file-watch.ts';
import { type Health, startHealth } from '../observability/health.ts';
import { createMetrics, type Metrics } from '../observability/metrics/metrics.ts';
import { startTelemetry, type Telemetry } from '../observability/telemetry.ts';
import { Settings } from '../settings/settings.ts';
import { TEXTS } from '../telegram/texts/catalogue.ts';
import { type PeoplesTexts, telegramTexts } from '../telegram/texts/texts.ts';
import { Presence } from '../tpvs/presence/presence.ts';
import { errorLanguageOf, type Wording, wordingIn } from '../wording/wording.ts';
import { type Corrections, NO_CORRECTIONS, startCorrections } from './corrections.ts';
import { endAtOnce, endReplaced, endTooOld } from './end-at-once.ts';

/** What every half of the hub stands on. Each takes what it uses of it, and says so with `Pick`. */
export interface Ground {
  readonly config: Config;
  readonly logs: Logs;
  readonly log: Logger;
  readonly clock: Clock;
  now(): number;
  /** Gets what goes wrong where no caller waits for an answer. */
  onFault(error: unknown): void;
  /** What happens, after it was committed. */
  readonly events: Events;
  readonly db: Database;
  /** The other hubs of the database. */
  readonly cluster: Cluster;
  readonly metrics: Metrics;
  readonly telemetry: Telemetry;
  /** Whether the hub can work. */
  readonly health: Health;
  /** Undefined while the database's file is where it was opened. */
  lostFile(): LostFile | undefined;
  /**
   * `isTold`: /readyz says that the hub ends. `begun`: it takes nothing new; where a balancer is before several hubs, a
   * moment later.
   */
  readonly draining: { isTold: boolean; begun: boolean };
  /** Which TPVs are there. */
  readonly presence: Presence;
  /** What happened lately. */
  readonly activity: Activity;
  readonly settings: Settings;
  /** What people read of the hub itself, in their languages. */
  readonly texts: PeoplesTexts;
  /** How developers are told what the API refuses. */
  readonly wording: Wording;
  /** Leases, lives and attempts of instructions. */
  readonly limits: DeliverySettings;
  /** How the machine's clock was corrected. */
  readonly corrections: Corrections;
}

/** What tests put in the place of the machine's. */
export interface GroundMachine {
  /** How the log of the database is synced, and what a failed sync does; absent: the process ends. */
  disk?: HubDisk | undefined;
  /** How this hub shares a PostgreSQL with others; absent: as HUB_LEASE_SECONDS says. */
  shared?: (SharedCluster & Partial<Pick<JoinOptions, 'onTooOld'>>) | undefined;
  /** Other ones than the program's. */
  migrations?: LevelledMigrations | undefined;
}

/**
 * Opens the database, brings it up to date, and begins to follow what happens.
 * @param ends gets the end of each thing that is made
 */
export async function openGround(
  config: Config,
  logs: Logs,
  clock: Clock,
  ends: AsyncDisposableStack,
  { disk, shared = sharedBy(config), migrations }: GroundMachine,
): Promise<Ground> {
  const { log } = logs;
  const now = () => clock.now();
  const onFault = (error: unknown) => {
    // Those of the database are counted in one line a second.
    if (!(error instanceof DatabaseFault)) log.error({ err: error }, 'work in the background failed');
  };
  if (config.DATABASE_DURABILITY === 'normal') {
    log.warn('DATABASE_DURABILITY=normal: what was accepted in the last moments may be lost when the power fails');
  }
  const events = new Events(onFault);
  const metrics = createMetrics();
  const telemetry = startTelemetry({ events, logs, metrics });
  const watch = new DatabaseWatch({
    clock,
    log,
    committed: metrics.inbound.committed,
    commitFailed: metrics.inbound.commitFailed,
  });
  ends.defer(() => watch.stop());
  const onClusterFault = (error: unknown) => {
    const fault = databaseFault(error);
    watch.notRead(fault);
    onFault(fault);
  };
  const url = config.DATABASE_URL;
  const level = await programLevel(migrations);
  const isAlone = shared === undefined && !url.startsWith('sqlite:');
  const only = isAlone
    ? new OnlyHub({ url, level, onFault: onClusterFault, onLost: () => endReplaced(log) })
    : undefined;
  // After the database was closed.
  ends.defer(async () => only?.leave());
  const db = openDatabase(config, {
    observer: watch,
    events,
    hub: { onSyncFailed: (fault) => endAtOnce(log, fault), ...disk },
  });
  ends.defer(() => db.close());
  // Before anything of it changes, if it can be known.
  await only?.enter();
  const isShared = shared !== undefined;
  const ran = await migrate(db, {
    migrations,
    isShared,
    ...(isShared && { beforeEnding: (lowest: number) => noOlderHubs(db, lowest) }),
  });
  if (ran.length > 0) log.info({ migrations: ran }, 'the database was brought up to date');
  await only?.enter();
  const [bot] = config.TELEGRAM_BOT_TOKEN.split(':');
  const joining = {
    url,
    bot,
    level,
    shared: sharedHashes(config),
    onFault: onClusterFault,
    onTooOld: () => endTooOld(log),
    observer: metrics.cluster,
  };
  const cluster = shared === undefined ? SOLO : await joinHubs({ ...joining, ...shared });
  ends.defer(() => cluster.close());

  const draining = { isTold: false, begun: false };
  const health = await startHealth({ db, clock, log, cluster, level, draining: () => draining.isTold }, watch);
  ends.defer(() => health.stop());
  const fileWatch = startFileWatch({ db, clock, log });
  ends.defer(() => fileWatch.stop());
  const limits = {
    sentLeaseMs: config.SENT_LEASE_SECONDS * 1_000,
    processingLeaseMs: config.PROCESSING_LEASE_SECONDS * 1_000,
    instructionTtlMs: config.INSTRUCTION_TTL_SECONDS * 1_000,
    pressTtlMs: config.PRESS_TTL_SECONDS * 1_000,
    maxAttempts: config.MAX_ATTEMPTS,
  };
  const corrections = cluster.isShared ? NO_CORRECTIONS : await startCorrections({ db, clock, log, limits });
  ends.defer(() => corrections.stop());
  const graceMs = config.OFFLINE_GRACE_SECONDS * 1_000;
  const presence = new Presence(db, clock, { graceMs, isDraining: () => draining.begun, cluster });
  ends.defer(async () => {
    await presence.write().catch(onFault);
    await presence.settle().catch(onFault);
  });
  const activity = new Activity({ db, clock, events, corrections, onFault });
  ends.defer(() => activity.stop());
  const settings = await Settings.open({ db, clock, log, config, texts: TEXTS });
  ends.defer(() => settings.stop());
  const texts = telegramTexts(config.DEFAULT_LOCALE, (key, language) => settings.wording(key, language));
  const wording = wordingIn(errorLanguageOf(config.DEFAULT_LOCALE));
  const lostFile = () => fileWatch.lost();
  const seen = { lostFile, metrics, telemetry, health, presence, activity, corrections };
  return {
    config,
    logs,
    log,
    clock,
    now,
    onFault,
    events,
    db,
    cluster,
    draining,
    settings,
    texts,
    wording,
    limits,
    ...seen,
  };
}

/** Two checks of a balancer, one each second (deploy/haproxy/haproxy.cfg). */
const NOTICE_MS = 2_000;

/** How a hub shares its database; undefined: it is alone. */
function sharedBy({ HUB_LEASE_SECONDS: seconds }: Config): SharedCluster | undefined {
  return seconds === undefined ? undefined : { leaseMs: seconds * 1_000, noticeMs: NOTICE_MS };
}
