import type { FastifyInstance } from 'fastify';
import { adminAlarmRoutes } from '../admin/alarm-routes.ts';
import { adminAuditRoutes } from '../admin/audit-routes.ts';
import { adminHubRoutes } from '../admin/hub-routes.ts';
import { LiveFeed } from '../admin/live-feed.ts';
import { adminLiveRoutes } from '../admin/live-routes.ts';
import { tpvsOfRows } from '../admin/live-scope.ts';
import { adminMaintenanceRoutes } from '../admin/maintenance-routes.ts';
import { type DiskPorts, DiskWatch } from '../admin/overview/disk.ts';
import { adminOverviewRoutes } from '../admin/overview/overview-routes.ts';
import { RecentTpvs } from '../admin/overview/recent-tpvs.ts';
import { Situation, type SituationPorts } from '../admin/overview/situation.ts';
import { type UpdateFault, type WebhookHealth, WebhookWatch } from '../admin/overview/webhook-health.ts';
import { adminPushRoutes } from '../admin/push-routes.ts';
import { adminQuarantineRoutes, type QuarantineOptions } from '../admin/quarantine-routes.ts';
import { adminSettingRoutes } from '../admin/setting-routes.ts';
import { adminTextRoutes } from '../admin/text-routes.ts';
import { adminWebhookRoutes, type WebhookChangePort } from '../admin/webhook-routes.ts';
import { sessionStillValid } from '../administrators/administrator-session.ts';
import { keepAlarms } from '../alarms/alarm-store.ts';
import { lastingAlarms } from '../alarms/lasting-alarms.ts';
import { tellAlarms } from '../alarms/tell-alarms.ts';
import { VERSION } from '../config/version.ts';
import { HubError } from '../errors.ts';
import { isoTime } from '../iso-time.ts';
import { alarmNotices } from '../telegram/accounts/alarm-notice.ts';
import { TEXTS } from '../telegram/texts/catalogue.ts';
import type { Ground } from './ground.ts';
import { type SharedView, startSharedView } from './shared-view.ts';

export interface ObservationPorts
  extends Pick<
    Ground,
    'config' | 'db' | 'cluster' | 'events' | 'clock' | 'now' | 'presence' | 'activity' | 'settings' | 'onFault'
  > {
  disk: DiskPorts['read'];
  lostFile: SituationPorts['lostFile'];
  backup: SituationPorts['backup'];
  pushesPausedUntil: SituationPorts['pushesPausedUntil'];
  retryUpdate: QuarantineOptions['retry'];
  webhook: WebhookChangePort;
}

/** What makes the hub of less use, although it works. */
export interface Degradation {
  code: UpdateFault;
  message: string;
  /** In ISO 8601. */
  since: string;
}

/** What administrators look at, and what looks at the hub for them. */
export interface Observation {
  /** The routes, within the guard. */
  routes(guarded: FastifyInstance): Promise<void>;
  /** Why the hub works and yet gets no updates. */
  degraded(): Degradation[];
  /** Looks for alarms, and tells who is linked to an account. */
  lookForAlarms(): Promise<void>;
  /** Ends the streams that are open. */
  drain(): void;
}

/** @param ends gets the end of each watch */
export function createObservation(ports: ObservationPorts, ends: AsyncDisposableStack): Observation {
  const { config, db, cluster, events, clock, now, activity, onFault } = ports;
  const watch = new WebhookWatch(ports.webhook, clock, onFault);
  ends.defer(() => watch.stop());
  const disk = new DiskWatch({ clock, read: ports.disk, onFault });
  ends.defer(() => disk.stop());
  const sharedKeys = new RecentTpvs(events, 'tpv.key_shared', clock);
  ends.defer(() => sharedKeys.stop());
  const quotas = new RecentTpvs(events, 'tpv.quota_reached', clock);
  ends.defer(() => quotas.stop());
  const { mode: webhookMode, expectedUrl } = ports.webhook;
  const hasAddress = expectedUrl !== undefined;
  const situation = new Situation({
    ...ports,
    version: VERSION,
    webhook: watch,
    webhookMode,
    disk,
    sharedKeys,
    quotas,
    others: () => view.figures(),
    watched: () => view.watched(),
    // One hub judges for all: the others show what it found.
    keepAlarms: (finding) =>
      (cluster.term('chores') === undefined ? lastingAlarms(db, finding) : keepAlarms(db, finding, now())).catch(
        (error: unknown) => {
          // What keeps the table from being written is itself what has to be shown.
          if (error instanceof HubError) return finding.found;
          throw error;
        },
      ),
  });
  const telling = {
    db,
    words: alarmNotices(config.PUBLIC_URL),
    offlineGraceMs: config.OFFLINE_GRACE_SECONDS * 1_000,
  };
  const feed = new LiveFeed({
    events,
    clock,
    overview: () => situation.now(),
    isValid: (sessionId) => sessionStillValid(db, sessionId, now()),
    watched: () => view.watched(),
    tpvsOf: (changes) => tpvsOfRows(db, changes),
    onFault,
  });
  const recent = { 'tpv.key_shared': sharedKeys, 'tpv.quota_reached': quotas };
  const view: SharedView = startSharedView({ ...ports, feed, recent }, ends);
  return {
    async routes(guarded) {
      const common = { db, timeZone: config.TIME_ZONE, now };
      await guarded.register(adminOverviewRoutes, { situation, activity });
      await guarded.register(adminHubRoutes, { db, cluster });
      await guarded.register(adminPushRoutes, common);
      await guarded.register(adminQuarantineRoutes, { ...common, retry: ports.retryUpdate });
      await guarded.register(adminAuditRoutes, common);
      await guarded.register(adminAlarmRoutes, common);
      await guarded.register(adminMaintenanceRoutes, common);
      const wording = { settings: ports.settings, texts: TEXTS };
      await guarded.register(adminSettingRoutes, { ...common, ...wording, config });
      await guarded.register(adminTextRoutes, wording);
      await guarded.register(adminWebhookRoutes, { ...common, webhook: ports.webhook, watch });
      await guarded.register(adminLiveRoutes, { feed });
    },
    // Without an address, the hub was never meant to get any by webhook.
    degraded: () => (webhookMode === 'polling' || hasAddress ? degradationsOf(watch.last) : []),
    async lookForAlarms() {
      await situation.look();
      await tellAlarms(telling, now());
    },
    drain: () => feed.close(),
  };
}

function degradationsOf({ state, fault, since, problems }: WebhookHealth): Degradation[] {
  if (state !== 'broken' || since === undefined) return [];
  return [{ code: fault, message: problems.join(' '), since: isoTime(since) }];
}
