import { randomUUID } from 'node:crypto';
import type { Cancel, Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { HubFrameOf, UpdateFrame } from '../protocol/mod.ts';

/** A report whose `result` has not come by then is sent again. */
const RESULT_TIMEOUT_MS = 10_000;

/** Refusals that a later attempt may not meet; every other `result` settles its report. */
const TRANSIENT_CODES: readonly string[] = ['internal_error', 'request_timeout', 'too_many_requests', 'unavailable'];

/** A report before it has a `ref`. */
export type Report = Omit<UpdateFrame, 'type' | 'ref'>;

export interface ReportsPort {
  clock: Clock;
  logger: Logger;
  /** Whether the frame was given to a socket. */
  send(frame: UpdateFrame): boolean;
  /** Nothing is left to be sent or answered. */
  emptied(): void;
}

interface Pending {
  frame: UpdateFrame;
  ref: string;
  cancelRetry: Cancel;
}

/**
 * The reports whose `result` has not come yet, the newest per instruction. A socket may be cut at any moment between
 * the two, so a report stays here, over as many sockets as it takes, until the hub has answered it.
 */
export class Reports {
  readonly #port: ReportsPort;
  readonly #byId = new Map<string, Pending>();
  readonly #idByRef = new Map<string, string>();

  constructor(port: ReportsPort) {
    this.#port = port;
  }

  get size(): number {
    return this.#byId.size;
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  /** Sends `report`, and keeps it until it is answered. It replaces an older one on the same instruction. */
  put(report: Report): void {
    this.#remove(report.id);
    const ref = randomUUID();
    const pending: Pending = { frame: { type: 'update', ref, ...report }, ref, cancelRetry: () => {} };
    this.#byId.set(report.id, pending);
    this.#idByRef.set(ref, report.id);
    this.#send(pending);
  }

  /** Sends everything again, oldest first: after a reconnect nobody knows what the last socket still carried. */
  sendAll(): void {
    for (const pending of this.#byId.values()) this.#send(pending);
  }

  /** Takes the hub's answer. */
  settle(result: HubFrameOf<'result'>): void {
    const id = this.#idByRef.get(result.ref);
    // An answer to a report that a newer one has replaced meanwhile, or to one sent twice.
    if (id === undefined) return;
    if (!result.ok) {
      const { code, message } = result.error ?? { code: 'unknown', message: '' };
      this.#port.logger.warn({ id, code, message }, 'the hub refused a report');
      if (TRANSIENT_CODES.includes(code)) return;
    }
    this.drop(id);
  }

  /** Forgets the report on `id`: nobody waits for it any more. */
  drop(id: string): void {
    if (this.#remove(id) && this.#byId.size === 0) this.#port.emptied();
  }

  /** Forgets all of them. */
  clear(): void {
    for (const id of [...this.#byId.keys()]) this.#remove(id);
    this.#port.emptied();
  }

  #send(pending: Pending): void {
    pending.cancelRetry();
    this.#port.send(pending.frame);
    // Also where no socket took it: one that is merely clogged will not announce that it flows again.
    pending.cancelRetry = this.#port.clock.after(RESULT_TIMEOUT_MS, () => this.#send(pending));
  }

  #remove(id: string): boolean {
    const pending = this.#byId.get(id);
    if (pending === undefined) return false;
    pending.cancelRetry();
    this.#byId.delete(id);
    this.#idByRef.delete(pending.ref);
    return true;
  }
}
