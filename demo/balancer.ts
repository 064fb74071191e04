import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** What stands before several hubs, as a proxy does in front of those of a restaurant chain. */
export interface Balancer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Gives each connection to the next hub in turn; a hub that takes none is passed over, and who is connected to one that
 * ends is cut, so that they come to another one.
 * @param port of 127.0.0.1 on which it listens; 0: any
 * @param hubs their ports on 127.0.0.1
 */
export async function startBalancer(port: number, hubs: readonly number[]): Promise<Balancer> {
  const open = new Set<Socket>();
  let turn = 0;

  const connectTo = (near: Socket, triesLeft: number) => {
    const hub = hubs[turn++ % hubs.length];
    if (hub === undefined || triesLeft === 0) return near.destroy();
    const far = connect({ host: '127.0.0.1', port: hub, noDelay: true });
    let isConnected = false;
    far.on('connect', () => {
      isConnected = true;
      near.pipe(far);
      far.pipe(near);
    });
    // What follows is its 'close'.
    far.on('error', () => {});
    far.on('close', (hadError) => {
      if (!isConnected && !near.destroyed) connectTo(near, triesLeft - 1);
      // What a hub said before it ended still goes through.
      else if (hadError) near.destroy();
      else near.end();
    });
    near.once('close', () => far.destroy());
  };

  const server = createServer((near) => {
    open.add(near);
    near.setNoDelay(true);
    near.on('error', () => {});
    near.on('close', () => open.delete(near));
    connectTo(near, hubs.length);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const near of open) near.destroy();
      await closed;
    },
  };
}
