import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';

/** The two ends of one WebSocket, and the connection under the server's, all gone with the test. */
export async function socketPair(): Promise<{ server: WebSocket; connection: Socket; client: WebSocket }> {
  const listener = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  await once(listener, 'listening');
  // It listens on a port.
  const { port } = listener.address() as AddressInfo;
  const client = new WebSocket(`ws://127.0.0.1:${port}`);
  const opened = once(client, 'open');
  const [server, { socket: connection }] = (await once(listener, 'connection')) as [WebSocket, IncomingMessage];
  await opened;
  onTestFinished(() => {
    client.terminate();
    server.terminate();
    listener.close();
  });
  return { server, connection, client };
}
