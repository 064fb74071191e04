import type { FastifyRequest } from 'fastify';

/** Aborted when the client goes away; fastify's own signal misses that where it came before somebody asked for it. */
export function goneSignal(request: FastifyRequest): AbortSignal {
  return request.socket.destroyed ? AbortSignal.abort() : request.signal;
}
