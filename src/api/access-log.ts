import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';
import type { FastifyInstance } from 'fastify';
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

/** A request that was answered. */
export interface Answered {
  id: string;
  method: string;
  /** The route's pattern; undefined if there is none. */
  route: string | undefined;
  url: string;
  status: number;
  ms: number;
  ip: string | undefined;
  tpvId?: string | undefined;
  trail: Trail | undefined;
}

/** Writes one line for a request, and has it counted. */
export type LogAnswer = (answered: Answered) => void;

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

/**
 * Makes the function that tells from where a request came, as fastify's `request.ip` does. Looking for the proxies that
 * brought it takes longer than all the rest of the line; most come directly, or not at all.
 */
export function addresses(trustProxy: string): (request: IncomingMessage) => string | undefined {
  const trusts = proxyAddr.compile(trustProxy.split(',').map((one) => one.trim()));
  return (request) =>
    request.headers['x-forwarded-for'] === undefined ? request.socket.remoteAddress : proxyAddr(request, trusts);
}

export function answerLog({ logs: { access, mask }, onAnswered }: AccessLogOptions): LogAnswer {
  return ({ id, method, route, url, status, ms, ip, tpvId, trail }) => {
    onAnswered?.(method, route, status);
    // What is undefined is left out.
    access.info({
      id,
      method,
      path: pathOf(url, route, mask),
      status,
      ms: Math.round(ms * 10) / 10,
      ip,
      tpv_id: tpvId,
      ...trail,
    });
  };
}

/** Writes one line for each request to a route. */
export function accessLog(
  app: FastifyInstance,
  logAnswer: LogAnswer,
  addressOf: (request: IncomingMessage) => string | undefined,
): void {
  app.decorateRequest('trail', undefined);
  app.addHook('onResponse', (request, reply, done) => {
    const { id, method, url, raw, trail, credential } = request;
    logAnswer({
      id,
      method,
      route: request.routeOptions.url,
      url,
      status: reply.statusCode,
      ms: reply.elapsedTime,
      ip: addressOf(raw),
      tpvId: credential?.tpv.id,
      trail,
    });
    done();
  });
}

/** Without its query; a path that strangers chose, also without what looks like a secret. */
function pathOf(url: string, route: string | undefined, mask: (text: string) => string): string {
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  if (route !== undefined && !route.includes(':') && !route.includes('*')) return path;
  return mask(path).slice(0, MAX_PATH_LENGTH);
}
