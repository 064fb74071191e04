import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { GrammyError } from 'grammy';
import { onTestFinished } from 'vitest';

/** An update as a bot's webhook got it. */
export interface Delivered {
  headers: IncomingHttpHeaders;
  /** The caller's end of the connection. */
  port: number | undefined;
  update: { update_id: number; [kind: string]: unknown };
}

/** What a webhook says to one. */
export interface BotAnswer {
  status: number;
  headers?: Record<string, string>;
}

/** A webhook that writes down what comes; `answer` decides what it says, and may keep it waiting. */
export async function webhookOfBot(
  answer: (delivered: Delivered) => BotAnswer | Promise<BotAnswer> = () => ({ status: 200 }),
) {
  const deliveries: Delivered[] = [];
  const server = createServer(async (request, response) => {
    // A caller that goes away in the middle of it has said nothing.
    const sent = await text(request).catch(() => undefined);
    if (sent === undefined) return;
    const update = JSON.parse(sent);
    const delivered = { headers: request.headers, port: request.socket.remotePort, update };
    deliveries.push(delivered);
    const { status, headers } = await answer(delivered);
    response.writeHead(status, headers).end('{"ok":true}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  // A TCP server's address is an object; only pipes have a string.
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/webhook/telegram/`, deliveries, server };
}

/** What Telegram says to a call that it refuses. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => new Error('The call was taken.'),
    (reason: unknown) => reason,
  );
  return error instanceof GrammyError ? `${error.error_code} ${error.description}` : String(error);
}
