import type { FastifyReply, FastifyRequest } from 'fastify';
import { isProven, type OpenSession } from '../administrators/administrator-session.ts';
import type { AdminRole } from '../db/admin-tables.ts';
import { HubError } from '../errors.ts';
import { sameSecret } from '../same-secret.ts';
import { isOwnOrigin, isSecure } from './origin.ts';
import { hasRight, type RouteRight } from './route-rights.ts';

/** A caller who may see, and perhaps change, everything; or what is of some TPVs. */
export interface Administrator {
  /** As the audit log calls it; `token` for a script with ADMIN_TOKEN. */
  name: string;
  role: AdminRole;
  /** Absent for a script. */
  session?: OpenSession;
  /** Of a manager: to which TPVs they are kept, and whether a list's handler asked (scope.ts). */
  scope?: { readonly tpvIds: readonly string[]; isAsked: boolean };
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls `/api/admin/*`; set by the hook that guards it. */
    administrator: Administrator | undefined;
  }
  interface FastifyContextConfig {
    /** What it takes to call the route; under the guard each one names it. */
    right?: RouteRight['right'];
    /** For what a manager may call it. */
    reach?: RouteRight['reach'];
    /** Who changes this in a session has to have proven lately who they are (docs/security.md, S37). */
    proven?: boolean;
    /** A browser asks for it by itself: it doesn't keep the session of a person who left. */
    unattended?: boolean;
  }
}

export interface AccessPorts {
  /** Whether the request shows ADMIN_TOKEN. */
  hasToken(request: FastifyRequest): boolean;
  /** The session whose cookie holds `secret`, if it still lasts. */
  findSession(secret: string): Promise<OpenSession | undefined>;
  /** Notes that the session is used. */
  seen(session: OpenSession): Promise<OpenSession>;
  /** The TPVs of a manager's account. */
  tpvsOf(accountId: string): Promise<readonly string[]>;
  publicUrl: string | undefined;
  now(): number;
}

/** Who may do what under `/api/admin/*`. */
export interface Access {
  /** Who calls; undefined for a stranger. */
  identify(request: FastifyRequest): Promise<Administrator | undefined>;
  /** Who calls and sees the whole hub; undefined for anybody else. */
  identifyOverseer(request: FastifyRequest): Promise<Administrator | undefined>;
  /**
   * The hook that lets administrators in. A request with ADMIN_TOKEN may do everything. A request with a
   * session needs the route's right; to change something it also takes the hub's own Origin and the CSRF token, and
   * for some of it a proof that is not old.
   * @throws HubError `unauthorized`, `forbidden`, `proof_required`
   */
  guard(request: FastifyRequest): Promise<void>;
  /** Lets only browsers in that show the hub's own pages. For routes that need no session. */
  requireOwnOrigin(request: FastifyRequest): Promise<void>;
  setCookie(request: FastifyRequest, reply: FastifyReply, secret: string): void;
  clearCookie(request: FastifyRequest, reply: FastifyReply): void;
}

/** Browsers take a `__Host-` cookie by TLS alone, and only from this very host (S20). */
const COOKIE = { secure: '__Host-hub_session', plain: 'hub_session' } as const;
/** What the panel asks for by itself says so with this header: it doesn't keep the session of a person who left. */
const UNATTENDED = 'x-unattended';

export function createAccess(ports: AccessPorts): Access {
  const cookieOf = (request: FastifyRequest) => COOKIE[isSecure(request, ports.publicUrl) ? 'secure' : 'plain'];

  const identify = async (request: FastifyRequest): Promise<Administrator | undefined> => {
    if (ports.hasToken(request)) return { name: 'token', role: 'admin' };
    const secret = request.server.parseCookie(request.headers.cookie ?? '')[cookieOf(request)];
    if (secret === undefined || secret === '') return undefined;
    // Another site that CORS_ALLOWED_ORIGINS lets in for TPVs gets nothing in an administrator's name.
    if (request.headers.origin !== undefined && !isOwnOrigin(request, ports.publicUrl)) {
      throw new HubError('forbidden', 'The session was sent from another origin.');
    }
    const found = await ports.findSession(secret);
    if (found === undefined) return undefined;
    const isUnattended = request.headers[UNATTENDED] !== undefined || request.routeOptions.config.unattended === true;
    const session = isUnattended ? found : await ports.seen(found);
    const { name, role, accountId } = session;
    if (role !== 'manager') return { name, role, session };
    return { name, role, session, scope: { tpvIds: await ports.tpvsOf(accountId), isAsked: false } };
  };

  const requireOwnOrigin = async (request: FastifyRequest) => {
    if (!isOwnOrigin(request, ports.publicUrl)) throw new HubError('forbidden', 'The Origin is not the hub’s own.');
  };

  return {
    identify,
    async identifyOverseer(request) {
      const administrator = await identify(request);
      return administrator && hasRight(administrator.role, { right: 'see' }) ? administrator : undefined;
    },
    requireOwnOrigin,
    async guard(request) {
      const administrator = await identify(request);
      if (administrator === undefined) throw new HubError('unauthorized', 'Neither a session nor the token.');
      request.administrator = administrator;
      const { session, role } = administrator;
      const isLook = request.method === 'GET' || request.method === 'HEAD';
      // Routes of other edges name none.
      const { right = isLook ? 'see' : 'change', reach, proven = false } = request.routeOptions.config;
      if (!hasRight(role, { right, reach })) throw refusal(role);
      if (session === undefined || isLook) return;
      await requireOwnOrigin(request);
      const given = request.headers['x-csrf-token'];
      if (typeof given !== 'string' || !sameSecret(given, session.csrfToken)) {
        throw new HubError('forbidden', 'The CSRF token is missing or another session’s.');
      }
      if (proven && !isProven(session, ports.now())) {
        throw new HubError('proof_required', 'The last proof of who uses the session is too old.');
      }
    },
    setCookie(request, reply, secret) {
      reply.setCookie(cookieOf(request), secret, cookieOptions(isSecure(request, ports.publicUrl)));
    },
    clearCookie(request, reply) {
      reply.clearCookie(cookieOf(request), cookieOptions(isSecure(request, ports.publicUrl)));
    },
  };
}

/** To a manager, what is not theirs is not there. */
function refusal(role: AdminRole): HubError {
  if (role === 'manager') return new HubError('not_found', 'A manager has no such route.');
  return new HubError('forbidden', `The role ${role} may not do this.`);
}

/** The administrator of a request that passed the guard. */
export function administratorOf(request: FastifyRequest): Administrator {
  if (request.administrator === undefined) throw new HubError('unauthorized', 'The route is not guarded.');
  return request.administrator;
}

/** The actor and the address, as the audit log has them: `audit(tx, { ...byline(request), action, target }, now)`. */
export function byline(request: FastifyRequest): { actor: string; address: string } {
  return { actor: administratorOf(request).name, address: request.ip };
}

function cookieOptions(secure: boolean) {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure } as const;
}
