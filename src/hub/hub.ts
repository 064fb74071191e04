import type { FastifyInstance } from 'fastify';
import { buildApp } from '../api/app.ts';
import { isAdministrator } from '../api/auth.ts';
import { documentApi } from '../api/docs.ts';
import { statusRoutes } from '../api/status-routes.ts';
import { type Clock, pause, systemClock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { VERSION } from '../config/version.ts';
import { DatabaseFault } from '../db/fault.ts';
import { migrate } from '../db/migrate.ts';
import { type Database, openDatabase } from '../db/open.ts';
import { Delivery } from '../delivery/delivery.ts';
import { Events } from '../events.ts';
import { Gateway } from '../gateway/gateway.ts';
import { SOCKET_PATHS } from '../gateway/upgrade.ts';
import type { DeliverySettings } from '../instructions/instruction.ts';
import { type Report, report } from '../instructions/report.ts';
import type { Logs } from '../log/log.ts';
import { Activity } from '../observability/activity/activity.ts';
import { BACKLOG_LIMIT } from '../observability/backlog.ts';
import { DatabaseWatch } from '../observability/database-watch.ts';
import { type Problem, startHealth } from '../observability/health.ts';
import { createMetrics } from '../observability/metrics/metrics.ts';
import { readings } from '../observability/readings.ts';
import { startTelemetry } from '../observability/telemetry.ts';
import { Settings } from '../settings/settings.ts';
import { webhookRoutes } from '../telegram/inbound/webhook-route.ts';
import { type OnAsked, telegramApi } from '../telegram/outbound/api.ts';
import { botUsername } from '../telegram/setup/bot-username.ts';
import { webhookPort } from '../telegram/setup/webhook-setup.ts';
import { webhookSetupRoutes } from '../telegram/setup/webhook-setup-routes.ts';
import { TEXTS, telegramTexts } from '../telegram/texts.ts';
import { Presence } from '../tpvs/presence.ts';
import { registerAdministration } from './administration.ts';
import { createInbound } from './inbound.ts';
import { startMaintenance } from './maintenance.ts';
import { createObservation } from './observation.ts';
import { createOutbound } from './outbound.ts';
import { registerTpvEdges } from './tpv-edges.ts';

/** A hub that is ready to listen. */
export interface Hub {
  readonly app: FastifyInstance;
  readonly db: Database;
  /** What happens, after it was committed. */
  readonly events: Events;
  /** @returns the address, such as `http://127.0.0.1:8100` */
  listen(): Promise<string>;
  /**
   * Where the first account is made, once only; undefined where there is an account. The link that was made before ends.
   * @param address what `listen` gave back
   */
  setupLink(address: string): Promise<string | undefined>;
  /** Why it can't work now; empty where it can. */
  problems(): Promise<readonly Problem[]>;
  /** Drains and closes (docs/reliability.md, "Drain"); at most 25 s. */
  close(): Promise<void>;
}

/** Reports and replies each get this long while the hub drains. */
const DRAIN_STEP_MS = 10_000;
/** Requests under way get this long to be answered. */
const CUT_MS = 2_000;

/** Puts the hub together: the one place that knows everyone. */
export async function createHub(config: Config, logs: Logs, clock: Clock = systemClock()): Promise<Hub> {
  const { log } = logs;
  const onFault = (error: unknown) => {
    // Those of the database are counted in one line a second.
    if (!(error instanceof DatabaseFault)) log.error({ err: error }, 'work in the background failed');
  };
  const deliverySettings: DeliverySettings = {
    sentLeaseMs: config.SENT_LEASE_SECONDS * 1_000,
    processingLeaseMs: config.PROCESSING_LEASE_SECONDS * 1_000,
    instructionTtlMs: config.INSTRUCTION_TTL_SECONDS * 1_000,
    pressTtlMs: config.PRESS_TTL_SECONDS * 1_000,
    maxAttempts: config.MAX_ATTEMPTS,
  };
  if (config.DATABASE_DURABILITY === 'normal') {
    log.warn('DATABASE_DURABILITY=normal: what was accepted in the last moments may be lost when the power fails');
  }

  const metrics = createMetrics({
    version: VERSION,
    sockets: () => gateway.size,
    inFlight: () => delivery.sockets.inFlightTotal,
    droppedLogLines: () => logs.dropped(),
    problems: async () => (await health.problems()).map(({ code }) => code),
    backlog: () => looked.backlog(),
    backlogLimit: BACKLOG_LIMIT,
    disk: () => looked.disk(),
  });
  const watch = new DatabaseWatch({
    clock,
    log,
    committed: (transactions, ms) => metrics.inbound.committed(transactions, ms),
    commitFailed: () => metrics.inbound.commitFailed(),
  });
  const events = new Events(onFault);
  const db = openDatabase(config, { observer: watch, events });
  try {
    const ran = await migrate(db);
    if (ran.length > 0) log.info({ migrations: ran }, 'the database was brought up to date');
  } catch (error) {
    watch.stop();
    await db.close();
    throw error;
  }

  let draining = false;
  const isDraining = () => draining;
  const health = await startHealth({ db, clock, log, draining: isDraining }, watch);
  const telemetry = startTelemetry({ events, logs, metrics });
  const settings = await Settings.open({
    db,
    clock,
    log,
    config,
    texts: TEXTS,
  });
  const texts = telegramTexts((key) => settings.wording(key));
  const activity = new Activity({ db, clock, events, onFault });
  const presence = new Presence(db, clock);
  const delivery = new Delivery({
    db,
    events,
    clock,
    settings: deliverySettings,
    texts,
    observer: telemetry.delivery,
    onFault,
  });
  const looked = readings({ db, clock, presence, log, config });
  await delivery.recover();
  const keepReport = (one: Report) => report({ transact: db.transact, settings: deliverySettings }, one, clock.now());

  const onAsked: OnAsked = (method, outcome, ms) => metrics.outbound.asked(method, outcome, ms);
  const api = telegramApi({ token: config.TELEGRAM_BOT_TOKEN, apiRoot: config.TELEGRAM_API_ROOT, onAsked });
  const outbound = createOutbound({
    config,
    db,
    clock,
    events,
    api,
    texts,
    callbackOrigins: () => settings.callbackOrigins,
    observeCall: (call) => telemetry.observeCall(call),
    onFault,
  });
  const { answers } = outbound;
  const gateway = new Gateway({
    db,
    clock,
    events,
    log,
    access: logs.access,
    observer: metrics.inbound,
    heartbeatIntervalMs: config.HEARTBEAT_INTERVAL_SECONDS * 1_000,
    delivery: delivery.sockets,
    presence,
    report: keepReport,
    push: (tpvId, frame) => outbound.pushFrame(tpvId, frame),
  });

  const assigning = {
    strategy: () => settings.strategy,
    isOnline: (tpv: Parameters<Presence['isOnline']>[0]) => presence.isOnline(tpv),
  };
  const inbound = createInbound({
    config,
    db,
    clock,
    log,
    api,
    texts,
    settings: deliverySettings,
    assigning,
    handOut: delivery.sockets,
    answers,
    metrics,
    onFault,
  });
  const maintenance = startMaintenance({
    db,
    clock,
    log,
    settings: deliverySettings,
    texts,
    assigning,
    delivery,
    presence,
    uploads: outbound.uploads,
    retentionDays: () => settings.retentionDays,
  });
  events.on('tpv.available', () => maintenance.drainInbox());

  const isCorsOrigin = (origin: string) => settings.isCorsOrigin(origin);
  const app = await buildApp({
    logs,
    trustProxy: config.TRUST_PROXY,
    isCorsOrigin,
    socketPaths: SOCKET_PATHS,
    onAnswered: metrics.answered,
  });
  await documentApi(app, config.PUBLIC_URL);
  const problems = () => health.problems();
  await app.register(statusRoutes, { problems, metrics, metricsToken: config.METRICS_TOKEN });
  await app.register(webhookRoutes, {
    secret: config.TELEGRAM_WEBHOOK_SECRET,
    receive: inbound.receive,
    draining: isDraining,
  });
  const observation = createObservation({
    config,
    db,
    events,
    clock,
    presence,
    activity,
    disk: () => looked.disk(),
    pushesPausedUntil: () => outbound.dispatcher.pausedUntil,
    retryUpdate: inbound.retry,
    webhook: webhookPort(inbound.setup, config.TELEGRAM_MODE),
    settings,
    texts: TEXTS,
    version: VERSION,
    onFault,
  });
  const administration = await registerAdministration({
    app,
    config,
    db,
    events,
    clock,
    presence,
    delivery: {
      handOut: delivery.sockets,
      intakeOf: (tpvId, id) => delivery.intakeOf(tpvId, id),
      connectionOf: (tpvId) => {
        const connection = gateway.connectionOf(tpvId);
        return connection && { ...connection, inFlight: delivery.sockets.windowOf(tpvId)?.inFlight ?? 0 };
      },
      maxAttempts: deliverySettings.maxAttempts,
    },
    pushResult: outbound.result,
    botUsername: botUsername(api, clock),
    observation,
    hasToken: (request) => isAdministrator(request, config.ADMIN_TOKEN),
  });
  await app.register(webhookSetupRoutes, {
    setup: inbound.setup,
    identify: administration.access.identify,
    guard: administration.access.guard,
    webhookSet: administration.webhookSet,
  });
  await registerTpvEdges({
    app,
    config,
    db,
    clock,
    api,
    presence,
    delivery,
    gateway,
    outbound,
    report: keepReport,
    isAllowedOrigin: isCorsOrigin,
    draining: isDraining,
    guard: administration.access.guard,
  });

  let closing: Promise<void> | undefined;

  const shutDown = async () => {
    draining = true;
    log.info('draining');
    observation.drain();
    // Nothing new comes in or goes out; what is out gets its time to be reported on.
    await inbound.stop();
    await delivery.drain();
    gateway.drain('restart');
    const deadline = clock.now() + DRAIN_STEP_MS;
    while (delivery.sockets.inFlightTotal > 0 && clock.now() < deadline) await pause(clock, 50);
    await outbound.stop(DRAIN_STEP_MS);
    maintenance.stop();
    await gateway.close();
    // A connection that says nothing, or half a request, would keep the server open for good.
    const cut = clock.after(CUT_MS, () => app.server.closeAllConnections());
    await app.close();
    cut();
    await maintenance.idle();
    observation.stop();
    await settings.stop();
    await activity.stop();
    await presence.write().catch(onFault);
    health.stop();
    await db.close();
    watch.stop();
    log.info('closed');
  };

  return {
    app,
    db,
    events,
    async listen() {
      const address = await app.listen({ host: config.HOST, port: config.PORT });
      await outbound.start();
      inbound.start();
      log.info({ address, mode: config.TELEGRAM_MODE, registration: config.TPV_REGISTRATION }, 'ValleTPV Hub is ready');
      return address;
    },
    setupLink: administration.setupLink,
    problems,
    close: () => (closing ??= shutDown()),
  };
}
