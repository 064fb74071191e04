import type { Cancel } from '../../clock.ts';
import { HubClientError } from '../../errors.ts';
import type { Settings } from '../../options.ts';
import { DEFAULT_MAX_IN_FLIGHT } from '../../protocol/codes.ts';
import { DEFAULT_DELIVERY } from '../../protocol/lifecycle.ts';
import type { FlowFrame } from '../../wire/frames.ts';
import type { Instruction } from '../../wire/instruction.ts';
import type { Connection, ConnectionEvents, Outgoing, Report } from '../connection.ts';
import { MOST_AT_ONCE, PollingCalls } from './calls.ts';
import { Reporter } from './reporter.ts';

/** How long the hub may hold a poll. */
const WAIT_SECONDS = 25;
/** While what an earlier connection was given may come to light, polls are short and lists are read between them. */
const SUSPICIOUS_WAIT_SECONDS = 2;
/** The hub's lease of what was handed out to a poll, and some: by then all of it came to light. */
const SUSPICION_MS = DEFAULT_DELIVERY.sentLeaseMs + 15_000;
/** A hub that answers long polls at once, with nothing, drains or has too many of them. */
const EMPTY_AT_ONCE_MS = 1_000;
/** How often the socket is tried. */
const SOCKET_EVERY_MS = 60_000;

export interface PollingEvents extends ConnectionEvents {
  /**
   * Called every 60 s between two polls, none of them under way: what a poll brings while a socket opens could overtake
   * what comes over the socket. Polling goes on when it resolves.
   */
  trySocket?(): Promise<void>;
}

/**
 * Long polls that look like a socket: they bring `instruction` frames, answer reports with `result` frames, and keep to
 * the last `flow` frame. As on a socket, instructions that are reported on no longer count.
 */
export function openPolling(settings: Settings, events: PollingEvents): Connection {
  return new Polling(settings, events);
}

class Polling implements Connection {
  readonly #settings: Settings;
  readonly #events: PollingEvents;
  readonly #calls: PollingCalls;
  readonly #reporter: Reporter;
  readonly #abort = new AbortController();
  /** Handed over and not yet reported on. */
  readonly #inFlight = new Set<string>();
  #maxInFlight = DEFAULT_MAX_IN_FLIGHT;
  #welcomed = false;
  #suspiciousUntil: number;
  #trySocketAt: number;
  #wake: (() => void) | undefined;

  constructor(settings: Settings, events: PollingEvents) {
    const now = settings.clock.now();
    this.#settings = settings;
    this.#events = events;
    this.#calls = new PollingCalls(settings);
    this.#reporter = new Reporter(settings, this.#calls, (result) => events.received(result));
    this.#suspiciousUntil = now + SUSPICION_MS;
    this.#trySocketAt = now + SOCKET_EVERY_MS;
    void this.#run();
  }

  send(frame: Outgoing): boolean {
    if (!this.#welcomed || this.#abort.signal.aborted) return false;
    if (frame.type === 'flow') this.#flow(frame);
    else this.#report(frame);
    return true;
  }

  close(): Promise<void> {
    this.#abort.abort();
    this.#reporter.stop();
    this.#wake?.();
    return Promise.resolve();
  }

  #flow(frame: FlowFrame): void {
    this.#maxInFlight = frame.max_in_flight;
    this.#wake?.();
  }

  #report(frame: Report): void {
    if (this.#inFlight.delete(frame.id)) this.#wake?.();
    this.#reporter.put(frame, this.#abort.signal);
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    try {
      const tpv = await this.#calls.tpv(signal);
      const earlier = await this.#heldBefore(signal);
      if (signal.aborted) return;
      this.#welcomed = true;
      const maxInFlight = DEFAULT_MAX_IN_FLIGHT;
      this.#events.welcomed({ transport: 'polling', id: undefined, tpv, maxInFlight });
      this.#handOver(earlier);
      while (!signal.aborted) await this.#next(signal);
    } catch (error) {
      if (signal.aborted) return;
      void this.close();
      const fault = error instanceof HubClientError ? error : new HubClientError('unreachable', { cause: error });
      this.#events.ended({ kind: fault.httpStatus === undefined ? 'failed' : 'refused', error: fault });
    }
  }

  /** One poll, or a wait for room, or a try of the socket. */
  async #next(signal: AbortSignal): Promise<void> {
    const { clock } = this.#settings;
    const startedAt = clock.now();
    if (this.#events.trySocket !== undefined && startedAt >= this.#trySocketAt) {
      await this.#events.trySocket();
      this.#trySocketAt = clock.now() + SOCKET_EVERY_MS;
      return;
    }
    const room = Math.min(this.#maxInFlight - this.#inFlight.size, MOST_AT_ONCE);
    if (room <= 0) return this.#rest(startedAt, signal);
    const suspicious = startedAt < this.#suspiciousUntil;
    const waitSeconds = this.#waitSeconds(startedAt, suspicious);
    const fresh = await this.#calls.list('pending', { limit: room, waitSeconds, signal });
    if (signal.aborted) return;
    if (suspicious) {
      // What a lost answer carried is older than what this one does, and has to go first.
      const handedOut = await this.#calls.list('sent', { signal });
      if (signal.aborted) return;
      this.#handOver(inOrder([...handedOut, ...fresh]));
    } else this.#handOver(fresh);
    const tookMs = clock.now() - startedAt;
    if (fresh.length === 0 && tookMs < Math.min(EMPTY_AT_ONCE_MS, waitSeconds * 1_000))
      await this.#pause(EMPTY_AT_ONCE_MS);
  }

  /** Nothing is wanted now. The hub hears from this TPV all the same, and this TPV whether the hub is there. */
  async #rest(now: number, signal: AbortSignal): Promise<void> {
    const untilSocketMs = this.#events.trySocket === undefined ? SOCKET_EVERY_MS : this.#trySocketAt - now;
    const woken = await this.#pause(untilSocketMs);
    if (!woken && !signal.aborted) await this.#calls.tpv(signal);
  }

  /** So that a poll ends by itself when the socket is to be tried. */
  #waitSeconds(now: number, suspicious: boolean): number {
    const most = suspicious ? SUSPICIOUS_WAIT_SECONDS : WAIT_SECONDS;
    if (this.#events.trySocket === undefined) return most;
    return Math.min(most, Math.ceil((this.#trySocketAt - now) / 1_000));
  }

  /**
   * What this TPV has in hand by the hub's books: an answer that was lost, a socket that the hub does not know to be
   * dead, a process that was killed. Waiting for the leases to lapse would take minutes, and bring later ones first.
   */
  async #heldBefore(signal: AbortSignal): Promise<Instruction[]> {
    const lists = await Promise.all(
      (['processing', 'delivered', 'sent'] as const).map((status) => this.#calls.list(status, { signal })),
    );
    return inOrder(lists.flat());
  }

  #handOver(instructions: readonly Instruction[]): void {
    for (const instruction of instructions) {
      if (this.#abort.signal.aborted) return;
      if (this.#inFlight.has(instruction.id)) continue;
      this.#inFlight.add(instruction.id);
      this.#events.received({ type: 'instruction', instruction });
    }
  }

  /** Until something changes (true), or so long. */
  #pause(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      let cancel: Cancel = () => {};
      const done = (woken: boolean) => {
        cancel();
        this.#wake = undefined;
        resolve(woken);
      };
      cancel = this.#settings.clock.after(Math.max(1, ms), () => done(false));
      this.#wake = () => done(true);
    });
  }
}

/** As the hub hands them out. Ids grow with time (UUIDv7), but not within a millisecond: the sort keeps that order. */
function inOrder(instructions: readonly Instruction[]): Instruction[] {
  return [...instructions].sort(
    (a, b) => a.priority - b.priority || Date.parse(a.created_at) - Date.parse(b.created_at),
  );
}
