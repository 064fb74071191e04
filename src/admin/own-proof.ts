import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { type Account, accountIn, accountNamed, storedPassword, targetOf } from '../administrators/account.ts';
import { noteProof } from '../administrators/administrator-session.ts';
import { isKnownAddress } from '../administrators/known-addresses.ts';
import { verifyPassword } from '../administrators/password.ts';
import { useCode } from '../administrators/second-factor.ts';
import type { LoginThrottle } from '../administrators/throttle.ts';
import { callerOf } from '../caller.ts';
import type { Database } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { panelOnly } from '../wording/wording.ts';
import { record } from './record.ts';
import { proof } from './schemas/account.ts';
import { done } from './schemas/accounts.ts';
import { sessionOf } from './session-routes.ts';

export interface ProofOptions {
  db: Database;
  throttle: LoginThrottle;
  now(): number;
}

/** A password or a code. */
const BODY_LIMIT = 16_384;

/** Where a person proves that a session is still theirs, before accounts, roles and keys change (S37). */
export async function proofRoutes(instance: FastifyInstance, options: ProofOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { db, now } = options;

  app.post(
    '/api/admin/account/proof',
    {
      config: { right: 'own' },
      bodyLimit: BODY_LIMIT,
      schema: {
        security: [{ AdminSession: [] }],
        summary: 'Confirma quién usa la sesión: con un código si hay segundo factor, si no con la contraseña',
        body: proof,
        response: { 200: done },
      },
    },
    async (request) => {
      const { id, totpEnabled } = sessionOf(request);
      const { password = '', code = '' } = request.body;
      if (totpEnabled) await provenByCode(request, options, code);
      else await provenByPassword(request, options, password, 'password');
      await db.transact((tx) => noteProof(tx, id, now()));
      return { ok: true as const };
    },
  );
}

/**
 * The account of a request, whose person knows its password: a stranger at an open browser can't take the account over,
 * and can't try passwords faster than at the login.
 * @throws HubError `invalid_request`, `too_many_requests`
 */
export async function provenByPassword(
  request: FastifyRequest,
  options: ProofOptions,
  password: string,
  path: string,
): Promise<Account> {
  const { account, attempt } = await beginProof(request, options);
  const stored = storedPassword(account);
  if (!(await verifyPassword(password, stored, callerOf(request.ip))) || account === undefined) {
    await noteRefused(request, options, 'password');
    const message =
      stored === undefined
        ? panelOnly(
            'no la tiene tu cuenta: escribe /panel al bot y entra otra vez',
            'your account has none: write /panel to the bot and log in again',
          )
        : panelOnly('no es tu contraseña actual', 'is not your present password');
    throw new HubError('invalid_request', 'The password is wrong.', {
      details: [{ path, message }],
    });
  }
  attempt.right();
  return account;
}

/** Begins an attempt to prove who uses a session; wrong ones count with those of logins. */
export async function beginProof(request: FastifyRequest, { db, throttle }: ProofOptions) {
  const { name } = sessionOf(request);
  const account = await accountNamed(db, name);
  return { account, attempt: throttle.begin(request.ip, name, isKnownAddress(account, request.ip)) };
}

/** Writes down that whoever uses the session could not prove to be its person (S33). */
export async function noteRefused(
  request: FastifyRequest,
  options: Pick<ProofOptions, 'db' | 'now'>,
  wrong: 'password' | 'code',
): Promise<void> {
  const { accountId: id, name } = sessionOf(request);
  const entry = { action: 'account.refused', target: targetOf({ id, name }), details: { wrong } } as const;
  await options.db.transact((tx) => record(tx, options, request, entry));
}

async function provenByCode(request: FastifyRequest, options: ProofOptions, code: string): Promise<void> {
  const { db, now } = options;
  const { attempt } = await beginProof(request, options);
  const right = await db.transact(async (tx) => {
    const account = await accountIn(tx, sessionOf(request).accountId);
    return useCode(tx, account, code, request.ip, now());
  });
  if (!right) {
    await noteRefused(request, options, 'code');
    throw new HubError('invalid_request', 'The code is wrong.', {
      details: [
        {
          path: 'code',
          message: panelOnly(
            'no es correcto, o ya se usó: espera al siguiente',
            'is not right, or was used: wait for the next one',
          ),
        },
      ],
    });
  }
  attempt.right();
}
