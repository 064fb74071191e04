import { describe, expect, test, vi } from 'vitest';
import { testClock } from '../support/clock.ts';
import { DIALECTS, startHub } from '../support/hub.ts';
import { WAIT_MS } from '../support/within.ts';

const START = '2025-11-09T10:30:00.000Z';

/** The service of a TPV that has said nothing of it. */
const OPEN = { state: 'open', reason: null, until: null, minutes: null, opens_at: null, closes_at: null };

describe.each(DIALECTS)('on %s', (database) => {
  test('info says what the contract names', async () => {
    const hub = await startHub({ database, clock: testClock() });
    const fields = { name: 'Bar', endpoint_url: 'https://bar.example', max_users: 3, version: '2', metadata: { a: 1 } };
    const tpv = await hub.tpv(fields);
    await hub.message(1, 'Hola');
    expect((await tpv.fetch('/api/tpv/info/')).body).toEqual({
      ...fields,
      id: tpv.id,
      is_active: true,
      created_at: START,
      last_heartbeat: START,
      user_count: 1,
      is_online: true,
      service: OPEN,
    });
  });

  test('a heartbeat makes a TPV online for 300 s, and so does every other call', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const tpv = await hub.tpv();
    const seen = async () => {
      const { body } = await hub.admin('/api/admin/tpvs/');
      return [body.items[0].is_online, body.items[0].last_heartbeat];
    };
    expect(await seen()).toEqual([false, null]);
    expect((await tpv.fetch('/api/tpv/heartbeat/', { method: 'POST' })).body).toEqual({
      status: 'ok',
      timestamp: START,
    });
    expect(await seen()).toEqual([true, START]);
    await clock.jump(299_999);
    expect(await seen()).toEqual([true, START]);
    await clock.jump(1);
    expect(await seen()).toEqual([false, START]);
    await tpv.fetch('/api/tpv/instructions/');
    expect(await seen()).toEqual([true, '2025-11-09T10:35:00.000Z']);
  });

  test('heartbeats are still known after a restart', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const tpv = await hub.tpv();
    await tpv.fetch('/api/tpv/heartbeat/', { method: 'POST' });
    await hub.close();
    const again = await startHub({ databaseUrl: hub.databaseUrl, clock });
    expect((await again.admin('/api/admin/tpvs/')).body.items).toMatchObject([
      { last_heartbeat: START, is_online: true },
    ]);
  });

  test('an open socket keeps its TPV online', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock, env: { HEARTBEAT_INTERVAL_SECONDS: '3600' } });
    // The jump falls on one beat of the heartbeat, and that pings the first socket: it is not the one that is asked.
    await (await hub.tpv({ name: 'another' })).socket();
    const tpv = await hub.tpv();
    const socket = await tpv.socket();
    await clock.jump(3_000_000);
    const online = async () => {
      const { body } = await hub.admin('/api/admin/tpvs/');
      return body.items.find(({ id }: { id: string }) => id === tpv.id).is_online;
    };
    expect(await online()).toBe(true);
    socket.cut();
    await vi.waitFor(async () => {
      await clock.advance(1_000);
      expect(await online()).toBe(false);
    }, WAIT_MS);
  });

  test('users come in pages of their own TPV alone, by activity where asked', async () => {
    const hub = await startHub({ database, clock: testClock() });
    const tpv = await hub.tpv();
    const ids = [1, 5, 77, 2 ** 52, Number.MAX_SAFE_INTEGER];
    for (const [i, id] of ids.entries()) await hub.message(i + 1, 'Hola', id);
    await hub.admin(`/api/admin/tpvs/${tpv.id}/deactivate/`, { method: 'POST', json: {} });
    const other = await hub.tpv();
    await hub.message(9, 'Hola', 6);
    await hub.admin(`/api/admin/tpvs/${tpv.id}/activate/`, { method: 'POST' });
    const blocked = { id: 77, is_bot: false, first_name: 'Ana' };
    const member = { chat: { id: 77, type: 'private' }, from: blocked, date: 1, new_chat_member: { status: 'kicked' } };
    await hub.update({ update_id: 10, my_chat_member: member });

    const page = async (query: string) => {
      const { body } = await tpv.fetch(`/api/tpv/users/${query}`);
      expect(body.count).toBe(body.users.length);
      return [body.users.map(({ telegram_id }: { telegram_id: number }) => telegram_id), body.next];
    };
    expect(await page('')).toEqual([ids, null]);
    expect(await page('?limit=2')).toEqual([[1, 5], 5]);
    expect(await page('?limit=2&after=5')).toEqual([[77, 2 ** 52], 2 ** 52]);
    expect(await page(`?limit=2&after=${2 ** 52}`)).toEqual([[Number.MAX_SAFE_INTEGER], null]);
    expect(await page('?is_active=true')).toEqual([[1, 5, 2 ** 52, Number.MAX_SAFE_INTEGER], null]);
    expect(await page('?is_active=false')).toEqual([[77], null]);
    const { body } = await other.fetch('/api/tpv/users');
    expect(body).toEqual({
      count: 1,
      users: [
        {
          telegram_id: 6,
          username: 'ana_6',
          first_name: 'Ana',
          last_name: '',
          is_active: true,
          language_code: 'es',
          created_at: START,
          last_interaction: START,
        },
      ],
      next: null,
    });
  });

  test('stats count every state, the seats and the messages', async () => {
    const hub = await startHub({ database, clock: testClock() });
    const tpv = await hub.tpv({ name: 'Bar', max_users: 3 });
    const ends = ['sent', 'delivered', 'processing', 'completed', 'failed', 'failed'];
    for (let i = 0; i < 8; i++) await hub.message(i + 1, 'Hola');
    const { body } = await tpv.fetch('/api/tpv/instructions/?limit=6');
    for (const [i, { id }] of body.instructions.entries()) {
      if (ends[i] === 'sent') continue;
      await tpv.fetch(`/api/tpv/instructions/${id}/`, { method: 'PATCH', json: { status: ends[i] } });
    }
    expect((await tpv.fetch('/api/tpv/stats/')).body).toEqual({
      tpv_id: tpv.id,
      tpv_name: 'Bar',
      is_online: true,
      last_heartbeat: START,
      users: { total: 1, max: 3, available_slots: 2 },
      instructions: { pending: 2, sent: 1, delivered: 1, processing: 1, completed: 1, failed: 2, total: 8 },
      push_messages: { pending: 0, sent: 0, failed: 0, unknown: 0, total: 0 },
      service: OPEN,
    });
  });
});

test.each([
  ['no body', {}],
  ['an empty body that says it is JSON', { headers: { 'content-type': 'application/json' }, body: '' }],
  ['an empty object', { json: {} }],
  ['fields that the hub does not know', { json: { uptime: 5, version: '1' } }],
])('a heartbeat with %s is taken', async (_name, init) => {
  const hub = await startHub();
  const tpv = await hub.tpv();
  expect(await tpv.fetch('/api/tpv/heartbeat/', { method: 'POST', ...init })).toMatchObject({
    status: 200,
    body: { status: 'ok' },
  });
});

test('the version of a heartbeat is kept', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv({ version: '1.0.0' });
  await tpv.fetch('/api/tpv/heartbeat/', { method: 'POST', json: { version: '1.1.0' } });
  await tpv.fetch('/api/tpv/heartbeat/', { method: 'POST' });
  expect((await tpv.fetch('/api/tpv/info/')).body.version).toBe('1.1.0');
});

test.each(['ApiKey', 'apikey', 'Bearer', 'bearer'])('a key is taken as «%s <key>»', async (scheme) => {
  const hub = await startHub();
  const tpv = await hub.tpv();
  const headers = { authorization: `${scheme} ${tpv.key}` };
  expect((await hub.fetch('/api/tpv/info/', { headers })).status).toBe(200);
});

test('every path works with and without its trailing slash', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv();
  await hub.message(1, 'Hola');
  const { id } = (await tpv.fetch('/api/tpv/instructions')).body.instructions[0];
  const calls: [method: string, path: string, json?: unknown][] = [
    ['GET', '/api/tpv/info'],
    ['POST', '/api/tpv/heartbeat'],
    ['GET', '/api/tpv/instructions'],
    ['GET', `/api/tpv/instructions/${id}`],
    ['PUT', `/api/tpv/instructions/${id}`, { status: 'delivered' }],
    ['PATCH', `/api/tpv/instructions/${id}`, { status: 'delivered' }],
    ['GET', '/api/tpv/users'],
    ['GET', '/api/tpv/stats'],
    ['GET', '/webhook/info'],
    ['GET', '/info'],
    ['GET', '/healthz'],
    ['GET', '/readyz'],
  ];
  for (const [method, path, json] of calls) {
    for (const url of [path, `${path}/`]) {
      const { status } = await tpv.fetch(url, { method, json });
      expect([method, url, status]).toEqual([method, url, 200]);
    }
  }
  for (const path of ['/api/tpv/register', '/api/tpv/register/']) {
    const json = { name: 'x', endpoint_url: 'http://x' };
    expect((await hub.fetch(path, { method: 'POST', json })).status).toBe(201);
  }
  for (const path of ['/api/tpv/key/rotate', '/api/tpv/key/rotate/']) {
    expect((await tpv.fetch(path, { method: 'POST' })).status).toBe(201);
  }
});
