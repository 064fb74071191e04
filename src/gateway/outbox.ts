import type { WebSocket } from 'ws';
import type { Clock } from '../clock.ts';

/** While more than this waits to be read, nothing is handed out (docs/websocket.md). */
const CONGESTED_BYTES = 256 * 1024;
/** A reader that leaves more than this unread is cut off. */
const SLOW_BYTES = 1024 * 1024;
/** Or one that stays congested for longer than this. */
const SLOW_MS = 30_000;

export interface OutboxPorts {
  clock: Clock;
  /** It was congested, and has been read. */
  onWritable(): void;
  /** It will not be read any more. */
  onSlow(): void;
}

/** What goes out on one socket, and how far its reader is behind. */
export class Outbox {
  readonly #socket: WebSocket;
  readonly #ports: OutboxPorts;
  #congestedSince: number | undefined;

  constructor(socket: WebSocket, ports: OutboxPorts) {
    this.#socket = socket;
    this.#ports = ports;
  }

  get congested(): boolean {
    return this.#congestedSince !== undefined;
  }

  send(frame: string): void {
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

  #written(): void {
    if (this.#congestedSince === undefined || this.#socket.bufferedAmount >= CONGESTED_BYTES) return;
    this.#congestedSince = undefined;
    this.#ports.onWritable();
  }
}
