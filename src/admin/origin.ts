import type { FastifyRequest } from 'fastify';

/**
 * Whether a browser's request comes from the hub's own pages (docs/security.md, S21): its `Origin` is exactly that
 * of the address at which the hub is reached, as the request shows it or as PUBLIC_URL says.
 */
export function isOwnOrigin(request: FastifyRequest, publicUrl: string | undefined): boolean {
  const { origin } = request.headers;
  const site = request.headers['sec-fetch-site'];
  // Browsers that send it can't be made to lie in it; the others send the origin.
  if (site !== undefined && site !== 'same-origin') return false;
  return origin !== undefined && ownOrigins(request, publicUrl).includes(origin);
}

/** Whether the person's browser reached the hub by TLS; what stands before the hub may have ended it there. */
export function isSecure(request: FastifyRequest, publicUrl: string | undefined): boolean {
  const { origin } = request.headers;
  // A proxy that hides what it was asked for can't hide what the browser says of itself.
  if (origin !== undefined && ownOrigins(request, publicUrl).includes(origin)) return origin.startsWith('https:');
  if (request.protocol === 'https') return true;
  const world = publicUrl === undefined ? undefined : new URL(publicUrl);
  return world !== undefined && world.protocol === 'https:' && world.host === request.host;
}

function ownOrigins(request: FastifyRequest, publicUrl: string | undefined): string[] {
  const asked = `${request.protocol}://${request.host}`;
  return publicUrl === undefined ? [asked] : [asked, new URL(publicUrl).origin];
}
