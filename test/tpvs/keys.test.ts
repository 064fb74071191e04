import { describe, expect, test, vi } from 'vitest';
import { hashApiKey } from '../../src/tpvs/api-key.ts';
import { importKey } from '../../src/tpvs/keys.ts';
import { testClock } from '../support/clock.ts';
import { DIALECTS, startHub, type TestHub } from '../support/hub.ts';
import { keptLog } from '../support/log.ts';

const DAY_MS = 86_400_000;

const statusWith = async (hub: TestHub, key: string) =>
  (await hub.fetch('/api/tpv/info/', { headers: { authorization: `ApiKey ${key}` } })).status;

describe.each(DIALECTS)('on %s', (database) => {
  test('after a rotation the key before works 24 hours more', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const tpv = await hub.tpv();
    const { status, body } = await tpv.fetch('/api/tpv/key/rotate/', { method: 'POST' });
    expect(status).toBe(201);
    expect(body).toEqual({
      api_key: expect.stringMatching(/^tpv_[0-9A-Za-z]{46}$/),
      previous_valid_until: '2025-11-10T10:30:00.000Z',
    });
    expect(body.api_key).not.toBe(tpv.key);
    await clock.jump(DAY_MS - 1);
    expect([await statusWith(hub, tpv.key), await statusWith(hub, body.api_key)]).toEqual([200, 200]);
    await clock.jump(1);
    expect([await statusWith(hub, tpv.key), await statusWith(hub, body.api_key)]).toEqual([401, 200]);
  });

  test('never more than two keys are valid', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const keys = [tpv.key];
    for (let i = 0; i < 3; i++) {
      const headers = { authorization: `ApiKey ${keys.at(-1)}` };
      keys.push((await hub.fetch('/api/tpv/key/rotate/', { method: 'POST', headers })).body.api_key);
    }
    expect(await Promise.all(keys.map((key) => statusWith(hub, key)))).toEqual([401, 401, 200, 200]);
  });

  test('two rotations with the same key at once leave two valid keys at most', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const answers = await Promise.all([1, 2, 3].map(() => tpv.fetch('/api/tpv/key/rotate/', { method: 'POST' })));
    const keys = [tpv.key, ...answers.map(({ body }) => body.api_key)];
    const statuses = await Promise.all(keys.map((key) => statusWith(hub, key)));
    expect(statuses.filter((status) => status === 200)).toHaveLength(2);
  });

  test('keys are kept as their hash alone', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const rows = await hub.hub.db.read.selectFrom('api_keys').selectAll().execute();
    expect(rows).toMatchObject([{ tpv_id: tpv.id, hash: hashApiKey(tpv.key), prefix: tpv.key.slice(0, 12) }]);
    expect(JSON.stringify(rows)).not.toContain(tpv.key);
  });

  test('the last use of a key is stored at most once a minute', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const tpv = await hub.tpv();
    const lastUse = async () =>
      (await hub.hub.db.read.selectFrom('api_keys').select('last_used_at').executeTakeFirstOrThrow()).last_used_at;
    const from = clock.now();
    await tpv.fetch('/api/tpv/info/');
    await vi.waitFor(async () => expect(await lastUse()).toBe(from), 10_000);
    await clock.advance(59_999);
    await tpv.fetch('/api/tpv/info/');
    await clock.advance(1);
    await tpv.fetch('/api/tpv/info/');
    await vi.waitFor(async () => expect(await lastUse()).toBe(from + 60_000), 10_000);
  });

  test('a revoked key stops at once', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const other = await hub.tpv();
    await hub.admin(`/api/admin/tpvs/${tpv.id}/revoke-keys/`, { method: 'POST' });
    expect(await statusWith(hub, tpv.key)).toBe(401);
    expect(await statusWith(hub, other.key)).toBe(200);
  });

  test('an imported key of any shape works, a short one or that of another TPV is refused', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const other = await hub.tpv();
    const key = 'an.old/key+of=20chars';
    await importKey(hub.hub.db.transact, tpv.id, key, Date.now());
    await importKey(hub.hub.db.transact, tpv.id, key, Date.now());
    expect([await statusWith(hub, key), await statusWith(hub, tpv.key)]).toEqual([200, 200]);
    await expect(importKey(hub.hub.db.transact, other.id, key, Date.now())).rejects.toMatchObject({
      code: 'invalid_request',
    });
    await expect(importKey(hub.hub.db.transact, other.id, 'nineteen-characters', Date.now())).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });
});

test('who is not among the trusted proxies is known by its own address, whatever it says it forwards', async () => {
  const { log, lines } = keptLog();
  const hub = await startHub({ env: { TRUST_PROXY: '10.0.0.0/8' }, log });
  const from = (address: string) =>
    hub.fetch('/api/tpv/info/', { headers: { authorization: 'ApiKey wrong', 'x-forwarded-for': address } });
  for (let i = 1; i <= 20; i++) expect((await from(`203.0.113.${i}`)).status).toBe(401);
  expect(await from('203.0.113.21')).toMatchObject({ status: 429, body: { code: 'too_many_requests' } });
  const addresses = new Set(lines.filter(({ path }) => path === '/api/tpv/info/').map(({ ip }) => ip));
  expect([...addresses]).toEqual(['127.0.0.1']);
});

test('failed keys of one address are refused after twenty a minute, a valid key is taken all the same', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv();
  const from = (address: string, key: string) =>
    hub.fetch('/api/tpv/info/', { headers: { authorization: `ApiKey ${key}`, 'x-forwarded-for': address } });
  for (let i = 0; i < 20; i++) expect((await from('203.0.113.1', `wrong-${i}`)).status).toBe(401);
  const refused = await from('203.0.113.1', 'wrong');
  expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_requests' } });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await from('203.0.113.1', tpv.key)).status).toBe(200);
  expect((await from('203.0.113.2', 'wrong')).status).toBe(401);
});
