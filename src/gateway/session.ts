import type { RawData, WebSocket } from 'ws';
import { CloseCode, DEFAULT_MAX_IN_FLIGHT, type FlowFrame, type UpdateFrame } from '#protocol';
import { type Clock, isoTime } from '../clock.ts';
import type { Sink } from '../delivery/sink.ts';
import { HubError } from '../errors.ts';
import type { Report } from '../instructions/report.ts';
import { problemOf, readFrame, refusalFrame } from './frames.ts';
import { Outbox } from './outbox.ts';

/** Frames a second that are too many, when it lasts (contract/websocket.md, 4002). */
const MAX_FRAMES_PER_SECOND = 500;
const MAX_BUSY_SECONDS = 5;
/** What an instruction may be answered with: each one handed out allows for these on top. */
const REPORTS_PER_INSTRUCTION = 3;
/** The frame that can't be read and ends the session. */
const MAX_UNREADABLE = 3;
/** How long the other side has to answer a close. */
const CLOSE_GRACE_MS = 2_000;

export interface SessionPorts {
  clock: Clock;
  report(report: Report): Promise<void>;
  /** The TPV can take more. */
  onRoom(session: Session): void;
  /** Said once, at the first sign of the end. */
  onEnd(session: Session): void;
  /** Any sign of life. */
  onHeard(session: Session): void;
  onFault(error: unknown, session: Session): void;
}

export interface SessionIdentity {
  id: string;
  tpvId: string;
  tpvName: string;
  keyId: string;
  address: string;
}

/**
 * One TPV's socket, from its upgrade to its end: opened → ready (welcome said) → closed. Its handlers are bound to
 * its own socket, so a late close touches nobody else.
 */
export class Session implements Sink {
  readonly identity: SessionIdentity;
  readonly openedAt: number;
  readonly #socket: WebSocket;
  readonly #ports: SessionPorts;
  readonly #outbox: Outbox;
  state: 'opened' | 'ready' | 'closed' = 'opened';
  maxInFlight = DEFAULT_MAX_IN_FLIGHT;
  heardAt: number;
  closeCode: number | undefined;
  #unreadable = 0;
  #frames = 0;
  #allowance = 0;
  #busySeconds = 0;

  /** Attaches every handler before it returns: a frame may already be in the buffer. */
  constructor(socket: WebSocket, identity: SessionIdentity, ports: SessionPorts) {
    this.identity = identity;
    this.#socket = socket;
    this.#ports = ports;
    this.openedAt = ports.clock.now();
    this.heardAt = this.openedAt;
    this.#outbox = new Outbox(socket, {
      clock: ports.clock,
      onWritable: () => ports.onRoom(this),
      onSlow: () => this.close(CloseCode.SlowConsumer, 'slow_consumer'),
    });
    socket.on('message', (data, isBinary) => this.#message(data, isBinary));
    socket.on('ping', () => this.#heard());
    socket.on('pong', () => this.#heard());
    socket.on('close', (code) => this.#ended(code));
    // ws closes the socket itself on a broken frame, with the fitting code.
    socket.on('error', () => {});
    // What the TPV sends before the welcome waits in the kernel.
    socket.pause();
  }

  get id(): string {
    return this.identity.id;
  }

  get tpvId(): string {
    return this.identity.tpvId;
  }

  get congested(): boolean {
    return this.#outbox.congested;
  }

  /** Says the first word; from here on frames come and go. */
  welcome(pending: number, heartbeatIntervalMs: number): void {
    if (this.state !== 'opened') return;
    this.state = 'ready';
    const { id, tpvId, tpvName } = this.identity;
    this.#outbox.send(
      JSON.stringify({
        type: 'welcome',
        protocol: 1,
        session_id: id,
        tpv: { id: tpvId, name: tpvName },
        heartbeat_interval_ms: heartbeatIntervalMs,
        max_in_flight: this.maxInFlight,
        pending,
        server_time: isoTime(this.#ports.clock.now()),
      }),
    );
    this.#socket.resume();
  }

  deliver(instruction: string): void {
    this.#allowance += REPORTS_PER_INSTRUCTION;
    this.#outbox.send(`{"type":"instruction","instruction":${instruction}}`);
  }

  revoke(id: string, reason: string): void {
    this.#outbox.send(JSON.stringify({ type: 'revoked', id, reason }));
  }

  drain(reason: string, reconnectAfterMs: number): void {
    this.#outbox.send(JSON.stringify({ type: 'drain', reason, reconnect_after_ms: reconnectAfterMs }));
  }

  ping(): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
  }

  /** Once a second: is it flooding, or not reading? */
  check(): void {
    this.#busySeconds = this.#frames - this.#allowance > MAX_FRAMES_PER_SECOND ? this.#busySeconds + 1 : 0;
    this.#frames = 0;
    this.#allowance = 0;
    if (this.#busySeconds >= MAX_BUSY_SECONDS) this.close(CloseCode.TooManyFrames, 'too_many_frames');
    this.#outbox.check();
  }

  /** Ends the session now; the socket follows as soon as the other side agrees, or after a moment. */
  close(code: CloseCode | 1011 | 1013, reason: string): void {
    if (this.state === 'closed') return;
    this.#socket.resume();
    this.#socket.close(code, reason);
    const cancel = this.#ports.clock.after(CLOSE_GRACE_MS, () => this.#socket.terminate());
    this.#socket.once('close', cancel);
    this.#ended(code);
  }

  #ended(code: number): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.closeCode = code;
    this.#ports.onEnd(this);
  }

  #heard(): void {
    this.heardAt = this.#ports.clock.now();
    this.#ports.onHeard(this);
  }

  #message(data: RawData, isBinary: boolean): void {
    if (this.state === 'closed') return;
    this.#frames++;
    this.#heard();
    if (isBinary) {
      this.close(CloseCode.BinaryFrame, 'binary_frame');
      return;
    }
    const read = readFrame(data.toString());
    if (!('frame' in read)) {
      this.#outbox.send(refusalFrame(read.problem, read.ref));
      if (read.unreadable && ++this.#unreadable >= MAX_UNREADABLE) {
        this.close(CloseCode.ProtocolError, 'protocol_error');
      }
      return;
    }
    const { frame } = read;
    switch (frame.type) {
      case 'update':
        void this.#update(frame);
        return;
      case 'flow':
        this.#flow(frame);
        return;
      default:
        frame satisfies never;
    }
  }

  #flow(frame: FlowFrame): void {
    const grew = frame.max_in_flight > this.maxInFlight;
    this.maxInFlight = frame.max_in_flight;
    if (grew) this.#ports.onRoom(this);
  }

  async #update({ id, status, response, error_message: errorMessage, ref }: UpdateFrame): Promise<void> {
    try {
      await this.#ports.report({ id, tpvId: this.tpvId, status, response, errorMessage, holder: this.id });
      if (ref === undefined) return;
      this.#outbox.send(
        `{"type":"result","ref":${JSON.stringify(ref)},"ok":true,` +
          `"data":{"status":"ok","instruction_id":${JSON.stringify(id)},"new_status":"${status}"}}`,
      );
    } catch (error) {
      const known =
        error instanceof HubError ? error : new HubError('internal_error', 'A report failed.', { cause: error });
      if (known !== error) this.#ports.onFault(error, this);
      this.#outbox.send(refusalFrame(problemOf(known), ref));
    }
  }
}
