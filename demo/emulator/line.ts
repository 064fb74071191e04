import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';

export type LineState =
  | 'open'
  /** Nobody listens, and open connections are cut. */
  | 'refused'
  /** Packets are dropped: a connection is never answered, and nothing on an open one arrives, in either direction. */
  | 'dead'
  /** A new connection is reset in its handshake. */
  | 'reset'
  /** A new connection gets something that is no handshake. */
  | 'garbled';

export interface LineOptions {
  /** It speaks TLS with this; PEM. */
  tls?: { key: string | Buffer; cert: string | Buffer };
}

/** One caller's connection to the server behind the line. */
interface Passage {
  forgotten: boolean;
  dead: boolean;
}

/** What lies between a bot and the Bot API, with a listener of its own: faults of connections happen here. */
export class Line {
  readonly apiRoot: string;
  /** What was written and never arrived: requests and answers, as text. */
  readonly swallowed: string[] = [];
  readonly #port: number;
  readonly #server: Server;
  readonly #secureContext: SecureContext | undefined;
  readonly #target: { host: string; port: number };
  readonly #raw = new Set<Socket>();
  readonly #passages = new Set<Passage>();
  readonly #stuck = new Set<Socket>();
  #state: LineState = 'open';

  constructor(server: Server, target: URL, { tls }: LineOptions) {
    // A TCP server's address is an object; only pipes have a string.
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.#target = { host: target.hostname, port: Number(target.port) };
    this.#secureContext = tls && createSecureContext(tls);
    this.apiRoot = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${this.#port}`;
    server.on('connection', (socket) => this.#accept(socket));
  }

  /** Callers whose connection nothing will ever come on. */
  get stuck(): number {
    return this.#stuck.size;
  }

  async become(state: LineState): Promise<void> {
    const wasListening = this.#state !== 'refused';
    this.#state = state;
    if (state === 'refused' && wasListening) await this.#end();
    if (state === 'dead') for (const passage of this.#passages) passage.dead = true;
    if (state !== 'refused' && !wasListening) {
      this.#server.listen(this.#port, '127.0.0.1');
      await once(this.#server, 'listening');
    }
  }

  /** All connections that are open now are forgotten on the way: the next request on one is answered with a reset. */
  forget(): void {
    for (const passage of this.#passages) passage.forgotten = true;
  }

  async close(): Promise<void> {
    if (this.#state !== 'refused') await this.#end();
  }

  async #end(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#raw) socket.resetAndDestroy();
    await closed;
  }

  #accept(socket: Socket): void {
    this.#raw.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => {
      this.#raw.delete(socket);
      this.#stuck.delete(socket);
    });
    switch (this.#state) {
      case 'dead':
        this.#stuck.add(socket);
        socket.resume();
        return;
      case 'reset':
        socket.once('data', () => socket.resetAndDestroy());
        return;
      case 'garbled':
        socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
        return;
      case 'open':
      case 'refused':
        this.#pass(socket);
        return;
      default:
        this.#state satisfies never;
    }
  }

  #pass(raw: Socket): void {
    const secureContext = this.#secureContext;
    const caller = secureContext === undefined ? raw : new TLSSocket(raw, { isServer: true, secureContext });
    const upstream = connect(this.#target);
    const passage: Passage = { forgotten: false, dead: false };
    this.#passages.add(passage);
    const end = () => {
      this.#passages.delete(passage);
      upstream.destroy();
      // A line that is dead tells nobody that the other side hung up.
      if (!passage.dead) caller.destroy();
    };
    caller.on('error', () => {});
    upstream.on('error', () => {});
    caller.once('close', end);
    upstream.once('close', end);
    caller.on('data', (piece) => {
      if (passage.dead) this.#swallow(raw, piece);
      else if (passage.forgotten) {
        this.swallowed.push(piece.toString());
        raw.resetAndDestroy();
      } else upstream.write(piece);
    });
    upstream.on('data', (piece) => {
      if (passage.dead) this.#swallow(raw, piece);
      else caller.write(piece);
    });
  }

  #swallow(raw: Socket, piece: Buffer | string): void {
    this.swallowed.push(piece.toString());
    if (!raw.destroyed) this.#stuck.add(raw);
  }
}

/**
 * Opens a line to a Bot API server.
 *
 * @param target its `http://host:port`
 */
export async function openLine(target: string, options: LineOptions = {}): Promise<Line> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return new Line(server, new URL(target), options);
}
