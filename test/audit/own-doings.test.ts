import { expect, test } from 'vitest';
import { openBrowser, PASSWORD } from '../support/admin.ts';
import { startHub, type TestHub } from '../support/hub.ts';

/** What the log has, the oldest first. */
function entries({ hub }: TestHub) {
  return hub.db.read
    .selectFrom('audit_log')
    .select(['actor', 'action', 'target_id', 'target_name', 'details', 'address'])
    .orderBy('seq')
    .execute();
}

// S33
test('a registration, and a change of the key by its TPV, are written down with the address', async () => {
  const hub = await startHub({ env: { TRUST_PROXY: '127.0.0.1' } });
  const from = { 'x-forwarded-for': '203.0.113.7' };
  const json = { name: 'Bar Pepe', endpoint_url: 'http://127.0.0.1:9' };
  const { body } = await hub.fetch('/api/tpv/register', { method: 'POST', json, headers: from });
  const headers = { ...from, authorization: `ApiKey ${body.api_key}` };
  expect((await hub.fetch('/api/tpv/key/rotate', { method: 'POST', headers })).status).toBe(201);
  const about = { actor: 'tpv', target_id: body.id, target_name: 'Bar Pepe', address: '203.0.113.7' };
  expect(await entries(hub)).toMatchObject([
    { ...about, action: 'tpv.register' },
    { ...about, action: 'tpv.rotate_key' },
  ]);
  // What was refused registered nothing.
  await hub.fetch('/api/tpv/register', { method: 'POST', json: { name: '' } });
  expect(await entries(hub)).toHaveLength(2);
  expect(JSON.stringify(await entries(hub))).not.toContain('tpv_');
});

test('each download of a list that names persons is written down, with its filters', async () => {
  const hub = await startHub();
  for (const list of ['users', 'instructions', 'pushes']) {
    expect((await hub.admin(`/api/admin/${list}.csv?tpv_id=00000000-0000-7000-8000-000000000000`)).status).toBe(200);
  }
  expect((await hub.admin('/api/admin/users.csv?other=1')).status).toBe(400);
  expect((await hub.fetch('/api/admin/users.csv')).status).toBe(401);
  const filters = { tpv_id: '00000000-0000-7000-8000-000000000000' };
  const rows = await entries(hub);
  expect(rows.map(({ actor, action, details }) => [actor, action, JSON.parse(details)])).toEqual([
    ['token', 'user.export', { list: 'users', filters }],
    ['token', 'user.export', { list: 'instructions', filters }],
    ['token', 'user.export', { list: 'pushes', filters }],
  ]);
});

test('a wrong password and a wrong code within a session are written down', async () => {
  const hub = await startHub();
  const ana = await openBrowser(hub, { name: 'ana' });
  const change = { current_password: 'another-made-up-one', new_password: 'a-third-made-up-one' };
  expect((await ana.fetch('/api/admin/account/password', { method: 'PUT', json: change })).status).toBe(400);
  await ana.fetch('/api/admin/account/totp', { method: 'POST', json: { password: PASSWORD } });
  expect(
    (await ana.fetch('/api/admin/account/totp/confirm', { method: 'POST', json: { code: '000000' } })).status,
  ).toBe(400);
  const refused = (await entries(hub)).filter(({ action }) => action === 'account.refused');
  expect(refused.map(({ actor, target_name: name, details }) => [actor, name, details])).toEqual([
    ['ana', 'ana', '{"wrong":"password"}'],
    ['ana', 'ana', '{"wrong":"code"}'],
  ]);
});
