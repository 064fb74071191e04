import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { type Right, requireRight } from '../../src/admin/route-rights.ts';
import { openBrowser, type TestBrowser } from '../support/admin.ts';
import { startHub, type TestHub } from '../support/hub.ts';

/** What each route under `/api/admin/` takes; a new one has to be named here. */
const RIGHTS: Readonly<Record<string, Right>> = {
  'GET /api/admin/session': 'own',
  'POST /api/admin/logout': 'own',
  'GET /api/admin/account/alarms': 'own',
  'PUT /api/admin/account/alarms': 'own',
  'PUT /api/admin/account/password': 'own',
  'POST /api/admin/account/proof': 'own',
  'GET /api/admin/account/sessions': 'own',
  'DELETE /api/admin/account/sessions/{id}': 'own',
  'GET /api/admin/account/telegram': 'own',
  'POST /api/admin/account/telegram': 'own',
  'DELETE /api/admin/account/telegram': 'own',
  'POST /api/admin/account/totp': 'own',
  'POST /api/admin/account/totp/confirm': 'own',
  'DELETE /api/admin/account/totp': 'own',
  'PUT /api/admin/inbox/read': 'own',
  'PUT /api/admin/inbox/{id}/read': 'own',
  'GET /api/admin/accounts': 'see',
  'POST /api/admin/accounts': 'change',
  'PATCH /api/admin/accounts/{id}': 'change',
  'DELETE /api/admin/accounts/{id}': 'change',
  'PUT /api/admin/accounts/{id}/password': 'change',
  'GET /api/admin/activity': 'see',
  'GET /api/admin/alarms': 'see',
  'GET /api/admin/audit': 'see',
  'GET /api/admin/audit.csv': 'see',
  'GET /api/admin/events': 'see',
  'GET /api/admin/inbox': 'see',
  'GET /api/admin/instructions': 'see',
  'GET /api/admin/instructions.csv': 'see',
  'POST /api/admin/instructions/bulk': 'change',
  'GET /api/admin/instructions/{id}': 'see',
  'GET /api/admin/instructions/{id}/files/{file_id}': 'see',
  'POST /api/admin/instructions/{id}/cancel': 'change',
  'POST /api/admin/instructions/{id}/reassign': 'change',
  'POST /api/admin/instructions/{id}/retry': 'change',
  'GET /api/admin/maintenance': 'see',
  'POST /api/admin/maintenance': 'change',
  'DELETE /api/admin/maintenance/{id}': 'change',
  'GET /api/admin/overview': 'see',
  'GET /api/admin/hubs': 'see',
  'GET /api/admin/first-steps': 'see',
  'GET /api/admin/pushes': 'see',
  'GET /api/admin/pushes.csv': 'see',
  'GET /api/admin/pushes/{id}': 'see',
  'POST /api/admin/pushes/{id}/resend': 'change',
  'POST /api/admin/pushes/{id}/resolve': 'change',
  'GET /api/admin/quarantine': 'see',
  'POST /api/admin/quarantine/discard': 'change',
  'GET /api/admin/quarantine/{seq}': 'see',
  'POST /api/admin/quarantine/{seq}/retry': 'change',
  'GET /api/admin/settings': 'see',
  'PATCH /api/admin/settings': 'change',
  'GET /api/admin/settings/texts': 'see',
  'POST /api/admin/settings/texts/preview': 'change',
  'GET /api/admin/tpvs': 'see',
  'POST /api/admin/tpvs': 'change',
  'GET /api/admin/tpvs.csv': 'see',
  'GET /api/admin/tpvs/{id}': 'see',
  'PATCH /api/admin/tpvs/{id}': 'change',
  'DELETE /api/admin/tpvs/{id}': 'change',
  'POST /api/admin/tpvs/{id}/activate': 'change',
  'POST /api/admin/tpvs/{id}/deactivate': 'change',
  'POST /api/admin/tpvs/{id}/join-code': 'change',
  'GET /api/admin/tpvs/{id}/join-qr.svg': 'see',
  'POST /api/admin/tpvs/{id}/revoke-keys': 'change',
  'POST /api/admin/tpvs/{id}/rotate-key': 'change',
  'POST /api/admin/tpvs/{id}/rotate-secret': 'change',
  'PUT /api/admin/tpvs/{id}/service': 'change',
  'POST /api/admin/tpvs/{id}/service/preview': 'change',
  'POST /api/admin/tpvs/{id}/test': 'change',
  'POST /api/admin/tpvs/{id}/test-order': 'change',
  'GET /api/admin/users': 'see',
  'GET /api/admin/users.csv': 'see',
  'POST /api/admin/users/assign': 'change',
  'GET /api/admin/users/{id}': 'see',
  'PATCH /api/admin/users/{id}': 'change',
  'DELETE /api/admin/users/{id}': 'change',
  'GET /api/admin/users/{id}/export': 'see',
  'POST /api/admin/users/{id}/messages': 'change',
  'GET /api/admin/users/{id}/timeline': 'see',
  'PUT /api/admin/users/{id}/tpv': 'change',
  'GET /api/admin/webhook': 'see',
  'POST /api/admin/webhook': 'change',
  'DELETE /api/admin/webhook': 'change',
};

/** What needs no session, but the panel's own pages. */
const OPEN = ['GET /api/admin/login', 'POST /api/admin/login', 'POST /api/admin/setup'];

/** Every route under `/api/admin/`, as the program itself lists them. */
async function adminRoutes(hub: TestHub): Promise<string[]> {
  const { paths } = (await hub.fetch('/docs/json')).body;
  return Object.entries<object>(paths)
    .filter(([url]) => url.startsWith('/api/admin/'))
    .flatMap(([url, item]) => Object.keys(item).map((method) => `${method.toUpperCase()} ${url}`));
}

/** Only the status: a stream's answer never ends. */
async function statusOf(hub: TestHub, method: string, url: string, headers: Record<string, string>) {
  const path = url.replaceAll(/\{\w+\}/g, '00000000-0000-7000-8000-000000000000');
  const changes = method !== 'GET';
  const response = await fetch(new URL(path, hub.url), {
    method,
    headers: { ...headers, ...(changes ? { 'content-type': 'application/json' } : {}) },
    // Refused by every route that takes a body: nothing is changed.
    ...(changes ? { body: '{"no such field":1}' } : {}),
  });
  await response.body?.cancel();
  return response.status;
}

function sent({ cookie, session }: TestBrowser, hub: TestHub, csrf = true): Record<string, string> {
  return { cookie, origin: hub.url, ...(csrf ? { 'x-csrf-token': session.csrf_token } : {}) };
}

test('every route answers every role as its right says, and strangers not at all', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv();
  const admin = await openBrowser(hub, { name: 'ana' });
  const viewer = await openBrowser(hub, { name: 'eva', role: 'viewer' });
  const routes = await adminRoutes(hub);
  expect(routes.toSorted()).toEqual([...Object.keys(RIGHTS), ...OPEN].toSorted());
  for (const [index, [route, right]] of Object.entries(RIGHTS).entries()) {
    const [method = '', url = ''] = route.split(' ');
    // Whoever tries many wrong secrets has to wait: each time another address does.
    const stranger = { 'x-forwarded-for': `203.0.113.${index}` };
    const got = async (who: string, headers: Record<string, string>, refusal: number | undefined) => {
      const status = await statusOf(hub, method, url, headers);
      const refused = [401, 403, 500].includes(status) ? status : undefined;
      expect([route, who, refused]).toEqual([route, who, refusal]);
    };
    await Promise.all([
      got('nobody', stranger, 401),
      got('a TPV', { ...stranger, authorization: `ApiKey ${tpv.key}` }, 401),
      got('a wrong token', { ...stranger, authorization: 'Token another-made-up-token-of-nobody' }, 401),
      got('a wrong session', { ...stranger, ...sent(admin, hub), cookie: `${admin.cookie}x` }, 401),
      got('an administrator, from another site', { ...sent(admin, hub), origin: 'https://evil.example' }, 403),
    ]);
    if (method !== 'GET') {
      await got('an administrator without the CSRF token', sent(admin, hub, false), 403);
      await got('an administrator with another one', { ...sent(viewer, hub), cookie: admin.cookie }, 403);
    }
    // To log out takes no body: it would end the session that the others need.
    if (url === '/api/admin/logout') continue;
    await got('a viewer', sent(viewer, hub, method !== 'GET'), right === 'change' ? 403 : undefined);
    await got('an administrator', sent(admin, hub, method !== 'GET'), undefined);
  }
});

test('a route that names no right, or one that is too small for it, can not exist', () => {
  const app = Fastify();
  app.addHook('onRoute', requireRight);
  const answer = async () => ({});
  expect(() => app.get('/none', answer)).toThrow(/GET \/none names no right/);
  expect(() => app.post('/none', { config: {} }, answer)).toThrow(/POST \/none names no right/);
  expect(() => app.post('/small', { config: { right: 'see' } }, answer)).toThrow(/"see" is no right for it/);
  app.get('/seen', { config: { right: 'see' } }, answer);
  app.put('/changed', { config: { right: 'change' } }, answer);
});
