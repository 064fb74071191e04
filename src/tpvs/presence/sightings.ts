import { type Clock, wallTime } from '../../clock.ts';
import type { SeenRow } from './rows.ts';
import { afterSign, type Seen, type Sign, SOCKET_OPEN, type Transport } from './rule.ts';

/** What this process saw of TPVs, by the clock's `elapsed`: who is there does not depend on corrections of the clock. */
export class Sightings {
  readonly #clock: Clock;
  readonly #graceMs: number;
  readonly #seen = new Map<string, Seen>();
  readonly #heard = new Map<string, number>();

  constructor(clock: Clock, graceMs: number) {
    this.#clock = clock;
    this.#graceMs = graceMs;
  }

  heard(tpvId: string): void {
    this.#heard.set(tpvId, this.#clock.elapsed());
  }

  /** When something came of the TPV last, by the wall's time. */
  heardAt(tpvId: string): number | undefined {
    const heard = this.#heard.get(tpvId);
    return heard === undefined ? undefined : wallTime(this.#clock, heard);
  }

  /**
   * Takes a sign of the TPV.
   * @param transport what its row says, for one that this process has not seen
   * @returns whether its row has to follow; of one who goes on calling over REST, the heartbeat says it all
   */
  note(tpvId: string, sign: Sign, transport: Transport | null = null): boolean {
    const now = this.#clock.elapsed();
    const unseen = transport === null ? undefined : { transport, until: Number.NEGATIVE_INFINITY };
    const before = this.#seen.get(tpvId) ?? unseen;
    const after = afterSign(before, sign, { now, graceMs: this.#graceMs });
    if (after === undefined || after === before) return false;
    this.#seen.set(tpvId, after);
    // To the hub's next process, a socket that this one ended is open.
    if (sign === 'restarting') return false;
    return before?.transport !== 'rest' || after.transport !== 'rest' || now >= before.until;
  }

  /** Undefined: its row says it all. */
  of(tpvId: string): Seen | undefined {
    return this.#seen.get(tpvId);
  }

  isThere(tpvId: string): boolean {
    const seen = this.#seen.get(tpvId);
    return seen !== undefined && this.#clock.elapsed() < seen.until;
  }

  /** As its row should have it. */
  rowOf(tpvId: string): SeenRow | undefined {
    const seen = this.#seen.get(tpvId);
    return seen && { id: tpvId, until: this.#wallTime(seen.until), transport: seen.transport };
  }

  /** Its row is the truth again, unless it came back meanwhile. */
  forgetGone(tpvId: string): void {
    if (!this.isThere(tpvId)) this.#seen.delete(tpvId);
  }

  /** Its socket closed here, and its row has that: the row is the truth from now on. */
  forgetClosed(tpvId: string): void {
    const seen = this.#seen.get(tpvId);
    if (seen?.transport === 'socket' && seen.until !== SOCKET_OPEN) this.#seen.delete(tpvId);
  }

  #wallTime(until: number): number {
    return until === SOCKET_OPEN ? SOCKET_OPEN : wallTime(this.#clock, until);
  }
}
