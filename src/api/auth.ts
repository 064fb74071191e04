import type { FastifyInstance, FastifyRequest } from 'fastify';
import { HubError } from '../errors.ts';
import { sameSecret } from '../same-secret.ts';
import { apiKeyOf } from '../tpvs/api-key.ts';
import type { Credential } from '../tpvs/keys.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The TPV whose key the request showed; set by `requireTpv`. */
    credential: Credential | undefined;
  }
}

export interface AuthPorts {
  authenticate(key: string): Promise<Credential | undefined>;
  heard(tpvId: string): void;
  failedKey(request: FastifyRequest): Promise<void>;
}

/** Failed keys of one address within a minute, before it has to wait (S18). */
const FAILED_KEYS_PER_MINUTE = 20;

/** Counts failed keys per address, for REST and the socket together; a valid key is taken all the same. */
export function failedKeyLimit(app: FastifyInstance): (request: FastifyRequest) => Promise<void> {
  const count = app.createRateLimit({
    max: FAILED_KEYS_PER_MINUTE,
    timeWindow: 60_000,
    keyGenerator: (request) => request.ip,
  });
  return async (request) => {
    const limit = await count(request);
    if (limit.isAllowed || !limit.isExceeded) return;
    throw new HubError('too_many_requests', 'Too many failed keys from this address.', {
      retryAfterSeconds: limit.ttlInSeconds,
    });
  };
}

/**
 * A hook that lets TPVs in. Every authenticated call is a heartbeat.
 * @param inactive whether an inactive TPV may call it (info, heartbeat, stats)
 */
export function requireTpv(ports: AuthPorts, { inactive }: { inactive: boolean }) {
  return async (request: FastifyRequest): Promise<void> => {
    const key = apiKeyOf(request.headers.authorization);
    const credential = key === undefined ? undefined : await ports.authenticate(key);
    if (credential === undefined) {
      await ports.failedKey(request);
      throw new HubError('unauthorized', 'No valid key.');
    }
    if (!inactive && credential.tpv.is_active !== 1) throw new HubError('tpv_inactive', 'The TPV is inactive.');
    ports.heard(credential.tpv.id);
    request.credential = credential;
  };
}

/** The TPV of a request that passed `requireTpv`. */
export function tpvOf(request: FastifyRequest): Credential['tpv'] {
  if (request.credential === undefined) throw new HubError('unauthorized', 'The route has no requireTpv hook.');
  return request.credential.tpv;
}

/** Whether the request carries the administrator's token (`Authorization: Token <ADMIN_TOKEN>`). */
export function isAdministrator(request: FastifyRequest, adminToken: string | undefined): boolean {
  const given = /^Token +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return adminToken !== undefined && given !== undefined && sameSecret(given, adminToken);
}
