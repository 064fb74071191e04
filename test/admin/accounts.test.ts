import { describe, expect, test } from 'vitest';
import { createAccount, logIn, openBrowser, PASSWORD, postFromPanel } from '../support/admin.ts';
import { DIALECTS, SHARED, startHub, type TestHub } from '../support/hub.ts';

const NEW_PASSWORD = 'la-siguiente-contraseña';
/** What tries to be code somewhere: SQL, HTML, a spreadsheet, a log, a path. */
const HOSTILE = [
  `'; drop table admin_users; --`,
  `" or ""="`,
  `<script>alert(1)</script>`,
  `<img src=x onerror=alert(1)>`,
  '=1+1|cmd',
  '{{7*7}} %s %n $HOME',
  '../../etc/passwd',
  'ñ 🍕',
];

function accountsOf(hub: TestHub) {
  return hub.admin('/api/admin/accounts').then(({ body }) => body.items);
}

describe.each(DIALECTS)('on %s', (database) => {
  test('an administrator makes accounts, changes what they may do, and deletes them', async () => {
    const hub = await startHub({ database });
    const ana = await openBrowser(hub);
    const json = { name: 'Eva', role: 'viewer', password: PASSWORD };
    const made = await ana.fetch('/api/admin/accounts', { method: 'POST', json });
    expect(made).toMatchObject({ status: 201, body: { name: 'eva', role: 'viewer', last_login_at: null } });
    expect((await ana.fetch('/api/admin/accounts', { method: 'POST', json })).body).toMatchObject({
      code: 'conflict',
      details: [{ path: 'name' }],
    });
    const path = `/api/admin/accounts/${made.body.id}`;
    const eva = await logIn(hub, { name: 'eva' });
    expect((await ana.fetch(path, { method: 'PATCH', json: { role: 'admin' } })).body.role).toBe('admin');
    // With other rights comes another session.
    expect((await eva.fetch('/api/admin/session')).status).toBe(401);
    const again = await logIn(hub, { name: 'eva' });
    expect(await ana.fetch(path, { method: 'DELETE' })).toMatchObject({ status: 200, body: { ok: true } });
    expect((await again.fetch('/api/admin/session')).status).toBe(401);
    expect((await ana.fetch(path, { method: 'DELETE' })).status).toBe(404);
    expect((await accountsOf(hub)).map(({ name }: { name: string }) => name)).toEqual(['ana']);
    const rows = await hub.hub.db.read
      .selectFrom('audit_log')
      .select(['actor', 'action', 'target_name', 'details'])
      .where('target_name', '=', 'eva')
      .where('action', 'like', 'account.%')
      .orderBy('seq')
      .execute();
    expect(rows).toEqual([
      { actor: 'ana', action: 'account.create', target_name: 'eva', details: '{"role":"viewer"}' },
      { actor: 'ana', action: 'account.role', target_name: 'eva', details: '{"from":"viewer","to":"admin"}' },
      { actor: 'ana', action: 'account.delete', target_name: 'eva', details: '{}' },
    ]);
  });

  test('the last administrator stays one, also where all leave at once', async () => {
    const hub = await startHub({ database });
    const ids = [await createAccount(hub, { name: 'ana' }), await createAccount(hub, { name: 'eva' })];
    await createAccount(hub, { name: 'leo', role: 'viewer' });
    const path = (id: string | undefined) => `/api/admin/accounts/${id}`;
    const json = { role: 'viewer' };
    const answers = await Promise.all([
      hub.admin(path(ids[0]), { method: 'PATCH', json }),
      hub.admin(path(ids[1]), { method: 'DELETE' }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const left = (await accountsOf(hub)).filter(({ role }: { role: string }) => role === 'admin');
    expect(left).toHaveLength(1);
    for (const init of [{ method: 'DELETE' }, { method: 'PATCH', json }]) {
      expect(await hub.admin(path(left[0].id), init)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    }
    // To be told again what one is changes nothing.
    expect((await hub.admin(path(left[0].id), { method: 'PATCH', json: { role: 'admin' } })).status).toBe(200);
  });

  test('a new password ends every other session, and the old one opens nothing', async () => {
    const hub = await startHub({ database });
    const [phone, desk] = [await openBrowser(hub), await logIn(hub)];
    const change = (current: string, chosen: string) =>
      desk.fetch('/api/admin/account/password', {
        method: 'PUT',
        json: { current_password: current, new_password: chosen },
      });
    expect((await change('not-the-password', NEW_PASSWORD)).body).toMatchObject({
      code: 'invalid_request',
      details: [{ path: 'current_password' }],
    });
    expect((await change(PASSWORD, 'once-letras')).body.details).toMatchObject([{ path: 'new_password' }]);
    expect((await change(PASSWORD, NEW_PASSWORD)).status).toBe(200);
    expect((await phone.fetch('/api/admin/session')).status).toBe(401);
    expect((await desk.fetch('/api/admin/session')).status).toBe(200);
    expect((await postFromPanel(hub, '/api/admin/login', { name: 'ana', password: PASSWORD })).status).toBe(401);
    await logIn(hub, { password: NEW_PASSWORD });
  });

  test('a password that an administrator gives ends all sessions of that account', async () => {
    const hub = await startHub({ database });
    const ana = await openBrowser(hub);
    const id = await createAccount(hub, { name: 'eva', role: 'viewer' });
    const eva = await logIn(hub, { name: 'eva' });
    const json = { password: NEW_PASSWORD };
    expect((await ana.fetch(`/api/admin/accounts/${id}/password`, { method: 'PUT', json })).status).toBe(200);
    expect((await eva.fetch('/api/admin/session')).status).toBe(401);
    await logIn(hub, { name: 'eva', password: NEW_PASSWORD });
    expect((await ana.fetch('/api/admin/session')).status).toBe(200);
  });

  test('SQL and HTML in a name are a name', async () => {
    const hub = await startHub({ database });
    const ana = await openBrowser(hub);
    for (const name of HOSTILE) {
      const json = { name, role: 'viewer', password: PASSWORD };
      const made = await ana.fetch('/api/admin/accounts', { method: 'POST', json });
      expect([name, made.status, made.body.name]).toEqual([name, 201, name.toLowerCase()]);
      expect(made.headers.get('content-type')).toMatch(/^application\/json/);
      const eva = await logIn(hub, { name });
      expect(eva.session.name).toBe(name.toLowerCase());
      for (const path of [encodeURIComponent(name), `${made.body.id}'`, '..%2f..']) {
        const answer = await ana.fetch(`/api/admin/accounts/${path}`, { method: 'DELETE' });
        expect([path, answer.status]).toEqual([path, 404]);
      }
    }
    for (const place of ['accounts', 'account/sessions']) {
      expect((await ana.fetch(`/api/admin/${place}/%00`, { method: 'DELETE' })).status).toBe(400);
    }
    expect(await accountsOf(hub)).toHaveLength(HOSTILE.length + 1);
  });

  test('what no account can be is refused with the field at fault', async () => {
    const hub = await startHub({ database });
    const right = { name: 'ana', role: 'admin', password: PASSWORD };
    for (const [field, value] of [
      ['name', ''],
      ['name', ' '],
      ['name', 'token'],
      ['name', 'CLI'],
      ['name', 'Hub '],
      ['name', 'an\u202Ea'],
      ['name', 'a\nb\u0007'],
      ['name', 'x'.repeat(65)],
      ['name', 7],
      ['role', 'root'],
      ['password', 'once letras'],
      ['password', '🍕'.repeat(11)],
      ['password', 'x'.repeat(1_025)],
    ] as const) {
      const answer = await hub.admin('/api/admin/accounts', { method: 'POST', json: { ...right, [field]: value } });
      expect([field, value, answer.status, answer.body.details?.[0].path]).toEqual([field, value, 400, field]);
    }
    const unknown = await hub.admin('/api/admin/accounts', { method: 'POST', json: { ...right, id: 'x' } });
    expect(unknown.body.details).toEqual([{ path: 'id', message: 'campo desconocido' }]);
    expect(await accountsOf(hub)).toEqual([]);
  });
});

test('two hubs on one database never leave it to nobody', async () => {
  const hub = await startHub({ database: 'postgres', shared: SHARED });
  const other = await startHub({ databaseUrl: hub.databaseUrl, shared: SHARED });
  for (let round = 0; round < 5; round++) {
    const ids = [await createAccount(hub, { name: `ana${round}` }), await createAccount(hub, { name: `eva${round}` })];
    for (const { id } of await accountsOf(hub)) {
      if (!ids.includes(id)) await hub.admin(`/api/admin/accounts/${id}`, { method: 'DELETE' });
    }
    const answers = await Promise.all([
      hub.admin(`/api/admin/accounts/${ids[0]}`, { method: 'PATCH', json: { role: 'viewer' } }),
      other.admin(`/api/admin/accounts/${ids[1]}`, { method: 'DELETE' }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  }
});

test('a change needs the session, its own CSRF token and the exact Origin', async () => {
  const hub = await startHub();
  const [ana, other] = [await openBrowser(hub), await logIn(hub)];
  const json = { name: 'eva', role: 'viewer', password: PASSWORD };
  const origin = hub.url;
  const csrf = ana.session.csrf_token;
  const cases: [headers: Record<string, string>, status: number][] = [
    [{ origin }, 403],
    [{ origin, 'x-csrf-token': '' }, 403],
    [{ origin, 'x-csrf-token': other.session.csrf_token }, 403],
    [{ origin, 'x-csrf-token': `${csrf}x` }, 403],
    [{ 'x-csrf-token': csrf }, 403],
    [{ origin: 'null', 'x-csrf-token': csrf }, 403],
    [{ origin: 'https://evil.example', 'x-csrf-token': csrf }, 403],
    [{ origin: origin.replace('127.0.0.1', 'localhost'), 'x-csrf-token': csrf }, 403],
    [{ origin: `${origin}/`, 'x-csrf-token': csrf }, 403],
    [{ origin, 'x-csrf-token': csrf, 'sec-fetch-site': 'cross-site' }, 403],
    [{ origin, 'x-csrf-token': csrf }, 201],
  ];
  for (const [headers, status] of cases) {
    const answer = await hub.fetch('/api/admin/accounts', {
      method: 'POST',
      json,
      headers: { cookie: ana.cookie, ...headers },
    });
    expect([headers, answer.status]).toEqual([headers, status]);
  }
  expect(await accountsOf(hub)).toHaveLength(2);
});

test('a page of another site that may talk to TPVs gets nothing out of an administrator’s session', async () => {
  const hub = await startHub({ env: { CORS_ALLOWED_ORIGINS: 'https://app.hub.example' } });
  const ana = await openBrowser(hub);
  const headers = { cookie: ana.cookie, origin: 'https://app.hub.example' };
  expect(await hub.fetch('/api/admin/session', { headers })).toMatchObject({ status: 403 });
});

test('a viewer sees everything and changes nothing but what is their own', async () => {
  const hub = await startHub();
  const eva = await openBrowser(hub, { name: 'eva', role: 'viewer' });
  const [{ id }] = await accountsOf(hub);
  expect((await eva.fetch('/api/admin/accounts')).status).toBe(200);
  const json = { role: 'admin' };
  expect(await eva.fetch(`/api/admin/accounts/${id}`, { method: 'PATCH', json })).toMatchObject({
    status: 403,
    body: { code: 'forbidden' },
  });
  const password = { current_password: PASSWORD, new_password: NEW_PASSWORD };
  expect((await eva.fetch('/api/admin/account/password', { method: 'PUT', json: password })).status).toBe(200);
  expect((await eva.fetch('/api/admin/logout', { method: 'POST' })).status).toBe(200);
});

test('the webhook is looked at and set with a session as well as with the token', async () => {
  const hub = await startHub();
  const [ana, eva] = [await openBrowser(hub), await openBrowser(hub, { name: 'eva', role: 'viewer' })];
  const json = { url: `${hub.url}/webhook/telegram/` };
  const init = { method: 'POST', json };
  expect((await eva.fetch('/webhook/info/')).body).toHaveProperty('webhook_info');
  expect((await eva.fetch('/webhook/setup/', init)).status).toBe(403);
  const headers = { cookie: ana.cookie, origin: hub.url };
  expect((await hub.fetch('/webhook/setup/', { ...init, headers })).status).toBe(403);
  expect((await ana.fetch('/webhook/setup/', init)).status).toBe(200);
  expect((await hub.admin('/webhook/setup/', init)).status).toBe(200);
  const rows = hub.hub.db.read.selectFrom('audit_log').select(['actor', 'details']).where('action', '=', 'webhook.set');
  const details = JSON.stringify(json);
  expect(await rows.orderBy('seq').execute()).toEqual([
    { actor: 'ana', details },
    { actor: 'token', details },
  ]);
});

test('the token has no account of its own', async () => {
  const hub = await startHub();
  for (const path of ['/api/admin/session', '/api/admin/account/sessions']) {
    expect(await hub.admin(path)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  }
});

test('nothing that an administrator sees is kept in a cache', async () => {
  const hub = await startHub();
  for (const path of ['/api/admin/login', '/api/admin/session', '/api/admin/accounts']) {
    expect((await hub.fetch(path)).headers.get('cache-control')).toBe('no-store');
    expect((await hub.admin(path)).headers.get('cache-control')).toBe('no-store');
  }
});
