import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { pushEditSchema } from '#protocol';
import { checkButtons, createButtons } from '../buttons/create.ts';
import type { IsCallable } from '../callbacks/origins.ts';
import type { Database, Tx } from '../db/open.ts';
import { HubError } from '../errors.ts';
import type { PushInput } from '../push/accept.ts';
import { PUSH_WAIT_MS, type PushAnswer, pushAnswer } from '../push/answer.ts';
import type { AskChange } from '../push/change.ts';
import type { PushRow } from '../push/message.ts';
import { pushOfTpv } from '../push/push-store.ts';
import type { PushQuota } from '../push/quota.ts';
import { resend } from '../push/resend.ts';
import type { SavedUpload, UploadStore } from '../push/uploads.ts';
import type { Wording, Words } from '../wording/wording.ts';
import { type AuthPorts, requireTpv, tpvOf } from './auth.ts';
import { errorResponses } from './error-answers.ts';
import { acceptForms, readPushForm } from './multipart.ts';
import { idempotencyKeyOf, PUSH_BODY, pushFieldsOf } from './push-request.ts';
import { TPV_SECURITY } from './schemas.ts';
import { unchecked } from './validation.ts';

export interface PushRoutesOptions {
  db: Database;
  auth: AuthPorts;
  accept(input: PushInput): Promise<{ id: string; repeated: boolean }>;
  /** How it went with Telegram, waited for as long as the contract says. */
  result(pushId: string): Promise<PushAnswer>;
  change: AskChange;
  /** Whether a change of this message is still to come. */
  isChanging(pushId: string): Promise<boolean>;
  isCallable: IsCallable;
  uploads: UploadStore;
  quota: PushQuota;
  /** How a form that does not fit is told. */
  wording: Wording;
  now(): number;
}

const params = z.object({ id: z.string().max(64) });
const answer = z.object({
  status: z.enum(['sent', 'pending', 'failed', 'unknown']),
  push_message_id: z.uuid(),
  telegram_message_id: z.int().optional(),
  sent_as_plain_text: z.literal(true).optional(),
  sent_again: z.literal(true).optional(),
  error_message: z.string().optional(),
  telegram_error_code: z.int().optional(),
  change_pending: z.literal(true).optional(),
});
const refusals = errorResponses('invalid_request', 'unauthorized', 'tpv_inactive', 'not_found');
const tags = ['Mensajes'];
const BUTTON_DATA = ['buttons.*.*.data'];

/** Messages from a TPV to its users. */
export async function pushRoutes(instance: FastifyInstance, options: PushRoutesOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { db, wording } = options;
  const { words } = wording;
  const onRequest = requireTpv(options.auth, { inactive: false });
  await acceptForms(instance);

  app.post(
    '/api/tpv/push',
    {
      onRequest,
      config: { anyJson: BUTTON_DATA },
      // A form can't be checked before it is read: the route does both.
      validatorCompiler: unchecked,
      schema: {
        tags,
        security: TPV_SECURITY,
        summary: 'Envía un mensaje a una persona',
        body: PUSH_BODY,
        response: {
          201: answer,
          202: answer,
          ...refusals,
          ...errorResponses('idempotency_conflict', 'payload_too_large', 'quota_exceeded', 'telegram_error'),
          ...errorResponses('unavailable', 'insufficient_storage'),
        },
      },
    },
    async (request, reply) => {
      const tpvId = tpvOf(request).id;
      const idempotencyKey = idempotencyKeyOf(request);
      const allowed = request.isMultipart() ? await allowance(request, options) : undefined;
      let upload: SavedUpload | undefined;
      let taken = false;
      try {
        const form = allowed && (await readPushForm(request, allowed.store));
        upload = form?.upload;
        const fields = pushFieldsOf(form === undefined ? request.body : form.body, wording);
        await checkButtons(fields.buttons, tpvId, options.isCallable);
        const accepted = await options.accept({ tpvId, fields, idempotencyKey, upload });
        request.trail = { push_message_id: accepted.id };
        taken = !accepted.repeated;
        const result = await options.result(accepted.id);
        return await reply.code(result.status === 'sent' ? 201 : 202).send(result);
      } finally {
        // A file that no message refers to is of no use.
        if (upload !== undefined && !taken) await options.uploads.remove(upload.file);
        allowed?.release();
      }
    },
  );

  const own = async (request: FastifyRequest & { params: { id: string } }): Promise<PushRow> => {
    const [row] = await db.query(pushOfTpv, { id: request.params.id, tpvId: tpvOf(request).id });
    if (row === undefined) throw new HubError('not_found', 'No such message of this TPV.');
    return row;
  };

  app.get(
    '/api/tpv/push/:id',
    {
      onRequest,
      schema: {
        tags,
        security: TPV_SECURITY,
        summary: 'El estado de un mensaje',
        params,
        response: { 200: answer, ...refusals },
      },
    },
    async (request) => {
      const row = await own(request);
      return (await options.isChanging(row.id)) ? changing(row, words) : pushAnswer(row, words);
    },
  );

  app.patch(
    '/api/tpv/push/:id',
    {
      onRequest,
      config: { anyJson: BUTTON_DATA },
      schema: {
        tags,
        security: TPV_SECURITY,
        summary: 'Cambia un mensaje enviado',
        params,
        body: pushEditSchema,
        response: { 200: answer, 202: answer, ...refusals, ...errorResponses('telegram_error', 'unavailable') },
      },
    },
    async (request, reply) => {
      const row = await own(request);
      const { text, parse_mode: parseMode, buttons, expires_in, single_use } = request.body;
      await checkButtons(buttons, tpvOf(request).id, options.isCallable);
      const fields = { telegram_user_id: row.chat_id, buttons, expires_in, single_use };
      const keyboard =
        buttons && ((tx: Tx) => createButtons(tx, { pushId: row.id, tpvId: tpvOf(request).id, fields }, options.now()));
      const edited = await options.change(row, { text, parseMode, keyboard, dropsButtons: true }, PUSH_WAIT_MS);
      if (edited === undefined) return reply.code(202).send(changing(row, words));
      return pushAnswer(edited, words);
    },
  );

  app.delete(
    '/api/tpv/push/:id',
    {
      onRequest,
      schema: {
        tags,
        security: TPV_SECURITY,
        summary: 'Borra un mensaje en Telegram',
        params,
        response: {
          200: z.object({ status: z.literal('deleted'), push_message_id: z.uuid() }),
          202: answer,
          ...refusals,
          ...errorResponses('telegram_error', 'unavailable'),
        },
      },
    },
    async (request, reply) => {
      const row = await own(request);
      const deleted = await options.change(row, { deletes: true }, PUSH_WAIT_MS);
      if (deleted === undefined) return reply.code(202).send(changing(row, words));
      return { status: 'deleted' as const, push_message_id: row.id };
    },
  );

  app.post(
    '/api/tpv/push/:id/resend',
    {
      onRequest,
      schema: {
        tags,
        security: TPV_SECURITY,
        summary: 'Vuelve a enviar un mensaje del que no se sabe si llegó, o que falló',
        params,
        response: { 202: answer, ...refusals, ...errorResponses('invalid_transition', 'quota_exceeded') },
      },
    },
    async (request, reply) => {
      const { id } = await own(request);
      const row = await db.transact(async (tx) => {
        await options.quota.require(tx, tpvOf(request).id);
        return resend(tx, id, options.now());
      });
      return reply.code(202).send(pushAnswer(row, words));
    },
  );
}

/**
 * A store that takes as much as the TPV may still upload.
 * @throws HubError `quota_exceeded`, `insufficient_storage`
 */
async function allowance(request: FastifyRequest, { quota, uploads }: PushRoutesOptions) {
  try {
    return await quota.storeFor(tpvOf(request).id, uploads);
  } catch (error) {
    // The client reads the answer only once it could send the rest; it is read and thrown away.
    request.raw.resume();
    throw error;
  }
}

/** A message that Telegram shows as it was for a while longer. */
function changing(row: PushRow, words: Words): PushAnswer & { change_pending: true } {
  return { ...pushAnswer(row, words), change_pending: true };
}
