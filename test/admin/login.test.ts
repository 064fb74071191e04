import { describe, expect, test } from 'vitest';
import { LoginThrottle } from '../../src/administrators/throttle.ts';
import { createAccount, logIn, PASSWORD, postFromPanel } from '../support/admin.ts';
import { testClock } from '../support/clock.ts';
import { DIALECTS, SHARED, startHub, type TestHub } from '../support/hub.ts';

const MINUTE = 60_000;
const WRONG = 'otra-contraseña-inventada';

function tokenOf(link: string | undefined): string {
  return new URL(link ?? 'http://nowhere').hash.slice(1);
}

function setUp(hub: TestHub, token: string, name = 'ana') {
  return postFromPanel(hub, '/api/admin/setup', { token, name, password: PASSWORD });
}

/** Logs in from an address of its own. */
function from(hub: TestHub, address: string, name: string, password: string) {
  return postFromPanel(hub, '/api/admin/login', { name, password }, { 'x-forwarded-for': address });
}

describe.each(DIALECTS)('on %s', (database) => {
  test('there is no account before somebody makes one, and the set-up link makes the first', async () => {
    const hub = await startHub({ database });
    expect((await hub.fetch('/api/admin/login')).body).toEqual({ setup_needed: true, logged_in: false });
    for (const name of ['admin', 'token', 'root']) expect((await from(hub, '::1', name, PASSWORD)).status).toBe(401);
    const link = await hub.hub.setupLink(hub.url);
    expect(link).toMatch(new RegExp(`^${hub.url}/admin/configurar#[\\w-]{43}$`));
    const made = await setUp(hub, tokenOf(link), ' Ana ');
    expect(made).toMatchObject({ status: 200, body: { name: 'ana', role: 'admin', csrf_token: expect.any(String) } });
    expect((await hub.fetch('/api/admin/login')).body).toEqual({ setup_needed: false, logged_in: false });
    // It was the only one, and no other comes.
    expect(await setUp(hub, tokenOf(link), 'eva')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(await hub.hub.setupLink(hub.url)).toBeUndefined();
  });

  test('twenty who use the set-up link at once make one account', async () => {
    const hub = await startHub({ database });
    const token = tokenOf(await hub.hub.setupLink(hub.url));
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => setUp(hub, token, `ana${i}`)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: 19 }, () => 403)]);
    expect(await hub.hub.db.read.selectFrom('admin_users').select('role').execute()).toEqual([{ role: 'admin' }]);
  });

  test('of two set-up links the newer one makes the account', async () => {
    const hub = await startHub({ database });
    const [older, newer] = [await hub.hub.setupLink(hub.url), await hub.hub.setupLink(hub.url)];
    expect((await setUp(hub, tokenOf(older))).status).toBe(403);
    expect((await setUp(hub, tokenOf(newer))).status).toBe(200);
  });

  test('each login is written down, the refused one too, and none with what was typed as a password', async () => {
    const hub = await startHub({ database });
    const id = await createAccount(hub);
    await from(hub, '203.0.113.1', 'Ana', WRONG);
    await from(hub, '203.0.113.1', 'nadie', WRONG);
    await from(hub, '203.0.113.1', 'ANA', PASSWORD);
    const rows = await hub.hub.db.read
      .selectFrom('audit_log')
      .select(['actor', 'action', 'target_id', 'target_name', 'details', 'address'])
      .where('action', 'like', 'session.%')
      .orderBy('seq')
      .execute();
    expect(rows).toMatchObject([
      { actor: 'hub', action: 'session.refused', target_id: id, target_name: 'ana', address: '203.0.113.1' },
      { actor: 'hub', action: 'session.refused', target_id: null, details: '{"name":"nadie"}' },
      { actor: 'ana', action: 'session.login', target_id: id, address: '203.0.113.1' },
    ]);
    expect(JSON.stringify(rows)).not.toMatch(/contraseña-inventada/);
  });

  test('a password is stored as argon2id with a salt of its own', async () => {
    const hub = await startHub({ database });
    for (const name of ['ana', 'eva']) {
      const json = { name, role: 'admin', password: PASSWORD };
      expect((await hub.admin('/api/admin/accounts', { method: 'POST', json })).status).toBe(201);
    }
    const rows = await hub.hub.db.read.selectFrom('admin_users').select('password_hash').execute();
    for (const { password_hash: hash } of rows) {
      expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    }
    expect(new Set(rows.map((row) => row.password_hash)).size).toBe(2);
  });
});

test('of two hubs on one database, one takes the set-up link', async () => {
  const hub = await startHub({ database: 'postgres', shared: SHARED });
  const other = await startHub({ databaseUrl: hub.databaseUrl, shared: SHARED });
  const token = tokenOf(await hub.hub.setupLink(hub.url));
  const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => setUp(i % 2 ? hub : other, token, `ana${i}`)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 7 }, () => 403)]);
});

test('a set-up link is good for a day', async () => {
  const clock = testClock();
  const hub = await startHub({ clock });
  const token = tokenOf(await hub.hub.setupLink(hub.url));
  await clock.jump(24 * 60 * MINUTE);
  expect((await setUp(hub, token)).status).toBe(403);
  const fresh = tokenOf(await hub.hub.setupLink(hub.url));
  await clock.jump(24 * 60 * MINUTE - 1);
  expect((await setUp(hub, fresh)).status).toBe(200);
});

test('behind a public address, the set-up link leads there', async () => {
  const hub = await startHub({ env: { PUBLIC_URL: 'https://hub.example' } });
  expect(await hub.hub.setupLink(hub.url)).toMatch(/^https:\/\/hub\.example\/admin\/configurar#[\w-]{43}$/);
});

test('a wrong name and a wrong password get the same answer', async () => {
  const hub = await startHub();
  await createAccount(hub);
  const [name, password] = [
    await from(hub, '203.0.113.1', 'nadie', WRONG),
    await from(hub, '203.0.113.2', 'ana', WRONG),
  ];
  expect(name.body).toEqual(password.body);
  expect(name).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
  expect(name.headers.get('set-cookie')).toBeNull();
});

test('after five wrong logins within a quarter of an hour even the right password waits', async () => {
  const clock = testClock();
  const hub = await startHub({ clock });
  await createAccount(hub);
  for (let i = 0; i < 5; i++) {
    expect((await from(hub, '203.0.113.1', 'ana', WRONG)).status).toBe(401);
    await clock.jump(MINUTE);
  }
  const refused = await from(hub, '203.0.113.1', ' ANA ', PASSWORD);
  expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_requests' } });
  // Until the first of the five is a quarter of an hour old.
  expect(refused.headers.get('retry-after')).toBe('600');
  // Others, and the same person from elsewhere, don't wait: nobody can lock somebody out.
  expect((await from(hub, '203.0.113.2', 'ana', PASSWORD)).status).toBe(200);
  await clock.jump(10 * MINUTE);
  expect((await from(hub, '203.0.113.1', 'ana', PASSWORD)).status).toBe(200);
  // A right one forgets what was wrong before.
  for (let i = 0; i < 5; i++) expect((await from(hub, '203.0.113.1', 'ana', WRONG)).status).toBe(401);
  expect((await from(hub, '203.0.113.1', 'ana', WRONG)).status).toBe(429);
});

test('of a hundred wrong logins, at once or with other names, most are not even looked at', async () => {
  const hub = await startHub();
  await createAccount(hub);
  const count = async (answers: Promise<{ status: number }>[]) => {
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    return {
      refused: statuses.filter((one) => one === 401).length,
      slowed: statuses.filter((one) => one === 429).length,
    };
  };
  const hundred = Array.from({ length: 100 }, (_, i) => i);
  expect(await count(hundred.map(() => from(hub, '203.0.113.1', 'ana', WRONG)))).toEqual({ refused: 5, slowed: 95 });
  const names = hundred.map((i) => from(hub, '203.0.113.2', `ana${i}`, WRONG));
  expect(await count(names)).toEqual({ refused: 50, slowed: 50 });
  // In IPv6 a machine has as many addresses as it likes, within its /64.
  const addresses = hundred.map((i) => from(hub, `2001:db8:1:2::${i.toString(16)}`, 'ana', WRONG));
  expect(await count(addresses)).toEqual({ refused: 5, slowed: 95 });
});

test('the memory of wrong logins is bounded, and right ones leave nothing in it', () => {
  const clock = testClock();
  const throttle = new LoginThrottle(() => clock.now());
  for (let i = 0; i < 50; i++) throttle.begin('203.0.113.1', 'ana', false).right();
  for (let i = 0; i < 5; i++) throttle.begin('203.0.113.1', 'ana', false).undecided();
  for (let i = 0; i < 5; i++) throttle.begin('203.0.113.1', 'ana', false);
  expect(() => throttle.begin('203.0.113.1', 'ana', false)).toThrow('Too many wrong logins.');
  for (let i = 0; i < 10_000; i++) throttle.begin(`10.1.${i >> 8}.${i & 255}`, `eva${i}`, false);
  // The oldest made room.
  throttle.begin('203.0.113.1', 'ana', false);
});

test('passwords are the same however a keyboard composes their letters, and a name in whatever case', async () => {
  const hub = await startHub();
  await createAccount(hub, { name: 'María José', password: 'contraseña-ñandú'.normalize('NFD') });
  const ana = await logIn(hub, {
    name: '  MARÍA   josé '.normalize('NFD'),
    password: 'contraseña-ñandú'.normalize('NFC'),
  });
  expect(ana.session.name).toBe('maría josé');
});

test('a login without the own Origin, or with more than it takes, is refused before a password is looked at', async () => {
  const hub = await startHub();
  await createAccount(hub);
  const json = { name: 'ana', password: PASSWORD };
  const post = (headers: Record<string, string>, body: unknown = json) =>
    hub.fetch('/api/admin/login', { method: 'POST', json: body, headers });
  const own = { origin: hub.url };
  const foreign: Record<string, string>[] = [
    {},
    { origin: 'null' },
    { origin: 'https://evil.example' },
    { origin: `${hub.url}.evil.example` },
    { ...own, 'sec-fetch-site': 'cross-site' },
    { ...own, 'sec-fetch-site': 'same-site' },
  ];
  for (const headers of foreign) {
    expect([headers, (await post(headers)).status]).toEqual([headers, 403]);
  }
  expect((await post({ ...own, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  for (const body of [
    {},
    { ...json, role: 'admin' },
    { name: 'ana', password: ['x'] },
    { name: 'a\0', password: 'x' },
  ]) {
    expect([body, (await post(own, body)).status]).toEqual([body, 400]);
  }
  expect((await post(own, { name: 'ana', password: 'x'.repeat(1_025) })).status).toBe(400);
  expect((await post(own, { name: 'ana', password: 'x'.repeat(20_000) })).status).toBe(413);
});
