import type { FastifyInstance, FastifyRequest } from 'fastify';
import { HubError } from '../errors.ts';

export interface SocketCheckOptions {
  /** Lets administrators in; throws for any other caller. */
  guard(request: FastifyRequest): Promise<void>;
}

export const SOCKET_CHECK_PATH = '/api/socket-check';

const NORMAL_CLOSURE = 1000;

/**
 * A socket that opens and closes at once: how `doctor` sees whether what stands in front of the hub passes WebSockets,
 * without taking any TPV's place.
 */
export async function socketCheckRoutes(app: FastifyInstance, options: SocketCheckOptions): Promise<void> {
  app.route({
    method: 'GET',
    url: SOCKET_CHECK_PATH,
    schema: { hide: true },
    onRequest: async (request) => {
      if (!request.ws) throw notASocket();
      await options.guard(request);
    },
    handler: async () => {
      throw notASocket();
    },
    wsHandler: (socket) => {
      socket.on('error', () => socket.terminate());
      socket.close(NORMAL_CLOSURE);
    },
  });
}

/** For a request that came without `Upgrade: websocket`. */
export function notASocket(): HubError {
  return new HubError('invalid_request', 'This route is a WebSocket.', {
    details: [{ path: 'upgrade', message: (say) => say.openASocket }],
  });
}
