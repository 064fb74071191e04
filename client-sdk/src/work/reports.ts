import type { Clock } from '../clock.ts';
import type { Report } from '../connection/connection.ts';
import type { Outcome } from '../memory/memory.ts';
import type { Logger } from '../options.ts';
import type { ErrorCode } from '../protocol/error-codes.ts';
import type { ReportableStatus } from '../protocol/lifecycle.ts';
import type { FrameError, HubFrameOf } from '../wire/frames.ts';
import { Alarms, type Due } from './alarms.ts';

/** A report whose `result` has not come by then is sent again. */
const RESULT_TIMEOUT_MS = 10_000;

/** Refusals that a later attempt may not meet; every other `result` settles its report. */
const TRANSIENT_CODES: readonly string[] = [
  'internal_error',
  'quota_exceeded',
  'request_timeout',
  'too_many_requests',
  'unavailable',
] satisfies ErrorCode[];

/** Refusals that mean that the instruction is no longer this TPV's, or over. */
const GONE_CODES: readonly string[] = ['not_found', 'invalid_transition'] satisfies ErrorCode[];

export interface ReportsPort {
  clock: Clock;
  logger: Logger;
  /** Whether the frame was given to a connection. */
  send(report: Report): boolean;
  /** The hub does not let the instruction go on: it is another's, or final. */
  gone(id: string): void;
  /** Nothing is left to be sent or answered. */
  emptied(): void;
}

/** `dueAt`: when it is sent again. */
type KeptReport = Report & Due;

/**
 * The reports whose `result` has not come yet, the newest per instruction. A connection may be cut at any moment between
 * the two, so a report stays here, over as many connections as it takes, until the hub has answered it.
 */
export class Reports {
  readonly #port: ReportsPort;
  readonly #byId = new Map<string, KeptReport>();
  readonly #unanswered: Alarms<KeptReport>;
  #refs = 0;

  constructor(port: ReportsPort) {
    this.#port = port;
    this.#unanswered = new Alarms(
      port.clock,
      () => this.#byId.values(),
      (report) => this.#send(report),
    );
  }

  get size(): number {
    return this.#byId.size;
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  /** Sends a report, and keeps it until it is answered. It replaces an older one on the same instruction. */
  put(id: string, status: ReportableStatus, outcome?: Outcome): void {
    this.#byId.delete(id);
    // Unique in this client, and a new process has sockets of its own; the id behind it saves a second index.
    const report: KeptReport = { type: 'report', ref: `${++this.#refs}:${id}`, id, status, outcome, dueAt: 0 };
    this.#byId.set(id, report);
    this.#send(report);
  }

  /** Sends everything again, oldest first: what the last connection still carried may be lost. */
  sendAll(): void {
    for (const report of this.#byId.values()) this.#send(report);
  }

  /** Takes the hub's answer. */
  settle(result: HubFrameOf<'result'>): void {
    const id = result.ref.slice(result.ref.indexOf(':') + 1);
    // An answer to a report that a newer one has replaced meanwhile, or to one sent twice.
    if (this.#byId.get(id)?.ref !== result.ref) return;
    if (!result.ok) {
      const { code, message } = result.error ?? { code: 'unknown', message: '' };
      this.#port.logger.warn({ id, code, message }, 'the hub refused a report');
      if (TRANSIENT_CODES.includes(code)) return;
      const { status, outcome } = this.#byId.get(id) ?? {};
      const isGone = GONE_CODES.includes(code);
      if (outcome?.reply !== undefined && !isGone) {
        this.#withoutReply(id, message, result.error?.details);
        return;
      }
      this.drop(id);
      if (status === 'processing' && isGone) this.#port.gone(id);
      return;
    }
    this.drop(id);
  }

  /** The hub will never take this reply: the instruction fails, so that it ends and its people read why. */
  #withoutReply(id: string, message: string, details: FrameError['details'] = []): void {
    const why = details.map(({ path, message: said }) => `${path} ${said}`).join('; ') || message;
    this.#port.logger.error(
      { id, why },
      'the hub refused the message of an answer; its instruction is reported failed',
    );
    this.put(id, 'failed', { status: 'failed', error_message: `El hub no admite el mensaje de la respuesta: ${why}` });
  }

  /** Forgets the report on `id`: it is not needed any more. */
  drop(id: string): void {
    if (this.#byId.delete(id) && this.#byId.size === 0) this.#port.emptied();
  }

  /** Forgets all of them. */
  clear(): void {
    this.#byId.clear();
    this.#unanswered.stop();
    this.#port.emptied();
  }

  #send(report: KeptReport): void {
    this.#port.send(report);
    // Also where no connection took it: one that is merely clogged will not announce that it flows again.
    this.#unanswered.set(report, RESULT_TIMEOUT_MS);
  }
}
