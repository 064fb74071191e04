import fastifyCookie from '@fastify/cookie';
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { type Access, createAccess } from '../admin/access.ts';
import { adminAccountRoutes } from '../admin/account-routes.ts';
import { firstStepsRoutes } from '../admin/first-steps-routes.ts';
import { type ConversationOptions, conversationRoutes } from '../admin/inbox/conversation-routes.ts';
import { type AdminFileOptions, adminFileRoutes } from '../admin/inbox/file-routes.ts';
import { inboxRoutes } from '../admin/inbox/inbox-routes.ts';
import { adminInstructionRoutes } from '../admin/instruction-routes.ts';
import { adminInterventionRoutes } from '../admin/intervention-routes.ts';
import type { BotUsername } from '../admin/join-link.ts';
import { ownAccountRoutes } from '../admin/own-account-routes.ts';
import { ownHost } from '../admin/own-host.ts';
import { proofRoutes } from '../admin/own-proof.ts';
import { ownTelegramRoutes } from '../admin/own-telegram-routes.ts';
import { panelRoutes } from '../admin/panel-routes.ts';
import { record } from '../admin/record.ts';
import { requireRight } from '../admin/route-rights.ts';
import { keepScope } from '../admin/scope.ts';
import { adminServiceRoutes } from '../admin/service-routes.ts';
import { loginRoutes, sessionRoutes } from '../admin/session-routes.ts';
import { adminTestOrderRoutes } from '../admin/test-order-routes.ts';
import { adminTpvAccessRoutes } from '../admin/tpv-access-routes.ts';
import { adminTpvListRoutes } from '../admin/tpv-list-routes.ts';
import { adminTpvRoutes } from '../admin/tpv-routes.ts';
import { adminUserRightsRoutes } from '../admin/user-rights-routes.ts';
import { adminUserRoutes } from '../admin/user-routes.ts';
import { tpvsOfAccount } from '../administrators/account-tpvs.ts';
import { findSession, sessionSeen } from '../administrators/administrator-session.ts';
import { isSetupOffered, offerSetup } from '../administrators/first-account.ts';
import { LoginThrottle } from '../administrators/throttle.ts';
import { errorResponses } from '../api/error-answers.ts';
import { othersAreAlive } from '../cluster/burial.ts';
import { socketElsewhere } from '../cluster/socket-elsewhere.ts';
import { VERSION } from '../config/version.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { tellUnlinked } from '../telegram/accounts/link.ts';
import { loginNotice } from '../telegram/accounts/login-notice.ts';
import type { Ground } from './ground.ts';
import type { Observation } from './observation.ts';

export interface AdministrationPorts
  extends Pick<Ground, 'config' | 'db' | 'cluster' | 'events' | 'clock' | 'now' | 'presence' | 'limits' | 'texts'> {
  /** How what an administrator sends reaches its TPV. */
  delivery: Pick<Delivery, 'sockets' | 'intakeOf'>;
  gateway: Pick<Gateway, 'connectionOf'>;
  /** How what an administrator writes to a person fared. */
  pushResult: ConversationOptions['pushResult'];
  botUsername: BotUsername;
  uploads: AdminFileOptions['uploads'];
  openFile: AdminFileOptions['openFile'];
  /** What administrators look at besides. */
  observation: Pick<Observation, 'routes'>;
  /** Whether the request shows ADMIN_TOKEN. */
  hasToken(request: FastifyRequest): boolean;
}

export interface Administration {
  /** Who may do what, for other edges. */
  access: Access;
  /** Writes down that whoever calls told Telegram where to deliver, by the older route too. */
  webhookSet(request: FastifyRequest, url: string): Promise<void>;
  /**
   * Where the first account is made; undefined where there is one. Each call makes a new link, and the one before ends.
   * Undefined, too, while the link holds that another hub of the database showed.
   * @param address at which the hub is reached
   */
  setupLink(address: string): Promise<string | undefined>;
}

const SECURITY: Record<string, string[]>[] = [{ AdminToken: [] }, { AdminSession: [] }];

/** What the documentation says of every route here that says nothing else of itself. */
const ADMIN_SCHEMA = {
  tags: ['Administración'],
  security: SECURITY,
  response: errorResponses('invalid_request', 'unauthorized', 'forbidden'),
};

/** With which error a route answers besides those whose path names a row. */
function refusalsOf({ url }: Pick<RouteOptions, 'url'>) {
  return errorResponses(...(url.includes(':') ? (['not_found'] as const) : []));
}

/** Registers the panel and all of `/api/admin/*`, each resource with what it needs. */
export async function registerAdministration(
  app: FastifyInstance,
  ports: AdministrationPorts,
): Promise<Administration> {
  const { config, db, cluster, clock, now, presence, delivery, gateway, botUsername, pushResult } = ports;
  const { sockets } = delivery;
  const elsewhere = (tpvId: string) => socketElsewhere(db, cluster, tpvId);
  const serviceText = ports.texts.of(config.DEFAULT_LOCALE).service;
  app.decorateRequest('administrator', undefined);
  // Only the session's own routes read cookies; the hot path does without.
  await app.register(fastifyCookie, { hook: false });
  const access = createAccess({
    hasToken: ports.hasToken,
    findSession: (secret) => findSession(db, secret, now()),
    seen: (session) => sessionSeen(db, session, now()),
    tpvsOf: (accountId) => tpvsOfAccount(db, accountId),
    publicUrl: config.PUBLIC_URL,
    now,
  });

  const throttle = new LoginThrottle(() => clock.elapsed());
  const about = {
    version: VERSION,
    time_zone: config.TIME_ZONE,
    locale: config.DEFAULT_LOCALE,
    shares_database: cluster.isShared,
  };
  const tellLogin = loginNotice({ timeZone: config.TIME_ZONE, publicUrl: config.PUBLIC_URL });
  const session = { db, throttle, tellLogin, now, access, about };

  await app.register(async (own) => {
    own.addHook('onRequest', ownHost(config.PUBLIC_URL));
    await own.register(panelRoutes);
    await own.register(loginRoutes, session);
  });

  await app.register(async (guarded) => {
    guarded.addHook('onRequest', ownHost(config.PUBLIC_URL));
    guarded.addHook('onRequest', access.guard);
    guarded.addHook('onRoute', requireRight);
    keepScope(guarded, db);
    guarded.addHook('onRoute', (route) => {
      const response = { ...ADMIN_SCHEMA.response, ...refusalsOf(route), ...Object(route.schema?.response) };
      route.schema = { ...ADMIN_SCHEMA, ...route.schema, response };
    });
    await guarded.register(sessionRoutes, session);
    await guarded.register(ownAccountRoutes, { db, throttle, now });
    await guarded.register(proofRoutes, { db, throttle, now });
    await guarded.register(ownTelegramRoutes, { db, now, botUsername, tellUnlinked });
    await guarded.register(adminAccountRoutes, { db, now, botUsername });
    await guarded.register(adminTpvListRoutes, { db, presence, timeZone: config.TIME_ZONE, now });
    await guarded.register(adminTpvRoutes, {
      ...ports,
      handOut: sockets,
      serviceText,
      socketElsewhere: elsewhere,
      connectionOf: (tpvId) => {
        const connection = gateway.connectionOf(tpvId);
        return connection && { ...connection, inFlight: sockets.windowOf(tpvId)?.inFlight ?? 0 };
      },
    });
    await guarded.register(adminTestOrderRoutes, { db, handOut: sockets, languageCode: config.DEFAULT_LOCALE, now });
    await guarded.register(adminServiceRoutes, { db, now, timeZone: config.TIME_ZONE, serviceText });
    await guarded.register(adminTpvAccessRoutes, { db, now, botUsername });
    await guarded.register(firstStepsRoutes, { db, botUsername });
    await guarded.register(adminUserRoutes, { db, timeZone: config.TIME_ZONE, now });
    await guarded.register(conversationRoutes, { db, pushResult, now });
    await guarded.register(adminUserRightsRoutes, { db, now });
    await guarded.register(inboxRoutes, { db });
    await guarded.register(adminFileRoutes, { db, uploads: ports.uploads, openFile: ports.openFile });
    await guarded.register(adminInstructionRoutes, {
      db,
      timeZone: config.TIME_ZONE,
      presence,
      maxAttempts: ports.limits.maxAttempts,
      now,
      intakeOf: async (tpvId, id) => {
        const intake = delivery.intakeOf(tpvId, id);
        if (intake.socket !== undefined) return intake;
        return { ...intake, isElsewhere: (await elsewhere(tpvId)) !== undefined };
      },
    });
    await guarded.register(adminInterventionRoutes, { db, now, handOut: sockets });
    await ports.observation.routes(guarded);
  });
  return {
    access,
    webhookSet: (request, url) =>
      db.transact((tx) => record(tx, { now }, request, { action: 'webhook.set', details: { url } })),
    async setupLink(address) {
      if (cluster.isShared && (await isSetupOffered(db, now())) && (await othersAreAlive(db, cluster.id)))
        return undefined;
      const token = await offerSetup(db, now());
      if (token === undefined) return undefined;
      // Behind the #: browsers don't send that part, so no log on the way keeps it.
      return new URL(`/admin/configurar#${token}`, config.PUBLIC_URL ?? address).href;
    },
  };
}
