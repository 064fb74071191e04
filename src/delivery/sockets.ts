import type { Clock } from '../clock.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Tx } from '../db/open.ts';
import type { EventOf, EventSource } from '../events.ts';
import type { DeliverySettings, InstructionRow } from '../instructions/instruction.ts';
import { countOpen, releaseTpv } from '../instructions/instruction-store.ts';
import type { HandOut } from '../instructions/submit.ts';
import type { UnansweredTexts } from '../instructions/sweep.ts';
import { instructionJson } from '../instructions/wire.ts';
import { claim, type DeliveryObserver, tpvKey } from './claim.ts';
import { ClosedSockets } from './closed-sockets.ts';
import { handOutSilent, NO_LEASE, type SilentOutcome } from './silent.ts';
import type { Sink } from './sink.ts';
import { type Look, NOTHING_FOUND, SocketRows, type SocketRowsPorts } from './socket-rows.ts';
import { SocketWindow } from './socket-window.ts';

export interface SocketsPorts extends SocketRowsPorts {
  cluster: SocketRowsPorts['cluster'] & Pick<Cluster, 'isShared' | 'isAlive' | 'fenced'>;
  events: EventSource;
  clock: Clock;
  settings: DeliverySettings;
  texts: UnansweredTexts;
  observer?: DeliveryObserver | undefined;
  /** Gets what goes wrong where no caller waits for an answer. */
  onFault(error: unknown): void;
}

/** Rows claimed for one socket in one commit. */
const CLAIM_PAGE = 64;

/**
 * Hands out over sockets. Rows are the truth: this class only remembers which TPV has a socket, what is out on it, and
 * whether older rows wait, so that a new row can be written as handed out and go with one commit.
 */
export class Sockets implements HandOut {
  readonly isShared: boolean;
  readonly #ports: SocketsPorts;
  readonly #windows = new Map<string, SocketWindow>();
  readonly #closed: ClosedSockets;
  /** Undefined where this hub is alone. */
  readonly #rows: SocketRows | undefined;
  #draining = false;

  constructor(ports: SocketsPorts) {
    this.#ports = ports;
    this.isShared = ports.cluster.isShared;
    this.#rows = this.isShared ? new SocketRows(ports) : undefined;
    this.#closed = new ClosedSockets({ ...ports, rows: this.#rows });
    ports.events.on('instruction.ready', ({ tpvId }) => this.ready(tpvId));
    ports.events.on('instruction.reported', (event) => this.#reported(event));
    ports.events.on('instruction.revoked', ({ tpvId, id, reason }) => this.revoke(tpvId, id, reason));
  }

  reserve(tpvId: string, id: string): string | undefined {
    const window = this.#windows.get(tpvId);
    if (window === undefined || this.#mayNot) return undefined;
    if (window.backlog || window.room === 0) {
      window.backlog = true;
      return undefined;
    }
    window.handOut(id, 1, this.#ports.clock.elapsed(), this.#ports.settings.maxAttempts);
    return window.sink.id;
  }

  cancel(tpvId: string, id: string): void {
    this.#windows.get(tpvId)?.settled(id);
  }

  overtaken(tpvId: string, id: string): void {
    this.#ports.cluster.fenced('insert');
    this.cancel(tpvId, id);
  }

  deliver(row: InstructionRow): void {
    const window = row.tpv_id === null ? undefined : this.#windows.get(row.tpv_id);
    // A socket that closed in between gives its rows back by itself.
    if (window?.sink.id !== row.holder) return;
    window?.deliver(row.id, instructionJson(row));
    this.#handedOut(row, false);
  }

  /**
   * Makes `sink` the TPV's socket: whatever of it is not final is pending again, and goes out to it in order.
   * @param ready called with the number of those, before the first goes out
   */
  async attach(sink: Sink, ready: (pending: number) => void): Promise<void> {
    const window = new SocketWindow(sink);
    // Nothing goes out before `ready` was called.
    window.pumping = true;
    this.#windows.set(sink.tpvId, window);
    const { db, clock } = this.#ports;
    const pending = await db.transact(async (tx) => {
      await this.#rows?.open(tx, sink, clock.now());
      await tx.run(releaseTpv, { tpvId: sink.tpvId });
      const [row] = await tx.run(countOpen, { tpvId: sink.tpvId });
      return Number(row?.count ?? 0);
    });
    if (this.#windows.get(sink.tpvId) !== window) return;
    window.isAttached = true;
    ready(pending);
    window.pumping = false;
    this.#pump(window);
  }

  /** The socket is gone: what it held is pending again at once. */
  async detach(sink: Sink): Promise<void> {
    if (this.#windows.get(sink.tpvId)?.sink === sink) this.#windows.delete(sink.tpvId);
    await this.#closed.release(sink);
  }

  /** The socket can take more again: it was read, or its window grew. */
  resume(sink: Sink): void {
    const window = this.#windows.get(sink.tpvId);
    if (window?.sink !== sink) return;
    window.flush();
    this.#pump(window);
  }

  /** The TPV's socket; undefined where it has none in this process. */
  windowOf(tpvId: string): SocketWindow | undefined {
    return this.#windows.get(tpvId);
  }

  /** The TPVs that have a socket in this process. */
  connected(): Iterable<string> {
    return this.#windows.keys();
  }

  /** How many instructions are out on all sockets and not yet reported on. */
  get inFlightTotal(): number {
    let total = 0;
    for (const window of this.#windows.values()) total += window.inFlight;
    return total;
  }

  /** The TPV has pending instructions: they go out in order, as long as there is room. */
  ready(tpvId: string): void {
    const window = this.#windows.get(tpvId);
    if (window === undefined) return;
    window.backlog = true;
    this.#pump(window);
  }

  /** Once a second: sockets that say nothing get their instructions again, or lose them. */
  async tick(): Promise<void> {
    await this.#closed.tick();
    if (this.#mayNot) return;
    const { clock } = this.#ports;
    for (const window of [...this.#windows.values()]) {
      // If a hand-out failed, this is the next try.
      this.#pump(window);
      const silent = window.sink.congested ? [] : window.silent(clock.elapsed());
      if (silent.length > 0)
        await handOutSilent(this.#ports, window.sink, silent, (outcome) => this.#again(window, outcome));
    }
  }

  /**
   * Looks for what hints did not bring, where several hubs share the database.
   * @param others TPVs without a socket here of which something else wants to know whether they have something pending
   */
  async look(others: Iterable<string>): Promise<Look> {
    if (this.#rows === undefined) return NOTHING_FOUND;
    // Those that are being attached have no row yet.
    const attached = [...this.#windows.values()].filter(({ isAttached }) => isAttached);
    const looked = await this.#rows.look(attached, others, this.#ports.clock.now());
    const gone = new Set(looked.notHeld);
    for (const window of attached) for (const id of window.heldIds) if (gone.has(id)) this.#settled(window, id);
    for (const tpvId of looked.waiting) this.ready(tpvId);
    return looked;
  }

  /** From now on nothing new goes out. */
  drain(): void {
    this.#draining = true;
  }

  get #mayNot(): boolean {
    return this.#draining || !this.#ports.cluster.isAlive();
  }

  #reported({ tpvId, id }: EventOf<'instruction.reported'>): void {
    const window = this.#windows.get(tpvId);
    if (window?.settled(id)) this.#pump(window);
  }

  /** Has the TPV stop working on it, if its socket is here. */
  revoke(tpvId: string, id: string, reason: string): void {
    const window = this.#windows.get(tpvId);
    if (window === undefined) return;
    window.sink.revoke(id, reason);
    if (window.settled(id)) this.#pump(window);
  }

  /** Sends what waits, in order, while there is room. */
  #pump(window: SocketWindow): void {
    if (window.pumping || !window.backlog || window.room === 0 || this.#mayNot) return;
    window.pumping = true;
    this.#fill(window).then(
      () => {
        window.pumping = false;
        if (this.#windows.get(window.sink.tpvId) === window) this.#pump(window);
      },
      (error) => {
        // The next tick tries again: a database that is away must not be asked without a pause.
        window.pumping = false;
        this.#ports.onFault(error);
      },
    );
  }

  async #fill(window: SocketWindow): Promise<void> {
    const { db, clock, cluster, settings } = this.#ports;
    const { sink } = window;
    const fill = async (tx: Tx) => {
      if (this.#windows.get(sink.tpvId) !== window) return;
      const limit = Math.min(window.room, CLAIM_PAGE);
      const next = { tpvId: sink.tpvId, holder: sink.id, now: clock.now(), leaseUntil: NO_LEASE, limit };
      const rows = await claim(tx, next, this.isShared ? cluster : undefined);
      tx.afterCommit(() => {
        // A row that becomes pending after this commit is followed by an event, which sets the flag again.
        if (rows.length < limit) window.backlog = false;
        if (this.#windows.get(sink.tpvId) !== window) return;
        for (const row of rows) {
          window.handOut(row.id, row.retry_count + 1, clock.elapsed(), settings.maxAttempts);
          window.deliver(row.id, instructionJson(row));
          this.#handedOut(row, row.outBefore);
        }
      });
    };
    await db.transact(fill, { key: tpvKey(sink.tpvId) });
  }

  #again(window: SocketWindow, { id, row }: SilentOutcome): void {
    if (row === undefined) this.#settled(window, id);
    if (row === undefined || this.#windows.get(window.sink.tpvId) !== window) return;
    const { clock, settings } = this.#ports;
    window.handOut(id, row.retry_count + 1, clock.elapsed(), settings.maxAttempts);
    window.deliver(id, instructionJson(row));
    this.#handedOut(row, true);
  }

  #handedOut(row: InstructionRow, again: boolean): void {
    this.#ports.observer?.handedOut(row, 'socket', this.#ports.clock.now() - row.created_at, again);
  }

  #settled(window: SocketWindow, id: string): void {
    if (window.settled(id) && this.#windows.get(window.sink.tpvId) === window) this.#pump(window);
  }
}
