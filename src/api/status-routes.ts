import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { HubError } from '../errors.ts';
import { sameSecret } from '../same-secret.ts';
import type { Words } from '../wording/wording.ts';
import { errorResponses } from './error-answers.ts';
import type { CountFailure } from './failed-secrets.ts';

export interface StatusOptions {
  /** Why the hub can't work now; empty if it can. */
  problems(): Promise<readonly { code: string; message: string }[]>;
  /** What makes it of less use, although it works; empty if nothing does. */
  degraded(): readonly { code: string; message: string; since: string }[];
  metrics: { text(): Promise<string>; readonly contentType: string };
  words: Pick<Words, 'problem'>;
  metricsToken: string | undefined;
  /** Counts guesses of that token. */
  failed: CountFailure;
}

const PAGE = (ready: boolean) => `<!doctype html>
<html lang="es"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>ValleTPV Hub</title></head>
<body><h1>ValleTPV Hub</h1>
<p>${ready ? 'El hub funciona.' : 'El hub no está listo: consulta <a href="/readyz">/readyz</a>.'}</p>
<p><a href="/admin/">Panel de administración</a> · <a href="/docs">Documentación de la API</a></p></body></html>
`;

const tags = ['Estado'];
const alive = z.object({ status: z.literal('ok') });
const readiness = z.object({
  status: z.enum(['ok', 'degraded', 'unavailable']),
  problems: z.array(z.object({ code: z.string(), message: z.string(), since: z.string().optional() })),
});
const METRICS = {
  200: { description: 'Las métricas', content: { 'text/plain': { schema: z.string() } } },
  ...errorResponses('unauthorized', 'too_many_requests'),
};

/** A client that polls should not ask again sooner. */
const RETRY_AFTER_SECONDS = 2;
const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** Whether the hub lives, whether it can work, and what it counts. */
export async function statusRoutes(app: FastifyInstance, options: StatusOptions): Promise<void> {
  const worded = <P extends { code: string; message: string }>(problem: P): P => ({
    ...problem,
    message: options.words.problem(problem.code, problem.message),
  });
  app.get('/', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(PAGE((await options.problems()).length === 0)),
  );

  app.get('/healthz', { schema: { tags, summary: 'El proceso vive', response: { 200: alive } } }, async () => ({
    status: 'ok',
  }));

  app.get(
    '/readyz',
    { schema: { tags, summary: 'El hub puede atender', response: { 200: readiness, 503: readiness } } },
    async (_request, reply) => {
      const problems = (await options.problems()).map(worded);
      if (problems.length > 0) {
        return reply.code(503).header('retry-after', RETRY_AFTER_SECONDS).send({ status: 'unavailable', problems });
      }
      // Still 200: no restart, and no other hub behind a balancer, mends what is wrong at Telegram.
      const degraded = options.degraded().map(worded);
      return reply.send({ status: degraded.length === 0 ? 'ok' : 'degraded', problems: degraded });
    },
  );

  app.get(
    '/metrics',
    { schema: { tags, summary: 'Métricas para Prometheus', response: METRICS } },
    async (request, reply) => {
      if (!mayReadMetrics(request, options)) throw new HubError('unauthorized', 'Metrics are not public.');
      return reply.type(options.metrics.contentType).send(await options.metrics.text());
    },
  );
}

/** With a token: requests that show it. Without one: this machine, but no request through a proxy. */
function mayReadMetrics(request: FastifyRequest, { metricsToken, failed }: StatusOptions): boolean {
  const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (metricsToken !== undefined) {
    const isRight = given !== undefined && sameSecret(given, metricsToken);
    if (given !== undefined && !isRight) failed(request, 'token');
    return isRight;
  }
  return LOOPBACK.has(request.socket.remoteAddress ?? '') && request.headers['x-forwarded-for'] === undefined;
}
