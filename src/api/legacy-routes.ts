import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { IfUnknown } from '#protocol';
import { createLegacyButtons, type LegacyButton, notificationOf } from '../buttons/legacy-buttons.ts';
import type { IsCallable } from '../callbacks/origins.ts';
import type { Database, Tx } from '../db/open.ts';
import { storable } from '../db/plain-text.ts';
import { HubError } from '../errors.ts';
import { uuidv7 } from '../ids.ts';
import { findTestOrder } from '../instructions/test-order.ts';
import type { AskChange } from '../push/change.ts';
import { enqueue } from '../push/enqueue.ts';
import { faultsOfMessage, type OutboundMessage, type PushRow } from '../push/message.ts';
import { pushInChat } from '../push/push-store.ts';
import type { PushQuota } from '../push/quota.ts';
import { isGone } from '../push/verdict.ts';
import { NOBODY } from '../users/nobody.ts';
import { userById } from '../users/user.ts';
import { SPANISH } from '../wording/wording.ts';
import { type AuthPorts, requireTpv, tpvOf } from './auth.ts';
import { readAsJson } from './json-body.ts';
import { deleteBody, editBody, invalid, notificationBody, readLegacy } from './legacy-bodies.ts';
import { TPV_SECURITY } from './schemas.ts';
import { unchecked } from './validation.ts';

export interface LegacyRoutesOptions {
  db: Database;
  auth: AuthPorts;
  change: AskChange;
  /** The message as it stands once it is settled, or after a while. */
  settled(id: string, ms: number): Promise<PushRow | undefined>;
  isCallable: IsCallable;
  quota: Pick<PushQuota, 'require'>;
  /** What becomes of a message that may have arrived: older TPVs can't say. */
  ifUnknown(): IfUnknown;
  now(): number;
}

/** Real TPVs give up after 10 s, and would send the notification again. */
const WAIT_MS = 7_500;
const NOT_STARTED = 'el usuario no ha iniciado el bot: pídele que le escriba /start';
/** How long the buttons of an older TPV work, if it does not say. */
const DEFAULT_LIFE_MS = 24 * 3_600_000;

const done = z.object({ success: z.literal(true), pending: z.literal(true).optional() });
const notified = done.extend({ message_id: z.int().nullable() });

const refused = z
  .object({ success: z.literal(false), error: z.string(), code: z.string() })
  .meta({ id: 'LegacyError' });
/** The statuses with which these routes refuse. */
const REFUSALS = Object.fromEntries([400, 401, 403, 404, 429, 502].map((status) => [status, refused]));

/** What older TPVs, in production and written by others, call; their shapes stay (docs/rest.md). */
export async function legacyRoutes(app: FastifyInstance, options: LegacyRoutesOptions): Promise<void> {
  const { db, change, now } = options;
  const onRequest = requireTpv(options.auth, { inactive: false });
  /** The body is documented here and read by the route itself, which words what is wrong with it in the old way. */
  const route = (summary: string, body: z.ZodType, response: z.ZodType) => ({
    onRequest,
    config: { anyJson: ['metadata'] },
    schema: { tags: ['TPV antiguos'], security: TPV_SECURITY, summary, body, response: { 200: response, ...REFUSALS } },
    validatorCompiler: unchecked,
  });
  // The service before this one read the body whatever it was called, and programs that post text call it so.
  readAsJson(app, 'text/plain');
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof HubError)) throw error;
    return sendLegacyError(reply, error);
  });

  app.post(
    '/api/register_notification',
    route('Envía un aviso con botones', notificationBody, notified),
    async (request) => {
      const body = readLegacy(notificationBody, request);
      if (!(await options.isCallable(body.callback_url, tpvOf(request).id)))
        throw invalid('callback_url: su origen no está permitido');
      const chatId = body.telegram_user_id;
      const message = textMessage(body.mensaje);
      const tpvId = tpvOf(request).id;
      const pushId = uuidv7(now());
      // A person whom the hub does not know may have started the bot before the hub was there: Telegram decides.
      const isKnown = await db.transact(async (tx) => {
        const [user] = await tx.run(userById, { telegramId: chatId });
        await options.quota.require(tx, tpvId);
        const notification = {
          pushId,
          tpvId,
          telegramUserId: chatId,
          callbackUrl: body.callback_url,
          token: body.token,
          uidDispositivo: body.uid_dispositivo,
          metadata: body.metadata,
          expiresAt: body.expira_en ?? now() + DEFAULT_LIFE_MS,
        };
        const keyboard = await createLegacyButtons(tx, notification, body.botones);
        const ifUnknown = options.ifUnknown();
        const testOrder = chatId === NOBODY ? await findTestOrder(tx, tpvId, now()) : undefined;
        const request = {
          ...message,
          id: pushId,
          tpvId,
          chatId,
          ifUnknown,
          testOrder,
          ...(keyboard.length > 0 && { keyboard }),
        };
        await enqueue(tx, request, now());
        return user !== undefined;
      });
      const row = await options.settled(pushId, WAIT_MS);
      if (row?.status === 'failed') {
        throw !isKnown && isGone(row.error_code, row.error_message) ? notStarted() : refusedBy(row);
      }
      if (row?.telegram_message_id != null) return { success: true, message_id: row.telegram_message_id };
      // It is durable and goes out later, or may have arrived: a TPV that got an error would send it again.
      return { success: true, message_id: null, pending: true };
    },
  );

  const own = async (request: FastifyRequest, chatId: number, messageId: number): Promise<PushRow> => {
    const [row] = await db.query(pushInChat, { tpvId: tpvOf(request).id, chatId, messageId });
    if (row === undefined) throw new HubError('not_found', 'Not a message of this TPV.');
    return row;
  };

  app.post('/api/edit_message', route('Cambia un mensaje de este TPV', editBody, done), async (request) => {
    const body = readLegacy(editBody, request);
    const row = await own(request, body.telegram_user_id, body.message_id);
    const { botones } = body;
    const keyboard = botones && ((tx: Tx) => replaceButtons(tx, row, tpvOf(request).id, botones));
    const edit = { text: body.nuevo_texto, parseMode: 'HTML', keyboard, dropsButtons: true } as const;
    return changed(await change(row, edit, WAIT_MS));
  });

  app.post('/api/delete_message', route('Borra un mensaje de este TPV', deleteBody, done), async (request) => {
    const body = readLegacy(deleteBody, request);
    const row = await own(request, body.telegram_user_id, body.message_id);
    return changed(await change(row, { deletes: true }, WAIT_MS));
  });
}

/** Telegram has it, or gets it later: it is durable. */
function changed(row: PushRow | undefined): z.infer<typeof done> {
  return row === undefined ? { success: true, pending: true } : { success: true };
}

async function replaceButtons(tx: Tx, row: PushRow, tpvId: string, botones: LegacyButton[][]) {
  const before = await notificationOf(tx, { id: row.id, tpvId, chatId: row.chat_id });
  if (before !== undefined) return createLegacyButtons(tx, before, botones);
  if (botones.flat().some((one) => 'callback_data' in one)) throw invalid('botones: el mensaje no tenía callback_url');
  return botones.map((line) => line.flatMap((one) => ('url' in one ? [one] : [])));
}

function notStarted(): HubError {
  return new HubError('not_found', 'The person has not started the bot.', {
    details: [{ path: 'telegram_user_id', message: () => NOT_STARTED }],
  });
}

function refusedBy({ error_message: message }: PushRow): HubError {
  return new HubError('telegram_error', `Telegram refused a notification: ${message}`, {
    details: [{ path: 'telegram', message: () => message }],
  });
}

function textMessage(text: string): OutboundMessage {
  const message = {
    kind: 'text',
    text: storable(text),
    parseMode: 'HTML',
    data: {},
    disableNotification: false,
  } as const;
  const [fault] = faultsOfMessage(message);
  if (fault !== undefined) throw invalid(`mensaje: ${fault.message(SPANISH.words)}`);
  return message;
}

function sendLegacyError(reply: FastifyReply, error: HubError): FastifyReply {
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', error.retryAfterSeconds);
  const body = { success: false, error: legacySentence(error), code: error.code, ...error.extra };
  return reply.code(error.status).type('application/json; charset=utf-8').send(JSON.stringify(body));
}

function legacySentence(error: HubError): string {
  if (error.code === 'unauthorized') return 'No autorizado';
  return error.reason(SPANISH.words);
}
