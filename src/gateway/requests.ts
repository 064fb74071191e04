import type { PushFrame, ServiceFrame, UpdateFrame } from '#protocol';
import { HubError } from '../errors.ts';
import type { KeepReport } from '../instructions/report.ts';
import type { PushAnswer } from '../push/answer.ts';
import type { KeepService } from '../tpvs/service/set-service.ts';
import type { Wording } from '../wording/wording.ts';
import { problemOf, refusalFrame } from './frames.ts';
import type { Reading } from './reading.ts';

/** Reports of one socket that may wait for their commit; until then nothing more is read from it. */
const MAX_REPORTS_UNDER_WAY = 256;
/** Pushes of one socket that may wait for Telegram; more are refused. */
const MAX_PUSHES_UNDER_WAY = 256;
/** Changes of its service that a socket may have waiting for their commit; more are refused. */
const MAX_SERVICES_UNDER_WAY = 16;

export interface RequestPorts {
  report: KeepReport;
  /** Takes a message to a person, and tells how it went with Telegram. */
  push(tpvId: string, frame: PushFrame): Promise<PushAnswer>;
  keepService: KeepService;
  /** How a TPV is told what is wrong. */
  wording: Wording;
}

export interface RequestsOfSocket {
  tpvId: string;
  sessionId: string;
  reading: Reading;
  send(frame: string): void;
  onFault(error: unknown): void;
}

/** What a TPV asks for over its socket: each request is answered by its `ref`, once it was kept or refused. */
export class Requests {
  readonly #ports: RequestPorts;
  readonly #socket: RequestsOfSocket;
  #reportsUnderWay = 0;
  #pushesUnderWay = 0;
  #servicesUnderWay = 0;

  constructor(ports: RequestPorts, socket: RequestsOfSocket) {
    this.#ports = ports;
    this.#socket = socket;
  }

  /** Resolves when it is answered; it never rejects. */
  take(frame: UpdateFrame | PushFrame | ServiceFrame): Promise<void> {
    switch (frame.type) {
      case 'update':
        return this.#report(frame);
      case 'push':
        return this.#push(frame);
      case 'service':
        return this.#service(frame);
      default:
        return frame satisfies never;
    }
  }

  async #report({ id, status, response, error_message: errorMessage, reply, ref }: UpdateFrame): Promise<void> {
    const { reading, tpvId, sessionId: holder, send } = this.#socket;
    if (++this.#reportsUnderWay === MAX_REPORTS_UNDER_WAY) reading.stop('reports');
    try {
      const messageId = await this.#ports.report({ id, tpvId, status, response, errorMessage, reply, holder });
      if (ref === undefined) return;
      send(
        `{"type":"result","ref":${JSON.stringify(ref)},"ok":true,` +
          `"data":{"status":"ok","instruction_id":${JSON.stringify(id)},"new_status":"${status}"` +
          `${messageId === undefined ? '' : `,"push_message_id":"${messageId}"`}}}`,
      );
    } catch (error) {
      this.#refuse(error, ref);
    } finally {
      if (this.#reportsUnderWay-- === MAX_REPORTS_UNDER_WAY) reading.resume('reports');
    }
  }

  /** A push may wait for Telegram: it holds nothing up, but only so many may wait. */
  async #push(frame: PushFrame): Promise<void> {
    const { tpvId, send } = this.#socket;
    if (this.#pushesUnderWay >= MAX_PUSHES_UNDER_WAY) {
      const busy = new HubError('too_many_requests', 'Too many pushes of this socket wait for Telegram.');
      return this.#refuse(busy, frame.ref);
    }
    this.#pushesUnderWay++;
    try {
      const data = await this.#ports.push(tpvId, frame);
      send(JSON.stringify({ type: 'result', ref: frame.ref, ok: true, data }));
    } catch (error) {
      this.#refuse(error, frame.ref);
    } finally {
      this.#pushesUnderWay--;
    }
  }

  /** What the TPV says of its service; the answer says what it is then. */
  async #service({ ref, type: _, ...change }: ServiceFrame): Promise<void> {
    const { tpvId, send } = this.#socket;
    if (this.#servicesUnderWay >= MAX_SERVICES_UNDER_WAY) {
      const busy = new HubError('too_many_requests', 'Too many changes of service of this socket wait.');
      return this.#refuse(busy, ref);
    }
    this.#servicesUnderWay++;
    try {
      const data = await this.#ports.keepService(tpvId, change);
      send(JSON.stringify({ type: 'result', ref, ok: true, data }));
    } catch (error) {
      this.#refuse(error, ref);
    } finally {
      this.#servicesUnderWay--;
    }
  }

  #refuse(error: unknown, ref: string | undefined): void {
    const known =
      error instanceof HubError ? error : new HubError('internal_error', 'A frame failed.', { cause: error });
    if (known !== error) this.#socket.onFault(error);
    this.#socket.send(refusalFrame(problemOf(known, this.#ports.wording.words), ref));
  }
}
