import { type Clock, pause } from '../clock.ts';
import { workEpoch } from '../db/epoch.ts';
import type { Database } from '../db/open.ts';
import { HubError } from '../errors.ts';
import type { EventOf, EventSource } from '../events.ts';
import { type DeliverySettings, type InstructionRow, POLL_HOLDER } from '../instructions/instruction.ts';
import {
  claimPending,
  countOpen,
  handOutAgain,
  instructionOfTpv,
  releaseHolder,
  releaseSockets,
  releaseTpv,
} from '../instructions/instruction-store.ts';
import type { HandOut } from '../instructions/submit.ts';
import { endUnanswered, type UnansweredTexts } from '../instructions/sweep.ts';
import { instructionJson } from '../instructions/wire.ts';
import { Pollers } from './pollers.ts';
import type { Sink } from './sink.ts';
import { SocketWindow } from './socket-window.ts';
import type { Intake } from './waits.ts';

/** Who counts and follows instructions on their way out; ages are since they came. */
export interface DeliveryObserver {
  /** @param again it was out before, and its TPV did not report on it */
  handedOut(id: string, transport: 'socket' | 'poll', ageMs: number, again: boolean): void;
  /** They are pending again, because their socket is gone. */
  returned(ids: readonly string[]): void;
}

export interface DeliveryPorts {
  db: Database;
  events: EventSource;
  clock: Clock;
  settings: DeliverySettings;
  texts: UnansweredTexts;
  observer?: DeliveryObserver | undefined;
  /** Gets the errors of work that no caller waits for. */
  onFault(error: unknown): void;
}

/** A row that a socket holds is due when it expires; the socket's own life is its lease. */
const NO_LEASE = Number.MAX_SAFE_INTEGER;
/** How long a drain waits for the hand-outs that are under way. */
const DRAIN_PATIENCE_MS = 2_000;
/** Rows claimed for one socket in one commit. */
const CLAIM_PAGE = 64;

/**
 * Who gets what now. Rows are the truth: this class only remembers which TPV has a socket, what is out on it, and
 * whether older rows wait, so that a new row can be written as handed out and go with one commit.
 */
export class Delivery implements HandOut {
  readonly #ports: DeliveryPorts;
  readonly #windows = new Map<string, SocketWindow>();
  readonly #pollers: Pollers;
  /** Sockets that are gone and whose rows could not be given back yet. */
  readonly #orphans = new Map<string, Sink>();
  #draining = false;
  #workEpoch = 0;

  constructor(ports: DeliveryPorts) {
    this.#ports = ports;
    this.#pollers = new Pollers(ports.clock);
    ports.events.on('instruction.ready', ({ tpvId }) => this.#ready(tpvId));
    ports.events.on('instruction.reported', (event) => this.#reported(event));
    ports.events.on('instruction.revoked', (event) => this.#revoked(event));
  }

  /** Gives back what sockets held when the last process ended; before the first socket opens. */
  async recover(): Promise<void> {
    await this.#ports.db.transact((tx) => tx.run(releaseSockets, { poll: POLL_HOLDER }));
    this.#workEpoch = await workEpoch(this.#ports.db);
  }

  // A new row, from its transaction to its socket.

  reserve(tpvId: string, id: string): string | undefined {
    const window = this.#windows.get(tpvId);
    if (window === undefined || this.#draining) return undefined;
    if (window.backlog || window.room === 0) {
      window.backlog = true;
      return undefined;
    }
    window.handOut(id, 1, this.#ports.clock.now(), this.#ports.settings.maxAttempts);
    return window.sink.id;
  }

  cancel(tpvId: string, id: string): void {
    this.#windows.get(tpvId)?.settled(id);
  }

  committed(row: InstructionRow): void {
    if (row.tpv_id === null) return;
    if (row.status === 'pending') {
      this.#ready(row.tpv_id);
      return;
    }
    // A socket that closed in between gives its rows back by itself.
    const window = this.#windows.get(row.tpv_id);
    if (window?.sink.id !== row.holder) return;
    window?.deliver(row.id, instructionJson(row));
    this.#handedOut(row, 'socket');
  }

  // Sockets.

  /**
   * Makes `sink` the TPV's socket: whatever of it is not final is put back in line, and goes out to it in order.
   * @param ready called with the number of those, before the first goes out
   */
  async attach(sink: Sink, ready: (pending: number) => void): Promise<void> {
    const window = new SocketWindow(sink);
    // Nothing goes out before `ready` was called.
    window.pumping = true;
    this.#windows.set(sink.tpvId, window);
    const pending = await this.#ports.db.transact(async (tx) => {
      await tx.run(releaseTpv, { tpvId: sink.tpvId });
      const [row] = await tx.run(countOpen, { tpvId: sink.tpvId });
      return Number(row?.count ?? 0);
    });
    if (this.#windows.get(sink.tpvId) !== window) return;
    ready(pending);
    window.pumping = false;
    this.#pump(window);
  }

  /** The socket is gone: what it held is pending again at once. */
  async detach(sink: Sink): Promise<void> {
    if (this.#windows.get(sink.tpvId)?.sink === sink) this.#windows.delete(sink.tpvId);
    this.#orphans.set(sink.id, sink);
    await this.#release(sink);
  }

  /** The socket can take more again: it was read, or its window grew. */
  resume(sink: Sink): void {
    const window = this.#windows.get(sink.tpvId);
    if (window?.sink !== sink) return;
    window.flush();
    this.#pump(window);
  }

  /** How a TPV takes its instructions, and one of them, in this process. */
  intakeOf(tpvId: string, id: string): Intake {
    const window = this.#windows.get(tpvId);
    return {
      socket: window && {
        inFlight: window.inFlight,
        maxInFlight: window.sink.maxInFlight,
        congested: window.sink.congested,
      },
      ...this.#pollers.look(tpvId),
      againAt: window?.dueAt(id),
    };
  }

  /** How many instructions are out on a TPV's socket and not yet reported on. */
  inFlightOf(tpvId: string): number {
    return this.#windows.get(tpvId)?.inFlight ?? 0;
  }

  /** How many instructions are out on all sockets and not yet reported on. */
  get inFlightTotal(): number {
    let total = 0;
    for (const window of this.#windows.values()) total += window.inFlight;
    return total;
  }

  /**
   * Hands out the TPV's next instructions over REST, leased.
   * @param waitMs how long to wait for the first; no database connection is held meanwhile
   */
  poll(tpvId: string, limit: number, waitMs: number, gone: AbortSignal): Promise<InstructionRow[]> {
    return this.#pollers.poll(tpvId, waitMs, gone, () => this.#claimForPoll(tpvId, limit));
  }

  // The clock's ticks, and the end.

  /** Once a second: what other processes made ready goes out; sockets that say nothing get theirs again, or lose it. */
  async tick(): Promise<void> {
    await this.#lookElsewhere();
    for (const sink of [...this.#orphans.values()]) await this.#release(sink);
    if (this.#draining) return;
    const now = this.#ports.clock.now();
    for (const window of [...this.#windows.values()]) {
      // If a hand-out failed, this is the next try.
      this.#pump(window);
      const silent = window.sink.congested ? [] : window.silent(now);
      if (silent.length > 0) await this.#again(window, silent, now);
    }
  }

  /** From now on nothing new goes out; long polls are answered empty. Resolves when what was under way is out. */
  async drain(): Promise<void> {
    this.#draining = true;
    this.#pollers.end();
    const { db, clock, onFault } = this.#ports;
    // Commits happen in order: after this one, nothing is handed out any more. A database that hangs is not waited for.
    const patience = new AbortController();
    const handedOut = db.transact(async () => {}).catch(onFault);
    await Promise.race([handedOut, pause(clock, DRAIN_PATIENCE_MS, patience.signal)]);
    patience.abort();
  }

  async #lookElsewhere(): Promise<void> {
    const epoch = await workEpoch(this.#ports.db);
    if (this.#workEpoch !== epoch) {
      for (const tpvId of new Set([...this.#windows.keys(), ...this.#pollers.waiting()])) this.#ready(tpvId);
    }
    this.#workEpoch = epoch;
  }

  #ready(tpvId: string): void {
    this.#pollers.wake(tpvId);
    const window = this.#windows.get(tpvId);
    if (window === undefined) return;
    window.backlog = true;
    this.#pump(window);
  }

  #reported({ tpvId, id }: EventOf<'instruction.reported'>): void {
    const window = this.#windows.get(tpvId);
    if (window?.settled(id)) this.#pump(window);
  }

  #revoked({ tpvId, id, reason }: EventOf<'instruction.revoked'>): void {
    const window = this.#windows.get(tpvId);
    if (window === undefined) return;
    window.sink.revoke(id, reason);
    if (window.settled(id)) this.#pump(window);
  }

  /** Sends what waits, in order, while there is room. */
  #pump(window: SocketWindow): void {
    if (window.pumping || !window.backlog || window.room === 0 || this.#draining) return;
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
    const { db, clock, settings } = this.#ports;
    const { sink } = window;
    await db.transact(async (tx) => {
      if (this.#windows.get(sink.tpvId) !== window) return;
      const limit = Math.min(window.room, CLAIM_PAGE);
      const now = clock.now();
      const claim = { tpvId: sink.tpvId, holder: sink.id, now, leaseUntil: NO_LEASE, limit };
      const rows = inOrder(await tx.run(claimPending, claim));
      tx.afterCommit(() => {
        // A row that becomes pending after this commit brings an event, which sets the flag again.
        if (rows.length < limit) window.backlog = false;
        if (this.#windows.get(sink.tpvId) !== window) return;
        for (const row of rows) {
          window.handOut(row.id, row.retry_count + 1, now, settings.maxAttempts);
          window.deliver(row.id, instructionJson(row));
          this.#handedOut(row, 'socket');
        }
      });
    });
  }

  async #claimForPoll(tpvId: string, limit: number): Promise<InstructionRow[]> {
    const { db, clock, settings } = this.#ports;
    const now = clock.now();
    const claim = { tpvId, holder: POLL_HOLDER, now, leaseUntil: now + settings.sentLeaseMs, limit };
    const rows = inOrder(await db.transact((tx) => tx.run(claimPending, claim)));
    for (const row of rows) this.#handedOut(row, 'poll');
    return rows;
  }

  /** Silent instructions go out once more, or fail after their last attempt; one commit for all of a socket. */
  async #again(window: SocketWindow, silent: readonly { id: string; attempt: number }[], now: number): Promise<void> {
    const { db, texts, settings } = this.#ports;
    const { sink } = window;
    await db.transact(async (tx) => {
      for (const { id, attempt } of silent) {
        if (attempt >= settings.maxAttempts) {
          const [row] = await tx.run(instructionOfTpv, { id, tpvId: sink.tpvId });
          if (row?.holder === sink.id && row.status === 'sent') {
            await endUnanswered(tx, texts, row, 'no_answer', attempt, now, NO_LEASE);
          }
          tx.afterCommit(() => this.#settled(window, id));
          continue;
        }
        const [row] = await tx.run(handOutAgain, { id, holder: sink.id, now });
        tx.afterCommit(() => {
          // Another holder has it, or it is final: its place here is free.
          if (row === undefined) return this.#settled(window, id);
          if (this.#windows.get(sink.tpvId) !== window) return;
          window.handOut(id, row.retry_count + 1, now, settings.maxAttempts);
          window.deliver(id, instructionJson(row));
          this.#handedOut(row, 'socket');
        });
      }
    });
  }

  #handedOut(row: InstructionRow, transport: 'socket' | 'poll'): void {
    const ageMs = this.#ports.clock.now() - row.created_at;
    this.#ports.observer?.handedOut(row.id, transport, ageMs, row.retry_count > 0);
  }

  #settled(window: SocketWindow, id: string): void {
    if (window.settled(id) && this.#windows.get(window.sink.tpvId) === window) this.#pump(window);
  }

  async #release(sink: Sink): Promise<void> {
    const { db, onFault } = this.#ports;
    try {
      await db.transact(async (tx) => {
        const released = await tx.run(releaseHolder, { tpvId: sink.tpvId, holder: sink.id });
        if (released.length > 0) tx.emit({ type: 'instruction.ready', tpvId: sink.tpvId });
        tx.afterCommit(() => {
          this.#orphans.delete(sink.id);
          this.#ports.observer?.returned(released.map(({ id }) => id));
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
