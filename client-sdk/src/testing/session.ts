import { randomUUID } from 'node:crypto';
import type { RawData, WebSocket } from 'ws';
import { CloseCode, DEFAULT_MAX_IN_FLIGHT, LARGEST_MAX_IN_FLIGHT } from '../protocol/codes.ts';
import { isRecord } from '../wire/check.ts';
import { Refusal } from './refusal.ts';
import { isRef, isReport, type ReportFields } from './report.ts';

/** The frame that can't be read and ends the session. */
const MAX_UNREADABLE = 3;

export interface SessionPorts {
  /** Gives a frame to the network, now or later. */
  say(session: Session, frame: object): void;
  /** Answers a report or push: what it returns goes into `result`; it throws a `Refusal`. */
  report(session: Session, report: ReportFields): unknown;
  push(fields: Record<string, unknown>, idempotencyKey: string | undefined): unknown;
  service(fields: Record<string, unknown>): unknown;
  /** The session can take more. */
  room(): void;
  ended(session: Session): void;
}

/** The hub's end of one socket. */
export class Session {
  readonly id = randomUUID();
  readonly socket: WebSocket;
  readonly #ports: SessionPorts;
  maxInFlight = DEFAULT_MAX_IN_FLIGHT;
  heardAtBeat = true;
  #unreadable = 0;

  constructor(socket: WebSocket, ports: SessionPorts) {
    this.socket = socket;
    this.#ports = ports;
    const heard = () => {
      this.heardAtBeat = true;
    };
    socket.on('message', (data, isBinary) => {
      heard();
      this.#take(data, isBinary);
    });
    socket.on('ping', heard);
    socket.on('pong', heard);
    // `ws` always follows an error with `close`.
    socket.on('error', () => {});
    socket.on('close', () => ports.ended(this));
  }

  say(frame: object): void {
    this.#ports.say(this, frame);
  }

  ping(): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.ping();
  }

  #take(data: RawData, isBinary: boolean): void {
    if (isBinary) {
      this.socket.close(CloseCode.BinaryFrame, 'binary_frame');
      return;
    }
    const frame = parsed(data.toString());
    const ref = isRecord(frame) && isRef(frame.ref) ? frame.ref : undefined;
    try {
      const answer = this.#answer(frame, ref);
      if (answer !== undefined && ref !== undefined) this.say({ type: 'result', ref, ok: true, data: answer });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.say(
        ref === undefined
          ? { type: 'error', error: error.frameError }
          : { type: 'result', ref, ok: false, error: error.frameError },
      );
    }
  }

  #answer(frame: unknown, ref: string | undefined): unknown {
    if (!isRecord(frame)) throw this.#unreadableFrame('type');
    switch (frame.type) {
      case 'update':
        if (!isReport(frame)) throw this.#unreadableFrame('status');
        return this.#ports.report(this, frame);
      case 'flow': {
        const { max_in_flight: wanted } = frame;
        if (!isWindow(wanted)) throw this.#unreadableFrame('max_in_flight');
        this.maxInFlight = wanted;
        this.#ports.room();
        return undefined;
      }
      case 'push': {
        const { type: _type, ref: _ref, idempotency_key: key, ...fields } = frame;
        if (ref === undefined || (key !== undefined && !isRef(key))) throw this.#unreadableFrame('ref');
        return this.#ports.push(fields, key);
      }
      case 'service':
        if (ref === undefined) throw this.#unreadableFrame('ref');
        return this.#ports.service(frame);
      default:
        // A newer client may know more types; that is no reason to cut it off.
        if (typeof frame.type === 'string') throw new UnknownType();
        throw this.#unreadableFrame('type');
    }
  }

  #unreadableFrame(path: string): Refusal {
    // After the answer.
    if (++this.#unreadable === MAX_UNREADABLE) {
      queueMicrotask(() => this.socket.close(CloseCode.ProtocolError, 'protocol_error'));
    }
    return new Refusal('invalid_request', { details: [{ path, message: 'no es válido' }] });
  }
}

class UnknownType extends Refusal {
  constructor() {
    super('invalid_request');
  }

  override get frameError() {
    return { code: 'unknown_type', message: 'Tipo de mensaje desconocido.' };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isWindow(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= LARGEST_MAX_IN_FLIGHT;
}
