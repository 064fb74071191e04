import type { Cancel, Clock } from '../clock.ts';
import { DatabaseFault, type FaultKind } from '../db/fault.ts';
import type { DatabaseObserver } from '../db/open.ts';
import type { Logger } from '../log/log.ts';

/** A commit within this time says that the database can be written, a fault within it that it can't. */
const FRESH_MS = 5_000;
/** However many are refused, the log gets one line in this time. */
const LINE_INTERVAL_MS = 1_000;

export interface DatabaseWatchPorts {
  clock: Clock;
  log: Logger;
  /** Counts commits, and those that failed. */
  committed(transactions: number, ms: number): void;
  commitFailed(): void;
}

/** What the database could not do. */
export interface Trouble {
  kind: Exclude<FaultKind, 'conflict'>;
  fault: DatabaseFault;
}

/** Remembers what the database did last, whoever asked it, and writes its faults to the log. */
export class DatabaseWatch implements DatabaseObserver {
  readonly #ports: DatabaseWatchPorts;
  readonly #cancel: Cancel;
  #committedAt = Number.NEGATIVE_INFINITY;
  #last: (Trouble & { at: number }) | undefined;
  /** Callers that were refused since the last line. */
  #refused = 0;
  #refusal: DatabaseFault | undefined;

  constructor(ports: DatabaseWatchPorts) {
    this.#ports = ports;
    this.#cancel = ports.clock.every(LINE_INTERVAL_MS, () => this.#write());
  }

  /** Whether something was committed a moment ago: a busy hub need not be asked whether it can write. */
  get wroteLately(): boolean {
    return performance.now() - this.#committedAt < FRESH_MS;
  }

  /** What the database could not do a moment ago, even if it did something else since. */
  get trouble(): Trouble | undefined {
    return this.#last !== undefined && performance.now() - this.#last.at < FRESH_MS ? this.#last : undefined;
  }

  committed(transactions: number, ms: number): void {
    this.#committedAt = performance.now();
    this.#ports.committed(transactions, ms);
  }

  notCommitted(fault: unknown, refused: number): void {
    this.#committedAt = Number.NEGATIVE_INFINITY;
    this.#ports.commitFailed();
    if (fault instanceof DatabaseFault) this.#remember(fault, refused);
  }

  notRead(fault: unknown): void {
    if (fault instanceof DatabaseFault) this.#remember(fault, 1);
  }

  stop(): void {
    this.#cancel();
    this.#write();
  }

  #remember(fault: DatabaseFault, refused: number): void {
    // Two transactions that met will not meet again: no reason to send callers away.
    if (fault.kind !== 'conflict') this.#last = { kind: fault.kind, fault, at: performance.now() };
    this.#refused += refused;
    this.#refusal = fault;
  }

  #write(): void {
    if (this.#refusal === undefined) return;
    const [err, count] = [this.#refusal, this.#refused];
    this.#refusal = undefined;
    this.#refused = 0;
    this.#ports.log.warn({ err, count }, 'the database could not do what was asked of it; callers try again');
  }
}
