import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** What a proxy does to connections; the first three to those that are open, the others to those that come. */
export const FAULTS = ['cut', 'truncate', 'stall', 'refuse', 'strip'] as const;
export type Fault = (typeof FAULTS)[number];

interface Pair {
  near: Socket;
  far: Socket;
  stalled: boolean;
  /** The next chunk towards the TPV, or the hub, is cut in the middle, and the connection with it. */
  truncates: boolean;
}

const STRIPPED = 'HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n';

/** A TCP proxy that makes trouble when it is told to. */
export class FaultyProxy {
  readonly #target: URL;
  readonly #pairs = new Set<Pair>();
  readonly #server: Server;
  readonly #timers = new Set<NodeJS.Timeout>();
  #refuses = false;
  #strips = false;

  private constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((near) => this.#accept(near));
  }

  static async start(target: string): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  /** @param forMs how long it lasts, where it lasts */
  make(fault: Fault, forMs: number): void {
    switch (fault) {
      case 'cut':
        this.#cut();
        return;
      case 'truncate':
        for (const pair of this.#pairs) pair.truncates = true;
        return;
      case 'stall': {
        const stalled = [...this.#pairs];
        for (const pair of stalled) this.#stall(pair, true);
        this.#later(forMs, () => {
          for (const pair of stalled) this.#stall(pair, false);
        });
        return;
      }
      case 'refuse':
        this.#refuses = true;
        this.#cut();
        this.#later(forMs, () => {
          this.#refuses = false;
        });
        return;
      case 'strip':
        this.#strips = true;
        this.#cut();
        this.#later(forMs, () => {
          this.#strips = false;
        });
        return;
      default:
        fault satisfies never;
    }
  }

  /** Behaves from now on. */
  heal(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#refuses = false;
    this.#strips = false;
    for (const pair of this.#pairs) {
      this.#stall(pair, false);
      pair.truncates = false;
    }
  }

  close(): void {
    this.heal();
    this.#server.close();
    this.#cut();
  }

  #accept(near: Socket): void {
    if (this.#refuses) {
      near.on('error', () => {});
      near.destroy();
      return;
    }
    const far = connect({ host: this.#target.hostname, port: Number(this.#target.port) });
    const pair: Pair = { near, far, stalled: false, truncates: false };
    this.#pairs.add(pair);
    const end = () => {
      this.#pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) socket.setNoDelay(true).on('error', end).on('close', end);
    let first = true;
    near.on('data', (chunk: Buffer) => {
      if (first && this.#strips && /^upgrade:/im.test(chunk.toString('latin1'))) {
        near.end(STRIPPED);
        return;
      }
      first = false;
      this.#pass(pair, chunk, far);
    });
    far.on('data', (chunk: Buffer) => this.#pass(pair, chunk, near));
  }

  #pass(pair: Pair, chunk: Buffer, to: Socket): void {
    if (!pair.truncates) {
      to.write(chunk);
      return;
    }
    to.write(chunk.subarray(0, Math.floor(Math.random() * chunk.length)), () => {
      pair.near.destroy();
      pair.far.destroy();
    });
  }

  #stall(pair: Pair, stalled: boolean): void {
    pair.stalled = stalled;
    for (const socket of [pair.near, pair.far]) {
      if (stalled) socket.pause();
      else socket.resume();
    }
  }

  #cut(): void {
    for (const { near, far } of [...this.#pairs]) {
      near.destroy();
      far.destroy();
    }
  }

  #later(ms: number, fn: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      fn();
    }, ms);
    this.#timers.add(timer);
  }
}
