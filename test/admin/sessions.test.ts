import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { browserOf, createAccount, logIn, openBrowser, PASSWORD, postFromPanel } from '../support/admin.ts';
import { testClock } from '../support/clock.ts';
import { DIALECTS, startHub } from '../support/hub.ts';

const MINUTE = 60_000;

describe.each(DIALECTS)('on %s', (database) => {
  test('a login opens a session, and a logout ends it for good', async () => {
    const hub = await startHub({ database });
    const ended: string[] = [];
    hub.hub.events.on('session.ended', ({ sessionId }) => ended.push(sessionId));
    const ana = await openBrowser(hub);
    expect(ana.session).toMatchObject({
      name: 'ana',
      role: 'admin',
      totp_enabled: false,
      time_zone: 'Europe/Madrid',
      shares_database: false,
      language: 'es',
      locale: 'es',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
    expect((await ana.fetch('/api/admin/session')).body).toEqual(ana.session);
    const [{ id }] = (await ana.fetch('/api/admin/account/sessions')).body.items;
    const left = await ana.fetch('/api/admin/logout', { method: 'POST' });
    expect(left).toMatchObject({ status: 200, body: { ok: true } });
    expect(left.headers.get('set-cookie')).toMatch(/^hub_session=;.*Max-Age=0/);
    expect(ended).toEqual([id]);
    // Whoever kept the cookie has nothing.
    for (const path of ['/api/admin/session', '/api/admin/accounts']) {
      expect(await ana.fetch(path)).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
    }
    expect((await ana.fetch('/api/admin/logout', { method: 'POST' })).status).toBe(401);
  });

  test('the database holds no secret of a session, only its hash', async () => {
    const hub = await startHub({ database });
    const ana = await openBrowser(hub);
    const secret = ana.cookie.split('=')[1] ?? '';
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    const rows = await hub.hub.db.read.selectFrom('admin_sessions').selectAll().execute();
    const [row] = rows;
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(row)).not.toContain(secret);
    expect(JSON.stringify(row)).not.toContain(ana.session.csrf_token);
    // Knowing the hash opens nothing.
    expect((await hub.fetch('/api/admin/session', { headers: { cookie: `hub_session=${row?.hash}` } })).status).toBe(
      401,
    );
  });

  test('a session that was left for half an hour opens nothing, also before its row is gone', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const ana = await openBrowser(hub);
    await clock.jump(30 * MINUTE);
    expect(await hub.hub.db.read.selectFrom('admin_sessions').select('id').execute()).toHaveLength(1);
    expect((await ana.fetch('/api/admin/session')).status).toBe(401);
  });

  test('a session ends after half an hour without a request, and twelve hours after its login', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const ana = await openBrowser(hub);
    await clock.jump(29 * MINUTE);
    expect((await ana.fetch('/api/admin/session')).status).toBe(200);
    await clock.jump(29 * MINUTE);
    // What the panel asks for by itself does not keep it open.
    expect((await ana.fetch('/api/admin/accounts', { headers: { 'x-unattended': '1' } })).status).toBe(200);
    await clock.jump(2 * MINUTE);
    expect((await ana.fetch('/api/admin/session')).status).toBe(401);

    const again = await logIn(hub);
    for (let passed = 25; passed < 12 * 60; passed += 25) {
      await clock.jump(25 * MINUTE);
      expect([passed, (await again.fetch('/api/admin/session')).status]).toEqual([passed, 200]);
    }
    await clock.jump(25 * MINUTE);
    expect((await again.fetch('/api/admin/session')).status).toBe(401);
    await clock.jump(61 * MINUTE);
    await expect.poll(() => hub.hub.db.read.selectFrom('admin_sessions').select('id').execute()).toEqual([]);
  });

  test('a person sees and ends their own sessions, and nobody else’s', async () => {
    const hub = await startHub({ database });
    const [phone, desk] = [await openBrowser(hub), await logIn(hub)];
    const eva = await openBrowser(hub, { name: 'eva', role: 'viewer' });
    const { items } = (await desk.fetch('/api/admin/account/sessions')).body;
    expect(items.map((one: { current: boolean }) => one.current)).toEqual([true, false]);
    expect(items[0]).toMatchObject({ address: '127.0.0.1', user_agent: expect.any(String) });
    const [, other] = items;
    const path = `/api/admin/account/sessions/${other.id}`;
    expect((await eva.fetch(path, { method: 'DELETE' })).status).toBe(404);
    expect((await phone.fetch('/api/admin/session')).status).toBe(200);
    expect((await desk.fetch(path, { method: 'DELETE' })).status).toBe(200);
    expect((await phone.fetch('/api/admin/session')).status).toBe(401);
    expect((await desk.fetch(path, { method: 'DELETE' })).status).toBe(404);
    expect((await eva.fetch('/api/admin/session')).status).toBe(200);
  });

  test('the twenty-first session of an account ends its first', async () => {
    const hub = await startHub({ database });
    const first = await openBrowser(hub);
    const second = await logIn(hub);
    for (let i = 2; i < 21; i++) await logIn(hub);
    expect((await first.fetch('/api/admin/session')).status).toBe(401);
    expect((await second.fetch('/api/admin/session')).status).toBe(200);
    expect((await second.fetch('/api/admin/account/sessions')).body.items).toHaveLength(20);
  });
});

test('the cookie is for no script, no other site, and behind TLS for this very host alone', async () => {
  const hub = await startHub({ env: { PUBLIC_URL: 'https://hub.example' } });
  await createAccount(hub);
  const credentials = { name: 'ana', password: PASSWORD };
  const cookieOf = async (headers: Record<string, string>) => {
    const answer = await postFromPanel(hub, '/api/admin/login', credentials, headers);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    return { answer, cookie: answer.headers.get('set-cookie') ?? '' };
  };
  const plain = await cookieOf({});
  expect(plain.cookie).toMatch(/^hub_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  const secure = /^__Host-hub_session=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/;
  // A proxy that says what it was asked for, and one that says nothing of it.
  const proxied = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'hub.example', origin: 'https://hub.example' };
  const { answer, cookie } = await cookieOf(proxied);
  expect(cookie).toMatch(secure);
  expect((await cookieOf({ origin: 'https://hub.example' })).cookie).toMatch(secure);
  const ana = browserOf(hub, answer);
  expect((await ana.fetch('/api/admin/session', { headers: proxied })).status).toBe(200);
  // Where TLS is, a cookie that anybody on the way could have set opens nothing.
  const weak = { ...proxied, cookie: browserOf(hub, plain.answer).cookie };
  expect((await hub.fetch('/api/admin/session', { headers: weak })).status).toBe(401);
});

test('while the database takes no writes, who is logged in still sees everything', async () => {
  const clock = testClock();
  const hub = await startHub({ clock });
  const ana = await openBrowser(hub);
  await sql`pragma query_only = on`.execute(hub.hub.db.writer);
  await clock.jump(2 * MINUTE);
  expect((await ana.fetch('/api/admin/accounts')).status).toBe(200);
  expect((await postFromPanel(hub, '/api/admin/login', { name: 'ana', password: PASSWORD })).status).toBe(503);
  await sql`pragma query_only = off`.execute(hub.hub.db.writer);
  await clock.jump(29 * MINUTE);
  // Nobody could note that request.
  expect((await ana.fetch('/api/admin/accounts')).status).toBe(401);
});

test('two logins never share a session, whatever cookie the browser brought', async () => {
  const hub = await startHub();
  const ana = await openBrowser(hub);
  const again = await postFromPanel(
    hub,
    '/api/admin/login',
    { name: 'ana', password: PASSWORD },
    { cookie: ana.cookie },
  );
  expect(browserOf(hub, again).cookie).not.toBe(ana.cookie);
  expect(again.body.csrf_token).not.toBe(ana.session.csrf_token);
});

test('odd cookies are no session', async () => {
  const hub = await startHub();
  for (const cookie of [
    'hub_session',
    'hub_session=',
    'hub_session=%',
    'hub_session=a; hub_session=b',
    '=;;;=',
    'é=1',
  ]) {
    const headers = { cookie: Buffer.from(cookie).toString('latin1') };
    expect([cookie, (await hub.fetch('/api/admin/session', { headers })).status]).toEqual([cookie, 401]);
  }
  const huge = await hub.fetch('/api/admin/session', { headers: { cookie: `hub_session=${'x'.repeat(8_000)}` } });
  expect(huge.status).toBe(401);
});
