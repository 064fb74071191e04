import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { HubError } from '../errors.ts';
import { type Encoding, PANEL_FOLDER, type PanelFile, readPanelFiles } from './panel-files.ts';

/** Nothing but the panel's own files, no code in the page, and no way to put text where code is expected (S23). */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    // The QR code of a second factor comes inside an answer.
    'img-src': ["'self'", 'data:'],
    'connect-src': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'none'"],
    'require-trusted-types-for': ["'script'"],
    'trusted-types': ["'none'"],
  },
};
const helmet = { contentSecurityPolicy };

/** The name of a file changes with what it holds; a page's address doesn't. */
const FOR_EVER = 'public, max-age=31536000, immutable';
const ASK_AGAIN = 'no-cache';

const NOT_BUILT =
  'El panel no está compilado: en la carpeta del hub ejecuta «npm run build -w panel» (o «npm ci») y reinicia el hub.';

export interface PanelOptions {
  /** Where the built panel lies, if elsewhere than the build writes it. */
  folder?: string;
}

/** Serves the panel: its page at every address under `/admin/`, and the files that the page loads. */
export async function panelRoutes(app: FastifyInstance, { folder = PANEL_FOLDER }: PanelOptions): Promise<void> {
  const schema = { hide: true };
  const files = await readPanelFiles(folder);
  if (files === undefined) {
    app.log.warn('the panel is not built, so /admin answers 503: run "npm run build -w panel" and restart the hub');
  }

  app.get('/admin/assets/:name', { schema: { ...schema, params: assetParams }, helmet }, async (request, reply) => {
    const asset = files?.assets.get(assetParams.parse(request.params).name);
    if (asset === undefined) throw new HubError('not_found', 'The panel has no such file.');
    return send(request, reply.header('cache-control', FOR_EVER), asset);
  });

  const page = async (request: FastifyRequest, reply: FastifyReply) => {
    const [path = ''] = request.url.split('?', 1);
    if (path === '/admin') return reply.redirect('/admin/');
    // A page's address has no dot: one with a dot asks for a file.
    if (path.includes('.') || path.startsWith('/admin/assets')) {
      throw new HubError('not_found', 'The panel has no such page.');
    }
    if (files === undefined) {
      return reply.code(503).header('cache-control', 'no-store').type('text/plain; charset=utf-8').send(NOT_BUILT);
    }
    return send(request, reply.header('cache-control', ASK_AGAIN), files.index);
  };
  app.get('/admin', { schema, helmet }, page);
  app.get('/admin/*', { schema, helmet }, page);
}

const assetParams = z.object({ name: z.string() });

function send(request: FastifyRequest, reply: FastifyReply, file: PanelFile): FastifyReply {
  reply.header('vary', 'accept-encoding').header('etag', file.etag);
  if (knows(request.headers['if-none-match'], file.etag)) return reply.code(304).send();
  const encoding = encodingFor(request.headers['accept-encoding']);
  if (encoding !== 'identity') reply.header('content-encoding', encoding);
  return reply.type(file.type).send(file.bodies[encoding]);
}

function knows(given: string | undefined, etag: string): boolean {
  return given?.split(',').some((one) => one.trim() === etag) ?? false;
}

/** The best compression that a browser takes. */
function encodingFor(accepted: string | undefined): Encoding {
  const taken = new Set<string>();
  for (const one of accepted?.split(',') ?? []) {
    const [name = '', ...parameters] = one
      .toLowerCase()
      .split(';')
      .map((part) => part.trim());
    if (!parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))) taken.add(name);
  }
  if (taken.has('br')) return 'br';
  return taken.has('gzip') ? 'gzip' : 'identity';
}
