import { describe, expect, test } from 'vitest';
import { testClock } from '../support/clock.ts';
import { type Answer, DIALECTS, type JsonInit, startHub, type TestHub } from '../support/hub.ts';

/** Who calls: nobody, the TPV whose rows they are, another, one that nobody activated, one of a wrong key, the administrator. */
const ROLES = ['nobody', 'owner', 'other', 'inactive', 'forged', 'admin'] as const;
type Role = (typeof ROLES)[number];

interface Route {
  method: string;
  path: (ids: { instruction: string; tpv: string }) => string;
  json?: unknown;
  /** In the order of ROLES. */
  statuses: [nobody: number, owner: number, other: number, inactive: number, forged: number, admin: number];
}

const INSTRUCTION = ({ instruction }: { instruction: string }) => `/api/tpv/instructions/${instruction}/`;
const tpvPath = (action: string) => (ids: { tpv: string }) => `/api/admin/tpvs/${ids.tpv}${action}`;

/** Requirement S6 (docs/security.md); the last ones change who may do what. */
const ROUTES: Route[] = [
  { method: 'GET', path: () => '/api/tpv/info/', statuses: [401, 200, 200, 200, 401, 401] },
  { method: 'POST', path: () => '/api/tpv/heartbeat/', statuses: [401, 200, 200, 200, 401, 401] },
  { method: 'GET', path: () => '/api/tpv/stats/', statuses: [401, 200, 200, 200, 401, 401] },
  { method: 'GET', path: () => '/api/tpv/service/', statuses: [401, 200, 200, 200, 401, 401] },
  {
    method: 'PUT',
    path: () => '/api/tpv/service/',
    json: { state: 'open' },
    statuses: [401, 200, 200, 403, 401, 401],
  },
  { method: 'GET', path: () => '/api/tpv/instructions/', statuses: [401, 200, 200, 403, 401, 401] },
  { method: 'GET', path: INSTRUCTION, statuses: [401, 200, 404, 403, 401, 401] },
  { method: 'PUT', path: INSTRUCTION, json: { status: 'delivered' }, statuses: [401, 200, 404, 403, 401, 401] },
  { method: 'PATCH', path: INSTRUCTION, json: { status: 'processing' }, statuses: [401, 200, 404, 403, 401, 401] },
  { method: 'GET', path: () => '/api/tpv/users/', statuses: [401, 200, 200, 403, 401, 401] },
  { method: 'POST', path: () => '/api/tpv/key/rotate/', statuses: [401, 201, 201, 403, 401, 401] },
  {
    method: 'POST',
    path: () => '/webhook/telegram/',
    json: { update_id: 1 },
    statuses: [401, 401, 401, 401, 401, 401],
  },
  { method: 'POST', path: () => '/telegram/', json: { update_id: 1 }, statuses: [401, 401, 401, 401, 401, 401] },
  { method: 'POST', path: () => '/webhook/setup/', json: {}, statuses: [401, 401, 401, 401, 401, 200] },
  { method: 'GET', path: () => '/webhook/info/', statuses: [200, 200, 200, 200, 200, 200] },
  { method: 'GET', path: () => '/info/', statuses: [200, 200, 200, 200, 200, 200] },
  { method: 'GET', path: () => '/healthz', statuses: [200, 200, 200, 200, 200, 200] },
  { method: 'GET', path: () => '/readyz', statuses: [200, 200, 200, 200, 200, 200] },
  { method: 'GET', path: () => '/docs/json', statuses: [200, 200, 200, 200, 200, 200] },
  { method: 'GET', path: () => '/api/admin/tpvs/', statuses: [401, 401, 401, 401, 401, 200] },
  { method: 'GET', path: () => '/api/tpv/nothing/', statuses: [404, 404, 404, 404, 404, 404] },
  {
    method: 'PUT',
    path: () => '/api/admin/users/1001/tpv/',
    json: { tpv_id: crypto.randomUUID() },
    statuses: [401, 401, 401, 401, 401, 400],
  },
  { method: 'POST', path: tpvPath('/activate/'), statuses: [401, 401, 401, 401, 401, 200] },
  { method: 'POST', path: tpvPath('/deactivate/'), json: {}, statuses: [401, 401, 401, 401, 401, 200] },
  { method: 'POST', path: tpvPath('/revoke-keys/'), statuses: [401, 401, 401, 401, 401, 200] },
  { method: 'DELETE', path: tpvPath('/'), statuses: [401, 401, 401, 401, 401, 200] },
];

const PERSON = 1001;
const FILE = 'owner-file';

interface Own {
  message: number;
}

/**
 * Every route that takes a TPV's key: what it is asked with, about what is the owner's, and what another TPV is answered.
 * An inactive one gets 403, but where it may wait for its approval.
 */
const TPV_ROUTES: Record<string, { json?: (own: Own) => object; other: number; inactive?: number }> = {
  'GET /api/tpv/info': { other: 200, inactive: 200 },
  'POST /api/tpv/heartbeat': { other: 200, inactive: 200 },
  'GET /api/tpv/stats': { other: 200, inactive: 200 },
  'GET /api/tpv/service': { other: 200, inactive: 200 },
  'PUT /api/tpv/service': { json: () => ({ state: 'paused' }), other: 200 },
  'GET /api/tpv/users': { other: 200 },
  'GET /api/tpv/instructions': { other: 200 },
  'GET /api/tpv/instructions/{id}': { other: 404 },
  'PUT /api/tpv/instructions/{id}': { json: () => ({ status: 'completed' }), other: 404 },
  'PATCH /api/tpv/instructions/{id}': { json: () => ({ status: 'completed' }), other: 404 },
  'GET /api/tpv/files/{file_id}': { other: 404 },
  'POST /api/tpv/push': { json: () => ({ telegram_user_id: PERSON, text: 'Hola' }), other: 404 },
  'GET /api/tpv/push/{id}': { other: 404 },
  'PATCH /api/tpv/push/{id}': { json: () => ({ text: 'Otra' }), other: 404 },
  'DELETE /api/tpv/push/{id}': { other: 404 },
  'POST /api/tpv/push/{id}/resend': { other: 404 },
  'POST /api/register_notification': {
    json: () => ({ telegram_user_id: 404, mensaje: 'Hola', token: 't', callback_url: 'http://127.0.0.1:9/' }),
    other: 404,
  },
  'POST /api/edit_message': {
    json: ({ message }) => ({ telegram_user_id: PERSON, message_id: message, nuevo_texto: 'Otra' }),
    other: 404,
  },
  'POST /api/delete_message': {
    json: ({ message }) => ({ telegram_user_id: PERSON, message_id: message }),
    other: 404,
  },
  'POST /api/tpv/signing-secret/rotate': { other: 201 },
  // Last: the key that the others need is another one then.
  'POST /api/tpv/key/rotate': { other: 201 },
};

/** Each call comes from an address of its own: failed keys of one address are limited. */
const from = (caller: number) => ({ 'x-forwarded-for': `203.0.113.${caller}` });

async function cast(hub: TestHub) {
  const owner = await hub.tpv();
  hub.emulator.person({ id: PERSON, first_name: 'Ana', started: true });
  await hub.message(1, 'Hola', PERSON);
  const [other, inactive] = [await hub.tpv(), await hub.tpv()];
  await hub.admin(`/api/admin/tpvs/${inactive.id}/deactivate/`, { method: 'POST', json: {} });
  const [instruction] = (await owner.fetch('/api/tpv/instructions/')).body.instructions;
  const callers: Record<Role, (path: string, init?: JsonInit) => Promise<Answer>> = {
    nobody: hub.fetch,
    owner: owner.fetch,
    other: other.fetch,
    inactive: inactive.fetch,
    forged: (path, init) =>
      hub.fetch(path, { ...init, headers: { authorization: `ApiKey ${owner.key.slice(0, -1)}!`, ...init?.headers } }),
    admin: hub.admin,
  };
  return { callers, ids: { instruction: String(instruction.id), tpv: other.id } };
}

describe.each(DIALECTS)('on %s', (database) => {
  test('each route answers each role as the matrix says, and every refusal has the shape of the contract', async () => {
    const clock = testClock();
    const env = { TELEGRAM_WEBHOOK_URL: 'http://127.0.0.1:9/webhook/telegram/' };
    const hub = await startHub({ database, clock, env });
    const { callers, ids } = await cast(hub);
    const got: string[] = [];
    let caller = 0;
    for (const { method, path, json } of ROUTES) {
      const line = [method, path({ instruction: ':id', tpv: ':id' })];
      for (const role of ROLES) {
        // One that is not active may call once a second.
        if (role === 'inactive') await clock.advance(1_000);
        const { status, body } = await callers[role](path(ids), { method, json, headers: from(++caller) });
        line.push(`${status}`);
        if (status < 400) continue;
        expect(body).toEqual({
          error: expect.stringMatching(/^\p{Lu}.+\.$/u),
          code: expect.stringMatching(/^[a-z_]+$/),
          ...(body.details === undefined ? {} : { details: expect.arrayContaining([]) }),
        });
      }
      got.push(line.join(' '));
    }
    const wanted = ROUTES.map(({ method, path, statuses }) =>
      [method, path({ instruction: ':id', tpv: ':id' }), ...statuses].join(' '),
    );
    expect(got).toEqual(wanted);
  });

  test('no route of a TPV lets another one, or nobody, at what is its own', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const { callers, ids } = await cast(hub);
    const { paths } = (await hub.fetch('/docs/json')).body;
    const routes = Object.entries<Record<string, { security?: object[] }>>(paths).flatMap(([url, item]) =>
      Object.entries(item)
        .filter(([, { security }]) => JSON.stringify(security) === JSON.stringify([{ ApiKey: [] }]))
        .map(([method]) => `${method.toUpperCase()} ${url}`),
    );
    // A new route has to be named here.
    expect(routes.sort()).toEqual(Object.keys(TPV_ROUTES).sort());
    const pushed = await callers.owner('/api/tpv/push', {
      method: 'POST',
      json: { telegram_user_id: PERSON, text: 'Hola' },
    });
    const own = {
      ...ids,
      push: String(pushed.body.push_message_id),
      file: FILE,
      message: Number(pushed.body.telegram_message_id),
    };
    let caller = 0;
    for (const [route, { json, other, inactive = 403 }] of Object.entries(TPV_ROUTES)) {
      const [method = '', url = ''] = route.split(' ');
      const path = url
        .replace('{file_id}', own.file)
        .replace('{id}', url.includes('push') ? own.push : own.instruction);
      const wanted = { nobody: 401, forged: 401, admin: 401, other, inactive };
      for (const role of ['nobody', 'forged', 'admin', 'other', 'inactive'] as const) {
        // One that is not active may call once a second.
        if (role === 'inactive') await clock.advance(1_000);
        const init = { method, headers: from(++caller), ...(json && { json: json(own) }) };
        const { status } = await callers[role](path, init);
        expect([route, role, status]).toEqual([route, role, wanted[role]]);
      }
    }
    // Nothing of the owner's was changed by any of them.
    expect((await callers.owner('/api/tpv/service')).body.state).toBe('open');
    expect((await callers.owner(`/api/tpv/instructions/${own.instruction}`)).body.status).toBe('sent');
    expect((await callers.owner(`/api/tpv/push/${own.push}`)).body.status).toBe('sent');
  });

  test("what another TPV has and what nobody has can't be told apart", async () => {
    const hub = await startHub({ database });
    const { callers, ids } = await cast(hub);
    const path = INSTRUCTION(ids);
    const nowhere = `/api/tpv/instructions/${crypto.randomUUID()}/`;
    for (const init of [{}, { method: 'PUT', json: { status: 'completed' } }]) {
      const [foreign, missing] = [await callers.other(path, init), await callers.other(nowhere, init)];
      expect(foreign.body).toEqual(missing.body);
      expect(foreign.status).toBe(404);
    }
    expect((await callers.owner(path)).body.status).toBe('sent');
  });

  test('lists and figures hold the rows of the caller alone', async () => {
    const hub = await startHub({ database });
    const { callers } = await cast(hub);
    expect((await callers.other('/api/tpv/users/')).body).toMatchObject({ count: 0 });
    expect((await callers.other('/api/tpv/instructions/?status=sent')).body).toMatchObject({ count: 0 });
    expect((await callers.other('/api/tpv/stats/')).body).toMatchObject({
      instructions: { total: 0 },
      users: { total: 0 },
    });
    expect((await callers.owner('/api/tpv/users/')).body).toMatchObject({ count: 1 });
  });
});

test('without ADMIN_TOKEN nobody is the administrator', async () => {
  const hub = await startHub({ env: { ADMIN_TOKEN: '' } });
  for (const authorization of ['Token', 'Token ', 'Token undefined', 'Token  ""']) {
    expect(await hub.fetch('/api/admin/tpvs/', { headers: { authorization } })).toMatchObject({ status: 401 });
  }
});

test('no answer to a wrong administrator token differs from that to none', async () => {
  const hub = await startHub();
  const answers = [
    '',
    'Token x',
    'Token a-made-up-administrator-toke',
    'Basic eDp5',
    'ApiKey a-made-up-administrator-token',
  ];
  const bodies = [];
  for (const authorization of answers) {
    const { status, body } = await hub.fetch('/api/admin/tpvs/', { headers: { authorization } });
    bodies.push({ status, body });
  }
  for (const body of bodies) expect(body).toEqual(bodies[0]);
  expect(bodies[0]?.status).toBe(401);
});
