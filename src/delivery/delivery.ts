import type { Clock } from '../clock.ts';
import type { Database } from '../db/open.ts';
import { HubError } from '../errors.ts';
import type { EventOf, Events } from '../events.ts';
import { type DeliverySettings, type InstructionRow, POLL_HOLDER } from '../instructions/instruction.ts';
import {
  claimPending,
  countOpen,
  handOutAgain,
  instructionOfTpv,
  releaseHolder,
  releaseSockets,
  releaseTpv,
} from '../instructions/store.ts';
import type { HandOut } from '../instructions/submit.ts';
import { endUnanswered } from '../instructions/sweep.ts';
import { instructionJson } from '../instructions/wire.ts';
import { Outlet } from './outlet.ts';
import { Pollers } from './pollers.ts';
import type { Sink } from './sink.ts';

export interface DeliveryPorts {
  db: Database;
  events: Events;
  clock: Clock;
  settings: DeliverySettings;
  /** Gets what goes wrong where nobody waits for an answer. */
  onFault(error: unknown): void;
}

/** A row that a socket holds is due when it expires; the socket's own life is its lease. */
const NO_LEASE = Number.MAX_SAFE_INTEGER;
/** Rows claimed for one socket in one commit. */
const CLAIM_PAGE = 64;

/**
 * Who gets what now. Rows are the truth: this class only remembers which TPV has a socket, what is out on it, and
 * whether older rows wait, so that a new row can be written as handed out and go with one commit.
 */
export class Delivery implements HandOut {
  readonly #ports: DeliveryPorts;
  readonly #outlets = new Map<string, Outlet>();
  readonly #pollers = new Pollers();
  /** Sockets that are gone and whose rows could not be given back yet. */
  readonly #orphans = new Map<string, Sink>();
  #draining = false;

  constructor(ports: DeliveryPorts) {
    this.#ports = ports;
    ports.events.on('instruction.ready', ({ tpvId }) => this.#ready(tpvId));
    ports.events.on('instruction.reported', (event) => this.#reported(event));
    ports.events.on('instruction.revoked', (event) => this.#revoked(event));
  }

  /** Gives back what sockets held when the last process ended; before the first socket opens. */
  async recover(): Promise<void> {
    await this.#ports.db.transact((tx) => tx.run(releaseSockets, { poll: POLL_HOLDER }));
  }

  // A new row, from its transaction to its socket.

  reserve(tpvId: string, id: string): string | undefined {
    const outlet = this.#outlets.get(tpvId);
    if (outlet === undefined || this.#draining) return undefined;
    if (outlet.backlog || outlet.room === 0) {
      outlet.backlog = true;
      return undefined;
    }
    outlet.sent(id, 1, this.#ports.clock.now(), this.#ports.settings.maxAttempts);
    return outlet.sink.id;
  }

  cancel(tpvId: string, id: string): void {
    this.#outlets.get(tpvId)?.inFlight.delete(id);
  }

  committed(row: InstructionRow): void {
    if (row.tpv_id === null) return;
    if (row.status === 'pending') {
      this.#ready(row.tpv_id);
      return;
    }
    // A socket that closed in between gives its rows back by itself.
    const outlet = this.#outlets.get(row.tpv_id);
    if (outlet?.sink.id === row.holder) outlet?.sink.deliver(instructionJson(row));
  }

  // Sockets.

  /**
   * Makes `sink` the TPV's socket: whatever of it is not final is put back in line, and goes out to it in order.
   * @param ready called with the number of those, before the first goes out
   */
  async attach(sink: Sink, ready: (pending: number) => void): Promise<void> {
    const outlet = new Outlet(sink);
    // Nothing goes out before `ready` was called.
    outlet.pumping = true;
    this.#outlets.set(sink.tpvId, outlet);
    const pending = await this.#ports.db.transact(async (tx) => {
      await tx.run(releaseTpv, { tpvId: sink.tpvId });
      const [row] = await tx.run(countOpen, { tpvId: sink.tpvId });
      return Number(row?.count ?? 0);
    });
    if (this.#outlets.get(sink.tpvId) !== outlet) return;
    ready(pending);
    outlet.pumping = false;
    this.#pump(outlet);
  }

  /** The socket is gone: what it held is pending again at once. */
  async detach(sink: Sink): Promise<void> {
    if (this.#outlets.get(sink.tpvId)?.sink === sink) this.#outlets.delete(sink.tpvId);
    this.#orphans.set(sink.id, sink);
    await this.#release(sink);
  }

  /** The socket can take more again: it was read, or its window grew. */
  resume(sink: Sink): void {
    const outlet = this.#outlets.get(sink.tpvId);
    if (outlet?.sink === sink) this.#pump(outlet);
  }

  /** How many instructions are out on a TPV's socket and not yet reported on. */
  inFlight(tpvId: string): number {
    return this.#outlets.get(tpvId)?.inFlight.size ?? 0;
  }

  /** How many are out on all sockets. */
  get inFlightTotal(): number {
    let total = 0;
    for (const outlet of this.#outlets.values()) total += outlet.inFlight.size;
    return total;
  }

  // Polling.

  /**
   * Hands out the TPV's next instructions over REST, leased.
   * @param waitMs how long to wait for the first; no database connection is held meanwhile
   */
  async poll(tpvId: string, limit: number, waitMs: number, gone: AbortSignal): Promise<InstructionRow[]> {
    const { clock } = this.#ports;
    const deadline = clock.now() + waitMs;
    const patience = new AbortController();
    const give = () => patience.abort();
    gone.addEventListener('abort', give);
    const cancel = waitMs > 0 ? clock.after(waitMs, give) : undefined;
    try {
      for (;;) {
        if (this.#draining || gone.aborted) return [];
        // Waiting starts before looking, so that what is committed in between wakes it.
        const woken = this.#pollers.wait(tpvId, patience.signal);
        const rows = await this.#claim(tpvId, POLL_HOLDER, limit, this.#ports.settings.sentLeaseMs);
        if (rows.length > 0 || clock.now() >= deadline || patience.signal.aborted) {
          patience.abort();
          return rows;
        }
        if (!(await woken)) return rows;
      }
    } finally {
      cancel?.();
      gone.removeEventListener('abort', give);
    }
  }

  // The clock's ticks, and the end.

  /** Once a second: sockets that say nothing get the instruction again, or lose it. */
  async tick(): Promise<void> {
    for (const sink of [...this.#orphans.values()]) await this.#release(sink);
    const now = this.#ports.clock.now();
    for (const outlet of this.#outlets.values()) {
      for (const { id, attempt } of [...outlet.silent(now)]) {
        if (!outlet.sink.congested) await this.#again(outlet, id, attempt, now);
      }
    }
  }

  /** From now on nothing new goes out; long polls are answered empty. */
  drain(): void {
    this.#draining = true;
    this.#pollers.wakeAll();
  }

  #ready(tpvId: string): void {
    this.#pollers.wake(tpvId);
    const outlet = this.#outlets.get(tpvId);
    if (outlet === undefined) return;
    outlet.backlog = true;
    this.#pump(outlet);
  }

  #reported({ tpvId, id }: EventOf<'instruction.reported'>): void {
    const outlet = this.#outlets.get(tpvId);
    if (outlet?.inFlight.delete(id) && outlet.backlog) this.#pump(outlet);
  }

  #revoked({ tpvId, id, reason }: EventOf<'instruction.revoked'>): void {
    const outlet = this.#outlets.get(tpvId);
    if (outlet === undefined) return;
    outlet.sink.revoke(id, reason);
    if (outlet.inFlight.delete(id) && outlet.backlog) this.#pump(outlet);
  }

  /** Sends what waits, in order, while there is room. */
  #pump(outlet: Outlet): void {
    if (outlet.pumping || !outlet.backlog || outlet.room === 0 || this.#draining) return;
    outlet.pumping = true;
    this.#fill(outlet)
      .catch((error) => this.#ports.onFault(error))
      .finally(() => {
        outlet.pumping = false;
        if (this.#outlets.get(outlet.sink.tpvId) === outlet) this.#pump(outlet);
      });
  }

  async #fill(outlet: Outlet): Promise<void> {
    const { db, clock, settings } = this.#ports;
    const { sink } = outlet;
    await db.transact(async (tx) => {
      if (this.#outlets.get(sink.tpvId) !== outlet) return;
      const limit = Math.min(outlet.room, CLAIM_PAGE);
      const now = clock.now();
      const claim = { tpvId: sink.tpvId, holder: sink.id, now, leaseUntil: NO_LEASE, limit };
      const rows = inOrder(await tx.run(claimPending, claim));
      tx.afterCommit(() => {
        // Whoever finds a row pending after this commit says so with an event, and sets the flag again.
        if (rows.length < limit) outlet.backlog = false;
        if (this.#outlets.get(sink.tpvId) !== outlet) return;
        for (const row of rows) {
          outlet.sent(row.id, row.retry_count + 1, now, settings.maxAttempts);
          sink.deliver(instructionJson(row));
        }
      });
    });
  }

  async #claim(tpvId: string, holder: string, limit: number, leaseMs: number): Promise<InstructionRow[]> {
    const { db, clock } = this.#ports;
    const now = clock.now();
    return inOrder(
      await db.transact((tx) => tx.run(claimPending, { tpvId, holder, now, leaseUntil: now + leaseMs, limit })),
    );
  }

  async #again(outlet: Outlet, id: string, attempt: number, now: number): Promise<void> {
    const { db, events, settings } = this.#ports;
    const { sink } = outlet;
    await db.transact(async (tx) => {
      if (attempt >= settings.maxAttempts) {
        const [row] = await tx.run(instructionOfTpv, { id, tpvId: sink.tpvId });
        if (row?.holder === sink.id && row.status === 'sent') {
          await endUnanswered(tx, events, row, 'no_answer', attempt, now);
        }
        tx.afterCommit(() => outlet.inFlight.delete(id));
        return;
      }
      const [row] = await tx.run(handOutAgain, { id, holder: sink.id, now });
      tx.afterCommit(() => {
        outlet.inFlight.delete(id);
        if (row === undefined || this.#outlets.get(sink.tpvId) !== outlet) return;
        outlet.sent(id, row.retry_count + 1, now, settings.maxAttempts);
        sink.deliver(instructionJson(row));
      });
    });
  }

  async #release(sink: Sink): Promise<void> {
    const { db, events, onFault } = this.#ports;
    try {
      await db.transact(async (tx) => {
        const released = await tx.run(releaseHolder, { tpvId: sink.tpvId, holder: sink.id });
        tx.afterCommit(() => {
          this.#orphans.delete(sink.id);
          if (released.length > 0) events.emit({ type: 'instruction.ready', tpvId: sink.tpvId });
        });
      });
    } catch (error) {
      // The next tick tries again.
      if (!(error instanceof HubError && error.code === 'unavailable')) this.#orphans.delete(sink.id);
      onFault(error);
    }
  }
}

function inOrder(rows: InstructionRow[]): InstructionRow[] {
  return rows.sort((a, b) => a.priority - b.priority || a.seq - b.seq);
}
