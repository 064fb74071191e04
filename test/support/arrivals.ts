import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TestHub } from './hub.ts';
import { within } from './within.ts';

/** A request as the hub's server sees it. */
export interface Arrival {
  /** Resolves when the server knows that the client is gone, or has its answer. */
  readonly closed: Promise<void>;
}

/** Resolves when the next request for `path` has reached the hub; ask for it before sending the request. */
export function arrival({ hubs }: TestHub, path: string): Promise<Arrival> {
  const arrived = new Promise<Arrival>((resolve) => {
    const look = (request: IncomingMessage, response: ServerResponse) => {
      if (!request.url?.startsWith(path)) return;
      for (const { app } of hubs) app.server.off('request', look);
      resolve({ closed: new Promise((closed) => response.once('close', () => closed())) });
    };
    for (const { app } of hubs) app.server.on('request', look);
  });
  return within(arrived, () => `No request for ${path}`);
}
