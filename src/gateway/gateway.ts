import type { WebSocket } from 'ws';
import { CloseCode, type ServiceNow } from '#protocol';
import { type Cancel, type Clock, wallTime } from '../clock.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Database } from '../db/open.ts';
import type { Sink } from '../delivery/sink.ts';
import type { EventSink } from '../events.ts';
import { uuidv7 } from '../ids.ts';
import type { KeepReport } from '../instructions/report.ts';
import type { Logger } from '../log/log.ts';
import type { Credential } from '../tpvs/keys.ts';
import type { Presence } from '../tpvs/presence/presence.ts';
import { serviceAnswerOf } from '../tpvs/service/service-answer.ts';
import { AccessWatch } from './access-watch.ts';
import { Heartbeat } from './heartbeat.ts';
import { Session, type SessionPorts } from './socket-session.ts';

export interface GatewayPorts {
  db: Database;
  /** Where several hubs share the database, the rows of sockets count the take-overs. */
  cluster: Pick<Cluster, 'isShared'>;
  clock: Clock;
  /** Where it says what no row holds: sockets. */
  events: EventSink;
  log: Logger;
  access: Logger;
  /** Counts sockets. */
  observer?: { socketOpened(): void; socketClosed(code: number): void } | undefined;
  heartbeatIntervalMs: number;
  delivery: {
    attach(sink: Sink, ready: (pending: number) => void): Promise<void>;
    detach(sink: Sink): Promise<void>;
    resume(sink: Sink): void;
  };
  presence: Pick<Presence, 'heardSocket' | 'connected'>;
  report: KeepReport;
  push: SessionPorts['push'];
  keepService: SessionPorts['keepService'];
  wording: SessionPorts['wording'];
}

/** This many take-overs of one TPV's socket within a minute mean that two machines share its key. */
const SHARED_KEY_TAKEOVERS = 3;
const MINUTE_MS = 60_000;
/** Clients come back spread over this long after a drain. */
const RECONNECT_SPREAD_MS = 5_000;

/** All open sockets, one per TPV: the newest wins. */
export class Gateway {
  readonly #ports: GatewayPorts;
  readonly #heartbeat: Heartbeat;
  readonly #sessions = new Map<string, Session>();
  readonly #leave = new Map<Session, () => void>();
  readonly #takeovers = new Map<string, number[]>();
  readonly #access: AccessWatch;
  readonly #timer: Cancel;
  /** What closed sockets held, on its way back. */
  readonly #detaching = new Set<Promise<void>>();
  #closed = false;

  constructor(ports: GatewayPorts) {
    this.#ports = ports;
    this.#heartbeat = new Heartbeat(ports.heartbeatIntervalMs, ports.clock);
    this.#access = new AccessWatch({
      db: ports.db,
      clock: ports.clock,
      sessions: () => this.#sessions.values(),
      onFault: (error) =>
        ports.log.warn({ err: error }, 'could not check the access of open sockets; tried again within a second'),
    });
    this.#timer = ports.clock.every(1_000, () => {
      for (const session of this.#sessions.values()) session.check();
    });
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** The TPV's open socket, in this process. */
  connectionOf(tpvId: string): { since: number; address: string; maxInFlight: number } | undefined {
    const session = this.#sessions.get(tpvId);
    if (session === undefined) return undefined;
    const { openedAt, identity, maxInFlight } = session;
    return { since: wallTime(this.#ports.clock, openedAt), address: identity.address, maxInFlight };
  }

  /**
   * Takes an upgraded socket of an authenticated TPV. Everything is attached before it returns.
   * @param connection what lies under the socket
   */
  accept(socket: WebSocket, connection: SessionPorts['connection'], { tpv, keyId }: Credential, address: string): void {
    const { clock, delivery, presence, report, push, keepService, wording, log } = this.#ports;
    if (this.#closed) {
      socket.close(CloseCode.Restart, 'restart');
      return;
    }
    const identity = { id: uuidv7(clock.now()), tpvId: tpv.id, tpvName: tpv.name, keyId, address };
    const session = new Session(socket, identity, {
      connection,
      clock,
      report,
      push,
      keepService,
      wording,
      onRoom: (of) => delivery.resume(of),
      onEnd: (of) => this.#ended(of),
      onHeard: (of) => presence.heardSocket(of.tpvId),
      onFault: (error, of) =>
        log.error({ err: error, tpv_id: of.tpvId }, 'could not store a report from a socket; its TPV repeats it'),
    });
    const older = this.#sessions.get(tpv.id);
    if (older !== undefined) {
      if (!this.#ports.cluster.isShared) this.#takenOver(tpv.id);
      older.close(CloseCode.Replaced, 'replaced');
    }
    this.#sessions.set(tpv.id, session);
    const leavePresence = presence.connected(tpv.id);
    const leaveHeartbeat = this.#heartbeat.join(session);
    this.#leave.set(session, () => {
      leavePresence(session.closeCode === CloseCode.HeartbeatTimeout ? 'fell_silent' : 'closed');
      leaveHeartbeat();
    });
    this.#ports.events.changed('tpv', tpv.id);
    this.#ports.access.info({ socket: 'opened', tpv_id: tpv.id, session: session.id, ip: address });
    this.#ports.observer?.socketOpened();
    delivery
      .attach(session, (pending) => {
        session.welcome(pending, this.#ports.heartbeatIntervalMs, serviceAnswerOf(tpv, clock.now()));
      })
      .catch((error) => {
        log.error(
          { err: error, tpv_id: tpv.id },
          'could not hand pending instructions to a new socket; it is closed, and its TPV comes back',
        );
        session.close(CloseCode.TryAgainLater, 'try_again_later');
      });
    this.#access
      .look(session)
      .catch((error) =>
        log.warn(
          { err: error, tpv_id: tpv.id },
          'could not check the access of a new socket; tried again within a second',
        ),
      );
  }

  /** Tells a TPV whether its restaurant attends now, if it has a socket here. */
  tellService(tpvId: string, service: ServiceNow): void {
    this.#sessions.get(tpvId)?.tellService(service);
  }

  /** Ends sessions whose TPV has a newer one at another hub. */
  replaced(sessionIds: readonly string[]): void {
    for (const session of this.#named(sessionIds)) session.close(CloseCode.Replaced, 'replaced');
  }

  /** Ends these sessions, all where absent: the other hubs took this one for dead. It takes new ones as before. */
  buried(sessionIds?: readonly string[]): void {
    for (const session of this.#named(sessionIds)) session.close(CloseCode.Restart, 'restart');
  }

  #named(ids: readonly string[] | undefined): Session[] {
    const sessions = [...this.#sessions.values()];
    return ids === undefined ? sessions : sessions.filter(({ id }) => ids.includes(id));
  }

  /** Tells every client that the hub is about to close, each with its own moment to come back. */
  drain(reason: string): void {
    for (const session of this.#sessions.values()) {
      session.drain(reason, 500 + Math.floor(Math.random() * RECONNECT_SPREAD_MS));
    }
  }

  /** Closes every socket with 1012; resolves when what they held was given back. The sockets follow within 2 s. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer();
    this.#access.stop();
    this.#heartbeat.stop();
    for (const session of [...this.#sessions.values()]) session.close(CloseCode.Restart, 'restart');
    await Promise.all(this.#detaching);
  }

  #ended(session: Session): void {
    const { clock, delivery, access, log } = this.#ports;
    const { tpvId, id, openedAt, closeCode } = session;
    this.#leave.get(session)?.();
    this.#leave.delete(session);
    if (this.#sessions.get(tpvId) === session) this.#sessions.delete(tpvId);
    this.#ports.events.changed('tpv', tpvId);
    access.info({
      socket: 'closed',
      tpv_id: tpvId,
      session: id,
      code: closeCode,
      ms: Math.round(clock.elapsed() - openedAt),
    });
    this.#ports.observer?.socketClosed(closeCode ?? 1006);
    const detached: Promise<void> = delivery
      .detach(session)
      .catch((error) =>
        log.error(
          { err: error, tpv_id: tpvId },
          'could not release the instructions of a closed socket; a later try does',
        ),
      )
      .finally(() => this.#detaching.delete(detached));
    this.#detaching.add(detached);
  }

  #takenOver(tpvId: string): void {
    const now = this.#ports.clock.elapsed();
    const recent = (this.#takeovers.get(tpvId) ?? []).filter((at) => now - at < MINUTE_MS);
    recent.push(now);
    this.#takeovers.set(tpvId, recent);
    if (recent.length < SHARED_KEY_TAKEOVERS) return;
    this.#takeovers.delete(tpvId);
    this.#ports.events.emit({ type: 'tpv.key_shared', tpvId });
  }
}
