import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type ErrorDetail, HubError } from '../errors.ts';
import { exceededBound, JSON_BOUNDS, type JsonBounds, placeOfNul } from '../json-bounds.ts';
import type { Sentence } from '../wording/wording.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** How much the route's JSON may hold; `JSON_BOUNDS` unless it says so. */
    jsonBounds?: JsonBounds;
    /** Places of the route's JSON that hold any JSON, a NUL too (`placeOfNul`). */
    anyJson?: readonly string[];
  }
}

/**
 * Reads JSON of a request, its body or a field of a form: what it holds is counted before it is parsed (S27), and
 * `__proto__` and `constructor` keys are refused, and a NUL in a text (S36).
 * @param path the field's name; empty for the body
 * @throws HubError `invalid_request` where it holds too much; the parser's own error where it is not JSON
 */
export async function parseJson(request: FastifyRequest, text: string, path = ''): Promise<unknown> {
  const bounds = request.routeOptions.config.jsonBounds ?? JSON_BOUNDS;
  const exceeded = exceededBound(text, bounds);
  if (exceeded !== undefined) {
    const message: Sentence = (say) =>
      exceeded === 'depth' ? say.upToLevels(bounds.depth) : say.upToElements(bounds.elements);
    throw new HubError('invalid_request', 'JSON holds more than its route takes.', { details: [{ path, message }] });
  }
  const parse = request.server.getDefaultJsonParser('error', 'error');
  const value = await new Promise((resolve, reject) => {
    parse(request, text, (error, parsed) => (error === null ? resolve(parsed) : reject(error)));
  });
  const place = placeOfNul(text, value, request.routeOptions.config.anyJson, path);
  if (place !== undefined) throw new HubError('invalid_request', 'A text has a NUL.', { details: [nulAt(place)] });
  return value;
}

/** What is said of a text with a NUL. */
export function nulAt(path: string): ErrorDetail {
  return { path, message: (say) => say.nul };
}

/** Reads bodies of this content type as JSON, within the route's bounds; an empty one is none. */
export function readAsJson(app: FastifyInstance, contentType: string): void {
  app.addContentTypeParser(contentType, { parseAs: 'string' }, async (request: FastifyRequest, body: string) =>
    body === '' ? undefined : parseJson(request, body),
  );
}
