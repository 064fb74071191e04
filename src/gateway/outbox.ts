import type { Writable } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Clock } from '../clock.ts';

/** While more than this waits to be read, nothing is handed out (docs/websocket.md). */
const CONGESTED_BYTES = 256 * 1024;
/** A reader that leaves more than this unread is cut off. */
const SLOW_BYTES = 1024 * 1024;
/** Or one that stays congested for longer than this. */
const SLOW_MS = 30_000;

/** So much is gathered for one write at most: it counts as waiting to be read until then. */
const GATHERED_BYTES = 64 * 1024;

export interface OutboxPorts {
  /** The connection under the socket. */
  connection: Pick<Writable, 'cork' | 'uncork'>;
  clock: Clock;
  /** It was congested, and has been read. */
  onWritable(): void;
  /** It will not be read any more. */
  onSlow(): void;
}

/**
 * What goes out on one socket, and how far its reader is behind. The first frame leaves at once; those that are said in
 * the same breath, as a commit says many, leave behind it in one write.
 */
export class Outbox {
  readonly #socket: WebSocket;
  readonly #ports: OutboxPorts;
  #congestedSince: number | undefined;
  #breath: 'ended' | 'begun' | 'gathers' = 'ended';

  constructor(socket: WebSocket, ports: OutboxPorts) {
    this.#socket = socket;
    this.#ports = ports;
  }

  get congested(): boolean {
    return this.#congestedSince !== undefined;
  }

  send(frame: string): void {
    this.#gather();
    if (this.#socket.bufferedAmount + frame.length < CONGESTED_BYTES) {
      this.#socket.send(frame);
      return;
    }
    this.#congestedSince ??= this.#ports.clock.elapsed();
    // A write that fails ends the socket, and its close event says so.
    this.#socket.send(frame, () => this.#written());
    if (this.#socket.bufferedAmount > SLOW_BYTES) this.#ports.onSlow();
  }

  /** Once a second, while congested. */
  check(): void {
    const since = this.#congestedSince;
    if (since !== undefined && this.#ports.clock.elapsed() - since > SLOW_MS) this.#ports.onSlow();
  }

  #gather(): void {
    if (this.#breath === 'ended') {
      this.#breath = 'begun';
      // Behind the promises that are done, among them those of the same commit.
      process.nextTick(() => this.#endBreath());
    } else if (this.#breath === 'begun') {
      this.#breath = 'gathers';
      this.#ports.connection.cork();
    } else if (this.#socket.bufferedAmount > GATHERED_BYTES) {
      this.#ports.connection.uncork();
      this.#ports.connection.cork();
    }
  }

  #endBreath(): void {
    if (this.#breath === 'gathers') this.#ports.connection.uncork();
    this.#breath = 'ended';
  }

  #written(): void {
    if (this.#congestedSince === undefined || this.#socket.bufferedAmount >= CONGESTED_BYTES) return;
    this.#congestedSince = undefined;
    this.#ports.onWritable();
  }
}
