import { describe, expect, test, vi } from 'vitest';
import { HubClient } from '#hub-client';
import { testClock } from '../support/clock.ts';
import { DIALECTS, startHub } from '../support/hub.ts';
import { auditOf, changesOf, everyItem } from '../support/pages.ts';
import { instructionsOf } from '../support/telegram.ts';
import { WAIT_MS } from '../support/within.ts';

const post = (json: unknown = {}) => ({ method: 'POST', json });
/** The hub's clock need not agree with the test's to the millisecond. */
const A_MINUTE_MS = 60_000;
const HOSTILE = [
  '<script>alert(1)</script>',
  "'; drop table tpv_instances; --",
  '100%_\\',
  '\u202eRTL',
  '=1+1',
  '😀'.repeat(50),
];

describe.each(DIALECTS)('on %s', (database) => {
  test('the list has the newest first, page by page, each once', async () => {
    const hub = await startHub({ database });
    const ids: string[] = [];
    for (let i = 0; i < 7; i++) ids.unshift((await hub.tpv({ name: `TPV ${i}` })).id);
    const items = await everyItem(hub, '/api/admin/tpvs', 3);
    expect(items.map(({ id }) => id)).toEqual([...ids].sort().reverse());
    expect(items[0]).toMatchObject({ state: 'active', is_online: false, transport: null, user_count: 0, backlog: 0 });
  });

  test('TPVs are found by name without accents, by address, by id, by state and by who is there', async () => {
    const hub = await startHub({ database, env: { TPV_REGISTRATION: 'approval' } });
    const [first, second, third] = [
      await hub.tpv({ name: 'Mesón Ñandú' }),
      await hub.tpv({ name: 'La Vía', endpoint_url: 'http://caja-dos.example' }),
      await hub.tpv({ name: '100% bar' }),
    ];
    await hub.admin(`/api/admin/tpvs/${first.id}/activate`, post());
    await hub.admin(`/api/admin/tpvs/${second.id}/activate`, post());
    await hub.admin(`/api/admin/tpvs/${second.id}/deactivate`, post());
    await first.socket();
    await second.fetch('/api/tpv/heartbeat/', { method: 'POST' });
    const found = async (query: string) =>
      (await everyItem(hub, `/api/admin/tpvs?${query}`)).map(({ name }) => name).sort();
    expect(await found('q=meson%20nandu')).toEqual(['Mesón Ñandú']);
    expect(await found('q=MES%C3%93N')).toEqual(['Mesón Ñandú']);
    expect(await found('q=caja-dos')).toEqual(['La Vía']);
    expect(await found(`q=${third.id}`)).toEqual(['100% bar']);
    expect(await found('q=%25')).toEqual(['100% bar']);
    expect(await found('q=_')).toEqual([]);
    expect(await found('state=awaiting')).toEqual(['100% bar']);
    expect(await found('state=active')).toEqual(['Mesón Ñandú']);
    expect(await found('state=inactive')).toEqual(['La Vía']);
    expect(await found('online=true')).toEqual(['La Vía', 'Mesón Ñandú']);
    expect(await found('online=false')).toEqual(['100% bar']);
    const { body } = await hub.admin('/api/admin/tpvs?q=meson');
    expect(body.items[0]).toMatchObject({ transport: 'socket', is_online: true });
  });

  test('a query that is none is refused with its place', async () => {
    const hub = await startHub({ database });
    for (const [query, path] of [
      ['state=foo', 'state'],
      ['online=1', 'online'],
      ['limit=1000', 'limit'],
      ['limit=-1', 'limit'],
      [`cursor=${'A'.repeat(600)}`, 'cursor'],
      ['cursor=WzFd', 'cursor'],
      ['offset=5', 'offset'],
      ['q=%00', 'q'],
    ]) {
      const { status, body } = await hub.admin(`/api/admin/tpvs?${query}`);
      expect([query, status, body.details?.[0]?.path]).toEqual([query, 400, path]);
    }
  });

  test('an approved TPV has its moment of approval, and keeps it through a rest', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock, env: { TPV_REGISTRATION: 'approval' } });
    const tpv = await hub.tpv();
    const state = async () => {
      const { body } = await hub.admin(`/api/admin/tpvs/${tpv.id}`);
      return [body.state, body.approved_at];
    };
    expect(await state()).toEqual(['awaiting', null]);
    await hub.admin(`/api/admin/tpvs/${tpv.id}/activate`, post());
    expect(await state()).toEqual(['active', '2025-11-09T10:30:00.000Z']);
    await clock.jump(60_000);
    await hub.admin(`/api/admin/tpvs/${tpv.id}/deactivate`, post());
    expect(await state()).toEqual(['inactive', '2025-11-09T10:30:00.000Z']);
    await hub.admin(`/api/admin/tpvs/${tpv.id}/activate`, post());
    expect(await state()).toEqual(['active', '2025-11-09T10:30:00.000Z']);
  });

  test('the detail counts what there is, and shows keys without what they open', async () => {
    const hub = await startHub({ database });
    const { status, body: made } = await hub.admin(
      '/api/admin/tpvs',
      post({ name: 'Casa Paco', endpoint_url: 'http://127.0.0.1:9', max_users: 3 }),
    );
    expect(status).toBe(201);
    const asTpv = { headers: { authorization: `ApiKey ${made.api_key}` } };
    for (const id of [1, 2, 3]) await hub.message(id, `Hola ${id}`, 1000 + id);
    const [instruction] = (await hub.fetch('/api/tpv/instructions/?limit=2', asTpv)).body.instructions;
    await hub.fetch(`/api/tpv/instructions/${instruction.id}/`, {
      ...asTpv,
      method: 'PUT',
      json: { status: 'completed' },
    });
    const { body } = await hub.admin(`/api/admin/tpvs/${made.id}`);
    expect(body).toMatchObject({
      name: 'Casa Paco',
      state: 'active',
      transport: 'poll',
      user_count: 3,
      max_users: 3,
      backlog: 1,
      counts: { pending: 1, sent: 1, delivered: 0, processing: 0, completed: 1, failed: 0 },
      connection: null,
      metadata: {},
    });
    expect(body.keys).toMatchObject([{ prefix: made.api_key.slice(0, 12), valid_until: null }]);
    expect(JSON.stringify(body)).not.toContain(made.api_key);
    expect((await hub.admin('/api/admin/tpvs')).body.items[0].backlog).toBe(1);
  });

  test('an open socket is shown with its address and window', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const before = Date.now();
    const socket = await tpv.socket({ maxInFlight: 7 });
    await socket.sync();
    const opened = Date.now();
    await hub.message(1, 'Hola');
    await socket.next('instruction');
    const { body } = await hub.admin(`/api/admin/tpvs/${tpv.id}`);
    expect(body.connection).toMatchObject({
      in_flight: 1,
      max_in_flight: 7,
      address: expect.stringContaining('127.0.0.1'),
    });
    // The wall's time, and not the clock's that counts from the machine's start.
    const since = Date.parse(body.connection.since);
    expect([since >= before - A_MINUTE_MS, since <= opened + A_MINUTE_MS]).toEqual([true, true]);
  });

  test('names that are HTML or SQL are stored and come back as they are', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    for (const name of HOSTILE) {
      const { status, body } = await hub.admin(`/api/admin/tpvs/${tpv.id}`, { method: 'PATCH', json: { name } });
      expect([status, body.name]).toEqual([200, name]);
      const { body: list } = await hub.admin(`/api/admin/tpvs?q=${encodeURIComponent(name)}`);
      expect(list.items.map((one: { name: string }) => one.name)).toEqual([name]);
    }
    for (const json of [
      { name: '' },
      { name: 'a\0b' },
      { name: '\ud800' },
      { max_users: 0 },
      { endpoint_url: 'javascript:1' },
      { id: 'x' },
    ]) {
      const answer = await hub.admin(`/api/admin/tpvs/${tpv.id}`, { method: 'PATCH', json });
      expect([json, answer.status]).toEqual([json, 400]);
    }
  });

  test('every change is written down with its name, and those who watch hear of it', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv({ name: 'Antes' });
    const heard = changesOf(hub);
    const path = `/api/admin/tpvs/${tpv.id}`;
    await hub.admin(path, { method: 'PATCH', json: { name: 'Después', max_users: 5 } });
    await hub.admin(`${path}/rotate-key`, post());
    await hub.admin(`${path}/join-code`, post());
    await hub.admin(`${path}/deactivate`, post({ users: 'keep' }));
    await hub.admin(`${path}/activate`, post());
    await hub.admin(`${path}/revoke-keys`, post());
    await hub.admin(path, { method: 'DELETE' });
    const target = { actor: 'token', id: tpv.id, name: 'Después' };
    expect(await auditOf(hub)).toMatchObject([
      { ...target, action: 'tpv.edit', details: { before: { name: 'Antes' }, after: { name: 'Después' } } },
      { ...target, action: 'tpv.rotate_key' },
      { ...target, action: 'tpv.join_code' },
      { ...target, action: 'tpv.deactivate', details: { users: 'keep' } },
      { ...target, action: 'tpv.activate' },
      { ...target, action: 'tpv.revoke_keys' },
      { ...target, action: 'tpv.delete' },
    ]);
    expect(heard.filter((one) => one === `tpv ${tpv.id}`)).toHaveLength(7);
    for (const [method, action] of [
      ['GET', ''],
      ['PATCH', ''],
      ['POST', '/activate'],
      ['POST', '/rotate-key'],
      ['POST', '/test'],
      ['GET', '/join-qr.svg'],
      ['DELETE', ''],
    ]) {
      const answer = await hub.admin(`${path}${action}`, {
        method: method ?? '',
        ...(method !== 'GET' && { json: {} }),
      });
      expect([action, answer.status]).toEqual([action, 404]);
    }
  });

  test('a rotated key works a day more beside the new one; revoked, neither does', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const { status, body } = await hub.admin(`/api/admin/tpvs/${tpv.id}/rotate-key`, post());
    expect([status, Object.keys(body)]).toEqual([201, ['api_key', 'previous_valid_until']]);
    const info = async (key: string) =>
      (await hub.fetch('/api/tpv/info/', { headers: { authorization: `ApiKey ${key}` } })).status;
    expect([await info(tpv.key), await info(body.api_key)]).toEqual([200, 200]);
    await hub.admin(`/api/admin/tpvs/${tpv.id}/revoke-keys`, post());
    expect([await info(tpv.key), await info(body.api_key)]).toEqual([401, 401]);
  });

  test('a TPV that is deactivated keeps its people, or gives them to another', async () => {
    const hub = await startHub({ database });
    const [first, second] = [await hub.tpv({ max_users: 1 }), await hub.tpv({ max_users: 1 })];
    await hub.message(1, 'Hola', 42);
    const holder = async () => (await hub.admin('/api/admin/users/42')).body.tpv?.id ?? null;
    const before = await holder();
    const other = before === first.id ? second.id : first.id;
    await hub.admin(`/api/admin/tpvs/${before}/deactivate`, post({ users: 'keep' }));
    expect(await holder()).toBe(before);
    const heard = changesOf(hub);
    await hub.admin(`/api/admin/tpvs/${before}/deactivate`, post({ users: 'reassign' }));
    await vi.waitFor(async () => expect(await holder()).toBe(other), WAIT_MS);
    expect(heard).toContain('user 42');
  });

  test('the join link names the bot, and its QR code is an image', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const { body } = await hub.admin(`/api/admin/tpvs/${tpv.id}`);
    expect(body.join_url).toBe(`https://t.me/${hub.emulator.botUsername}?start=${body.join_code}`);
    const { body: changed } = await hub.admin(`/api/admin/tpvs/${tpv.id}/join-code`, post());
    expect(changed.join_code).not.toBe(body.join_code);
    expect(changed.join_url).toBe(`https://t.me/${hub.emulator.botUsername}?start=${changed.join_code}`);
    const qr = await hub.admin(`/api/admin/tpvs/${tpv.id}/join-qr.svg`);
    expect([qr.status, qr.headers.get('content-type')]).toEqual([200, expect.stringContaining('image/svg+xml')]);
    expect(qr.body).toMatch(/^<svg/);
  });

  test('a test instruction is answered over the socket, before what waits, and counts as nobody’s', async () => {
    const hub = await startHub({ database, clock: testClock() });
    const tpv = await hub.tpv();
    const socket = await tpv.socket();
    const testing = hub.admin(`/api/admin/tpvs/${tpv.id}/test`, post());
    const { instruction } = await socket.next('instruction');
    expect(instruction).toMatchObject({ command: 'hub_test', telegram_user_id: 0, payload: {}, priority: 0 });
    await socket.report(instruction.id, 'delivered');
    await socket.report(instruction.id, 'completed');
    const { body } = await testing;
    expect(body).toEqual({
      instruction_id: instruction.id,
      outcome: 'answered',
      acknowledged_ms: expect.any(Number),
      completed_ms: expect.any(Number),
    });
    expect(body.completed_ms).toBeGreaterThanOrEqual(body.acknowledged_ms);
    expect((await tpv.fetch('/api/tpv/stats/')).body.instructions.total).toBe(0);
    expect((await hub.admin(`/api/admin/tpvs/${tpv.id}`)).body.counts.completed).toBe(0);
    expect(await auditOf(hub)).toMatchObject([{ action: 'tpv.test', id: tpv.id }]);
  });

  test('a poller that does not know the command answers it all the same', async () => {
    const hub = await startHub({ database, clock: testClock() });
    const tpv = await hub.tpv();
    const polling = tpv.fetch('/api/tpv/instructions/?wait=10');
    await vi.waitFor(
      async () => expect((await hub.admin('/api/admin/tpvs')).body.items[0].is_online).toBe(true),
      WAIT_MS,
    );
    const testing = hub.admin(`/api/admin/tpvs/${tpv.id}/test`, post());
    const [instruction] = (await polling).body.instructions;
    const json = { status: 'failed', error_message: 'orden desconocida' };
    await tpv.fetch(`/api/tpv/instructions/${instruction.id}/`, { method: 'PUT', json });
    expect((await testing).body).toMatchObject({ outcome: 'answered', instruction_id: instruction.id });
  });
});

test('a TPV that says nothing is reported so after 10 s, one that is away at once, and nobody is told of either', async () => {
  const clock = testClock();
  const hub = await startHub({ clock });
  const [tpv, away] = [await hub.tpv(), await hub.tpv()];
  const socket = await tpv.socket();
  expect((await hub.admin(`/api/admin/tpvs/${away.id}/test`, post())).body).toMatchObject({
    outcome: 'offline',
    acknowledged_ms: null,
  });
  const testing = hub.admin(`/api/admin/tpvs/${tpv.id}/test`, post());
  await socket.next('instruction');
  await clock.advance(10_000);
  expect((await testing).body).toMatchObject({ outcome: 'no_answer', acknowledged_ms: null, completed_ms: null });
  const unanswered: string[] = [];
  hub.hub.events.on('instruction.unanswered', ({ id }) => unanswered.push(id));
  await clock.advance(25_000);
  await vi.waitFor(
    async () => expect((await instructionsOf(hub)).map((row) => row.error_message)).toEqual(['expirada', 'expirada']),
    WAIT_MS,
  );
  expect(unanswered).toEqual([]);
});

test('an inactive TPV gets no test', async () => {
  const hub = await startHub({ env: { TPV_REGISTRATION: 'approval' } });
  const tpv = await hub.tpv();
  expect(await hub.admin(`/api/admin/tpvs/${tpv.id}/test`, post())).toMatchObject({
    status: 403,
    body: { code: 'tpv_inactive' },
  });
  expect(await instructionsOf(hub)).toEqual([]);
});

test('a test that a TPV did not answer before it was closed finds no other TPV, and keeps nobody waiting', async () => {
  const hub = await startHub();
  const [closing, other] = [await hub.tpv(), await hub.tpv()];
  await hub.admin(`/api/admin/tpvs/${closing.id}/test`, post());
  await hub.admin(`/api/admin/tpvs/${closing.id}/deactivate`, post({ users: 'reassign' }));
  await hub.message(1, 'Hola');
  const { body } = await other.fetch('/api/tpv/instructions/?wait=20');
  expect(body.instructions).toMatchObject([{ command: 'process_message' }]);
});

test('the SDK answers a test by itself, and shows it to no handler', async () => {
  const hub = await startHub({ clock: testClock() });
  const tpv = await hub.tpv();
  const seen: string[] = [];
  const client = new HubClient({ url: hub.url, apiKey: tpv.key });
  client.otherwise(({ command }) => {
    seen.push(command);
  });
  try {
    await client.connect();
    const { body } = await hub.admin(`/api/admin/tpvs/${tpv.id}/test`, post());
    expect(body).toMatchObject({ outcome: 'answered', completed_ms: expect.any(Number) });
    expect(await instructionsOf(hub)).toMatchObject([{ status: 'completed', error_message: '' }]);
    expect(seen).toEqual([]);
  } finally {
    await client.close();
  }
});
