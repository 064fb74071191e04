import { HeldConnections } from './held-connections.ts';
import { codeOfStatus, Refusal, type RefusalCode } from './refusal.ts';

/** How the fake hub refuses. */
export interface RefuseOptions {
  /** 401 and 403 end a client; after 429, 503 and whatever a broken proxy says it tries again. */
  status: number;
  /** Default: the contract's for that status (403: `tpv_inactive`). */
  code?: RefusalCode;
  /** Default 1 for 429 and 503. */
  retryAfterSeconds?: number;
  /** Only this transport: a proxy that strips upgrades refuses `websocket`. Default both. */
  transport?: 'websocket' | 'polling';
  /** So many times, then no more. Default: until `accept()`. */
  times?: number;
}

/** What a test told the fake hub to do wrong. */
export class Faults {
  readonly #changed: () => void;
  #refusal: RefuseOptions | undefined;
  held: HeldConnections | undefined;
  /** Reports that are taken, and whose answer never leaves. */
  cutAtReports = 0;
  draining = false;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  hold(): HeldConnections {
    this.held ??= new HeldConnections(this.#changed, () => {
      this.held = undefined;
    });
    return this.held;
  }

  refuse(options: RefuseOptions | undefined): void {
    this.#refusal = options && { ...options };
  }

  /** Throws what the test asked for. */
  check(transport: 'websocket' | 'polling'): void {
    const refusal = this.#refusal;
    if (refusal === undefined || (refusal.transport ?? transport) !== transport) return;
    if (refusal.times !== undefined && --refusal.times <= 0) this.#refusal = undefined;
    const { status, code = codeOfStatus(status), retryAfterSeconds } = refusal;
    throw new Refusal(code, { status, retryAfterSeconds });
  }
}
