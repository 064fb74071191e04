import type { FastifyInstance } from 'fastify';
import type { Api } from 'grammy';
import { countAlarms } from '../alarms/alarm-store.ts';
import { failedSecrets, isAdministrator } from '../api/failed-secrets.ts';
import { securityTxt } from '../api/security-txt.ts';
import { statusRoutes } from '../api/status-routes.ts';
import { VERSION } from '../config/version.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { KeepReport } from '../instructions/report.ts';
import { BACKLOG_LIMIT } from '../observability/backlog.ts';
import type { Problem } from '../observability/health.ts';
import type { Readings } from '../observability/readings.ts';
import { type Webhook, webhookRoutes } from '../telegram/inbound/webhook-route.ts';

import { telegramFiles } from '../telegram/outbound/file-download.ts';
import { botUsername } from '../telegram/setup/bot-username.ts';
import { webhookSetupRoutes } from '../telegram/setup/webhook-setup-routes.ts';
import type { KeepService } from '../tpvs/service/set-service.ts';
import { type Administration, registerAdministration } from './administration.ts';
import type { Backups } from './backups.ts';
import type { Ground } from './ground.ts';
import type { Inbound } from './inbound.ts';
import type { Observation } from './observation.ts';
import type { Outbound } from './outbound.ts';
import { registerTpvEdges } from './tpv-edges.ts';

/** The parts of the hub that somebody outside asks for something. */
export interface EdgesPorts extends Ground {
  api: Api;
  webhook: Webhook;
  delivery: Delivery;
  gateway: Gateway;
  inbound: Inbound;
  outbound: Outbound;
  observation: Observation;
  looked: Readings;
  backups: Backups;
  report: KeepReport;
  keepService: KeepService;
  problems(): Promise<readonly Problem[]>;
}

/** Registers every route: for machines that watch the hub, for Telegram, for administrators and for TPVs. */
export async function registerEdges(
  app: FastifyInstance,
  ports: EdgesPorts,
): Promise<Pick<Administration, 'setupLink'>> {
  const { config, api, clock, observation, inbound, outbound, problems } = ports;
  const failed = failedSecrets(ports);
  await app.register(statusRoutes, {
    problems,
    degraded: observation.degraded,
    words: ports.wording.words,
    metrics: scrapeOf(ports),
    metricsToken: config.METRICS_TOKEN,
    failed,
  });
  await app.register(securityTxt, { publicUrl: config.PUBLIC_URL, contact: config.SECURITY_CONTACT, now: ports.now });
  await app.register(webhookRoutes, { webhook: ports.webhook });
  const openFile = telegramFiles({
    token: config.TELEGRAM_BOT_TOKEN,
    apiRoot: config.TELEGRAM_API_ROOT,
    fileRoot: config.TELEGRAM_FILE_ROOT,
    api,
  });
  const { access, webhookSet, setupLink } = await registerAdministration(app, {
    ...ports,
    pushResult: outbound.result,
    botUsername: botUsername(api, clock),
    uploads: outbound.uploads,
    openFile,
    hasToken: (request) => isAdministrator(request, config.ADMIN_TOKEN, failed),
  });
  const { identifyOverseer: identify, guard } = access;
  await app.register(webhookSetupRoutes, { webhook: inbound.webhook, identify, guard, webhookSet });
  await registerTpvEdges(app, { ...ports, openFile, failed, guard });
  return { setupLink };
}

/** What Prometheus asks for. */
function scrapeOf({
  backups,
  clock,
  db,
  cluster,
  delivery,
  gateway,
  logs,
  looked,
  metrics,
  observation,
  problems,
}: EdgesPorts) {
  return metrics.scrape({
    version: VERSION,
    sockets: () => gateway.size,
    inFlight: () => delivery.sockets.inFlightTotal,
    droppedLogLines: () => logs.dropped(),
    leads: (lease) => cluster.term(lease) !== undefined,
    problems: async () => (await problems()).map(({ code }) => code),
    degraded: () => observation.degraded().map(({ code }) => code),
    backlog: () => looked.backlog(),
    backlogLimit: BACKLOG_LIMIT,
    disk: () => looked.disk(),
    // The line in the log that says why is the backlog's.
    alarms: async () => (cluster.term('chores') === undefined ? new Map() : countAlarms(db).catch(() => undefined)),
    newestCopy: () => {
      const newest = backups.state()?.newest;
      return newest && { ageSeconds: (clock.now() - newest.madeAt) / 1_000, bytes: newest.bytes };
    },
  });
}
