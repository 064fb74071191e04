import type { Answers } from '../buttons/answers.ts';
import { bury, type LostSocket, releaseLostSockets } from '../cluster/burial.ts';
import { HOUSEKEEPING, type Tx } from '../db/open.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { releaseLostRows } from '../delivery/lost-sockets.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Dispatcher } from '../push/dispatch.ts';
import { serviceAnswerOf } from '../tpvs/service/service-answer.ts';
import { tpvById } from '../tpvs/tpv.ts';
import type { Ground } from './ground.ts';

export interface BridgePorts
  extends Pick<Ground, 'db' | 'cluster' | 'events' | 'clock' | 'log' | 'metrics' | 'presence' | 'onFault'> {
  delivery: Pick<Delivery, 'sockets' | 'look' | 'wake'>;
  gateway: Pick<Gateway, 'replaced' | 'buried' | 'tellService'>;
  answers: Pick<Answers, 'look' | 'leave'>;
  dispatcher: Pick<Dispatcher, 'noticed' | 'waiters' | 'changes'>;
}

/** What hints did not bring is found within this time. */
const LOOK_INTERVAL_MS = 1_000;
/** Sockets without a hub, and TPVs that are online by their row without a socket, are looked for each so many looks. */
const LOOKS_UNTIL_THOROUGH = 10;

/**
 * Where several hubs share the database: tells the others what happened here and concerns them, and has the parts of this
 * hub look where the others tell it to.
 * @param ends gets its end
 */
export function startBridge(ports: BridgePorts, ends: AsyncDisposableStack): void {
  const { db, cluster, events, clock, log, metrics, presence, delivery, gateway, answers, dispatcher, onFault } = ports;
  if (!cluster.isShared) return;
  const isElsewhere = (tpvId: string) => delivery.sockets.windowOf(tpvId) === undefined;

  const release = async (tx: Tx, lost: readonly LostSocket[]) => {
    await releaseLostRows(tx, lost);
    await presence.lost(tx);
  };

  const tellService = async (tpvId: string) => {
    if (isElsewhere(tpvId)) return;
    const [tpv] = await db.query(tpvById, { id: tpvId });
    if (tpv !== undefined) gateway.tellService(tpvId, serviceAnswerOf(tpv, clock.now()));
  };

  let looks = 0;
  const look = async () => {
    const { replaced, buried, news } = await delivery.look();
    metrics.cluster.found(news);
    if (replaced.length > 0) gateway.replaced(replaced);
    if (buried.length > 0) gateway.buried(buried);
    if (cluster.term('telegram') === undefined) {
      await dispatcher.waiters.look();
      await dispatcher.changes.waiters.look(db);
    }
    await answers.look();
    if (cluster.term('chores') === undefined) return;
    const dead = cluster.mayBury ? await bury(db, cluster.id) : [];
    const isThorough = ++looks % LOOKS_UNTIL_THOROUGH === 0;
    if (dead.length > 0 || isThorough) await releaseLostSockets(db, release);
    if (isThorough) await db.transact((tx) => presence.lost(tx), HOUSEKEEPING);
    if (dead.length === 0) return;
    metrics.cluster.buried(dead.length);
    log.warn({ hubs: dead }, 'hubs said nothing any more; what their sockets held is pending again');
  };
  let looking: Promise<void> | undefined;
  const lookNow = () => {
    looking ??= look()
      .catch(onFault)
      .finally(() => {
        looking = undefined;
      });
  };

  const cancels = [
    events.on('instruction.ready', ({ tpvId }) => {
      if (isElsewhere(tpvId)) cluster.tell({ kind: 'ready', tpvId });
    }),
    events.on('instruction.revoked', ({ tpvId, id, reason }) => {
      if (isElsewhere(tpvId)) cluster.tell({ kind: 'revoked', tpvId, id, reason });
    }),
    events.on('tpv.service', ({ tpvId }) => {
      if (isElsewhere(tpvId)) cluster.tell({ kind: 'service', tpvId });
    }),
    events.on('push.queued', ({ chatId, tpvId }) => {
      if (cluster.term('telegram') === undefined) cluster.tell({ kind: 'chat', chatId, tpvId });
    }),
    events.on('push.settled', ({ id }) => cluster.tell({ kind: 'settled', pushId: id })),
    cluster.on('ready', ({ tpvId }) => delivery.wake(tpvId)),
    cluster.on('revoked', ({ tpvId, id, reason }) => delivery.sockets.revoke(tpvId, id, reason)),
    cluster.on('replaced', ({ sessionId }) => gateway.replaced([sessionId])),
    cluster.on('service', ({ tpvId }) => void tellService(tpvId).catch(onFault)),
    cluster.on('chat', ({ chatId, tpvId }) => dispatcher.noticed(chatId, tpvId)),
    cluster.on('settled', ({ pushId }) => dispatcher.waiters.release(pushId)),
    cluster.onGap(lookNow),
    cluster.onBuried(() => {
      log.warn('the other hubs took this one for dead, or may: its sockets are closed');
      answers.leave();
      gateway.buried();
    }),
    clock.every(LOOK_INTERVAL_MS, lookNow),
  ];
  ends.defer(async () => {
    for (const cancel of cancels) cancel();
    await looking;
  });
}
