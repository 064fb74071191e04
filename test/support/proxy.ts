import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A TCP proxy before a hub, taken down with the test. */
export interface TcpProxy {
  readonly url: string;
  /** Where connections go from now on; those that are open stay where they are. */
  connectTo(url: string): void;
  /** Throws away what the hub says on the connections that are open now; what the client says goes through. */
  swallowAnswers(): void;
  /** Cuts every open connection. */
  cut(): void;
}

export async function startProxy(url: string): Promise<TcpProxy> {
  let target = new URL(url);
  const pairs = new Set<{ near: Socket; far: Socket }>();
  const server = createServer((near) => {
    const far = connect({ host: target.hostname, port: Number(target.port) });
    const pair = { near, far };
    pairs.add(pair);
    const end = () => {
      near.destroy();
      far.destroy();
      pairs.delete(pair);
    };
    for (const socket of [near, far]) socket.setNoDelay(true).on('error', end).on('close', end);
    near.pipe(far);
    far.pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const { near, far } of [...pairs]) {
      near.destroy();
      far.destroy();
    }
  };
  onTestFinished(() => {
    server.close();
    cut();
  });
  // A TCP server's address is an object; only pipes have a string.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    connectTo: (next) => {
      target = new URL(next);
    },
    swallowAnswers: () => {
      for (const { near, far } of pairs) far.unpipe(near).resume();
    },
    cut,
  };
}
