import type { WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import { ReadingAllowance } from './reading-allowance.ts';

/** Why nothing is read from a socket at the moment. */
export type StopReason = 'welcome' | 'reports' | 'allowance';

/** Whether a socket is read; what the TPV sends meanwhile waits in the kernel, and then at the TPV. */
export class Reading {
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  readonly #allowance: ReadingAllowance;
  readonly #stops = new Set<StopReason>();

  constructor(socket: WebSocket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
    this.#allowance = new ReadingAllowance(clock.elapsed());
  }

  stop(reason: StopReason): void {
    this.#stops.add(reason);
    this.#socket.pause();
  }

  /** Takes a reason away; the last one gone lets the socket be read again. */
  resume(reason: StopReason): void {
    if (this.#stops.delete(reason) && this.#stops.size === 0) this.#socket.resume();
  }

  /** The TPV got an instruction, and may answer it. */
  handedOut(): void {
    this.#allowance.handedOut();
  }

  /** A frame of so many bytes was read. */
  came(bytes: number): void {
    this.#allowance.came(bytes);
    if (!this.#stops.has('allowance')) this.#readAsAllowed();
  }

  /** Ends a second. @returns whether the TPV has been too fast for too long */
  nextSecond(): boolean {
    return this.#allowance.nextSecond();
  }

  #readAsAllowed(): void {
    const stopMs = this.#allowance.stopMs(this.#clock.elapsed());
    if (stopMs === 0) {
      this.resume('allowance');
      return;
    }
    this.stop('allowance');
    const cancel = this.#clock.after(stopMs, () => {
      this.#socket.off('close', cancel);
      this.#readAsAllowed();
    });
    this.#socket.once('close', cancel);
  }
}
