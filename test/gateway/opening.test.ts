import pg from 'pg';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { testClock } from '../support/clock.ts';
import { DIALECTS, startHub, testOfOneHub } from '../support/hub.ts';
import { frame, rawSocket, upgradeRequest } from '../support/raw-socket.ts';
import { type OpenOptions, openSocket, Refused } from '../support/socket.ts';
import { WAIT_MS } from '../support/within.ts';

/** The hub's HTTP answer to an upgrade that it refuses. */
async function refusal(url: string, options: OpenOptions): Promise<{ status: number; code: string; retry: unknown }> {
  const refused = await openSocket(url, options).then(
    () => new Error('The socket was opened.'),
    (error: unknown) => error,
  );
  if (!(refused instanceof Refused)) throw refused;
  return { status: refused.status, code: JSON.parse(refused.body).code, retry: refused.headers['retry-after'] };
}

const V1 = 'valletpv.v1';

describe('who may open a socket', () => {
  test.each(['ApiKey', 'Bearer', 'apikey'])('a key in the Authorization header as %s', async (scheme) => {
    const hub = await startHub();
    const { key, id } = await hub.tpv();
    const socket = await openSocket(hub.url, { headers: { authorization: `${scheme} ${key}` } });
    expect(await socket.next('welcome')).toMatchObject({ tpv: { id } });
    expect(socket.raw.protocol).toBe(V1);
  });

  test('a key in the subprotocol, of which only the first is selected', async () => {
    const hub = await startHub();
    const { key, id } = await hub.tpv();
    const socket = await openSocket(hub.url, { protocols: [V1, `valletpv.apikey.${key}`] });
    expect(await socket.next('welcome')).toMatchObject({ tpv: { id } });
    expect(socket.raw.protocol).toBe(V1);
  });

  test('a key that was rotated still opens one, and so does the new one', async () => {
    const hub = await startHub();
    const tpv = await hub.tpv();
    const { body } = await tpv.fetch('/api/tpv/key/rotate/', { method: 'POST' });
    for (const key of [tpv.key, body.api_key]) {
      expect(await (await openSocket(hub.url, { key })).next('welcome')).toMatchObject({ tpv: { id: tpv.id } });
    }
  });

  test('no key, a broken, an unknown and a revoked one are refused alike', async () => {
    const hub = await startHub();
    const revoked = await hub.tpv();
    await hub.admin(`/api/admin/tpvs/${revoked.id}/revoke-keys`, { method: 'POST' });
    const attempts: OpenOptions[] = [
      {},
      { headers: { authorization: 'ApiKey' } },
      { headers: { authorization: 'Basic dXNlcjpwdw==' } },
      { key: 'tpv_unknown' },
      { key: revoked.key },
      { protocols: [V1, 'valletpv.apikey.unknown'] },
    ];
    for (const attempt of attempts) {
      expect(await refusal(hub.url, attempt)).toEqual({ status: 401, code: 'unauthorized', retry: undefined });
    }
  });

  test('a key in the URL is refused, also beside a valid header', async () => {
    const hub = await startHub();
    const { key } = await hub.tpv();
    for (const name of ['key', 'api_key', 'token', 'access_token', 'Authorization']) {
      const path = `/api/tpv/ws/?${name}=${key}`;
      expect(await refusal(hub.url, { path })).toMatchObject({ status: 401 });
      expect(await refusal(hub.url, { path, key })).toMatchObject({ status: 401 });
    }
  });

  test('an inactive TPV is refused, and let in once it is active', async () => {
    const hub = await startHub({ env: { TPV_REGISTRATION: 'approval' } });
    const { key, id } = await hub.tpv();
    expect(await refusal(hub.url, { key })).toMatchObject({ status: 403, code: 'tpv_inactive' });
    await hub.admin(`/api/admin/tpvs/${id}/activate`, { method: 'POST' });
    await (await openSocket(hub.url, { key })).next('welcome');
  });

  test('an unlisted Origin is refused whatever the key, and a listed one is let in', async () => {
    const hub = await startHub({ env: { CORS_ALLOWED_ORIGINS: 'https://panel.example' } });
    const { key } = await hub.tpv();
    for (const origin of ['https://evil.example', 'https://panel.example.evil', 'null']) {
      expect(await refusal(hub.url, { key, headers: { origin } })).toMatchObject({ status: 403, code: 'forbidden' });
    }
    await (await openSocket(hub.url, { key, headers: { origin: 'https://panel.example' } })).next('welcome');
  });

  test('no subprotocol means the first version, and only others are refused', async () => {
    const hub = await startHub();
    const { key } = await hub.tpv();
    const silent = await openSocket(hub.url, { key, protocols: [] });
    await silent.next('welcome');
    expect(silent.raw.protocol).toBe('');
    const both = await openSocket(hub.url, { key, protocols: ['valletpv.v2', V1] });
    expect(both.raw.protocol).toBe(V1);
    for (const protocols of [['valletpv.v2'], ['mqtt', 'valletpv.v2'], [`valletpv.apikey.${key}`]]) {
      expect(await refusal(hub.url, { key, protocols })).toMatchObject({ status: 400, code: 'invalid_request' });
    }
  });
});

describe('the handshake', () => {
  test('the welcome says these things and nothing else', async () => {
    const clock = testClock();
    const hub = await startHub({ clock });
    const tpv = await hub.tpv({ name: 'Bar La Esquina' });
    await hub.message(1, 'uno');
    await hub.message(2, 'dos');
    const socket = await openSocket(hub.url, { key: tpv.key });
    expect(await socket.next('welcome')).toEqual({
      type: 'welcome',
      protocol: 1,
      session_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      tpv: { id: tpv.id, name: 'Bar La Esquina' },
      heartbeat_interval_ms: 25_000,
      max_in_flight: 64,
      pending: 2,
      server_time: '2025-11-09T10:30:00.000Z',
      service: { state: 'open', reason: null, until: null, minutes: null, opens_at: null, closes_at: null },
    });
    expect(socket.frames[0]).toMatchObject({ type: 'welcome' });
  });

  test.each([
    ['Sec-WebSocket-Version', '12'],
    ['Sec-WebSocket-Version', undefined],
    ['Sec-WebSocket-Key', 'not 16 bytes'],
    ['Sec-WebSocket-Key', undefined],
  ])('a %s of %s is answered with 400', async (header, value) => {
    const hub = await startHub();
    const { key } = await hub.tpv();
    const socket = rawSocket(hub.url);
    socket.write(upgradeRequest({ Authorization: `ApiKey ${key}`, [header]: value }));
    expect(await socket.answered()).toMatchObject({ status: 400 });
    await socket.ended();
  });

  test('an upgrade to something else is answered with 400', async () => {
    const hub = await startHub();
    const { key } = await hub.tpv();
    const socket = rawSocket(hub.url);
    socket.write(upgradeRequest({ Authorization: `ApiKey ${key}`, Upgrade: 'h2c' }));
    expect(await socket.answered()).toMatchObject({ status: 400 });
  });

  test('a plain GET is answered with a 400 that says what to do, with and without a key', async () => {
    const hub = await startHub();
    const tpv = await hub.tpv();
    for (const { status, body } of [await hub.fetch('/api/tpv/ws/'), await tpv.fetch('/api/tpv/ws')]) {
      expect(status).toBe(400);
      expect(body).toEqual({
        error: expect.any(String),
        code: 'invalid_request',
        details: [{ path: 'upgrade', message: expect.stringContaining('Upgrade: websocket') }],
      });
    }
  });

  // S10
  test.each(DIALECTS)('a frame in the same packet as the handshake is processed, on %s', async (database) => {
    const hub = await startHub({ database });
    const { key } = await hub.tpv();
    const socket = rawSocket(hub.url);
    const update = { type: 'update', id: crypto.randomUUID(), status: 'completed', ref: 'at once' };
    socket.write(
      Buffer.concat([
        Buffer.from(upgradeRequest({ Authorization: `ApiKey ${key}` })),
        frame({ payload: JSON.stringify(update) }),
      ]),
    );
    const result = await socket.heard(({ ref }) => ref === 'at once');
    // The hub speaks first all the same.
    expect(await socket.heard(() => true)).toMatchObject({ type: 'welcome' });
    expect(result).toMatchObject({ type: 'result', ok: false, error: { code: 'not_found' } });
  });
});

describe('how many upgrades', () => {
  testOfOneHub(
    'after 20 failed keys in a minute an address has to wait, and a valid key is taken all the same',
    async () => {
      // Its clock stands still: the minute does not end before the test.
      const hub = await startHub({ clock: testClock() });
      const { key } = await hub.tpv();
      for (let i = 0; i < 20; i++) expect(await refusal(hub.url, { key: `wrong ${i}` })).toMatchObject({ status: 401 });
      const { status, code, retry } = await refusal(hub.url, { key: 'wrong again' });
      expect({ status, code }).toEqual({ status: 429, code: 'too_many_requests' });
      expect(Number(retry)).toBeGreaterThanOrEqual(1);
      await (await openSocket(hub.url, { key })).next('welcome');
    },
  );

  testOfOneHub('more than 500 in one second are refused, and taken again in the next', async () => {
    const clock = testClock();
    const hub = await startHub({ clock });
    const { key } = await hub.tpv();
    // 500 that fail for want of a key, over one connection after the other.
    for (let done = 0; done < 500; done += 50) {
      await Promise.all(Array.from({ length: 50 }, () => refusal(hub.url, {})));
    }
    const { status, code, retry } = await refusal(hub.url, { key });
    expect({ status, code }).toEqual({ status: 429, code: 'too_many_requests' });
    expect(Number(retry)).toBeGreaterThanOrEqual(1);
    await clock.advance(1_000);
    await (await openSocket(hub.url, { key })).next('welcome');
  });

  testOfOneHub(
    'more than 20 of one address whose key is not checked yet are refused, and late ones are dropped',
    async () => {
      const clock = testClock();
      const hub = await startHub({ database: 'postgres', clock });
      const { key } = await hub.tpv();
      // No key can be looked up while this transaction holds the table.
      const blocker = new pg.Client({ connectionString: hub.databaseUrl });
      await blocker.connect();
      onTestFinished(() => blocker.end());
      await blocker.query('begin; lock table api_keys in access exclusive mode');
      const first = Array.from({ length: 25 }, () =>
        openSocket(hub.url, { key }).then(
          () => 'opened',
          (error: unknown) => (error instanceof Refused ? error.status : error),
        ),
      );
      const refused: unknown[] = [];
      for (const attempt of first) void attempt.then((outcome) => refused.push(outcome));
      await vi.waitUntil(() => refused.length === 5, WAIT_MS);
      expect(refused).toEqual([429, 429, 429, 429, 429]);
      await clock.advance(5_000);
      expect((await Promise.all(first)).filter((outcome) => outcome === 503)).toHaveLength(20);
      await blocker.query('commit');
      await (await openSocket(hub.url, { key })).next('welcome');
    },
  );

  test('while the hub drains every upgrade is answered with 503', async () => {
    const hub = await startHub();
    const tpv = await hub.tpv();
    const socket = await tpv.socket();
    await hub.message(1, 'Hola');
    const { instruction } = await socket.next('instruction');
    const closed = hub.close();
    await socket.next('drain');
    const { status, code, retry } = await refusal(hub.url, { key: tpv.key });
    expect({ status, code }).toEqual({ status: 503, code: 'unavailable' });
    expect(Number(retry)).toBeGreaterThanOrEqual(1);
    await socket.report(instruction.id, 'completed');
    await closed;
  });
});
