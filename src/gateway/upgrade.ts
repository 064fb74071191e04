import type { ServerResponse } from 'node:http';
import fastifyWebsocket, { type WebsocketPluginOptions } from '@fastify/websocket';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { KEY_SUBPROTOCOL_PREFIX, MAX_FRAME_BYTES, SUBPROTOCOL } from '#protocol';
import type { Clock } from '../clock.ts';
import { HubError } from '../errors.ts';
import { apiKeyOf } from '../tpvs/api-key.ts';
import type { Credential } from '../tpvs/keys.ts';
import type { Gateway } from './gateway.ts';
import { notASocket, SOCKET_CHECK_PATH, type SocketCheckOptions, socketCheckRoutes } from './socket-check.ts';

export interface UpgradeOptions extends SocketCheckOptions {
  gateway: Gateway;
  /** Whether pages of this origin may open a socket (S12). */
  isAllowedOrigin(origin: string): boolean;
  draining(): boolean;
  clock: Clock;
  authenticate(key: string): Promise<Credential | undefined>;
  /** Counts a failed key; throws `too_many_requests` if the address had too many. */
  failedKey(request: FastifyRequest): void;
}

const SOCKET_PATH = '/api/tpv/ws';
/** The paths at which a WebSocket may be opened; a trailing slash is allowed too. */
export const SOCKET_PATHS: readonly string[] = [SOCKET_PATH, SOCKET_CHECK_PATH];

/** Upgrades that may be under way at once for one address, before its key is known (S11). */
const MAX_PENDING_PER_ADDRESS = 20;
/** Upgrades a second that the hub takes in all (S11). */
const MAX_UPGRADES_PER_SECOND = 500;
/** An upgrade whose key could not be checked by then is dropped (S11). */
const UPGRADE_TIMEOUT_MS = 5_000;
/** How long ws waits for the other side's part of a closing handshake, unless the session closes it itself. */
const CLOSE_TIMEOUT_MS = 2_000;

/** Names of parameters under which a key was seen in a URL somewhere. */
const KEY_PARAMETERS = ['key', 'api_key', 'apikey', 'token', 'access_token', 'authorization'];

/** The socket's route: who may open one is decided before the upgrade, and refused as HTTP. */
export async function gatewayRoutes(app: FastifyInstance, options: UpgradeOptions): Promise<void> {
  await app.register(fastifyWebsocket, {
    options: serverOptions,
    // The hub closes its sockets itself, with a code and after the drain.
    preClose: (done) => done(),
  });
  // Once Node gave the connection away for an upgrade, it reads no further request from it: a refusal must end it.
  app.addHook('onSend', async (request, reply) => {
    if (!request.ws) return;
    const { socket } = request.raw;
    reply.header('connection', 'close');
    reply.raw.once('finish', () => socket.end());
  });
  await app.register(socketCheckRoutes, options);
  const admitted = new WeakMap<object, { credential: Credential; response: ServerResponse }>();
  const admit = admission(options);

  app.route({
    method: 'GET',
    url: SOCKET_PATH,
    schema: { hide: true },
    onRequest: async (request, reply) => {
      if (!request.ws) throw notASocket();
      admitted.set(request.raw, { credential: await admit(request), response: reply.raw });
    },
    handler: async () => {
      throw notASocket();
    },
    wsHandler: (socket, request) => {
      const admission = admitted.get(request.raw);
      // The plugin's listener and the response would keep the request alive as long as the socket (5 KiB each time);
      // the session brings a listener of its own.
      socket.removeAllListeners('error');
      if (admission === undefined) return socket.terminate();
      admission.response.detachSocket(request.raw.socket);
      options.gateway.accept(socket, request.raw.socket, admission.credential, request.ip);
    },
  });
}

/** `closeTimeout` is missing in the types of ws. */
const serverOptions: WebsocketPluginOptions['options'] & { closeTimeout: number } = {
  maxPayload: MAX_FRAME_BYTES,
  perMessageDeflate: false,
  handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  closeTimeout: CLOSE_TIMEOUT_MS,
};

function admission(options: UpgradeOptions): (request: FastifyRequest) => Promise<Credential> {
  const pending = new Map<string, number>();
  let second = 0;
  let upgrades = 0;

  const count = () => {
    const now = Math.floor(options.clock.elapsed() / 1_000);
    if (now !== second) upgrades = 0;
    second = now;
    if (++upgrades > MAX_UPGRADES_PER_SECOND) throw tooMany('The hub takes no more upgrades this second.');
  };

  return async (request) => {
    if (options.draining()) throw new HubError('unavailable', 'The hub is draining.', { retryAfterSeconds: 2 });
    count();
    const waiting = pending.get(request.ip) ?? 0;
    if (waiting >= MAX_PENDING_PER_ADDRESS) throw tooMany('Too many upgrades of this address are under way.');
    pending.set(request.ip, waiting + 1);
    try {
      return await inTime(options.clock, identify(request, options));
    } finally {
      const left = (pending.get(request.ip) ?? 1) - 1;
      if (left > 0) pending.set(request.ip, left);
      else pending.delete(request.ip);
    }
  };
}

async function identify(request: FastifyRequest, options: UpgradeOptions): Promise<Credential> {
  const { origin, authorization } = request.headers;
  if (origin !== undefined && !options.isAllowedOrigin(origin)) {
    throw new HubError('forbidden', `The origin ${origin} is not allowed.`);
  }
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim());
  const isOffered = offered.some((one) => one !== '');
  if (isOffered && !offered.includes(SUBPROTOCOL)) {
    throw new HubError('invalid_request', 'No offered subprotocol is spoken here.', {
      details: [{ path: 'sec-websocket-protocol', message: (say) => say.offerSubprotocol(SUBPROTOCOL) }],
    });
  }
  const carried = offered.find((one) => one.startsWith(KEY_SUBPROTOCOL_PREFIX));
  const key = authorization === undefined ? carried?.slice(KEY_SUBPROTOCOL_PREFIX.length) : apiKeyOf(authorization);
  const query = Object.keys(Object(request.query));
  const inUrl = query.some((name) => KEY_PARAMETERS.includes(name.toLowerCase()));
  const credential = key === undefined || inUrl ? undefined : await options.authenticate(key);
  if (credential === undefined) {
    options.failedKey(request);
    throw new HubError('unauthorized', 'The socket came with no valid key.');
  }
  if (credential.tpv.is_active !== 1) throw new HubError('tpv_inactive', 'The TPV is inactive.');
  return credential;
}

/** @throws HubError `unavailable` if the database takes too long to say whose key it is */
async function inTime<T>(clock: Clock, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const cancel = clock.after(UPGRADE_TIMEOUT_MS, () =>
    late.reject(new HubError('unavailable', 'A key could not be checked in time.', { retryAfterSeconds: 2 })),
  );
  return Promise.race([work, late.promise]).finally(cancel);
}

function tooMany(message: string): HubError {
  // Spread over a few seconds, so that clients that were refused together don't come back together.
  return new HubError('too_many_requests', message, { retryAfterSeconds: 1 + Math.floor(Math.random() * 5) });
}
