import type { FastifyRequest } from 'fastify';
import { audit } from '../audit/audit.ts';
import { callerOf } from '../caller.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { KeyedPaces, type Rate } from '../pace.ts';
import { sameSecret } from '../same-secret.ts';
import { WindowCounts } from './window-counts.ts';

/** Failed keys and tokens of one caller within a minute, before it has to wait (S18, S32). */
const FAILED_PER_MINUTE = 20;
const MINUTE_MS = 60_000;
/** A caller that has to wait is written down once in 10 minutes, and all of them 10 times a minute: they may be many. */
const NOTE_RATE: Rate = { intervalMs: 600_000, burst: 1 };
const ALL_NOTES_RATE: Rate = { intervalMs: 6_000, burst: 50 };

export interface FailedSecretsPorts {
  db: Pick<Database, 'transact'>;
  clock: Pick<Clock, 'elapsed' | 'now'>;
  onFault(error: unknown): void;
}

/** What was shown, and is not valid. */
export type FailedSecret = 'key' | 'token';

/** Counts a secret that is not valid. Throws `too_many_requests` where its caller has to wait. */
export type CountFailure = (request: FastifyRequest, what: FailedSecret) => void;

/**
 * Counts failed keys of TPVs and guesses of tokens per caller, for REST, the socket and the panel's API together; a
 * valid one is taken all the same.
 */
export function failedSecrets({ db, clock, onFault }: FailedSecretsPorts): CountFailure {
  const failures = new WindowCounts(() => clock.elapsed());
  const notes = new KeyedPaces();
  return ({ ip }, what) => {
    const now = clock.elapsed();
    const caller = callerOf(ip);
    const { count, leftMs } = failures.add(caller, MINUTE_MS);
    if (count <= FAILED_PER_MINUTE) return;
    if (notes.take(`of ${caller}`, NOTE_RATE, now) === 0 && notes.take('all', ALL_NOTES_RATE, now) === 0) {
      const entry = { actor: 'hub', action: 'access.refused', details: { wrong: what }, address: ip } as const;
      db.transact((tx) => audit(tx, entry, clock.now())).catch(onFault);
    }
    throw new HubError('too_many_requests', 'Too many failed keys or tokens from this address.', {
      retryAfterSeconds: Math.ceil(leftMs / 1_000),
    });
  };
}

/**
 * Whether the request carries the administrator's token (`Authorization: Token <ADMIN_TOKEN>`).
 * @throws HubError `too_many_requests` after too many wrong ones
 */
export function isAdministrator(
  request: FastifyRequest,
  adminToken: string | undefined,
  failed: CountFailure,
): boolean {
  const given = /^Token +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (given === undefined) return false;
  if (adminToken !== undefined && sameSecret(given, adminToken)) return true;
  failed(request, 'token');
  return false;
}
