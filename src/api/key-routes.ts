import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { AuditAction } from '../audit/actions.ts';
import { audit } from '../audit/audit.ts';
import type { Database, Tx } from '../db/open.ts';
import { isoTime } from '../iso-time.ts';
import { rotateKey } from '../tpvs/keys.ts';
import { rotateSigningSecret } from '../tpvs/signing-secret.ts';
import type { Tpv } from '../tpvs/tpv.ts';
import { type AuthPorts, requireTpv, tpvOf } from './auth.ts';
import { errorResponses } from './error-answers.ts';
import { rotatedKey, rotatedSecret, TPV_SECURITY } from './schemas.ts';

export interface KeyRoutesOptions {
  db: Database;
  auth: AuthPorts;
  now(): number;
}

/** Writes down what a TPV does to its own account, in the transaction in which it does it (S33). */
export function noteOwnDoing(
  tx: Tx,
  request: FastifyRequest,
  action: AuditAction,
  { id, name }: Pick<Tpv, 'id' | 'name'>,
  now: number,
): Promise<void> {
  return audit(tx, { actor: 'tpv', action, target: { kind: 'tpv', id, name }, address: request.ip }, now);
}

/** A TPV's own key and the secret that calls of its URL are signed with: it may have new ones. */
export async function keyRoutes(instance: FastifyInstance, options: KeyRoutesOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { db, now } = options;
  const activeTpv = requireTpv(options.auth, { inactive: false });

  app.post(
    '/api/tpv/key/rotate',
    {
      onRequest: activeTpv,
      schema: {
        tags: ['TPV'],
        security: TPV_SECURITY,
        summary: 'Da una clave nueva; la anterior vale 24 horas más',
        response: { 201: rotatedKey, ...errorResponses('unauthorized', 'tpv_inactive') },
      },
    },
    async (request, reply) => {
      const tpv = tpvOf(request);
      const { key, previousValidUntil } = await db.transact(async (tx) => {
        await noteOwnDoing(tx, request, 'tpv.rotate_key', tpv, now());
        return rotateKey(tx, tpv.id, now());
      });
      return reply.code(201).send({ api_key: key, previous_valid_until: isoTime(previousValidUntil) });
    },
  );

  app.post(
    '/api/tpv/signing-secret/rotate',
    {
      onRequest: activeTpv,
      schema: {
        tags: ['TPV'],
        security: TPV_SECURITY,
        summary: 'Da un secreto nuevo para comprobar la firma de las llamadas; con el anterior se firma 24 horas más',
        response: { 201: rotatedSecret, ...errorResponses('unauthorized', 'tpv_inactive') },
      },
    },
    async (request, reply) => {
      const tpv = tpvOf(request);
      const { secret, previousValidUntil } = await db.transact(async (tx) => {
        await noteOwnDoing(tx, request, 'tpv.rotate_secret', tpv, now());
        return rotateSigningSecret(tx, tpv.id, now());
      });
      return reply.code(201).send({ signing_secret: secret, previous_valid_until: isoTime(previousValidUntil) });
    },
  );
}
