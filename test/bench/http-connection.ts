import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';

const HEAD_END = '\r\n\r\n';

/**
 * One kept-alive HTTP connection that carries one request at a time. It reads as little as it can: on a machine that
 * runs hub and driver, what the driver spends is missing at the hub.
 */
export class HttpConnection {
  readonly #socket: Socket;
  #received = '';
  #waiting: { resolve(status: number): void; reject(error: Error): void } | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      this.#received += chunk;
      this.#read();
    });
    const fail = () => this.#waiting?.reject(new Error('The hub closed the connection.'));
    socket.on('error', fail);
    socket.on('close', fail);
  }

  static async open(url: URL): Promise<HttpConnection> {
    const socket = createConnection(Number(url.port), url.hostname);
    await once(socket, 'connect');
    return new HttpConnection(socket);
  }

  /** @param request head and body as they go over the wire */
  send(request: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(): void {
    const head = this.#received.indexOf(HEAD_END);
    if (head < 0) return;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(this.#received.slice(0, head + 2))?.[1] ?? 0);
    if (this.#received.length < head + HEAD_END.length + length) return;
    const status = Number(this.#received.slice(9, 12));
    this.#received = '';
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(status);
  }
}
