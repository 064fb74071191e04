import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface HttpProxyOptions {
  /** Headers that the answers get instead of their own. */
  answerHeaders?: Record<string, string>;
}

/**
 * A web server in front of `target` that knows nothing of WebSockets: what belongs to one connection stays there, so
 * `Upgrade` never arrives. Ends with the test.
 * @returns its base URL
 */
export async function startHttpProxy(target: string, options: HttpProxyOptions = {}): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    const { connection: _connection, upgrade: _upgrade, ...headers } = incoming.headers;
    const onward = request(new URL(incoming.url ?? '/', target), { method: incoming.method ?? 'GET', headers });
    onward.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...options.answerHeaders });
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.writeHead(502).end());
    incoming.pipe(onward);
  });
  // Node hands what asks for an upgrade to this listener, and drops it where there is none since 24.
  server.on('upgrade', (incoming, socket) => {
    // Who asked may be gone before the answer is.
    socket.on('error', () => socket.destroy());
    const { connection: _connection, upgrade: _upgrade, ...headers } = incoming.headers;
    const onward = request(new URL(incoming.url ?? '/', target), { headers });
    onward.on('response', (answer) => {
      socket.end(`HTTP/1.1 ${answer.statusCode} -\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
    });
    onward.on('error', () => socket.destroy());
    onward.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
