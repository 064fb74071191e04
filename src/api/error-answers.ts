import type {
  FastifyBaseLogger,
  FastifyError,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifySchemaValidationError,
} from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ERRORS, type ErrorCode } from '#protocol';
import { DatabaseFault } from '../db/fault.ts';
import { type ErrorDetail, HubError } from '../errors.ts';

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

/** Answers every refusal in the contract's shape; an unexpected error is logged, and its answer says nothing of it. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) => sendError(request, reply, new HubError('not_found', 'No such route.')));
}

/** Also for what fastify refuses before it looks for a route, such as an address that can't be decoded. */
export function answerError(error: FastifyError | HubError, request: FastifyRequest, reply: FastifyReply): void {
  const { id, log, routeOptions } = request;
  sendError(request, reply, knownError(error, { id, log, route: routeOptions.url }));
}

function sendError(request: FastifyRequest, reply: FastifyReply, error: HubError): FastifyReply {
  const { status, headers, json } = refusalOf(error, request.id);
  // Serialised already: a route's own schema must not get to refuse its error.
  return reply.code(status).headers(headers).type(JSON_TYPE).send(json);
}

/** An error as it is answered: its body is JSON. */
export function refusalOf(
  error: HubError,
  requestId: string,
): { status: number; headers: Record<string, string>; json: string } {
  const { status, code, retryAfterSeconds } = error;
  const headers: Record<string, string> = {};
  if (retryAfterSeconds !== undefined) headers['retry-after'] = String(retryAfterSeconds);
  else if (status === 429 || status === 503) headers['retry-after'] = '1';
  // Telegram's own refusal is the same answer each time it is asked for (Idempotency-Key), and its message has an id.
  const trace = status >= 500 && code !== 'telegram_error' ? { request_id: requestId } : {};
  if (status >= 500) headers['x-request-id'] = requestId;
  const body = { error: error.sentence, code, details: error.details, ...trace, ...error.extra };
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
  if (hasZodFastifySchemaValidationErrors(error)) {
    const details = error.validation.flatMap(detailsOf);
    return new HubError('invalid_request', 'The request does not fit its schema.', { details });
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

/** Of thousands of unknown fields, the answer names the first ones. */
const MOST_UNKNOWN_FIELDS = 20;

function detailsOf({ keyword, instancePath, message, params }: FastifySchemaValidationError): ErrorDetail[] {
  const path = instancePath.replace(/^\//, '').replaceAll('/', '.');
  if (keyword === 'unrecognized_keys' && Array.isArray(params.keys)) {
    // zod names the object around them; the caller looks for the fields.
    const fields = params.keys.slice(0, MOST_UNKNOWN_FIELDS).map((key) => String(key).slice(0, 100));
    return fields.map((key) => ({ path: path === '' ? key : `${path}.${key}`, message: 'campo desconocido' }));
  }
  return [{ path, message: message ?? 'no es válido' }];
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
