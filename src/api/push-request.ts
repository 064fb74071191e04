import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { idempotencyKeySchema, type PushFields, pushSchema } from '#protocol';
import { detailsOf, HubError } from '../errors.ts';
import type { Wording } from '../wording/wording.ts';

/** The body of a push, for the documentation: JSON, or a form with a file. */
export const PUSH_BODY = {
  content: {
    'application/json': { schema: pushSchema },
    'multipart/form-data': {
      schema: pushSchema.extend({ photo: z.file().optional(), document: z.file().optional() }),
    },
  },
};

/**
 * The fields of a push, from either body.
 * @throws HubError `invalid_request`
 */
export function pushFieldsOf(body: unknown, { ofSchema }: Wording): PushFields {
  const result = pushSchema.safeParse(body ?? {}, { error: ofSchema });
  if (result.success) return result.data;
  throw new HubError('invalid_request', 'The push does not fit its schema.', { details: detailsOf(result.error) });
}

/**
 * The `Idempotency-Key` of a push, if it has one.
 * @throws HubError `invalid_request`
 */
export function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const given = request.headers['idempotency-key'];
  if (given === undefined) return undefined;
  const key = idempotencyKeySchema.safeParse(given);
  if (key.success) return key.data;
  throw new HubError('invalid_request', 'The Idempotency-Key is too long.', {
    details: [{ path: 'Idempotency-Key', message: (say) => say.keyLength }],
  });
}
