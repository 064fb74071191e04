import { describe, expect, test } from 'vitest';
import { AWAITING_KEPT_MS, deleteForgottenRegistrations, MOST_AWAITING } from '../../src/tpvs/awaiting.ts';
import { testClock } from '../support/clock.ts';
import { DIALECTS, startHub, type TestHub } from '../support/hub.ts';

const FIELDS = { name: 'TPV Restaurante Principal', endpoint_url: 'http://localhost:8001' };
const REGISTRATION_TOKEN = 'a-made-up-registration-token';

const register = (hub: TestHub, json: unknown = FIELDS, headers: Record<string, string> = {}) =>
  hub.fetch('/api/tpv/register/', { method: 'POST', json, headers });

describe.each(DIALECTS)('a registration on %s', (database) => {
  test('in open mode gives an active TPV and its key, with the defaults of the contract', async () => {
    const hub = await startHub({ database });
    const { status, body } = await register(hub);
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      name: FIELDS.name,
      api_key: expect.stringMatching(/^tpv_[0-9A-Za-z]{46}$/),
      signing_secret: expect.stringMatching(/^whsec_[0-9A-Za-z+/]{43}=$/),
      message: 'TPV registrado correctamente. Guarda el API Key de forma segura.',
      is_active: true,
    });
    const info = await hub.fetch('/api/tpv/info/', { headers: { authorization: `ApiKey ${body.api_key}` } });
    expect(info.body).toMatchObject({ ...FIELDS, max_users: 100, version: '', metadata: {}, user_count: 0 });
  });

  test('keeps everything that it says', async () => {
    const hub = await startHub({ database });
    const all = {
      ...FIELDS,
      name: 'Ñ 👋',
      max_users: 7,
      version: '1.0.0',
      metadata: { a: [1, { b: null }], 'ñ"': '\0' },
    };
    const tpv = await hub.tpv(all);
    expect((await tpv.fetch('/api/tpv/info/')).body).toMatchObject(all);
  });

  // S7
  test('in approval mode gives an inactive TPV, whose key works for info, heartbeat and stats alone', async () => {
    const hub = await startHub({ database, env: { TPV_REGISTRATION: 'approval' } });
    const tpv = await hub.tpv();
    expect((await tpv.fetch('/api/tpv/info/')).body.is_active).toBe(false);
    expect((await tpv.fetch('/api/tpv/heartbeat/', { method: 'POST' })).status).toBe(200);
    expect((await tpv.fetch('/api/tpv/stats/')).status).toBe(200);
    expect(await tpv.fetch('/api/tpv/users/')).toMatchObject({ status: 403, body: { code: 'tpv_inactive' } });
    await hub.message(1, 'Hola');
    expect((await tpv.fetch('/api/tpv/info/')).body.user_count).toBe(0);
    await hub.admin(`/api/admin/tpvs/${tpv.id}/activate/`, { method: 'POST' });
    expect((await tpv.fetch('/api/tpv/users/')).status).toBe(200);
  });
});

test('a registration in approval mode answers is_active false', async () => {
  const hub = await startHub({ env: { TPV_REGISTRATION: 'approval' } });
  expect(await register(hub)).toMatchObject({ status: 201, body: { is_active: false } });
});

test('a registration in token mode needs the token, and is active at once', async () => {
  const hub = await startHub({ env: { TPV_REGISTRATION: 'token', REGISTRATION_TOKEN } });
  const refused = { status: 403, body: { code: 'registration_closed', error: expect.any(String) } };
  expect(await register(hub)).toMatchObject(refused);
  expect(await register(hub, FIELDS, { 'x-registration-token': `${REGISTRATION_TOKEN}x` })).toMatchObject(refused);
  expect(await register(hub, FIELDS, { 'x-registration-token': REGISTRATION_TOKEN })).toMatchObject({
    status: 201,
    body: { is_active: true },
  });
});

test('a registration in closed mode is refused, with the token too', async () => {
  const hub = await startHub({ env: { TPV_REGISTRATION: 'closed', REGISTRATION_TOKEN } });
  const refused = { status: 403, body: { code: 'registration_closed' } };
  expect(await register(hub)).toMatchObject(refused);
  expect(await register(hub, FIELDS, { 'x-registration-token': REGISTRATION_TOKEN })).toMatchObject(refused);
});

test('the eleventh registration of one address within an hour is refused, others are not', async () => {
  const hub = await startHub({ env: { TPV_REGISTRATION: 'approval' } });
  const from = (address: string) => register(hub, FIELDS, { 'x-forwarded-for': address });
  for (let i = 0; i < 10; i++) expect((await from('203.0.113.1')).status).toBe(201);
  const refused = await from('203.0.113.1');
  expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_requests', error: expect.any(String) } });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_000);
  expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(3_600);
  expect((await from('203.0.113.2')).status).toBe(201);
});

test('in token mode guesses count against the address', async () => {
  const hub = await startHub({ env: { TPV_REGISTRATION: 'token', REGISTRATION_TOKEN } });
  const guess = () => register(hub, FIELDS, { 'x-registration-token': 'a-wrong-registration-token' });
  for (let i = 0; i < 10; i++) expect((await guess()).status).toBe(403);
  expect((await guess()).status).toBe(429);
});

test('open mode is not limited', async () => {
  const hub = await startHub();
  for (let i = 0; i < 15; i++) expect((await register(hub)).status).toBe(201);
});

test('each fault of a registration is named with its path', async () => {
  const hub = await startHub();
  const faults: [json: unknown, paths: string[]][] = [
    [{}, ['name', 'endpoint_url']],
    [{ ...FIELDS, name: '' }, ['name']],
    [{ ...FIELDS, name: 'x'.repeat(201) }, ['name']],
    [{ ...FIELDS, name: 'a\0b' }, ['name']],
    [{ ...FIELDS, name: '\ud800' }, ['name']],
    [{ ...FIELDS, name: 5 }, ['name']],
    [{ ...FIELDS, endpoint_url: 'localhost:8001' }, ['endpoint_url']],
    [{ ...FIELDS, endpoint_url: 'ftp://x' }, ['endpoint_url']],
    [{ ...FIELDS, endpoint_url: `http://x/${'y'.repeat(2_000)}` }, ['endpoint_url']],
    [{ ...FIELDS, max_users: 0 }, ['max_users']],
    [{ ...FIELDS, max_users: '100' }, ['max_users']],
    [{ ...FIELDS, max_users: 1.5 }, ['max_users']],
    [{ ...FIELDS, max_users: 2 ** 40 }, ['max_users']],
    [{ ...FIELDS, version: 1 }, ['version']],
    [{ ...FIELDS, metadata: 'x' }, ['metadata']],
    [{ ...FIELDS, metadata: { x: 'y'.repeat(20_000) } }, ['metadata']],
    [{ ...FIELDS, unknown: 1 }, ['unknown']],
    [[], ['']],
    [null, ['']],
  ];
  for (const [json, paths] of faults) {
    const { status, body } = await register(hub, json);
    expect([json, status, body.code]).toEqual([json, 400, 'invalid_request']);
    expect(body.details.map(({ path }: { path: string }) => path)).toEqual(paths);
    expect(body.error).toMatch(/details/);
    for (const { message } of body.details) expect(message).toMatch(/\S/);
  }
});

describe.each(DIALECTS)('S29: registrations that wait for approval on %s', (database) => {
  test('are 200 at the most, and go after 30 days with their keys, but not what was approved or ever worked', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock, env: { TPV_REGISTRATION: 'approval', TRUST_PROXY: '127.0.0.1' } });
    const from = (address: number) => ({ 'x-forwarded-for': `198.51.100.${address}` });
    const { db } = hub.hub;
    const approved = (await register(hub, FIELDS, from(1))).body;
    await hub.admin(`/api/admin/tpvs/${approved.id}/activate`, { method: 'POST', json: {} });
    const worked = (await register(hub, FIELDS, from(1))).body;
    const waits = (await register(hub, FIELDS, from(1))).body;
    await hub.message(1, 'Hola');
    await db.transact(async (tx) => {
      await tx.kysely.updateTable('telegram_users').set({ tpv_id: worked.id }).execute();
      const known = await tx.kysely.selectFrom('tpv_instances').selectAll().where('id', '=', waits.id).execute();
      const more = Array.from({ length: MOST_AWAITING - 3 }, (_, i) => ({ id: `more-${i}`, join_code: `code-${i}` }));
      const rows = more.flatMap((one) => known.map((row) => ({ ...row, ...one })));
      await tx.kysely.insertInto('tpv_instances').values(rows).execute();
    });
    expect((await register(hub, FIELDS, from(2))).status).toBe(201);
    const refused = await register(hub, FIELDS, from(2));
    expect(refused).toMatchObject({ status: 429, body: { code: 'quota_exceeded' } });
    expect(refused.body.details[0].message).toContain('200 altas');
    expect(refused.headers.get('retry-after')).toBe('3600');
    // An administrator still makes one.
    const made = { name: 'Bar', endpoint_url: 'http://127.0.0.1:9', max_users: 1 };
    expect((await hub.admin('/api/admin/tpvs', { method: 'POST', json: made })).status).toBe(201);
    await clock.jump(AWAITING_KEPT_MS + 1_000);
    while ((await db.read.selectFrom('tpv_instances').select('id').execute()).length > 3) {
      await deleteForgottenRegistrations(db, clock.now());
    }
    const left = await db.read.selectFrom('tpv_instances').select('id').where('name', '=', FIELDS.name).execute();
    expect(left.map(({ id }) => id).sort()).toEqual([approved.id, worked.id].sort());
    const keys = await db.read.selectFrom('api_keys').select('tpv_id').where('tpv_id', '=', waits.id).execute();
    expect(keys).toEqual([]);
    expect((await register(hub, FIELDS, from(3))).status).toBe(201);
  });
});

test('S29: metadata has 4 KiB at the most, counted in bytes', async () => {
  const hub = await startHub();
  const ofBytes = (bytes: number) => ({ ...FIELDS, metadata: { a: 'ñ'.repeat((bytes - '{"a":""}'.length) / 2) } });
  expect((await register(hub, ofBytes(4_096))).status).toBe(201);
  expect(await register(hub, ofBytes(4_098))).toMatchObject({
    status: 400,
    body: { details: [{ path: 'metadata', message: 'admite hasta 4 KiB de JSON' }] },
  });
});
