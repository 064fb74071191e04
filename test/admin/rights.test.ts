import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { requireRight } from '../../src/admin/route-rights.ts';
import { openBrowser, type TestBrowser } from '../support/admin.ts';
import { RIGHTS } from '../support/admin-rights.ts';
import { startHub, type TestHub, type TestTpv } from '../support/hub.ts';

/** What needs no session, but the panel's own pages. */
const OPEN = ['GET /api/admin/login', 'POST /api/admin/login', 'POST /api/admin/login/bot', 'POST /api/admin/setup'];

/** Every route under `/api/admin/`, as the program itself lists them. */
async function adminRoutes(hub: TestHub): Promise<string[]> {
  const { paths } = (await hub.fetch('/docs/json')).body;
  return Object.entries<object>(paths)
    .filter(([url]) => url.startsWith('/api/admin/'))
    .flatMap(([url, item]) => Object.keys(item).map((method) => `${method.toUpperCase()} ${url}`));
}

const NOBODY = '00000000-0000-7000-8000-000000000000';

/** What a route's path names, by the word before it, as far as there is one. */
type Named = Readonly<Record<string, string>>;

/** Only the status: a stream's answer never ends. */
async function statusOf(hub: TestHub, route: string, headers: Record<string, string>, named: Named = {}) {
  const [method = '', url = ''] = route.split(' ');
  const path = url.replaceAll(/(\w+)\/\{\w+\}/g, (_, what: string) => `${what}/${named[what] ?? NOBODY}`);
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

/** Something of every kind that a path names, all of the one TPV and its manager: 404 is the role's, and not the id's. */
async function everythingOf(hub: TestHub, tpv: TestTpv, admin: TestBrowser): Promise<Named> {
  const person = '1001';
  await hub.message(1, 'Dos cañas', Number(person));
  await hub.update({ update_id: 2, message: 'no message' });
  const message = { telegram_user_id: Number(person), text: 'Marchando' };
  const pushed = await tpv.fetch('/api/tpv/push', { method: 'POST', json: message });
  const window = { minutes: 60, tpv_id: tpv.id };
  const begun = await admin.fetch('/api/admin/maintenance', { method: 'POST', json: window });
  const firstOf = async (list: string) => (await admin.fetch(`/api/admin/${list}`)).body.items[0];
  const named = {
    tpvs: tpv.id,
    users: person,
    inbox: person,
    instructions: (await firstOf('instructions')).id,
    pushes: pushed.body.push_message_id,
    quarantine: String((await firstOf('quarantine')).seq),
    maintenance: begun.body.id,
    accounts: (await firstOf('accounts')).id,
  };
  for (const [what, id] of Object.entries(named)) expect([what, typeof id]).toEqual([what, 'string']);
  return named;
}

function sent({ cookie, session }: TestBrowser, hub: TestHub, csrf = true): Record<string, string> {
  return { cookie, origin: hub.url, ...(csrf ? { 'x-csrf-token': session.csrf_token } : {}) };
}

test('every route answers every role as its right says, and strangers not at all', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv();
  const admin = await openBrowser(hub, { name: 'ana' });
  const viewer = await openBrowser(hub, { name: 'eva', role: 'viewer' });
  const manager = await openBrowser(hub, { name: 'pepa', role: 'manager', tpvs: [tpv.id] });
  const theirs = await everythingOf(hub, tpv, admin);
  const routes = await adminRoutes(hub);
  expect(routes.toSorted()).toEqual([...Object.keys(RIGHTS), ...OPEN].toSorted());
  for (const [index, [route, named]] of Object.entries(RIGHTS).entries()) {
    const [method = '', url = ''] = route.split(' ');
    const [right, reach] = typeof named === 'string' ? [named] : named;
    // Whoever tries many wrong secrets has to wait: each time another address does.
    const stranger = { 'x-forwarded-for': `203.0.113.${index}` };
    const got = async (who: string, headers: Record<string, string>, refusal: number | undefined, ids?: Named) => {
      const status = await statusOf(hub, route, headers, ids);
      const refused = [401, 403, 500, refusal].includes(status) ? status : undefined;
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
    const isThere = right === 'own' || reach !== undefined;
    await got('a manager', sent(manager, hub, method !== 'GET'), isThere ? undefined : 404, theirs);
  }
});

test('outside the panel a manager’s session opens no more than none', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv();
  await openBrowser(hub);
  const manager = await openBrowser(hub, { name: 'pepa', role: 'manager', tpvs: [tpv.id] });
  for (const path of ['/webhook/info', '/info', '/metrics', '/api/tpv/info', '/api/tpv/users', '/readyz', '/healthz']) {
    const [theirs, strangers] = [await manager.fetch(path), await hub.fetch(path)];
    expect([path, theirs.status]).toEqual([path, strangers.status]);
    if (path.endsWith('info')) expect(theirs.body).toEqual(strangers.body);
  }
  const setup = await manager.fetch('/webhook/setup', { method: 'POST', json: { url: 'https://evil.example' } });
  expect(setup.status).toBe(404);
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
