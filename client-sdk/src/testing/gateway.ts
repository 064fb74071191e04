import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Cancel, Clock } from '../clock.ts';
import { CloseCode, KEY_SUBPROTOCOL_PREFIX, MAX_FRAME_BYTES, SUBPROTOCOL } from '../protocol/codes.ts';
import type { Account } from './account.ts';
import type { Faults } from './faults.ts';
import type { Later } from './later.ts';
import type { Ledger } from './ledger.ts';
import { iso } from './new-instruction.ts';
import { Refusal } from './refusal.ts';
import type { ReportFields } from './report.ts';
import { Session } from './session.ts';

export interface GatewayPorts {
  clock: Clock;
  account: Account;
  faults: Faults;
  later: Later;
  ledger: Ledger;
  heartbeatIntervalMs: number;
  report(report: ReportFields, holder: string): unknown;
  push(fields: Record<string, unknown>, idempotencyKey: string | undefined): unknown;
  /** The socket can take more, or is gone. */
  handOut(): void;
}

/** Lets the TPV's socket in: one at a time, the newest wins. */
export class Gateway {
  readonly #ports: GatewayPorts;
  readonly #upgrades = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });
  #cancelBeat: Cancel = () => {};
  session: Session | undefined;

  constructor(ports: GatewayPorts) {
    this.#ports = ports;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => {});
    const admit = () => {
      try {
        this.#check(request);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return refuse(socket, error);
      }
      this.#upgrades.handleUpgrade(request, socket, head, (opened) => this.#opened(opened));
    };
    const { held } = this.#ports.faults;
    if (held === undefined) admit();
    else held.hold(admit);
  }

  close(): void {
    this.#cancelBeat();
  }

  /** The socket was cut: it is open no more, though it says so itself only a moment later. */
  cut(): void {
    if (this.session !== undefined) this.#ended(this.session);
  }

  #check({ url = '', headers }: IncomingMessage): void {
    const { account, faults } = this.#ports;
    faults.check('websocket');
    if (faults.draining) throw new Refusal('unavailable', { retryAfterSeconds: 2 });
    const { pathname, search } = new URL(url, 'http://localhost');
    if (pathname.replace(/\/$/, '') !== '/api/tpv/ws') throw new Refusal('not_found');
    if (headers.origin !== undefined) throw new Refusal('forbidden');
    const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim());
    if (offered[0] !== '' && !offered.includes(SUBPROTOCOL)) throw new Refusal('invalid_request');
    const carried = offered.find((one) => one.startsWith(KEY_SUBPROTOCOL_PREFIX));
    const key = carried && `ApiKey ${carried.slice(KEY_SUBPROTOCOL_PREFIX.length)}`;
    // A key in the URL is refused, even beside a good one.
    account.authenticate(search === '' ? (headers.authorization ?? key) : undefined);
  }

  #opened(socket: Session['socket']): void {
    const { clock, account, later, ledger, heartbeatIntervalMs, report, push, handOut } = this.#ports;
    const before = this.session;
    // Nothing goes out before the welcome.
    this.session = undefined;
    const session = new Session(socket, {
      say: ({ socket: to }, frame) =>
        later.do(() => {
          if (to.readyState === to.OPEN) to.send(JSON.stringify(frame));
        }),
      report: (from, fields) => report(fields, from.id),
      push,
      service: (fields) => account.service.change(fields),
      room: handOut,
      ended: (ended) => this.#ended(ended),
    });
    ledger.release();
    session.say({
      type: 'welcome',
      protocol: 1,
      session_id: session.id,
      tpv: { id: account.id, name: account.name },
      heartbeat_interval_ms: heartbeatIntervalMs,
      max_in_flight: session.maxInFlight,
      pending: ledger.open,
      server_time: iso(clock.now()),
      service: account.service.now,
    });
    this.session = session;
    before?.socket.close(CloseCode.Replaced, 'replaced');
    this.#beatFrom(session);
    handOut();
  }

  #ended(session: Session): void {
    if (this.session === session) {
      this.session = undefined;
      this.#cancelBeat();
    }
    this.#ports.ledger.release(session.id);
    this.#ports.handOut();
  }

  /** Pings once an interval, and ends a socket from which nothing came for two. */
  #beatFrom(session: Session): void {
    const { clock, heartbeatIntervalMs, later } = this.#ports;
    let silentBeats = 0;
    const beat = () => {
      silentBeats = session.heardAtBeat ? 0 : silentBeats + 1;
      session.heardAtBeat = false;
      this.#cancelBeat = clock.after(heartbeatIntervalMs, beat);
      if (silentBeats >= 2) session.socket.close(CloseCode.HeartbeatTimeout, 'heartbeat_timeout');
      else later.do(() => session.ping());
    };
    this.#cancelBeat();
    this.#cancelBeat = clock.after(heartbeatIntervalMs, beat);
  }
}

function refuse(socket: Duplex, refusal: Refusal): void {
  const text = JSON.stringify(refusal.body);
  const headers = {
    ...refusal.headers,
    'content-type': 'application/json; charset=utf-8',
    'content-length': `${Buffer.byteLength(text)}`,
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${refusal.status} Refused\r\n${lines.join('')}\r\n${text}`);
}
