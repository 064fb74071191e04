import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { HubError } from '../errors.ts';
import type { AssetFile, BuiltAssets } from './asset-worker.ts';

/** A file in memory, ready to be sent. */
interface Asset {
  type: string;
  bodies: Readonly<Record<Encoding, Buffer>>;
  etag: string;
}

type Encoding = 'br' | 'gzip' | 'identity';

interface Panel {
  digest: string;
  files: ReadonlyMap<string, Asset>;
  index: Asset;
}

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
const helmet = { contentSecurityPolicy, frameguard: { action: 'deny' as const } };

/** The address of a file changes with what it holds; a page's doesn't. */
const FOR_EVER = 'public, max-age=31536000, immutable';
const ASK_AGAIN = 'no-cache';

/** The files are those of the program: they don't change while it runs. */
let built: Promise<Panel> | undefined;

/** Builds the panel before somebody asks for it: the first visit would wait for it, most of a second. */
export async function preparePanel(): Promise<void> {
  await panel();
}

function panel(): Promise<Panel> {
  built ??= build().catch((error: unknown) => {
    built = undefined;
    throw error;
  });
  return built;
}

/** Serves the panel: its page at every address under `/admin/`, and the files that the page loads. */
export async function assetRoutes(app: FastifyInstance): Promise<void> {
  const schema = { hide: true };

  app.get('/admin/assets/:digest/*', { schema: { ...schema, params: assetParams }, helmet }, async (request, reply) => {
    const { digest, '*': path } = assetParams.parse(request.params);
    const { files, digest: current } = await panel();
    const asset = digest === current ? files.get(path) : undefined;
    if (asset === undefined) throw new HubError('not_found', 'The panel has no such file.');
    return send(request, reply.header('cache-control', FOR_EVER), asset);
  });

  const page = async (request: FastifyRequest, reply: FastifyReply) => {
    const [path = ''] = request.url.split('?', 1);
    if (path === '/admin') return reply.redirect('/admin/');
    // A page's address has no dot: what has one is a file that somebody looks for.
    if (path.includes('.') || path.startsWith('/admin/assets'))
      throw new HubError('not_found', 'The panel has no such page.');
    const { index } = await panel();
    return send(request, reply.header('cache-control', ASK_AGAIN), index);
  };
  app.get('/admin', { schema, helmet }, page);
  app.get('/admin/*', { schema, helmet }, page);
}

const assetParams = z.object({ digest: z.string(), '*': z.string() });

function send(request: FastifyRequest, reply: FastifyReply, asset: Asset): FastifyReply {
  reply.header('vary', 'accept-encoding').header('etag', asset.etag);
  if (knows(request.headers['if-none-match'], asset.etag)) return reply.code(304).send();
  const encoding = encodingFor(request.headers['accept-encoding']);
  if (encoding !== 'identity') reply.header('content-encoding', encoding);
  return reply.type(asset.type).send(asset.bodies[encoding]);
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

/**
 * Has a thread strip the types off the panel's files and compress them: it takes most of a second, and the compiler
 * takes memory that goes with the thread.
 */
async function build(): Promise<Panel> {
  const worker = new Worker(new URL('./asset-worker.ts', import.meta.url), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  worker.unref();
  const [{ digest, files, index }]: [BuiltAssets] = (await once(worker, 'message')) as [BuiltAssets];
  return { digest, files: new Map(files.map((file) => [file.path, asset(file)])), index: asset(index) };
}

function asset({ type, identity, br, gzip }: AssetFile): Asset {
  const digest = createHash('sha256').update(identity).digest('base64url').slice(0, 22);
  // Weak: the same for every compression.
  return { type, bodies: { identity: buffer(identity), br: buffer(br), gzip: buffer(gzip) }, etag: `W/"${digest}"` };
}

function buffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
