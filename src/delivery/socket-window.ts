import { silenceAllowedMs } from '#protocol';
import type { Sink } from './sink.ts';

interface InFlight {
  attempt: number;
  /** By the clock's `elapsed`. */
  dueAt: number;
  /** Its row is committed as handed out. */
  isOut: boolean;
}

/** One connected TPV: what is out on its socket, and whether rows wait that must go first. */
export class SocketWindow {
  readonly sink: Sink;
  /** Rows may be pending; new ones must queue behind them. */
  backlog = true;
  pumping = false;
  /** It is the TPV's socket by its row, too. */
  isAttached = false;
  /** Handed out and not yet reported on, the oldest first. */
  readonly #inFlight = new Map<string, InFlight>();
  /** Handed out while the socket had too much to be read already: JSON by id, in order. */
  readonly #unsent = new Map<string, string>();

  constructor(sink: Sink) {
    this.sink = sink;
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** What is out by its committed row, and not reported on as far as it is known here. */
  get heldIds(): string[] {
    return [...this.#inFlight].flatMap(([id, { isOut }]) => (isOut ? [id] : []));
  }

  get room(): number {
    return this.sink.congested ? 0 : Math.max(0, this.sink.maxInFlight - this.#inFlight.size);
  }

  /**
   * Takes a place in the window; `deliver` follows once it is committed.
   * @param elapsed of the clock, as in `silent`
   */
  handOut(id: string, attempt: number, elapsed: number, maxAttempts: number): void {
    this.#inFlight.set(id, { attempt, dueAt: elapsed + silenceAllowedMs(attempt, maxAttempts), isOut: false });
  }

  /** Sends it now, or as soon as the socket was read: a whole window at once could fill the socket's buffer. */
  deliver(id: string, instruction: string): void {
    const place = this.#inFlight.get(id);
    if (place !== undefined) place.isOut = true;
    this.#unsent.set(id, instruction);
    this.flush();
  }

  flush(): void {
    for (const [id, instruction] of this.#unsent) {
      if (this.sink.congested) return;
      this.#unsent.delete(id);
      this.sink.deliver(instruction);
    }
  }

  /**
   * Gives its place back: it was reported on, or taken away.
   * @returns false if it had none
   */
  settled(id: string): boolean {
    this.#unsent.delete(id);
    return this.#inFlight.delete(id);
  }

  /** When, by the clock's `elapsed`, an instruction goes out again, or is given up, if its TPV says nothing; undefined if it is not out. */
  dueAt(id: string): number | undefined {
    return this.#inFlight.get(id)?.dueAt;
  }

  /** What was not reported on in time. */
  silent(elapsed: number): { id: string; attempt: number }[] {
    const silent: { id: string; attempt: number }[] = [];
    for (const [id, { attempt, dueAt }] of this.#inFlight) if (dueAt <= elapsed) silent.push({ id, attempt });
    return silent;
  }
}
