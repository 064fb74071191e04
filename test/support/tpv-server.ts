import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { within } from './within.ts';

/** A request that the hub made. */
export interface HubCall {
  path: string;
  contentType: string | undefined;
  form: Record<string, string>;
}

/** What came before anything parsed it. */
export interface HubRequest {
  headers: IncomingHttpHeaders;
  body: string;
}

/** A TPV's own HTTP server, which buttons call; gone with the test. */
export interface TpvServer {
  readonly origin: string;
  readonly calls: readonly HubCall[];
  /** The same calls as they came. */
  readonly requests: readonly HubRequest[];
  /** The next call that none of these promises has given yet. */
  next(): Promise<HubCall>;
}

/** @param answer ends the response; JSON of what it returns where it returns something */
export async function tpvServer(
  answer: (call: HubCall, response: ServerResponse) => object | undefined,
): Promise<TpvServer> {
  const calls: HubCall[] = [];
  const requests: HubRequest[] = [];
  const waiting: ((call: HubCall) => void)[] = [];
  let taken = 0;
  const server = createServer(async (request, response) => {
    // A caller that goes away in the middle of it has said nothing.
    const sent = await text(request).catch(() => undefined);
    if (sent === undefined) return;
    const form = Object.fromEntries(new URLSearchParams(sent));
    const call = { path: request.url ?? '', contentType: request.headers['content-type'], form };
    requests.push({ headers: request.headers, body: sent });
    calls.push(call);
    const body = answer(call, response);
    if (body !== undefined) response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    const next = waiting.shift();
    if (next !== undefined) {
      taken++;
      next(call);
    }
  });
  const origin = await listening(server);
  return {
    origin,
    calls,
    requests,
    next() {
      const next = new Promise<HubCall>((resolve) => {
        const call = calls[taken];
        if (call === undefined) waiting.push(resolve);
        else {
          taken++;
          resolve(call);
        }
      });
      return within(next, () => `The hub did not call; it had called ${calls.map(({ path }) => path).join(' ')}`);
    },
  };
}

async function listening(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  // A TCP server's address is an object; only pipes have a string.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
