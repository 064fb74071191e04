import type { FastifyInstance } from 'fastify';
import { adminAuditRoutes } from '../admin/audit-routes.ts';
import { LiveFeed } from '../admin/live-feed.ts';
import { adminLiveRoutes } from '../admin/live-routes.ts';
import { type DiskPorts, DiskWatch } from '../admin/overview/disk.ts';
import { adminOverviewRoutes } from '../admin/overview/overview-routes.ts';
import { SharedKeys } from '../admin/overview/shared-keys.ts';
import { Situation, type SituationPorts } from '../admin/overview/situation.ts';
import { WebhookWatch } from '../admin/overview/webhook-health.ts';
import { adminPushRoutes } from '../admin/push-routes.ts';
import { adminQuarantineRoutes, type QuarantineOptions } from '../admin/quarantine-routes.ts';
import { adminSettingRoutes, type SettingsOptions } from '../admin/setting-routes.ts';
import { adminWebhookRoutes, type WebhookChangePort } from '../admin/webhook-routes.ts';
import { sessionStillValid } from '../administrators/administrator-session.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import type { Database } from '../db/open.ts';
import type { EventSource } from '../events.ts';
import type { Activity } from '../observability/activity/activity.ts';

export interface ObservationPorts {
  config: Config;
  db: Database;
  events: EventSource;
  clock: Clock;
  presence: SituationPorts['presence'];
  activity: Activity;
  disk: DiskPorts['read'];
  pushesPausedUntil: SituationPorts['pushesPausedUntil'];
  retryUpdate: QuarantineOptions['retry'];
  webhook: WebhookChangePort;
  settings: SettingsOptions['settings'];
  texts: SettingsOptions['texts'];
  version: string;
  onFault(error: unknown): void;
}

/** What administrators look at, and what looks at the hub for them. */
export interface Observation {
  /** The routes, within the guard. */
  routes(guarded: FastifyInstance): Promise<void>;
  /** Ends the streams that are open. */
  drain(): void;
  /** Looks at nothing any more. */
  stop(): void;
}

export function createObservation(ports: ObservationPorts): Observation {
  const { config, db, events, clock, activity, onFault } = ports;
  const now = () => clock.now();
  const watch = new WebhookWatch(ports.webhook, clock, onFault);
  const disk = new DiskWatch({ clock, read: ports.disk, onFault });
  const sharedKeys = new SharedKeys(events, clock);
  const situation = new Situation({ ...ports, webhook: watch, webhookMode: ports.webhook.mode, disk, sharedKeys });
  const feed = new LiveFeed({
    events,
    clock,
    overview: () => situation.now(),
    isValid: (sessionId) => sessionStillValid(db, sessionId, now()),
    onFault,
  });
  return {
    async routes(guarded) {
      const common = { db, now };
      await guarded.register(adminOverviewRoutes, { situation, activity });
      await guarded.register(adminPushRoutes, common);
      await guarded.register(adminQuarantineRoutes, { ...common, retry: ports.retryUpdate });
      await guarded.register(adminAuditRoutes, { db });
      await guarded.register(adminSettingRoutes, { ...common, settings: ports.settings, texts: ports.texts, config });
      await guarded.register(adminWebhookRoutes, { ...common, webhook: ports.webhook, watch });
      await guarded.register(adminLiveRoutes, { feed });
    },
    drain: () => feed.close(),
    stop() {
      watch.stop();
      disk.stop();
      sharedKeys.stop();
    },
  };
}
