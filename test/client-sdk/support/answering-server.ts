import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A request as it came over the wire. */
export interface Call {
  method: string;
  /** With its query. */
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** What the server does about a call; the last one of a list is for all calls that follow. */
export type Answer =
  | { status: number; headers?: Record<string, string>; json?: unknown; body?: string | Buffer }
  | 'cut'
  | 'silence'
  | ((call: Call, response: ServerResponse) => void);

export interface AnsweringServer {
  readonly url: string;
  readonly calls: readonly Call[];
  /** Resolves when so many calls have come. */
  called(times: number): Promise<void>;
}

/** A real HTTP server that answers as told, taken down with the test. */
export async function startAnsweringServer(...answers: Answer[]): Promise<AnsweringServer> {
  const calls: Call[] = [];
  const watchers = new Set<() => void>();
  const server = createServer(async (request, response) => {
    // A client that goes away in the middle is what some tests are about.
    response.on('error', () => {});
    const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 500 };
    const call = await read(request);
    if (call === undefined) return;
    calls.push(call);
    for (const look of [...watchers]) look();
    if (answer === 'silence') return;
    if (answer === 'cut') request.socket.destroy();
    else if (typeof answer === 'function') answer(call, response);
    else {
      const body = answer.body ?? (answer.json === undefined ? '' : JSON.stringify(answer.json));
      response.writeHead(answer.status, answer.headers).end(body);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  // A TCP server's address is an object; only pipes have a string.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    called: (times) =>
      new Promise((resolve) => {
        const look = () => {
          if (calls.length < times) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
  };
}

async function read(request: IncomingMessage): Promise<Call | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk);
  } catch {
    return undefined;
  }
  const { method = '', url: path = '', headers } = request;
  return { method, path, headers, body: Buffer.concat(chunks) };
}
