import type { Cancel, Clock } from '../clock.ts';
import type { HubClientError } from '../errors.ts';
import type { InstructionContext } from '../handlers.ts';
import type { Instruction } from '../protocol/mod.ts';

/** What waits for longer is reported `delivered`; the contract asks for it within 10 s. */
const DELIVERED_AFTER_MS = 5_000;

/** What runs for longer is reported `processing`. */
const PROCESSING_AFTER_MS = 3_000;

/** Both are said again this often, well within the hub's lease of 300 s. */
const REPEAT_MS = 60_000;

export interface JobPort {
  clock: Clock;
  report(status: 'delivered' | 'processing'): void;
}

/** One instruction in this client's hands: waiting, then running, then over. It keeps the hub informed meanwhile. */
export class Job {
  readonly instruction: Instruction;
  readonly #port: JobPort;
  readonly #abort = new AbortController();
  #phase: 'waiting' | 'running' | 'over' = 'waiting';
  #cancelTimer: Cancel;

  constructor(instruction: Instruction, port: JobPort) {
    this.instruction = instruction;
    this.#port = port;
    this.#cancelTimer = this.#reportAfter(DELIVERED_AFTER_MS);
  }

  get phase(): 'waiting' | 'running' | 'over' {
    return this.#phase;
  }

  /** The handler begins. */
  begin(): InstructionContext {
    this.#phase = 'running';
    this.#cancelTimer();
    this.#cancelTimer = this.#reportAfter(PROCESSING_AFTER_MS);
    return { signal: this.#abort.signal, progress: () => this.tell() };
  }

  /** Tells the hub where the job stands: it asked, by sending the instruction again, or there is progress. */
  tell(): void {
    if (this.#phase === 'over') return;
    this.#cancelTimer();
    this.#cancelTimer = this.#reportAfter(REPEAT_MS);
    this.#port.report(this.#phase === 'waiting' ? 'delivered' : 'processing');
  }

  /** Nothing more is to be said about it. */
  end(): void {
    this.#phase = 'over';
    this.#cancelTimer();
  }

  /** Ends it, and asks its handler to stop. */
  abandon(reason: HubClientError): void {
    this.end();
    this.#abort.abort(reason);
  }

  #reportAfter(ms: number): Cancel {
    return this.#port.clock.after(ms, () => this.tell());
  }
}
