import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { beginToVacate, vacate } from '../assignment/vacate.ts';
import type { AuditAction } from '../audit/actions.ts';
import type { Database, Tx } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { isoTime } from '../iso-time.ts';
import { activate, changeJoinCode, deactivate, deleteTpv, existingTpv } from '../tpvs/edit.ts';
import { revokeKeys, rotateKey } from '../tpvs/keys.ts';
import { rotateSigningSecret } from '../tpvs/signing-secret.ts';
import { type Tpv, tpvById } from '../tpvs/tpv.ts';
import { type BotUsername, joinLink } from './join-link.ts';
import { qrSvg } from './qr.ts';
import { record } from './record.ts';
import {
  deactivation,
  deletedTpv,
  newJoinCode,
  revokedKeys,
  rotatedTpvKey,
  rotatedTpvSecret,
  tpvActivity,
  tpvParams,
} from './schemas/tpvs.ts';
import { textAnswer } from './text-answer.ts';

export interface AdminTpvAccessOptions {
  db: Database;
  botUsername: BotUsername;
  now(): number;
}

const QR_ANSWER = textAnswer('image/svg+xml', 'El código');

/** Whether a TPV may work, with which key, and how people come to it. */
export async function adminTpvAccessRoutes(instance: FastifyInstance, options: AdminTpvAccessOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { db, now } = options;
  const proven = { config: { right: 'change', proven: true } } as const;

  const note = (
    tx: Tx,
    request: FastifyRequest,
    action: AuditAction,
    { id, name }: Pick<Tpv, 'id' | 'name'>,
    details?: Record<string, unknown>,
  ) => record(tx, options, request, { action, target: { kind: 'tpv', id, name }, details });

  app.post(
    '/api/admin/tpvs/:id/activate',
    {
      config: { right: 'change' },
      schema: {
        summary: 'Activa un TPV; la primera vez queda aprobado',
        params: tpvParams,
        response: { 200: tpvActivity },
      },
    },
    async (request) => {
      const { id } = request.params;
      await db.transact(async (tx) => {
        const before = await activate(tx, id, now());
        await note(tx, request, 'tpv.activate', before, before.approved_at === null ? { approved: true } : {});
      });
      return { id, is_active: true };
    },
  );

  app.post(
    '/api/admin/tpvs/:id/deactivate',
    {
      config: { right: 'change' },
      schema: {
        summary: 'Desactiva un TPV; sus personas se quedan con él o buscan otro',
        params: tpvParams,
        body: deactivation,
        response: { 200: tpvActivity },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { users } = request.body;
      await db.transact(async (tx) => {
        const before = await deactivate(tx, id);
        if (users === 'reassign') await beginToVacate(tx, id);
        await note(tx, request, 'tpv.deactivate', before, { users, user_count: before.user_count });
      });
      if (users === 'reassign') await vacate(db, id);
      return { id, is_active: false };
    },
  );

  app.delete(
    '/api/admin/tpvs/:id',
    {
      config: { right: 'change' },
      schema: { summary: 'Elimina un TPV; sus personas buscan otro', params: tpvParams, response: { 200: deletedTpv } },
    },
    async (request) => {
      const { id } = request.params;
      await db.transact(async (tx) => {
        const before = await deleteTpv(tx, id, now());
        await beginToVacate(tx, id);
        await note(tx, request, 'tpv.delete', before, { user_count: before.user_count });
      });
      await vacate(db, id);
      return { id, deleted: true as const };
    },
  );

  app.post(
    '/api/admin/tpvs/:id/rotate-key',
    {
      ...proven,
      schema: {
        summary: 'Da al TPV una clave nueva; la anterior vale 24 horas más',
        params: tpvParams,
        response: { 201: rotatedTpvKey },
      },
    },
    async (request, reply) => {
      const rotated = await db.transact(async (tx) => {
        const tpv = await existingTpv(tx, request.params.id);
        await note(tx, request, 'tpv.rotate_key', tpv);
        return rotateKey(tx, tpv.id, now());
      });
      const previousValidUntil = isoTime(rotated.previousValidUntil);
      return reply.code(201).send({ api_key: rotated.key, previous_valid_until: previousValidUntil });
    },
  );

  app.post(
    '/api/admin/tpvs/:id/rotate-secret',
    {
      ...proven,
      schema: {
        summary: 'Da al TPV un secreto de firma nuevo; con el anterior se firma 24 horas más',
        params: tpvParams,
        response: { 201: rotatedTpvSecret },
      },
    },
    async (request, reply) => {
      const rotated = await db.transact(async (tx) => {
        const tpv = await existingTpv(tx, request.params.id);
        await note(tx, request, 'tpv.rotate_secret', tpv);
        return rotateSigningSecret(tx, tpv.id, now());
      });
      const previousValidUntil = isoTime(rotated.previousValidUntil);
      return reply.code(201).send({ signing_secret: rotated.secret, previous_valid_until: previousValidUntil });
    },
  );

  app.post(
    '/api/admin/tpvs/:id/revoke-keys',
    {
      ...proven,
      schema: {
        summary: 'Anula las claves de un TPV en el acto',
        params: tpvParams,
        response: { 200: revokedKeys },
      },
    },
    async (request) => {
      const { id } = request.params;
      await db.transact(async (tx) => {
        const tpv = await existingTpv(tx, id);
        await revokeKeys(tx, id);
        await note(tx, request, 'tpv.revoke_keys', tpv);
      });
      return { id, revoked: true as const };
    },
  );

  app.post(
    '/api/admin/tpvs/:id/join-code',
    {
      config: { right: 'change' },
      schema: {
        summary: 'Da al TPV otro código de alta; el anterior deja de valer',
        params: tpvParams,
        response: { 200: newJoinCode },
      },
    },
    async (request) => {
      const joinCode = await db.transact(async (tx) => {
        const changed = await changeJoinCode(tx, request.params.id);
        await note(tx, request, 'tpv.join_code', changed.tpv);
        return changed.joinCode;
      });
      return { join_code: joinCode, join_url: await joinLink(options, joinCode) };
    },
  );

  app.get(
    '/api/admin/tpvs/:id/join-qr.svg',
    {
      config: { right: 'see', reach: 'tpv' },
      schema: { summary: 'El código QR del enlace de alta, para la puerta', params: tpvParams, response: QR_ANSWER },
    },
    async (request, reply) => {
      const [tpv] = await db.query(tpvById, { id: request.params.id });
      if (tpv === undefined) throw new HubError('not_found', 'There is no such TPV.');
      const url = await joinLink(options, tpv.join_code);
      if (url === null) throw new HubError('unavailable', 'Telegram has not told the bot’s name yet.');
      return reply.type('image/svg+xml').send(qrSvg(url));
    },
  );
}
