import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { endSessions, findSession, type OpenSession, type Origin } from '../administrators/administrator-session.ts';
import { isSetupNeeded } from '../administrators/first-account.ts';
import { type Login, type LoginPorts, login, loginByBot, setUp } from '../administrators/login.ts';
import { HubError } from '../errors.ts';
import { isoTime } from '../iso-time.ts';
import { type Access, administratorOf } from './access.ts';
import { record } from './record.ts';
import { done } from './schemas/accounts.ts';
import {
  botLoginBody,
  loginBody,
  loginState,
  type Session,
  session as sessionAnswer,
  setupBody,
} from './schemas/session.ts';

export interface SessionOptions extends LoginPorts {
  access: Access;
  /** What the panel needs to know besides the account. */
  about: Pick<Session, 'version' | 'time_zone' | 'locale' | 'shares_database'>;
}

const tags = ['Administración'];
/** A name, a password, a code. */
const BODY_LIMIT = 16_384;
/** What the list of sessions shows of a browser. */
const MOST_AGENT_LENGTH = 300;

/** What needs no session: the first account, and the login. */
export async function loginRoutes(instance: FastifyInstance, options: SessionOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { access, db, now } = options;
  const opened = async (request: FastifyRequest, reply: FastifyReply, attempt: Promise<Login>) => {
    const { secret } = await attempt;
    const found = await findSession(db, secret, now());
    if (found === undefined) throw new HubError('unauthorized', 'The session ended as it began.');
    access.setCookie(request, reply, secret);
    return answerOf(found, options);
  };

  app.get(
    '/api/admin/login',
    {
      schema: {
        tags,
        security: [],
        summary: 'Si hay sesión, o hace falta crear la primera cuenta',
        response: { 200: loginState },
      },
    },
    async (request) => ({
      setup_needed: await isSetupNeeded(db),
      logged_in: (await access.identify(request))?.session !== undefined,
    }),
  );

  const opens = { bodyLimit: BODY_LIMIT, onRequest: access.requireOwnOrigin };
  app.post(
    '/api/admin/login',
    {
      ...opens,
      schema: { tags, security: [], summary: 'Abre una sesión', body: loginBody, response: { 200: sessionAnswer } },
    },
    (request, reply) => opened(request, reply, login(options, request.body, originOf(request))),
  );

  app.post(
    '/api/admin/login/bot',
    {
      ...opens,
      schema: {
        tags,
        security: [],
        summary: 'Abre una sesión con el enlace que da el bot a un responsable; vale 5 minutos, una vez',
        body: botLoginBody,
        response: { 200: sessionAnswer },
      },
    },
    (request, reply) => opened(request, reply, loginByBot(options, request.body.token, originOf(request))),
  );

  app.post(
    '/api/admin/setup',
    {
      ...opens,
      schema: {
        tags,
        security: [],
        summary: 'Crea la primera cuenta',
        body: setupBody,
        response: { 200: sessionAnswer },
      },
    },
    (request, reply) => opened(request, reply, setUp(options, request.body, originOf(request))),
  );
}

/** The session that a request comes with. */
export async function sessionRoutes(instance: FastifyInstance, options: SessionOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { access, db, now } = options;
  const security = [{ AdminSession: [] }];

  app.get(
    '/api/admin/session',
    {
      config: { right: 'own' },
      schema: { tags, security, summary: 'La sesión abierta', response: { 200: sessionAnswer } },
    },
    async (request) => answerOf(sessionOf(request), options),
  );

  app.post(
    '/api/admin/logout',
    {
      config: { right: 'own' },
      schema: { tags, security, summary: 'Cierra la sesión', response: { 200: done } },
    },
    async (request, reply) => {
      const { id, accountId, name } = sessionOf(request);
      await db.transact(async (tx) => {
        await endSessions(tx, accountId, { only: id });
        const target = { kind: 'account', id: accountId, name };
        await record(tx, { now }, request, { action: 'session.logout', target, details: { session: id } });
      });
      access.clearCookie(request, reply);
      return { ok: true as const };
    },
  );
}

/**
 * The session of a request that passed the guard.
 * @throws HubError `forbidden` for a script, which has no account
 */
export function sessionOf(request: FastifyRequest): OpenSession {
  const { session } = administratorOf(request);
  if (session === undefined) throw new HubError('forbidden', 'ADMIN_TOKEN has no account: log in with one.');
  return session;
}

function answerOf(session: OpenSession, { about }: SessionOptions): Session {
  return {
    name: session.name,
    role: session.role,
    language: session.language,
    totp_enabled: session.totpEnabled,
    csrf_token: session.csrfToken,
    expires_at: isoTime(session.expiresAt),
    idle_expires_at: isoTime(session.idleExpiresAt),
    ...about,
  };
}

function originOf(request: FastifyRequest): Origin {
  return { address: request.ip, userAgent: (request.headers['user-agent'] ?? '').slice(0, MOST_AGENT_LENGTH) };
}
