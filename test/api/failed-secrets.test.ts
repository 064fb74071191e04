import { describe, expect, test } from 'vitest';
import { testClock } from '../support/clock.ts';
import { ADMIN_TOKEN, DIALECTS, startHub, type TestHub } from '../support/hub.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

const from = async (hub: TestHub, address: string, path: string, authorization: string) =>
  (await hub.fetch(path, { headers: { authorization, 'x-forwarded-for': address } })).status;

describe.each(DIALECTS)('on %s', (database) => {
  test('guesses of tokens and keys count together, per address and per /64, and are written down once (S32)', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock, env: { METRICS_TOKEN: 'a-made-up-metrics-token' } });
    const { key } = await hub.tpv();
    const guess = (i: number) => {
      const address = `2001:db8:1:2::${i.toString(16)}`;
      if (i % 3 === 0) return from(hub, address, '/api/admin/overview', `Token a-wrong-token-${i}`);
      if (i % 3 === 1) return from(hub, address, '/metrics', `Bearer a-wrong-token-${i}`);
      return from(hub, address, '/api/tpv/info/', `ApiKey a-wrong-key-${i}`);
    };
    for (let i = 0; i < 20; i++) expect([i, await guess(i)]).toEqual([i, 401]);
    for (let i = 20; i < 26; i++) expect([i, await guess(i)]).toEqual([i, 429]);
    // What is right is taken all the same, and so are others.
    expect(await from(hub, '2001:db8:1:2::1', '/api/admin/overview', `Token ${ADMIN_TOKEN}`)).toBe(200);
    expect(await from(hub, '2001:db8:1:2::1', '/metrics', 'Bearer a-made-up-metrics-token')).toBe(200);
    expect(await from(hub, '2001:db8:1:2::1', '/api/tpv/info/', `ApiKey ${key}`)).toBe(200);
    expect(await from(hub, '2001:db8:1:3::1', '/api/admin/overview', 'Token a-wrong-token')).toBe(401);
    await clock.jump(60_000);
    expect(await guess(0)).toBe(401);
    const { body } = await hub.admin('/api/admin/audit?action=access.refused');
    expect(body.items).toMatchObject([
      { actor: 'hub', action: 'access.refused', address: '2001:db8:1:2::14', details: { wrong: 'key' } },
    ]);
  });
});

test('a clock that is set back by a day locks no address out for that day', async () => {
  const clock = testClock();
  const hub = await startHub({ clock, env: { TPV_REGISTRATION: 'approval' } });
  const register = async () => {
    const json = { name: 'Bar', endpoint_url: 'http://localhost:8001' };
    return (await hub.fetch('/api/tpv/register/', { method: 'POST', json })).status;
  };
  const guess = () => from(hub, '203.0.113.1', '/api/tpv/info/', 'ApiKey a-wrong-key');
  for (let i = 0; i < 10; i++) await register();
  for (let i = 0; i < 20; i++) await guess();
  expect([await register(), await guess()]).toEqual([429, 429]);
  clock.correct(-DAY_MS);
  await clock.jump(60_000);
  expect([await register(), await guess()]).toEqual([429, 401]);
  await clock.jump(HOUR_MS - 60_000);
  expect(await register()).toBe(201);
});
