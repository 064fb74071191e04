import type { FastifyReply, FastifyRequest } from 'fastify';
import { HubError } from '../errors.ts';

/** This machine itself, as a tunnel reaches it. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

/**
 * A hook that answers 421 to a name that is not the hub's own: another site's name that was made to lead here would
 * make the browser take its pages for the panel's (docs/security.md, S35). Without PUBLIC_URL every name is taken.
 */
export function ownHost(publicUrl: string | undefined) {
  const own = publicUrl === undefined ? undefined : new URL(publicUrl).host.toLowerCase();
  return (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void => {
    const known = own === undefined || isOwn(request.host, own);
    done(known ? undefined : new HubError('misdirected_request', 'The Host is not that of PUBLIC_URL.'));
  };
}

function isOwn(host: string, own: string): boolean {
  // By its own name some write the port that goes without saying.
  const given = host.toLowerCase().replace(/^(.*):(80|443)$/, '$1');
  return given === own || host.toLowerCase() === own || LOOPBACK.test(host.replace(/:\d+$/, ''));
}
