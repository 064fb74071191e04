import type { FastifyInstance } from 'fastify';
import { adminRoutes } from './admin/tpvs.ts';
import { buildApp } from './api/app.ts';
import { type AuthPorts, failedKeyLimit, isAdministrator } from './api/auth.ts';
import { documentApi } from './api/docs.ts';
import { fileRoutes } from './api/files.ts';
import { instructionRoutes } from './api/instructions.ts';
import { legacyRoutes } from './api/legacy.ts';
import { pushRoutes } from './api/push.ts';
import { statusRoutes } from './api/status.ts';
import { tpvRoutes } from './api/tpv.ts';
import { type Clock, pause, systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { migrate } from './db/migrate.ts';
import { type Database, openDatabase } from './db/open.ts';
import { statement } from './db/statement.ts';
import { Delivery } from './delivery/delivery.ts';
import { Events } from './events.ts';
import { Gateway } from './gateway/gateway.ts';
import { gatewayRoutes } from './gateway/upgrade.ts';
import { type DeliverySettings, PRESS_COMMAND } from './instructions/instruction.ts';
import { type Report, report } from './instructions/report.ts';
import type { Logs } from './log.ts';
import { startMaintenance } from './maintenance.ts';
import { createMetrics } from './metrics.ts';
import { createOutbound } from './outbound.ts';
import { enqueue, hubSentence } from './push/enqueue.ts';
import { telegramFiles } from './telegram/files.ts';
import { startPolling } from './telegram/polling.ts';
import { type ReceivePorts, receiveUpdate } from './telegram/receive.ts';
import { telegramApi } from './telegram/send.ts';
import { introduce } from './telegram/setup.ts';
import { texts } from './telegram/texts.ts';
import { webhookRoutes } from './telegram/webhook.ts';
import { webhookAdminRoutes } from './telegram/webhook-admin.ts';
import { authenticate } from './tpvs/keys.ts';
import { Presence } from './tpvs/presence.ts';

/** A hub that is ready to listen. */
export interface Hub {
  readonly app: FastifyInstance;
  readonly db: Database;
  /** What happens, after it was committed. */
  readonly events: Events;
  /** @returns the address, such as `http://127.0.0.1:8100` */
  listen(): Promise<string>;
  /** Drains and closes (design/reliability.md, "Drain"); at most 25 s. */
  close(): Promise<void>;
}

/** Reports and replies each get this long while the hub drains. */
const DRAIN_STEP_MS = 10_000;
/** Requests under way get this long to be answered. */
const CUT_MS = 2_000;
const alive = statement<object>()((db) => db.selectFrom('settings').select('key').limit(1));

/** Puts the hub together: the one place that knows everyone. */
export async function createHub(config: Config, logs: Logs, clock: Clock = systemClock()): Promise<Hub> {
  const { log } = logs;
  const now = () => clock.now();
  const onFault = (error: unknown) => log.error({ err: error }, 'something failed that nobody waits for');
  const settings: DeliverySettings = {
    sentLeaseMs: config.SENT_LEASE_SECONDS * 1_000,
    processingLeaseMs: config.PROCESSING_LEASE_SECONDS * 1_000,
    instructionTtlMs: config.INSTRUCTION_TTL_SECONDS * 1_000,
    pressTtlMs: config.PRESS_TTL_SECONDS * 1_000,
    maxAttempts: config.MAX_ATTEMPTS,
  };
  if (config.DATABASE_DURABILITY === 'normal') {
    log.warn('DATABASE_DURABILITY=normal: what was accepted in the last moments may be lost when the power fails');
  }

  const db = openDatabase(config);
  try {
    const ran = await migrate(db);
    if (ran.length > 0) log.info({ migrations: ran }, 'the database was brought up to date');
  } catch (error) {
    await db.close();
    throw error;
  }

  let draining = false;
  const isDraining = () => draining;
  const events = new Events(onFault);
  const presence = new Presence(db, clock);
  const delivery = new Delivery({ db, events, clock, settings, onFault });
  await delivery.recover();
  const keepReport = (one: Report) => report({ transact: db.transact, events, settings }, one, clock.now());

  const api = telegramApi({ token: config.TELEGRAM_BOT_TOKEN, apiRoot: config.TELEGRAM_API_ROOT });
  const outbound = createOutbound({
    config,
    db,
    clock,
    events,
    api,
    onSettled: (outcome) => metrics.pushes.inc({ outcome }),
    onFault,
  });
  const { dispatcher, answers, telegram, uploads, isCallable, accept, result } = outbound;
  const gateway = new Gateway({
    db,
    clock,
    events,
    log,
    access: logs.access,
    heartbeatIntervalMs: config.HEARTBEAT_INTERVAL_SECONDS * 1_000,
    delivery,
    presence,
    report: keepReport,
    push: (tpvId, frame) => outbound.pushFrame(tpvId, frame),
  });
  const metrics = createMetrics({ sockets: () => gateway.size, inFlight: () => delivery.inFlightTotal });

  const assigning = {
    strategy: () => config.ROUTING_STRATEGY,
    isOnline: (tpv: Parameters<Presence['isOnline']>[0]) => presence.isOnline(tpv),
  };
  const receiving: ReceivePorts = {
    db,
    events,
    handOut: delivery,
    assigning,
    waker: dispatcher,
    onPress: (press, outcome) => answers.pressed(press, outcome),
    settings,
    forwardStart: config.FORWARD_START,
    forwardEdits: config.FORWARD_EDITS,
    now,
    onFault,
    onUpdate: (kind, outcome) => metrics.updates.inc({ kind, outcome }),
  };
  const receive = async (raw: Buffer) => {
    const startedAt = performance.now();
    await receiveUpdate(receiving, raw);
    metrics.webhookSeconds.observe((performance.now() - startedAt) / 1_000);
  };
  events.on('instruction.unanswered', ({ command, telegramUserId, reason }) => {
    metrics.unanswered.inc({ reason });
    // Whoever pressed a button is told on the button.
    if (command === PRESS_COMMAND) return;
    const sentence = hubSentence(telegramUserId, texts.unanswered[reason]);
    db.transact((tx) => enqueue(tx, dispatcher, sentence, now())).catch(onFault);
  });
  events.on('instruction.reported', ({ status, holder }) =>
    metrics.reports.inc({ status, transport: holder === 'poll' ? 'poll' : 'socket' }),
  );
  const maintenance = startMaintenance({
    db,
    events,
    clock,
    log,
    settings,
    assigning,
    delivery,
    presence,
    uploads,
    config,
  });
  events.on('tpv.available', () => maintenance.drainInbox());

  const app = await buildApp({ logs, trustProxy: config.TRUST_PROXY, corsOrigins: config.CORS_ALLOWED_ORIGINS });
  const failedKey = failedKeyLimit(app);
  const checkKey = (key: string) => authenticate(db, key, clock.now());
  const auth: AuthPorts = { authenticate: checkKey, heard: (tpvId) => presence.heard(tpvId), failedKey };
  const setup = {
    api,
    url: webhookUrl(config),
    secret: config.TELEGRAM_WEBHOOK_SECRET,
  };
  const admin = (request: Parameters<typeof isAdministrator>[0]) => isAdministrator(request, config.ADMIN_TOKEN);
  const problems = async () => {
    if (draining) return ['el hub se está cerrando'];
    return db.query(alive, {}).then(
      () => [],
      () => ['la base de datos no responde'],
    );
  };

  await documentApi(app, config.PUBLIC_URL);
  await app.register(statusRoutes, { problems, metrics, metricsToken: config.METRICS_TOKEN });
  await app.register(webhookRoutes, { secret: config.TELEGRAM_WEBHOOK_SECRET, receive, draining: isDraining });
  await app.register(webhookAdminRoutes, { setup, isAdministrator: admin });
  await app.register(tpvRoutes, {
    db,
    presence,
    auth,
    registration: config.TPV_REGISTRATION,
    registrationToken: config.REGISTRATION_TOKEN,
    now,
    onAvailable: (tpvId) => events.emit({ type: 'tpv.available', tpvId }),
  });
  await app.register(instructionRoutes, {
    db,
    auth,
    report: keepReport,
    poll: (tpvId, limit, waitMs, gone) => delivery.poll(tpvId, limit, waitMs, gone),
  });
  const pushing = { db, auth, telegram, waker: dispatcher, isCallable, now };
  await app.register(pushRoutes, { ...pushing, accept, result, uploads });
  await app.register(legacyRoutes, { ...pushing, settled: (id, ms) => dispatcher.settled(id, ms) });
  const openFile = telegramFiles({ api, apiRoot: config.TELEGRAM_API_ROOT, token: config.TELEGRAM_BOT_TOKEN });
  await app.register(fileRoutes, { db, auth, openFile });
  await app.register(adminRoutes, { db, events, presence, isAdministrator: admin, now });
  await app.register(gatewayRoutes, {
    gateway,
    allowedOrigins: config.CORS_ALLOWED_ORIGINS,
    draining: isDraining,
    clock,
    authenticate: checkKey,
    failedKey,
  });

  let stopTelegram: () => Promise<void> = async () => {};
  let closing: Promise<void> | undefined;

  const shutDown = async () => {
    draining = true;
    log.info('draining');
    // Nothing new comes in or goes out; what is out gets its time to be reported on.
    await stopTelegram();
    await delivery.drain();
    gateway.drain('restart');
    const deadline = clock.now() + DRAIN_STEP_MS;
    while (delivery.inFlightTotal > 0 && clock.now() < deadline) await pause(clock, 50);
    await outbound.stop(DRAIN_STEP_MS);
    maintenance.stop();
    await gateway.close();
    // A connection that says nothing, or half a request, would keep the server open for good.
    const cut = clock.after(CUT_MS, () => app.server.closeAllConnections());
    await app.close();
    cut();
    await maintenance.idle();
    await presence.write().catch(onFault);
    await db.close();
    log.info('closed');
  };

  return {
    app,
    db,
    events,
    async listen() {
      const address = await app.listen({ host: config.HOST, port: config.PORT });
      await outbound.start();
      const polls = config.TELEGRAM_MODE === 'polling';
      const setsWebhook = !polls && setup.url !== undefined && config.TELEGRAM_WEBHOOK_AUTO;
      const stopIntroducing = introduce(setup, setsWebhook, clock, log);
      const stopPolling = polls ? startPolling({ api, clock, log, receive }) : undefined;
      stopTelegram = async () => {
        stopIntroducing();
        await stopPolling?.();
      };
      log.info({ address, mode: config.TELEGRAM_MODE, registration: config.TPV_REGISTRATION }, 'ValleTPV Hub is ready');
      return address;
    },
    close: () => (closing ??= shutDown()),
  };
}

/** Where Telegram delivers: as configured, else under the public address. */
function webhookUrl(config: Config): string | undefined {
  if (config.TELEGRAM_WEBHOOK_URL !== undefined) return config.TELEGRAM_WEBHOOK_URL;
  return config.PUBLIC_URL === undefined ? undefined : new URL('/webhook/telegram/', config.PUBLIC_URL).href;
}
