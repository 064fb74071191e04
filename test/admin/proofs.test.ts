import { describe, expect, test } from 'vitest';
import { totpCode } from '../../src/administrators/totp.ts';
import { createAccount, enableSecondFactor, logIn, openBrowser, PASSWORD, type TestBrowser } from '../support/admin.ts';
import { testClock } from '../support/clock.ts';
import { DIALECTS, startHub, type TestHub } from '../support/hub.ts';

const MINUTE = 60_000;
const NEW_PASSWORD = 'la-siguiente-contraseña';

type Ids = { account: string; tpv: string };
const account = (rest: string) => (ids: Ids) => `/api/admin/accounts/${ids.account}${rest}`;
const tpv = (rest: string) => (ids: Ids) => `/api/admin/tpvs/${ids.tpv}${rest}`;

/** Requirement S37: what asks for a proof, in an order in which all of it can be done. */
const GUARDED: { method: string; path: (ids: Ids) => string; json?: object; status: number }[] = [
  {
    method: 'POST',
    path: () => '/api/admin/accounts',
    json: { name: 'leo', role: 'viewer', password: PASSWORD },
    status: 201,
  },
  { method: 'PATCH', path: account(''), json: { role: 'admin' }, status: 200 },
  { method: 'PUT', path: account('/password'), json: { password: NEW_PASSWORD }, status: 200 },
  // Only managers are invited.
  { method: 'POST', path: account('/invitation'), status: 409 },
  { method: 'DELETE', path: account(''), status: 200 },
  {
    method: 'POST',
    path: () => '/api/admin/tpvs',
    json: { name: 'Bar Leo', endpoint_url: 'https://tpv.example' },
    status: 201,
  },
  { method: 'POST', path: tpv('/rotate-key'), status: 201 },
  { method: 'POST', path: tpv('/rotate-secret'), status: 201 },
  { method: 'POST', path: tpv('/revoke-keys'), status: 200 },
];

/** What stands in the database of accounts and keys. */
async function state({ hub }: TestHub) {
  const { read } = hub.db;
  const accounts = await read.selectFrom('admin_users').select(['name', 'role', 'password_hash']).execute();
  const keys = await read.selectFrom('api_keys').selectAll().execute();
  const tpvs = await read.selectFrom('tpv_instances').select(['id', 'name']).execute();
  return { accounts, keys, tpvs };
}

function prove(browser: TestBrowser, json: { password?: string; code?: string }) {
  return browser.fetch('/api/admin/account/proof', { method: 'POST', json });
}

describe.each(DIALECTS)('on %s', (database) => {
  test('10 minutes after the login, accounts, roles and keys change only after another proof (S37)', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const ids = { account: await createAccount(hub, { name: 'eva', role: 'viewer' }), tpv: (await hub.tpv()).id };
    const ana = await openBrowser(hub);
    await clock.jump(10 * MINUTE + 1);
    const before = await state(hub);
    for (const { method, path, json } of GUARDED) {
      const answer = await ana.fetch(path(ids), { method, ...(json && { json }) });
      expect([path(ids), answer]).toMatchObject([path(ids), { status: 403, body: { code: 'proof_required' } }]);
    }
    expect(await state(hub)).toEqual(before);
    // All else goes on.
    expect((await ana.fetch(`/api/admin/tpvs/${ids.tpv}`, { method: 'PATCH', json: { max_users: 7 } })).status).toBe(
      200,
    );
    expect(await prove(ana, { password: PASSWORD })).toMatchObject({ status: 200, body: { ok: true } });
    for (const { method, path, json, status } of GUARDED) {
      const answer = await ana.fetch(path(ids), { method, ...(json && { json }) });
      expect([path(ids), answer.status]).toEqual([path(ids), status]);
    }
    await clock.jump(10 * MINUTE + 1);
    expect((await ana.fetch(tpv('/rotate-key')(ids), { method: 'POST' })).body.code).toBe('proof_required');
    // A script’s token is proof enough.
    expect((await hub.admin(tpv('/rotate-key')(ids), { method: 'POST' })).status).toBe(201);
  });

  test('with the second factor on, a code proves it once, and the password does not', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const ana = await openBrowser(hub);
    const { secret, codes } = await enableSecondFactor(ana, clock);
    const rotate = async () => {
      const { id } = await hub.tpv();
      return (await ana.fetch(`/api/admin/tpvs/${id}/rotate-key`, { method: 'POST' })).status;
    };
    await clock.jump(11 * MINUTE);
    expect((await prove(ana, { password: PASSWORD })).body.details).toMatchObject([{ path: 'code' }]);
    expect(await rotate()).toBe(403);
    const code = totpCode(secret, clock.now());
    expect((await prove(ana, { code })).status).toBe(200);
    expect(await rotate()).toBe(201);
    expect((await prove(ana, { code })).status).toBe(400);
    await clock.jump(11 * MINUTE);
    expect((await prove(ana, { code: codes[0] ?? '' })).status).toBe(200);
    expect(await rotate()).toBe(201);
    const rows = await hub.hub.db.read
      .selectFrom('audit_log')
      .select(['action', 'details'])
      .where('action', 'in', ['account.refused', 'account.recovery_code'])
      .orderBy('seq')
      .execute();
    expect(rows.map(({ action, details }) => [action, details])).toEqual([
      ['account.refused', '{"wrong":"code"}'],
      ['account.refused', '{"wrong":"code"}'],
      ['account.recovery_code', '{"left":9}'],
    ]);
  });

  test('one session’s proof is no other’s, and wrong ones count with the wrong logins', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const [phone, desk] = [await openBrowser(hub), await logIn(hub)];
    const { id } = await hub.tpv();
    const rotate = (browser: TestBrowser) => browser.fetch(`/api/admin/tpvs/${id}/rotate-key`, { method: 'POST' });
    await clock.jump(11 * MINUTE);
    expect((await prove(phone, { password: PASSWORD })).status).toBe(200);
    expect((await rotate(phone)).status).toBe(201);
    expect((await rotate(desk)).body.code).toBe('proof_required');
    for (let i = 0; i < 5; i++) {
      expect((await prove(desk, { password: 'no-es-esta-contraseña' })).body.details).toMatchObject([
        { path: 'password' },
      ]);
    }
    expect((await prove(desk, { password: PASSWORD })).status).toBe(429);
    expect((await rotate(desk)).status).toBe(403);
  });
});

test('a clock that is set ahead or back makes no proof older, and none lasts longer', async () => {
  const clock = testClock();
  const hub = await startHub({ clock });
  const ana = await openBrowser(hub);
  const { id } = await hub.tpv();
  const rotate = async () => (await ana.fetch(`/api/admin/tpvs/${id}/rotate-key`, { method: 'POST' })).status;
  for (const byMs of [86_400_000, -2 * 86_400_000]) {
    await prove(ana, { password: PASSWORD });
    clock.correct(byMs);
    await expect.poll(rotate).toBe(201);
  }
  await clock.jump(10 * MINUTE + 1);
  await expect.poll(rotate).toBe(403);
});

test('every change of accounts and keys that the documentation names asks for a proof', async () => {
  const hub = await startHub({ clock: testClock() });
  const { paths } = (await hub.fetch('/docs/json')).body as { paths: Record<string, Record<string, unknown>> };
  const changes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods)
      .filter((method) => method !== 'get' && method !== 'head')
      .map((method) => `${method.toUpperCase()} ${path}`),
  );
  const delicate = /^\S+ \/api\/admin\/(accounts|tpvs\/\{id\}\/(rotate|revoke)|tpvs$)/;
  const ids = { account: '{id}', tpv: '{id}' };
  expect(changes.filter((change) => delicate.test(change)).sort()).toEqual(
    GUARDED.map(({ method, path }) => `${method} ${path(ids)}`).sort(),
  );
});
