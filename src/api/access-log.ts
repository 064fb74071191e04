import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logs } from '../log/log.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The ids by which one message is followed through the logs (src/log/log.ts); set by the routes that know them. */
    trail: Trail | undefined;
  }
}

export interface Trail {
  update_id?: number | undefined;
  instruction_id?: string | undefined;
  push_message_id?: string | undefined;
}

export interface AccessLogOptions {
  logs: Logs;
  /** @param route the route's pattern; undefined if there is none */
  onAnswered?: ((method: string, route: string | undefined, status: number) => void) | undefined;
}

/** What a proxy may bring: what nginx makes, a UUID, a trace id; nothing that a key could look like. */
const GIVEN_ID = /^[0-9a-f-]{16,64}$/i;
const MAX_PATH_LENGTH = 300;

/** Makes the function that names requests: as the proxy did (`x-request-id`), or by a number of this process. */
export function newRequestId(): (request: IncomingMessage) => string {
  const process = Math.floor(Math.random() * 36 ** 6).toString(36);
  let number = 0;
  return ({ headers }) => {
    const given = headers['x-request-id'];
    if (typeof given === 'string' && GIVEN_ID.test(given)) return given;
    return `${process}-${(++number).toString(36)}`;
  };
}

/** Writes one line per request, and has it counted. */
export function accessLog(app: FastifyInstance, { logs: { access, mask }, onAnswered }: AccessLogOptions): void {
  app.decorateRequest('trail', undefined);
  app.addHook('onResponse', (request, reply, done) => {
    const { method, credential } = request;
    const { url: route } = request.routeOptions;
    onAnswered?.(method, route, reply.statusCode);
    access.info({
      id: request.id,
      method,
      path: pathOf(request.url, route, mask),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      ip: addressOf(request),
      // What is undefined is left out.
      tpv_id: credential?.tpv.id,
      ...request.trail,
    });
    done();
  });
}

/** Looking for the proxies that brought it takes longer than all the rest of the line; most come directly, or not at all. */
function addressOf(request: FastifyRequest): string | undefined {
  return request.headers['x-forwarded-for'] === undefined ? request.socket.remoteAddress : request.ip;
}

/** Without its query; a path that strangers chose, also without what looks like a secret. */
function pathOf(url: string, route: string | undefined, mask: (text: string) => string): string {
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  if (route !== undefined && !route.includes(':') && !route.includes('*')) return path;
  return mask(path).slice(0, MAX_PATH_LENGTH);
}
