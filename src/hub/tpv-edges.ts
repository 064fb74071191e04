import type { FastifyInstance } from 'fastify';
import type { AuthPorts } from '../api/auth.ts';
import type { CountFailure } from '../api/failed-secrets.ts';
import { fileRoutes, type OpenFile } from '../api/file-routes.ts';
import { instructionRoutes } from '../api/instruction-routes.ts';
import { keyRoutes } from '../api/key-routes.ts';
import { legacyRoutes } from '../api/legacy-routes.ts';
import { pushRoutes } from '../api/push-routes.ts';
import { serviceRoutes } from '../api/service-routes.ts';
import { tpvRoutes } from '../api/tpv-routes.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { gatewayRoutes, type UpgradeOptions } from '../gateway/upgrade.ts';
import type { KeepReport } from '../instructions/report.ts';
import { KeyedPaces } from '../pace.ts';
import { isChanging } from '../push/change-store.ts';
import { authenticate } from '../tpvs/keys.ts';
import type { KeepService } from '../tpvs/service/set-service.ts';
import type { Ground } from './ground.ts';
import type { Outbound } from './outbound.ts';

export interface TpvEdgesPorts
  extends Pick<Ground, 'config' | 'db' | 'clock' | 'now' | 'presence' | 'settings' | 'draining' | 'wording'> {
  /** Telegram's, from where files come. */
  openFile: OpenFile;
  delivery: Pick<Delivery, 'pollers'>;
  gateway: Gateway;
  outbound: Outbound;
  report: KeepReport;
  keepService: KeepService;
  /** Counts keys that are not valid. */
  failed: CountFailure;
  /** Lets administrators in. */
  guard: UpgradeOptions['guard'];
}

/** Registers everything that TPVs call: REST, what older ones know of it, and the socket. */
export async function registerTpvEdges(app: FastifyInstance, ports: TpvEdgesPorts): Promise<void> {
  const { config, db, clock, now, presence, settings, draining, wording, delivery, outbound } = ports;
  const { dispatcher, change, uploads, quota, isCallable, accept, result } = outbound;
  const checkKey = (key: string) => authenticate(db, key, now());
  const auth: AuthPorts = {
    authenticate: checkKey,
    heard: (tpv, sign) => presence.heard(tpv, sign),
    failed: ports.failed,
    paces: new KeyedPaces(),
    clock,
  };

  await app.register(tpvRoutes, {
    db,
    presence,
    auth,
    registration: config.TPV_REGISTRATION,
    registrationToken: config.REGISTRATION_TOKEN,
    now,
  });
  await app.register(keyRoutes, { db, auth, now });
  await app.register(serviceRoutes, { auth, keepService: ports.keepService, now });
  await app.register(instructionRoutes, {
    db,
    auth,
    report: ports.report,
    poll: (tpvId, limit, waitMs, gone) => delivery.pollers.poll(tpvId, limit, waitMs, gone),
  });
  const pushing = { db, auth, change, isCallable, quota, now };
  await app.register(pushRoutes, {
    ...pushing,
    isChanging: (id) => isChanging(db, id),
    accept,
    result,
    uploads,
    wording,
  });
  await app.register(legacyRoutes, {
    ...pushing,
    settled: (id, ms) => dispatcher.settled(id, ms),
    ifUnknown: () => settings.pushIfUnknown,
  });
  await app.register(fileRoutes, { db, auth, openFile: ports.openFile });
  await app.register(gatewayRoutes, {
    gateway: ports.gateway,
    isAllowedOrigin: (origin) => settings.isCorsOrigin(origin),
    draining: () => draining.begun,
    clock,
    authenticate: checkKey,
    failedKey: (request) => ports.failed(request, 'key'),
    guard: ports.guard,
  });
}
