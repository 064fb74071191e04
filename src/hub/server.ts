import type { FastifyInstance } from 'fastify';
import { buildApp } from '../api/app.ts';
import type { DirectRoute } from '../api/direct-route.ts';
import { documentApi } from '../api/docs.ts';
import { SOCKET_PATHS } from '../gateway/upgrade.ts';
import { errorLanguageOf } from '../wording/wording.ts';
import type { Ground } from './ground.ts';

/** Requests under way get this long to be answered. */
const CUT_MS = 2_000;

/**
 * The HTTP server and what documents it; each edge registers its routes on it.
 * @param direct whose usual requests are answered beside fastify
 * @param ends gets its end
 */
export async function createServer(
  {
    config,
    logs,
    clock,
    settings,
    wording,
    metrics,
  }: Pick<Ground, 'config' | 'logs' | 'clock' | 'settings' | 'wording' | 'metrics'>,
  direct: DirectRoute,
  ends: AsyncDisposableStack,
): Promise<FastifyInstance> {
  const app = await buildApp({
    logs,
    trustProxy: config.TRUST_PROXY,
    isCorsOrigin: (origin) => settings.isCorsOrigin(origin),
    socketPaths: SOCKET_PATHS,
    wording,
    elapsed: () => clock.elapsed(),
    onAnswered: metrics.answered,
    direct,
  });
  ends.defer(async () => {
    // A connection that says nothing, or half a request, would keep the server open for good.
    const cut = clock.after(CUT_MS, () => app.server.closeAllConnections());
    await app.close();
    cut();
  });
  await documentApi(app, config.PUBLIC_URL, errorLanguageOf(config.DEFAULT_LOCALE));
  return app;
}
