import type { RawData, WebSocket } from 'ws';
import { CloseCode, DEFAULT_MAX_IN_FLIGHT, type FlowFrame, type ServiceNow } from '#protocol';
import type { Clock } from '../clock.ts';
import type { Sink } from '../delivery/sink.ts';
import { HubError } from '../errors.ts';
import { isoTime } from '../iso-time.ts';
import { brokenFrameCode, problemOf, type ReadFrame, readFrame, refusalFrame } from './frames.ts';
import { Outbox, type OutboxPorts } from './outbox.ts';
import { Reading } from './reading.ts';
import { type RequestPorts, Requests } from './requests.ts';

/** So many frames that can't be read end the session, or so many of unknown types in a row. */
const MAX_UNREADABLE = 3;
const MAX_UNKNOWN_IN_A_ROW = 20;
/** How long the other side has to answer a close. */
const CLOSE_GRACE_MS = 2_000;

export interface SessionPorts extends RequestPorts {
  connection: OutboxPorts['connection'];
  clock: Clock;
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
 * its own socket, so a late close does not touch the TPV's next socket.
 */
export class Session implements Sink {
  readonly identity: SessionIdentity;
  /** By the clock's `elapsed`, as `heardAt`. */
  readonly openedAt: number;
  readonly #socket: WebSocket;
  readonly #ports: SessionPorts;
  readonly #outbox: Outbox;
  readonly #reading: Reading;
  readonly #requests: Requests;
  state: 'opened' | 'ready' | 'closed' = 'opened';
  maxInFlight = DEFAULT_MAX_IN_FLIGHT;
  heardAt: number;
  closeCode: number | undefined;
  #unreadable = 0;
  #unknownInARow = 0;
  /** Frames that wait for the welcome. */
  #early: string[] = [];

  /** Attaches every handler before it returns: a frame may already be in the buffer. */
  constructor(socket: WebSocket, identity: SessionIdentity, ports: SessionPorts) {
    this.identity = identity;
    this.#socket = socket;
    this.#ports = ports;
    this.openedAt = ports.clock.elapsed();
    this.heardAt = this.openedAt;
    this.#reading = new Reading(socket, ports.clock);
    this.#requests = new Requests(ports, {
      tpvId: identity.tpvId,
      sessionId: identity.id,
      reading: this.#reading,
      send: (frame) => this.#send(frame),
      onFault: (error) => ports.onFault(error, this),
    });
    this.#outbox = new Outbox(socket, {
      connection: ports.connection,
      clock: ports.clock,
      onWritable: () => ports.onRoom(this),
      onSlow: () => this.close(CloseCode.SlowConsumer, 'slow_consumer'),
    });
    socket.on('message', (data, isBinary) => this.#message(data, isBinary));
    socket.on('ping', (data) => this.#heard(data.length));
    socket.on('pong', (data) => this.#heard(data.length));
    socket.on('close', (code) => this.#ended(code));
    // ws says the fitting close code to a broken frame itself; the other side's answer is not waited for.
    socket.on('error', (error) => this.#broken(error));
    this.#reading.stop('welcome');
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
  welcome(pending: number, heartbeatIntervalMs: number, service: ServiceNow): void {
    if (this.state !== 'opened') return;
    this.state = 'ready';
    const { id, tpvId, tpvName } = this.identity;
    this.#send(
      JSON.stringify({
        type: 'welcome',
        protocol: 1,
        session_id: id,
        tpv: { id: tpvId, name: tpvName },
        heartbeat_interval_ms: heartbeatIntervalMs,
        max_in_flight: this.maxInFlight,
        pending,
        server_time: isoTime(this.#ports.clock.now()),
        service,
      }),
    );
    for (const frame of this.#early.splice(0)) this.#send(frame);
    this.#reading.resume('welcome');
  }

  deliver(instruction: string): void {
    this.#reading.handedOut();
    this.#send(`{"type":"instruction","instruction":${instruction}}`);
  }

  revoke(id: string, reason: string): void {
    // Before the welcome this socket was given nothing.
    if (this.state === 'ready') this.#send(JSON.stringify({ type: 'revoked', id, reason }));
  }

  drain(reason: string, reconnectAfterMs: number): void {
    this.#say({ type: 'drain', reason, reconnect_after_ms: reconnectAfterMs });
  }

  tellService(service: ServiceNow): void {
    this.#say({ type: 'service', service });
  }

  /** Sends a frame that answers no other; one that comes before the welcome waits for it. */
  #say(frame: object): void {
    const text = JSON.stringify(frame);
    if (this.state === 'opened') this.#early.push(text);
    else this.#send(text);
  }

  ping(): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
  }

  /** Once a second: is it flooding, or not reading? */
  check(): void {
    if (this.#reading.nextSecond()) this.close(CloseCode.TooManyFrames, 'too_many_frames');
    this.#outbox.check();
    if (this.#socket.readyState !== this.#socket.OPEN) this.#leaving();
  }

  /** Ends the session now; the socket follows as soon as the other side agrees, or after a moment. */
  close(code: CloseCode, reason: string): void {
    if (this.state === 'closed') return;
    this.#socket.resume();
    this.#socket.close(code, reason);
    this.#terminateLater();
    this.#ended(code);
  }

  #broken(error: Error): void {
    if (this.state === 'closed') return;
    this.#terminateLater();
    this.#ended(brokenFrameCode(error));
  }

  #terminateLater(): void {
    const cancel = this.#ports.clock.after(CLOSE_GRACE_MS, () => this.#socket.terminate());
    this.#socket.once('close', cancel);
  }

  /** A socket that is closing takes nothing: what was handed out to it must go back at once. */
  #send(frame: string): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#outbox.send(frame);
    else this.#leaving();
  }

  /** The TPV said that it closes (ws answers it), and its end of the connection may take its time. */
  #leaving(): void {
    if (this.state === 'closed') return;
    this.#terminateLater();
    this.#ended(CloseCode.GoingAway);
  }

  #ended(code: number): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.closeCode = code;
    this.#ports.onEnd(this);
  }

  #heard(bytes: number): void {
    this.heardAt = this.#ports.clock.elapsed();
    this.#ports.onHeard(this);
    this.#reading.came(bytes);
  }

  #message(data: RawData, isBinary: boolean): void {
    if (this.state === 'closed') return;
    const text = data.toString();
    this.#heard(text.length);
    if (isBinary) {
      this.close(CloseCode.BinaryFrame, 'binary_frame');
      return;
    }
    const read = this.#read(text);
    if (!('frame' in read)) {
      this.#send(refusalFrame(read.problem, read.ref));
      if (read.fault === 'unreadable') this.#unreadable++;
      if (read.fault === 'unknown_type') this.#unknownInARow++;
      if (this.#unreadable >= MAX_UNREADABLE || this.#unknownInARow >= MAX_UNKNOWN_IN_A_ROW) {
        this.close(CloseCode.ProtocolError, 'protocol_error');
      }
      return;
    }
    this.#unknownInARow = 0;
    const { frame } = read;
    if (frame.type === 'flow') this.#flow(frame);
    else void this.#requests.take(frame);
  }

  /** A fault of the hub's own while it reads a frame costs this frame, and not the process with all its sockets. */
  #read(text: string): ReadFrame {
    const { wording } = this.#ports;
    try {
      return readFrame(text, wording);
    } catch (error) {
      this.#ports.onFault(error, this);
      const problem = problemOf(new HubError('internal_error', 'A frame could not be read.'), wording.words);
      return { problem, ref: undefined, fault: 'unreadable' };
    }
  }

  #flow(frame: FlowFrame): void {
    const grew = frame.max_in_flight > this.maxInFlight;
    this.maxInFlight = frame.max_in_flight;
    if (grew) this.#ports.onRoom(this);
  }
}
