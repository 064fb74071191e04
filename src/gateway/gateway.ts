import type { WebSocket } from 'ws';
import { CloseCode } from '#protocol';
import type { Cancel, Clock } from '../clock.ts';
import type { Database } from '../db/open.ts';
import type { Sink } from '../delivery/sink.ts';
import type { Events } from '../events.ts';
import { uuidv7 } from '../ids.ts';
import type { Report } from '../instructions/report.ts';
import type { Logger } from '../log.ts';
import { accessEpoch } from '../tpvs/access.ts';
import { accessOf, type Credential } from '../tpvs/keys.ts';
import { Heartbeat } from './heartbeat.ts';
import { Session } from './session.ts';

export interface GatewayPorts {
  db: Database;
  clock: Clock;
  events: Events;
  log: Logger;
  access: Logger;
  heartbeatIntervalMs: number;
  delivery: {
    attach(sink: Sink, ready: (pending: number) => void): Promise<void>;
    detach(sink: Sink): Promise<void>;
    resume(sink: Sink): void;
  };
  presence: { heard(tpvId: string): void; connected(tpvId: string): () => void };
  report(report: Report): Promise<void>;
}

/** This many take-overs of one TPV's socket within a minute mean that two machines share its key. */
const SHARED_KEY_TAKEOVERS = 3;
const MINUTE_MS = 60_000;
/** Clients come back spread over this long after a drain. */
const RECONNECT_SPREAD_MS = 5_000;
/** Sockets get this long to answer the closing 1012. */
const CLOSE_WAIT_MS = 2_500;

/** All open sockets, one per TPV: the newest wins. */
export class Gateway {
  readonly #ports: GatewayPorts;
  readonly #heartbeat: Heartbeat;
  readonly #sessions = new Map<string, Session>();
  readonly #leave = new Map<Session, () => void>();
  readonly #takeovers = new Map<string, number[]>();
  readonly #timer: Cancel;
  #epoch: number | undefined;
  #checking = false;
  #emptied: (() => void) | undefined;

  constructor(ports: GatewayPorts) {
    this.#ports = ports;
    this.#heartbeat = new Heartbeat(ports.heartbeatIntervalMs, ports.clock);
    this.#timer = ports.clock.every(1_000, () => this.#tick());
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Takes an upgraded socket of an authenticated TPV. Everything is attached before it returns. */
  accept(socket: WebSocket, { tpv, keyId }: Credential, address: string): void {
    const { clock, delivery, presence, report, log } = this.#ports;
    const identity = { id: uuidv7(clock.now()), tpvId: tpv.id, tpvName: tpv.name, keyId, address };
    const session = new Session(socket, identity, {
      clock,
      report,
      onRoom: (of) => delivery.resume(of),
      onEnd: (of) => this.#ended(of),
      onHeard: (of) => presence.heard(of.tpvId),
      onFault: (error, of) => log.error({ err: error, tpvId: of.tpvId }, 'a report over the socket failed'),
    });
    const older = this.#sessions.get(tpv.id);
    if (older !== undefined) {
      this.#takenOver(tpv.id);
      older.close(CloseCode.Replaced, 'replaced');
    }
    this.#sessions.set(tpv.id, session);
    const goOffline = presence.connected(tpv.id);
    const leaveHeartbeat = this.#heartbeat.join(session);
    this.#leave.set(session, () => {
      goOffline();
      leaveHeartbeat();
    });
    this.#ports.access.info({ socket: 'opened', tpvId: tpv.id, session: session.id, ip: address });
    delivery
      .attach(session, (pending) => session.welcome(pending, this.#ports.heartbeatIntervalMs))
      .catch((error) => {
        log.error({ err: error, tpvId: tpv.id }, 'a socket could not be served');
        session.close(1013, 'try_again_later');
      });
  }

  /** Tells every client that the hub is about to close, each with its own moment to come back. */
  drain(reason: string): void {
    for (const session of this.#sessions.values()) {
      session.drain(reason, 500 + Math.floor(Math.random() * RECONNECT_SPREAD_MS));
    }
  }

  /** Closes every socket with 1012; resolves when they are gone. */
  async close(): Promise<void> {
    this.#timer();
    this.#heartbeat.stop();
    const emptied = new Promise<void>((resolve) => {
      this.#emptied = resolve;
      this.#ports.clock.after(CLOSE_WAIT_MS, resolve);
    });
    for (const session of [...this.#sessions.values()]) session.close(CloseCode.Restart, 'restart');
    if (this.#leave.size > 0) await emptied;
  }

  #ended(session: Session): void {
    const { clock, delivery, access, log } = this.#ports;
    const { tpvId, id, openedAt, closeCode } = session;
    this.#leave.get(session)?.();
    this.#leave.delete(session);
    if (this.#sessions.get(tpvId) === session) this.#sessions.delete(tpvId);
    access.info({ socket: 'closed', tpvId, session: id, code: closeCode, ms: clock.now() - openedAt });
    delivery.detach(session).catch((error) => log.error({ err: error, tpvId }, 'a socket could not be given up'));
    if (this.#leave.size === 0) this.#emptied?.();
  }

  #takenOver(tpvId: string): void {
    const now = this.#ports.clock.now();
    const recent = (this.#takeovers.get(tpvId) ?? []).filter((at) => now - at < MINUTE_MS);
    recent.push(now);
    this.#takeovers.set(tpvId, recent);
    if (recent.length < SHARED_KEY_TAKEOVERS) return;
    this.#takeovers.delete(tpvId);
    this.#ports.log.warn({ tpvId }, 'two machines share one key: they take the socket from each other');
    this.#ports.events.emit({ type: 'tpv.key_shared', tpvId });
  }

  #tick(): void {
    for (const session of this.#sessions.values()) session.check();
    if (this.#checking) return;
    this.#checking = true;
    this.#checkAccess()
      .catch((error) => this.#ports.log.warn({ err: error }, 'access of open sockets could not be checked'))
      .finally(() => {
        this.#checking = false;
      });
  }

  /** Ends the sockets of TPVs that lost access, in whatever process that happened (S9). */
  async #checkAccess(): Promise<void> {
    const { db, clock } = this.#ports;
    const epoch = await accessEpoch(db);
    // Keys also end by time: once a minute everybody is looked at.
    const now = clock.now();
    const due = this.#epoch !== epoch || now >= this.#fullCheckAt;
    if (!due) return;
    this.#epoch = epoch;
    this.#fullCheckAt = now + MINUTE_MS;
    for (const session of [...this.#sessions.values()]) {
      const access = await accessOf(db, session.identity.keyId, now);
      if (access === 'revoked') session.close(CloseCode.Unauthorized, 'unauthorized');
      if (access === 'inactive') session.close(CloseCode.TpvInactive, 'tpv_inactive');
    }
  }

  #fullCheckAt = 0;
}
