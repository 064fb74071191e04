import type { FastifyInstance, FastifyRequest } from 'fastify';
import { HubError } from '../errors.ts';

/** Headers by which it is decided who calls, and whom: which of two counts is not the hub's to guess. */
const ONCE: ReadonlySet<string> = new Set(['authorization', 'host']);
const LONGEST_OF_THEM = 'authorization'.length;
/** A NUL in an address. */
const NUL = '%00';

/** What each request has to keep to, whatever its route, and what each answer of the API says (S36). */
export function checkRequests(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    // Keys and persons: no cache, of a browser or on the way, keeps an answer of the API.
    if (request.routeOptions.url?.startsWith('/api/') === true) reply.header('cache-control', 'no-store');
    done(faultOf(request));
  });
}

function faultOf({ raw, url }: FastifyRequest): HubError | undefined {
  const twice = repeatedHeader(raw.rawHeaders);
  if (twice !== undefined) {
    return new HubError('invalid_request', 'A header came twice.', {
      details: [{ path: twice, message: (say) => say.moreThanOnce }],
    });
  }
  if (!url.includes(NUL)) return undefined;
  return new HubError('invalid_request', 'The address has a NUL.', {
    details: [{ path: parameterWithNul(url), message: (say) => say.nul }],
  });
}

/** The header of those that may come only once, if it came twice: Node keeps the first of two without a word. */
export function repeatedHeader(headers: readonly string[]): string | undefined {
  let seen = '';
  for (let at = 0; at < headers.length; at += 2) {
    const header = headers[at] ?? '';
    if (header.length > LONGEST_OF_THEM) continue;
    const name = header.toLowerCase();
    if (!ONCE.has(name)) continue;
    if (seen.includes(name)) return header;
    seen += ` ${name}`;
  }
  return undefined;
}

/** The query's parameter that has one; empty where the path has it. */
function parameterWithNul(url: string): string {
  const [, query = ''] = url.split('?', 2);
  const parameter = query.split('&').find((one) => one.includes(NUL)) ?? '';
  return parameter.split('=', 1)[0] ?? '';
}
