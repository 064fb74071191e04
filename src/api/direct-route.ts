import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { LogAnswer, Trail } from './access-log.ts';
import { JSON_TYPE, knownError, refusalOf } from './error-answers.ts';
import { repeatedHeader } from './request-checks.ts';
import type { RouteWording } from './route-wording.ts';

/**
 * What one caller asks thousands of times a second, always in one form: such a request is answered beside fastify,
 * whose hooks and objects cost more than what is left to do. A request in any other form goes to fastify's route of
 * the same path, which judges and refuses it.
 */
export interface DirectRoute {
  /** The patterns of its routes, by the paths as they are asked for. */
  paths: ReadonlyMap<string, string>;
  /** A longer body is the route's to refuse. */
  maxBodyBytes: number;
  /** Whether this caller may ask it now; its body was not read yet. */
  admits(headers: IncomingHttpHeaders): boolean;
  /** What 200 says. */
  json: string;
  /**
   * @param reply answers with 200, as soon as that is true; otherwise that is done when the promise resolves
   * @returns what the line in the log follows
   */
  answer(body: Buffer, reply: () => void): Promise<Trail>;
}

export interface DirectPorts {
  log: FastifyBaseLogger;
  newId(request: IncomingMessage): string;
  addressOf(request: IncomingMessage): string | undefined;
  logAnswer: LogAnswer;
  wordingOf: RouteWording;
}

/** Has the requests of `route` that are as usual answered beside fastify; `app` keeps all others. */
export function answerDirectly(app: FastifyInstance, route: DirectRoute, ports: DirectPorts): void {
  const { server } = app;
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    if (!isUsual(request, route)) return app.routing(request, response);
    const startedAt = performance.now();
    whenRead(request, (body) => void answer(request, response, body, startedAt));
  });

  const answer = async (request: IncomingMessage, response: ServerResponse, body: Buffer, startedAt: number) => {
    const { url = '' } = request;
    const pattern = route.paths.get(url);
    const id = ports.newId(request);
    const reply = () => send(response, { status: 200, headers: {}, json: route.json });
    let trail: Trail | undefined;
    try {
      trail = await route.answer(body, reply);
      reply();
    } catch (error) {
      const known = knownError(error, { id, log: ports.log, route: pattern });
      send(response, refusalOf(known, id, ports.wordingOf(pattern).words));
    }
    ports.logAnswer({
      id,
      method: 'POST',
      route: pattern,
      url,
      status: response.statusCode,
      ms: performance.now() - startedAt,
      ip: ports.addressOf(request),
      trail,
    });
  };
}

function isUsual({ method, url = '', headers, rawHeaders }: IncomingMessage, route: DirectRoute): boolean {
  if (method !== 'POST' || !route.paths.has(url)) return false;
  const length = Number(headers['content-length']);
  if (!(length > 0 && length <= route.maxBodyBytes) || headers['content-type'] !== 'application/json') return false;
  return repeatedHeader(rawHeaders) === undefined && route.admits(headers);
}

/** Node ends a body at the length that was announced; of one that breaks off nothing is told. */
function whenRead(request: IncomingMessage, read: (body: Buffer) => void): void {
  const parts: Buffer[] = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => read(Buffer.concat(parts)));
}

/** Once for each request. */
function send(
  response: ServerResponse,
  { status, headers, json }: { status: number; headers: Record<string, string>; json: string },
): void {
  if (response.headersSent) return;
  response.writeHead(status, { ...headers, 'content-type': JSON_TYPE, 'content-length': Buffer.byteLength(json) });
  response.end(json);
}
