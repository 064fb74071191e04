import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { parseJson } from '../db/json-text.ts';
import type { Database } from '../db/open.ts';
import { stats } from '../instructions/instruction-counts.ts';
import { isoTime } from '../iso-time.ts';
import type { Presence } from '../tpvs/presence/presence.ts';
import { registerTpv } from '../tpvs/register.ts';
import { serviceAnswerOf } from '../tpvs/service/service-answer.ts';
import type { Tpv } from '../tpvs/tpv.ts';
import { type TelegramUser, usersOfTpv, usersOfTpvByActivity } from '../users/user.ts';
import { type Admission, admit, tooManyRegistrations } from './admission.ts';
import { type AuthPorts, requireTpv, tpvOf } from './auth.ts';
import { errorResponses } from './error-answers.ts';
import { noteOwnDoing } from './key-routes.ts';
import {
  heartbeatAnswer,
  heartbeatBody,
  registerBody,
  registered,
  statsAnswer,
  TPV_SECURITY,
  tpvInfo,
  usersAnswer,
  usersQuery,
} from './schemas.ts';

export interface TpvRoutesOptions extends Admission {
  db: Database;
  presence: Presence;
  auth: AuthPorts;
  now(): number;
}

/** Registrations of one address within an hour (S18). */
const REGISTRATIONS_PER_HOUR = 10;
/** Older TPVs put a few fields of their own beside `version`. */
const MAX_HEARTBEAT_BYTES = 4 * 1024;
/** 4 KiB of metadata, escaped and spaced in whatever way, and the other fields. */
const MAX_REGISTRATION_BYTES = 64 * 1024;
const REGISTERED = 'TPV registrado correctamente. Guarda el API Key de forma segura.';

/** A TPV's own account: registering, who it is, its users, its figures. */
export async function tpvRoutes(instance: FastifyInstance, options: TpvRoutesOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { db, presence, now } = options;
  const anyTpv = requireTpv(options.auth, { inactive: true });
  const activeTpv = requireTpv(options.auth, { inactive: false });

  app.post(
    '/api/tpv/register',
    {
      bodyLimit: MAX_REGISTRATION_BYTES,
      config:
        options.registration === 'open'
          ? { anyJson: ['metadata'] }
          : {
              anyJson: ['metadata'],
              rateLimit: {
                max: REGISTRATIONS_PER_HOUR,
                timeWindow: 3_600_000,
                errorResponseBuilder: tooManyRegistrations,
              },
            },
      schema: {
        tags: ['TPV'],
        summary: 'Registra un TPV y le da su clave',
        body: registerBody,
        response: { 201: registered, ...errorResponses('invalid_request', 'registration_closed', 'too_many_requests') },
      },
    },
    async (request, reply) => {
      const isActive = admit(request, options);
      const { name, endpoint_url: endpointUrl, max_users: maxUsers, version, metadata } = request.body;
      const registration = { name, endpointUrl, maxUsers, version, metadata };
      const tpv = await db.transact(async (tx) => {
        const made = await registerTpv((run) => run(tx), registration, isActive, now());
        await noteOwnDoing(tx, request, 'tpv.register', made, now());
        return made;
      });
      return reply.code(201).send({
        id: tpv.id,
        name: tpv.name,
        api_key: tpv.apiKey,
        signing_secret: tpv.signingSecret,
        message: REGISTERED,
        is_active: tpv.isActive,
      });
    },
  );

  app.get(
    '/api/tpv/info',
    {
      onRequest: anyTpv,
      schema: {
        tags: ['TPV'],
        security: TPV_SECURITY,
        summary: 'Los datos del TPV',
        response: { 200: tpvInfo, ...errorResponses('unauthorized') },
      },
    },
    async (request) => infoOf(tpvOf(request), options),
  );

  app.post(
    '/api/tpv/heartbeat',
    {
      onRequest: requireTpv(options.auth, { inactive: true, sign: 'asked' }),
      // Whatever an older TPV puts beside `version` is ignored, and its schema looks at that one.
      config: { anyJson: ['*'] },
      bodyLimit: MAX_HEARTBEAT_BYTES,
      schema: {
        tags: ['TPV'],
        security: TPV_SECURITY,
        summary: 'El TPV está vivo',
        body: heartbeatBody,
        response: { 200: heartbeatAnswer, ...errorResponses('unauthorized') },
      },
    },
    async (request) => {
      const tpv = tpvOf(request);
      const version = request.body?.version;
      if (version !== undefined && version !== tpv.version) await presence.recordVersion(tpv.id, version);
      return { status: 'ok' as const, timestamp: isoTime(now()) };
    },
  );

  app.get(
    '/api/tpv/users',
    {
      onRequest: activeTpv,
      schema: {
        tags: ['TPV'],
        security: TPV_SECURITY,
        summary: 'Las personas asignadas al TPV, por páginas',
        querystring: usersQuery,
        response: { 200: usersAnswer, ...errorResponses('invalid_request', 'unauthorized', 'tpv_inactive') },
      },
    },
    async (request) => {
      const { limit, after, is_active: active } = request.query;
      const page = { tpvId: tpvOf(request).id, after, limit };
      const users = await (active === undefined
        ? db.query(usersOfTpv, page)
        : usersOfTpvByActivity(db, { ...page, active }));
      const next = users.length === limit ? (users.at(-1)?.telegram_id ?? null) : null;
      return { count: users.length, users: users.map(userOf), next };
    },
  );

  app.get(
    '/api/tpv/stats',
    {
      onRequest: anyTpv,
      schema: {
        tags: ['TPV'],
        security: TPV_SECURITY,
        summary: 'Las cifras del TPV',
        response: { 200: statsAnswer, ...errorResponses('unauthorized') },
      },
    },
    async (request) => {
      const tpv = tpvOf(request);
      const last = presence.lastHeartbeat(tpv);
      return {
        tpv_id: tpv.id,
        tpv_name: tpv.name,
        is_online: presence.isOnline(tpv),
        last_heartbeat: last === null ? null : isoTime(last),
        users: {
          total: tpv.user_count,
          max: tpv.max_users,
          available_slots: Math.max(0, tpv.max_users - tpv.user_count),
        },
        ...(await stats(db, tpv.id)),
        service: serviceAnswerOf(tpv, now()),
      };
    },
  );
}

function infoOf(tpv: Tpv, { presence, now }: Pick<TpvRoutesOptions, 'presence' | 'now'>) {
  const last = presence.lastHeartbeat(tpv);
  return {
    id: tpv.id,
    name: tpv.name,
    endpoint_url: tpv.endpoint_url,
    is_active: tpv.is_active === 1,
    max_users: tpv.max_users,
    version: tpv.version,
    metadata: parseJson(tpv.metadata),
    created_at: isoTime(tpv.created_at),
    last_heartbeat: last === null ? null : isoTime(last),
    user_count: tpv.user_count,
    is_online: presence.isOnline(tpv),
    service: serviceAnswerOf(tpv, now()),
  };
}

function userOf(user: TelegramUser) {
  return {
    telegram_id: user.telegram_id,
    username: user.username,
    first_name: user.first_name,
    last_name: user.last_name,
    is_active: user.is_active === 1,
    language_code: user.language_code,
    created_at: isoTime(user.created_at),
    last_interaction: isoTime(user.last_interaction),
  };
}
