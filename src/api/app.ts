import type { IncomingMessage } from 'node:http';
import fastifyCors from '@fastify/cors';
import fastifyHelmet from '@fastify/helmet';
import fastifyRateLimit from '@fastify/rate-limit';
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify';
import { serializerCompiler } from 'fastify-type-provider-zod';
import { callerOf } from '../caller.ts';
import type { Logs } from '../log/log.ts';
import type { Wording } from '../wording/wording.ts';
import { type AccessLogOptions, accessLog, addresses, answerLog, newRequestId } from './access-log.ts';
import { answerDirectly, type DirectRoute } from './direct-route.ts';
import { answerErrors, errorAnswers } from './error-answers.ts';
import { readAsJson } from './json-body.ts';
import { namePlugins } from './plugin-names.ts';
import { checkRequests } from './request-checks.ts';
import { routeWording } from './route-wording.ts';
import { validate } from './validation.ts';
import { rateStore } from './window-counts.ts';

/** An answer of the API is no page: a browser loads nothing for it, and frames it nowhere. Pages say what theirs may. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
};

export interface AppOptions {
  logs: Logs;
  trustProxy: string;
  /** Whether pages of this origin may call the API (S25); asked each time, as it may change. */
  isCorsOrigin(origin: string): boolean;
  /** Paths at which a WebSocket may be opened; everywhere else an `Upgrade` header is ignored (S26). */
  socketPaths: readonly string[];
  /** How developers are told what is refused. */
  wording: Wording;
  /** Milliseconds that only grow. */
  elapsed(): number;
  /** Counts answers by route. */
  onAnswered?: AccessLogOptions['onAnswered'];
  /** Whose usual requests are answered beside fastify. */
  direct?: DirectRoute | undefined;
}

/** JSON bodies; multipart has limits of its own (S17). */
const MAX_BODY_BYTES = 1024 * 1024;
/** A client has this long for its headers, and for its whole request: a 50 MB document at 3.5 Mbit/s. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 120_000;

/** The HTTP server with everything that all routes share: limits, errors, headers, the access log. */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const { logs, trustProxy, isCorsOrigin, onAnswered, direct } = options;
  const loggerInstance: FastifyBaseLogger = logs.log;
  const newId = newRequestId();
  const addressOf = addresses(trustProxy);
  const logAnswer = answerLog({ logs, onAnswered });
  const wordingOf = routeWording(options.wording);
  const answerError = errorAnswers(wordingOf);
  const app = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: (logger) => logger,
    genReqId: newId,
    trustProxy,
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: {
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: 2_000,
      shouldUpgradeCallback: opensSocket(options.socketPaths),
    },
    // Above nginx' 60 s, so that the proxy is the one that closes an idle connection.
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    // fastify's own 503 has no Retry-After; the routes know themselves what they refuse while the hub drains.
    return503OnClosing: false,
    frameworkErrors: answerError,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 300 },
  });
  namePlugins(app);
  validate(app, wordingOf);
  app.setSerializerCompiler(serializerCompiler);
  acceptJson(app);
  answerErrors(app, answerError);
  app.decorateRequest('credential', undefined);
  await app.register(fastifyHelmet, {
    global: true,
    hsts: false,
    frameguard: { action: 'deny' },
    contentSecurityPolicy,
  });
  await app.register(fastifyCors, {
    origin: (origin, done) => done(null, origin !== undefined && isCorsOrigin(origin)),
    credentials: true,
    maxAge: 600,
  });
  await app.register(fastifyRateLimit, {
    global: false,
    keyGenerator: ({ ip }) => callerOf(ip),
    store: rateStore(options.elapsed),
  });
  accessLog(app, logAnswer, addressOf);
  checkRequests(app);
  if (direct !== undefined)
    answerDirectly(app, direct, { log: loggerInstance, newId, addressOf, logAnswer, wordingOf });
  return app;
}

/**
 * Whether Node may take a connection away from its HTTP parser for this request. A proxy keeps connections to the hub
 * and sends the requests of others over them: one that was taken away answers none of them any more.
 */
function opensSocket(paths: readonly string[]): (request: IncomingMessage) => boolean {
  return ({ method, url = '', headers }) => {
    const [path = ''] = url.split('?', 1);
    return (
      method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket' && paths.includes(path.replace(/\/$/, ''))
    );
  };
}

/** JSON alone, read within the route's bounds. Older TPVs announce JSON and send no body. */
function acceptJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  readAsJson(app, 'application/json');
}
