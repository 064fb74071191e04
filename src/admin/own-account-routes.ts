import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { accountIn, setLanguage, setPassword, targetOf } from '../administrators/account.ts';
import { endSessions, sessionsOf } from '../administrators/administrator-session.ts';
import { deviceOf } from '../administrators/device.ts';
import { hashPassword } from '../administrators/password.ts';
import { confirmTotp, endTotp, startTotp } from '../administrators/second-factor.ts';
import { totpUri } from '../administrators/totp.ts';
import { callerOf } from '../caller.ts';
import { HubError } from '../errors.ts';
import { isoTime } from '../iso-time.ts';
import { beginProof, noteRefused, type ProofOptions, provenByPassword } from './own-proof.ts';
import { qrSvg } from './qr.ts';
import { record } from './record.ts';
import {
  accountSessionList,
  accountSessionParams,
  languageChange,
  passwordChange,
  passwordProof,
  recoveryCodes,
  totpCode,
  totpStart,
} from './schemas/account.ts';
import { done } from './schemas/accounts.ts';
import { sessionOf } from './session-routes.ts';

/** Who the authenticator app says the code is for. */
const ISSUER = 'ValleTPV Hub';
const BODY_LIMIT = 16_384;
const OK = { ok: true } as const;

/** What people do with their own account, whatever their role: sessions, language, password, second factor. */
export async function ownAccountRoutes(instance: FastifyInstance, options: ProofOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { db, now } = options;
  const describe = { tags: ['Administración'], security: [{ AdminSession: [] }] };
  const own = { config: { right: 'own' }, bodyLimit: BODY_LIMIT } as const;

  app.get(
    '/api/admin/account/sessions',
    {
      config: { right: 'own' },
      schema: { ...describe, summary: 'Mis sesiones', response: { 200: accountSessionList } },
    },
    async (request) => {
      const { id, accountId } = sessionOf(request);
      const rows = await sessionsOf(db, accountId, now());
      const items = rows.map((row) => ({
        id: row.id,
        current: row.id === id,
        created_at: isoTime(row.created_at),
        last_seen_at: isoTime(row.last_seen_at),
        expires_at: isoTime(row.expires_at),
        address: row.address,
        user_agent: row.user_agent,
        ...deviceOf(row.user_agent),
      }));
      return { items };
    },
  );

  app.delete(
    '/api/admin/account/sessions/:id',
    {
      ...own,
      schema: {
        ...describe,
        summary: 'Cierra una de mis sesiones',
        params: accountSessionParams,
        response: { 200: done },
      },
    },
    async (request) => {
      const { accountId } = sessionOf(request);
      const { id } = request.params;
      await db.transact(async (tx) => {
        const account = await accountIn(tx, accountId);
        const ended = await endSessions(tx, accountId, { only: id });
        if (ended.length === 0) throw new HubError('not_found', 'The account has no such session.');
        const details = { session: id };
        await record(tx, options, request, { action: 'session.revoke', target: targetOf(account), details });
      });
      return OK;
    },
  );

  app.put(
    '/api/admin/account/language',
    {
      ...own,
      schema: {
        ...describe,
        summary: 'Elige en qué idioma me habla el panel',
        body: languageChange,
        response: { 200: done },
      },
    },
    async (request) => {
      const { language } = request.body;
      await db.transact(async (tx) => {
        const account = await accountIn(tx, sessionOf(request).accountId);
        if (account.language === language) return;
        await setLanguage(tx, account.id, language);
        const details = { from: account.language, to: language };
        await record(tx, options, request, { action: 'account.language', target: targetOf(account), details });
      });
      return OK;
    },
  );

  app.put(
    '/api/admin/account/password',
    { ...own, schema: { ...describe, summary: 'Cambia mi contraseña', body: passwordChange, response: { 200: done } } },
    async (request) => {
      const { current_password: current, new_password: chosen } = request.body;
      const account = await provenByPassword(request, options, current, 'current_password');
      const passwordHash = await hashPassword(chosen, callerOf(request.ip));
      await db.transact(async (tx) => {
        await setPassword(tx, account.id, passwordHash, now());
        await endSessions(tx, account.id, { except: sessionOf(request).id });
        await record(tx, options, request, { action: 'account.password', target: targetOf(account) });
      });
      return OK;
    },
  );

  app.post(
    '/api/admin/account/totp',
    {
      ...own,
      schema: { ...describe, summary: 'Prepara el segundo factor', body: passwordProof, response: { 200: totpStart } },
    },
    async (request) => {
      const account = await provenByPassword(request, options, request.body.password, 'password');
      const secret = await db.transact((tx) => startTotp(tx, account.id));
      const uri = totpUri(secret, ISSUER, account.name);
      return { secret, uri, qr_svg: qrSvg(uri) };
    },
  );

  app.post(
    '/api/admin/account/totp/confirm',
    {
      ...own,
      schema: { ...describe, summary: 'Activa el segundo factor', body: totpCode, response: { 200: recoveryCodes } },
    },
    async (request) => {
      const { accountId } = sessionOf(request);
      const { attempt } = await beginProof(request, options);
      const confirmed = db.transact(async (tx) => {
        const account = await accountIn(tx, accountId);
        const recovery = await confirmTotp(tx, account, request.body.code, now());
        await record(tx, options, request, { action: 'account.totp_enable', target: targetOf(account) });
        return recovery;
      });
      const codes = await confirmed.catch(async (error: unknown) => {
        if (error instanceof HubError) await noteRefused(request, options, 'code');
        throw error;
      });
      attempt.right();
      return { recovery_codes: codes };
    },
  );

  app.delete(
    '/api/admin/account/totp',
    {
      ...own,
      schema: { ...describe, summary: 'Desactiva el segundo factor', body: passwordProof, response: { 200: done } },
    },
    async (request) => {
      const account = await provenByPassword(request, options, request.body.password, 'password');
      await db.transact(async (tx) => {
        await endTotp(tx, account.id);
        await record(tx, options, request, { action: 'account.totp_disable', target: targetOf(account) });
      });
      return OK;
    },
  );
}
