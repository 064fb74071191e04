import type { FastifyInstance } from 'fastify';
import { type Clock, systemClock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { Lookout } from '../conversation/lookout.ts';
import type { SayPorts } from '../conversation/say.ts';
import type { Database } from '../db/open.ts';
import { Delivery } from '../delivery/delivery.ts';
import type { Events } from '../events.ts';
import { Gateway } from '../gateway/gateway.ts';
import type { Logs } from '../log/log.ts';
import type { Problem } from '../observability/health.ts';
import { startOutsidePing } from '../observability/outside-ping.ts';
import { readings } from '../observability/readings.ts';
import type { RoomOf } from '../operations/backup/space.ts';
import { eraseAgain } from '../rights/erase-again.ts';
import { erasureNotes, erasureNotesFile } from '../rights/erasure-notes.ts';
import { watchedNotes } from '../rights/watched-notes.ts';
import { createWebhook } from '../telegram/inbound/webhook-route.ts';
import { telegramApi } from '../telegram/outbound/api.ts';
import { keepService } from '../tpvs/service/set-service.ts';
import type { AssignPorts } from '../users/assign.ts';
import { startBackups } from './backups.ts';
import { startBridge } from './bridge.ts';
import { drain } from './drain.ts';
import { registerEdges } from './edges.ts';
import { type GroundMachine, openGround } from './ground.ts';
import { createInbound } from './inbound.ts';
import { reportKeeper } from './keep-report.ts';
import { startMaintenance } from './maintenance.ts';
import { createObservation } from './observation.ts';
import { createOutbound } from './outbound.ts';
import { createServer } from './server.ts';

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

/** What tests put in the place of the machine's. */
export interface HubMachine extends GroundMachine {
  /** What requests to Telegram may take goes by it; by the machine's clock where it is absent. */
  telegramClock?: Pick<Clock, 'after'> | undefined;
  /** Of the disk on which copies of the database are made. */
  room?: RoomOf | undefined;
}

/**
 * Puts the hub together, in the order of docs/architecture.md: the one place that knows every part. Where it fails,
 * what was made until then is ended.
 */
export async function createHub(
  config: Config,
  logs: Logs,
  clock: Clock = systemClock(),
  machine: HubMachine = {},
): Promise<Hub> {
  await using making = new AsyncDisposableStack();
  const ground = await openGround(config, logs, clock, making, machine);
  const { log, db, cluster, events, metrics, telemetry, health, draining, presence, settings, limits } = ground;
  const problems = () => health.problems();
  const telegram = { token: config.TELEGRAM_BOT_TOKEN, apiRoot: config.TELEGRAM_API_ROOT };
  const api = telegramApi({ ...telegram, clock: machine.telegramClock, onAsked: metrics.outbound.asked });

  // An update comes in, becomes a row, reaches its TPV, and its answer goes out.
  const delivery = new Delivery({ ...ground, settings: limits, observer: telemetry.delivery });
  await delivery.recover();
  await presence.recover();
  const { sockets } = delivery;
  const saying: SayPorts = {
    texts: ground.texts,
    isOnline: (tpv) => presence.isOnline(tpv),
    keepPresence: (tx, tpvId) => presence.keep(tx, tpvId),
  };
  const service = keepService(db, { now: () => clock.now(), timeZone: config.TIME_ZONE });
  const outbound = createOutbound({ ...ground, api }, making);
  const keepReport = reportKeeper({ ...ground, outbound, saying });
  const assigning: AssignPorts = {
    strategy: () => settings.strategy,
    isOnline: (tpv) => presence.isOnline(tpv),
    now: () => clock.now(),
  };
  const inbound = createInbound({
    ...ground,
    api,
    assigning,
    saying,
    handOut: sockets,
    answers: outbound.answers,
    changes: outbound.dispatcher.changes,
  });

  const looked = readings(ground);
  const backups = startBackups(ground, making, machine.room);
  const observation = createObservation(
    {
      ...ground,
      disk: () => looked.disk(),
      backup: backups.state,
      pushesPausedUntil: () => outbound.dispatcher.pausedUntil,
      retryUpdate: inbound.retry,
      webhook: inbound.webhook,
    },
    making,
  );
  const webhook = createWebhook({
    secret: config.TELEGRAM_WEBHOOK_SECRET,
    receive: inbound.receive,
    draining: () => draining.begun || !cluster.isAlive(),
  });
  const app = await createServer(ground, webhook, making);
  const gateway = new Gateway({
    ...ground,
    access: logs.access,
    observer: metrics.inbound,
    heartbeatIntervalMs: config.HEARTBEAT_INTERVAL_SECONDS * 1_000,
    delivery: sockets,
    report: keepReport,
    push: outbound.pushFrame,
    keepService: service,
  });
  making.defer(() => gateway.close());
  events.on('tpv.key_shared', ({ tpvId }) => {
    log.warn({ tpv_id: tpvId }, 'two machines share one key and take the socket from each other: give each its own');
  });
  events.on('tpv.service', ({ tpvId, service }) => gateway.tellService(tpvId, service));
  const lookout = new Lookout({
    ...ground,
    ...saying,
    waitingMs: config.WAITING_NOTICE_SECONDS * 1_000,
    aheadMs: ground.corrections.aheadMs,
  });
  startBridge({ ...ground, delivery, gateway, answers: outbound.answers, dispatcher: outbound.dispatcher }, making);
  const { uploads } = outbound;
  const rights = {
    db,
    uploads,
    notes: watchedNotes(erasureNotes(erasureNotesFile(config)), ground),
    textsOf: (languageCode: string) => ground.texts.of(languageCode).privacy,
  };
  // Before anything goes out that waits in a copy.
  await eraseAgain({ ...ground, ...rights });
  await lookout.start();
  const { lookForAlarms } = observation;
  startMaintenance({ ...ground, assigning, delivery, lookout, uploads, rights, lookForAlarms }, making);
  const { ALARM_PING_URL: pingUrl } = config;
  if (pingUrl !== undefined) making.defer(startOutsidePing({ url: pingUrl, clock, log, problems }));

  const { setupLink } = await registerEdges(app, {
    ...ground,
    api,
    webhook,
    delivery,
    gateway,
    inbound,
    outbound,
    observation,
    looked,
    backups,
    report: keepReport,
    keepService: service,
    problems,
  });

  const made = making.move();
  const shutDown = async () => {
    const copied = backups.stop();
    await drain({ clock, cluster, draining, log, observation, inbound, delivery, gateway, outbound });
    await copied;
    await made.disposeAsync();
    log.info('closed');
  };
  let closing: Promise<void> | undefined;
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
    setupLink,
    problems,
    close: () => (closing ??= shutDown()),
  };
}
