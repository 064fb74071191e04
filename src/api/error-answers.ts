import type { FastifyBaseLogger, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ERRORS, type ErrorCode } from '#protocol';
import { DatabaseFault } from '../db/fault.ts';
import { HubError } from '../errors.ts';
import type { Words } from '../wording/wording.ts';
import type { RouteWording } from './route-wording.ts';

/** The body of every error (docs/rest.md, "Errors"). */
export const errorSchema = z
  .object({
    error: z.string().describe('Qué pasa y cómo arreglarlo'),
    code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
    request_id: z.string().optional().describe('Con un 500 o 503: búscalo en los registros del hub'),
    details: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Error' });

/** The error answers of a route, for its documentation. */
export function errorResponses(...codes: ErrorCode[]): Record<number, typeof errorSchema> {
  return Object.fromEntries(codes.map((code) => [ERRORS[code].status, errorSchema]));
}

export const JSON_TYPE = 'application/json; charset=utf-8';

/** How fastify's own refusals are called here. */
const FASTIFY_CODES: Record<string, ErrorCode> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid_request',
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid_request',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid_request',
  FST_ERR_BAD_URL: 'invalid_request',
  FST_ERR_MAX_PARAM_LENGTH: 'not_found',
  FST_ERR_NOT_FOUND: 'not_found',
};

/** Answers a request with what went wrong. */
export type AnswerError = (error: FastifyError | HubError, request: FastifyRequest, reply: FastifyReply) => void;

/**
 * Makes what answers every refusal in the contract's shape, in the words of its route; an unexpected error is logged, and
 * its answer says nothing of it.
 */
export function errorAnswers(wordingOf: RouteWording): AnswerError {
  return (error, request, reply) => {
    const { id, log, routeOptions, headers } = request;
    sendError(
      request,
      reply,
      knownError(error, { id, log, route: routeOptions.url }),
      wordingOf(routeOptions.url, headers['accept-language']).words,
    );
  };
}

/** Has all errors of the app, and requests for what there is not, answered so. */
export function answerErrors(app: FastifyInstance, answer: AnswerError): void {
  app.setErrorHandler(answer);
  app.setNotFoundHandler((request, reply) => answer(new HubError('not_found', 'No such route.'), request, reply));
}

function sendError(request: FastifyRequest, reply: FastifyReply, error: HubError, words: Words): FastifyReply {
  const { status, headers, json } = refusalOf(error, request.id, words);
  // Serialised already: a route's own schema must not get to refuse its error.
  return reply.code(status).headers(headers).type(JSON_TYPE).send(json);
}

/** An error as it is answered: its body is JSON. */
export function refusalOf(
  error: HubError,
  requestId: string,
  words: Words,
): { status: number; headers: Record<string, string>; json: string } {
  const { status, code, retryAfterSeconds } = error;
  const headers: Record<string, string> = {};
  if (retryAfterSeconds !== undefined) headers['retry-after'] = String(retryAfterSeconds);
  else if (status === 429 || status === 503) headers['retry-after'] = '1';
  // Telegram's own refusal is the same answer each time it is asked for (Idempotency-Key), and its message has an id.
  const trace = status >= 500 && code !== 'telegram_error' ? { request_id: requestId } : {};
  if (status >= 500) headers['x-request-id'] = requestId;
  const { error: sentence, details } = error.told(words);
  const body = { error: sentence, code, details, ...trace, ...error.extra };
  return { status, headers, json: JSON.stringify(body) };
}

/** What went wrong with a request, as its caller may know it; what the caller may not, is logged. */
export function knownError(
  error: unknown,
  { id, log, route }: { id: string; log: FastifyBaseLogger; route: string | undefined },
): HubError {
  if (error instanceof HubError) {
    // Those of the database are counted in one line a second; the access log has each request, with its id.
    if (error.status >= 500 && !(error instanceof DatabaseFault))
      log.warn({ id, err: error, url: route }, 'a request was refused');
    return error;
  }
  const refused = refusalOfFastify(error);
  if (refused !== undefined) return refused;
  log.error({ id, err: error, url: route }, 'a request failed');
  return new HubError('internal_error', 'A request failed.', { cause: error });
}

function refusalOfFastify(error: unknown): HubError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = '', statusCode }: Partial<FastifyError> = error;
  const known = FASTIFY_CODES[code] ?? codeOfStatus(statusCode);
  return known && new HubError(known, error.message, { cause: error });
}

/** Refusals of plugins: a syntax error of the JSON parser (400), the rate limit (429). */
function codeOfStatus(status: number | undefined): ErrorCode | undefined {
  switch (status) {
    case 400:
      return 'invalid_request';
    case 429:
      return 'too_many_requests';
    default:
      return undefined;
  }
}
