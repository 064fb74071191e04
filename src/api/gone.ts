import type { FastifyRequest } from 'fastify';

/** Aborted when the client goes away; fastify's own signal misses it if that came before the signal was asked for. */
export function goneSignal(request: FastifyRequest): AbortSignal {
  return request.socket.destroyed ? AbortSignal.abort() : request.signal;
}
