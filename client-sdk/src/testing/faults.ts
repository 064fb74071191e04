import { codeOfStatus, Refusal, type RefusalCode } from './refusal.ts';

/** How the fake hub refuses. */
export interface RefuseOptions {
  /** 401 and 403 end a client, as they come with the hub's code; after 429, 503 and whatever a broken proxy says it tries again. */
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

/** Upgrades that a test holds back, to let them through in an order of its own. */
export class HeldConnections {
  readonly #waiting: (() => void)[] = [];
  readonly #changed: () => void;
  #end: (() => void) | undefined;

  constructor(changed: () => void, end: () => void) {
    this.#changed = changed;
    this.#end = end;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Lets one through: the first that came, or another one by its index. */
  admit(index = 0): void {
    this.#waiting.splice(index, 1)[0]?.();
    this.#changed();
  }

  /** Lets all through in their order, and holds no more. */
  release(): void {
    this.#end?.();
    this.#end = undefined;
    for (const admit of this.#waiting.splice(0)) admit();
    this.#changed();
  }

  /** The fake hub's part: one more has come. */
  hold(admit: () => void): void {
    this.#waiting.push(admit);
    this.#changed();
  }
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
