import type { FastifyRequest } from 'fastify';
import type { Clock } from '../clock.ts';
import { HubError } from '../errors.ts';
import type { KeyedPaces, Rate } from '../pace.ts';
import { apiKeyOf } from '../tpvs/api-key.ts';
import type { Credential } from '../tpvs/keys.ts';
import type { Presence } from '../tpvs/presence/presence.ts';
import type { CountFailure } from './failed-secrets.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The TPV whose key the request showed; set by `requireTpv`. */
    credential: Credential | undefined;
  }
}

export interface AuthPorts {
  authenticate(key: string): Promise<Credential | undefined>;
  heard: Presence['heard'];
  failed: CountFailure;
  /** How fast each TPV calls. */
  paces: KeyedPaces;
  clock: Pick<Clock, 'elapsed'>;
}

/** Requests of one TPV: 50 a second on average, 200 at once (S28). Fetching instructions is counted apart. */
const TPV_RATE: Rate = { intervalMs: 20, burst: 200 };
/** A TPV that is not approved only waits: one request a second. */
const INACTIVE_RATE: Rate = { intervalMs: 1_000, burst: 10 };

export interface TpvRoute {
  /** Whether an inactive TPV may call it (info, heartbeat, stats). */
  inactive: boolean;
  /** What is counted together: a TPV that reports much still gets its instructions. */
  counted?: 'fetching' | 'others';
  /** `asked`: who calls it takes its instructions over REST, and is there so; `called`: that is open. */
  sign?: 'asked' | 'called';
}

/** A hook that lets TPVs in, as fast as they may call. Every authenticated call is a sign of life. */
export function requireTpv(ports: AuthPorts, { inactive, counted = 'others', sign = 'called' }: TpvRoute) {
  return async (request: FastifyRequest): Promise<void> => {
    const key = apiKeyOf(request.headers.authorization);
    const credential = key === undefined ? undefined : await ports.authenticate(key);
    if (credential === undefined) {
      ports.failed(request, 'key');
      throw new HubError('unauthorized', 'No valid key.');
    }
    const { id: tpvId } = credential.tpv;
    const isActive = credential.tpv.is_active === 1;
    const [paceKey, rate] = isActive ? [`${counted} ${tpvId}`, TPV_RATE] : [`inactive ${tpvId}`, INACTIVE_RATE];
    const waitMs = ports.paces.take(paceKey, rate, ports.clock.elapsed());
    if (waitMs > 0) {
      throw new HubError('too_many_requests', 'A TPV calls too often.', {
        retryAfterSeconds: Math.ceil(waitMs / 1_000),
      });
    }
    if (!inactive && !isActive) throw new HubError('tpv_inactive', 'The TPV is inactive.');
    ports.heard(credential.tpv, sign);
    request.credential = credential;
  };
}

/** The TPV of a request that passed `requireTpv`. */
export function tpvOf(request: FastifyRequest): Credential['tpv'] {
  if (request.credential === undefined) throw new HubError('unauthorized', 'The route has no requireTpv hook.');
  return request.credential.tpv;
}
