import { describe, expect, test, vi } from 'vitest';
import { jsonText } from '../../src/db/json-text.ts';
import { testClock } from '../support/clock.ts';
import { DIALECTS, startHub, type TestHub } from '../support/hub.ts';
import { auditOf, changesOf, everyItem } from '../support/pages.ts';
import { startPushing } from '../support/push.ts';
import { privateMessage } from '../support/telegram.ts';
import { WAIT_MS } from '../support/within.ts';

const post = (json: unknown = {}) => ({ method: 'POST', json });

/** Has a person write, so that the hub knows them. */
async function person(hub: TestHub, id: number, names: Record<string, unknown>): Promise<void> {
  const { status } = await hub.update(privateMessage(id, { text: 'Hola' }, { id, ...names }));
  expect(status).toBe(200);
}

const idsOf = (items: { telegram_id: number }[]) => items.map((item) => item.telegram_id);

describe.each(DIALECTS)('on %s', (database) => {
  test('the list has those who came last first, page by page, each once, also within one millisecond', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    for (const id of [5, 1, 4]) await person(hub, id, {});
    await clock.jump(1_000);
    for (const id of [2, 3]) await person(hub, id, {});
    expect(idsOf(await everyItem(hub, '/api/admin/users', 2))).toEqual([3, 2, 5, 4, 1]);
    // By who wrote last, where that is asked for; what a person writes is noted once a minute.
    await clock.jump(60_000);
    await hub.update(privateMessage(9, { text: 'Otra vez' }, { id: 4 }));
    const lately = (filter = '') => everyItem(hub, `/api/admin/users?order=last_interaction${filter}`, 2);
    expect(idsOf(await lately())).toEqual([4, 3, 2, 5, 1]);
    expect(idsOf(await lately('&active=true'))).toEqual([4, 3, 2, 5, 1]);
    expect(idsOf(await lately('&q=4'))).toEqual([4]);
  });

  test('people are found by any part of their names, in any order, whatever the accents and capitals', async () => {
    const hub = await startHub({ database });
    await person(hub, 101, { first_name: 'José Ángel', last_name: 'Núñez', username: 'Pepe_N' });
    await person(hub, 102, { first_name: 'Josefa', last_name: '100%' });
    await person(hub, 103, { first_name: '<b>Иван</b>', last_name: "O'Neil\\" });
    const found = async (q: string) =>
      idsOf(await everyItem(hub, `/api/admin/users?q=${encodeURIComponent(q)}`)).sort();
    expect(await found('nunez jose')).toEqual([101]);
    expect(await found('JOSÉ')).toEqual([101, 102]);
    expect(await found('pepe_n')).toEqual([101]);
    expect(await found('_')).toEqual([101]);
    expect(await found('%')).toEqual([102]);
    expect(await found('\\')).toEqual([103]);
    expect(await found("o'neil")).toEqual([103]);
    expect(await found('иван')).toEqual([103]);
    expect(await found('<B>')).toEqual([103]);
    expect(await found('103')).toEqual([103]);
    await person(hub, 4_100_001, { first_name: '41' });
    await person(hub, 41_000_015, {});
    expect(await found('4100001')).toEqual([4_100_001]);
    expect(await found('410000')).toEqual([4_100_001, 41_000_015]);
    expect(await found("' or 1=1 --")).toEqual([]);
    expect(await found(' ')).toHaveLength(5);
  });

  test('somebody who changes their name is found by the new one', async () => {
    const hub = await startHub({ database });
    await person(hub, 101, { first_name: 'Ana' });
    await hub.update(privateMessage(2, { text: 'Otra' }, { id: 101, first_name: 'Begoña' }));
    expect(await everyItem(hub, '/api/admin/users?q=begona')).toMatchObject([{ first_name: 'Begoña' }]);
    expect(await everyItem(hub, '/api/admin/users?q=ana')).toEqual([]);
  });

  test('filters by TPV, by who waits for one, and by who can be written to', async () => {
    const hub = await startHub({ database, env: { ROUTING_STRATEGY: 'specific' } });
    const [one, two] = [await hub.tpv({ name: 'Uno' }), await hub.tpv({ name: 'Dos' })];
    for (const id of [1, 2, 3, 4]) {
      // Of whom Telegram knows nothing the hub would learn that they are gone.
      hub.emulator.person({ id, first_name: 'Ana', started: true });
      await person(hub, id, {});
    }
    for (const [id, tpv] of [
      [1, one],
      [2, one],
      [3, two],
    ] as const) {
      await hub.admin(`/api/admin/users/${id}/tpv`, { method: 'PUT', json: { tpv_id: tpv.id } });
    }
    await hub.admin('/api/admin/users/2', { method: 'PATCH', json: { is_active: false } });
    const found = async (query: string) => idsOf(await everyItem(hub, `/api/admin/users?${query}`, 1)).sort();
    expect(await found(`tpv_id=${one.id}`)).toEqual([1, 2]);
    expect(await found(`tpv_id=${one.id}&active=true`)).toEqual([1]);
    expect(await found('assigned=false')).toEqual([4]);
    expect(await found('assigned=true')).toEqual([1, 2, 3]);
    expect(await found('active=false')).toEqual([2]);
    expect((await hub.admin('/api/admin/users/3')).body).toMatchObject({ tpv: { id: two.id, name: 'Dos' } });
  });

  test('what is no person, filter or page is refused with its place', async () => {
    const hub = await startHub({ database });
    for (const query of [
      'tpv_id=x',
      'assigned=1',
      'cursor=WzFd',
      'limit=0',
      'q=',
      'foo=1',
      `cursor=${'e'.repeat(400)}`,
    ]) {
      expect([query, (await hub.admin(`/api/admin/users?${query}`)).status]).toEqual([query, 400]);
    }
    // A cursor that somebody made up is an empty page at worst.
    const far = Buffer.from(JSON.stringify([-(2 ** 53) + 1, -(2 ** 53) + 1])).toString('base64url');
    expect((await hub.admin(`/api/admin/users?cursor=${far}`)).body).toEqual({ items: [], next: null });
    expect((await hub.admin('/api/admin/users/9007199254740993')).status).toBe(400);
    for (const path of ['/77', '/77/timeline']) {
      expect([path, (await hub.admin(`/api/admin/users${path}`)).status]).toEqual([path, 404]);
    }
    expect((await hub.admin('/api/admin/users/77/messages', post({ text: 'x' }))).status).toBe(404);
    const json = { tpv_id: crypto.randomUUID() };
    expect((await hub.admin('/api/admin/users/77/tpv', { method: 'PUT', json })).status).toBe(404);
  });

  test('many people move to one TPV in their order, as long as it has room; a preview says so before', async () => {
    const hub = await startHub({ database, env: { ROUTING_STRATEGY: 'specific' } });
    const [from, to] = [await hub.tpv({ name: 'Desde' }), await hub.tpv({ name: 'Hasta', max_users: 3 })];
    for (const id of [1, 2, 3, 4]) await person(hub, id, {});
    await hub.admin('/api/admin/users/1/tpv', { method: 'PUT', json: { tpv_id: to.id } });
    await hub.admin('/api/admin/users/2/tpv', { method: 'PUT', json: { tpv_id: from.id } });
    const request = { telegram_ids: [1, 2, 99, 3, 4, 4], tpv_id: to.id };
    const expected = {
      count: 2,
      skipped: [
        { telegram_id: 1, reason: 'unchanged' },
        { telegram_id: 99, reason: 'not_found' },
        { telegram_id: 4, reason: 'tpv_full' },
      ],
    };
    const sorted = (outcome: typeof expected) => ({
      ...outcome,
      skipped: outcome.skipped.sort((a, b) => a.telegram_id - b.telegram_id),
    });
    const want = sorted(structuredClone(expected));
    const preview = await hub.admin('/api/admin/users/assign', post({ ...request, preview: true }));
    expect([preview.status, sorted(preview.body)]).toEqual([200, want]);
    expect((await hub.admin('/api/admin/users/2')).body.tpv.name).toBe('Desde');
    const heard = changesOf(hub);
    const done = await hub.admin('/api/admin/users/assign', post(request));
    expect(sorted(done.body)).toEqual(want);
    expect(idsOf(await everyItem(hub, `/api/admin/users?tpv_id=${to.id}`)).sort()).toEqual([1, 2, 3]);
    expect(heard).toEqual(expect.arrayContaining(['user 2', 'user 3', `tpv ${from.id}`, `tpv ${to.id}`]));
    expect((await auditOf(hub)).at(-1)).toMatchObject({
      action: 'user.assign',
      id: to.id,
      name: 'Hasta',
      details: { telegram_ids: [2, 3] },
    });
    const gone = await hub.admin('/api/admin/users/assign', post({ ...request, tpv_id: crypto.randomUUID() }));
    expect([gone.status, gone.body.details]).toEqual([400, [{ path: 'tpv_id', message: 'no existe o está inactivo' }]]);
  });

  test('who is new, moved or blocked the bot is heard by those who watch', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const heard = changesOf(hub);
    await person(hub, 7, {});
    expect(heard).toEqual(expect.arrayContaining(['user 7', `tpv ${tpv.id}`]));
    heard.length = 0;
    await hub.message(8, 'Otra', 7);
    expect(heard.filter((one) => one.startsWith('user'))).toEqual([]);
    const chat = { id: 7, type: 'private', first_name: 'Ana' };
    const from = { id: 7, is_bot: false, first_name: 'Ana' };
    const bot = { id: 1, is_bot: true, first_name: 'bot' };
    await hub.update({
      update_id: 9,
      my_chat_member: {
        chat,
        from,
        date: 1_762_684_200,
        old_chat_member: { user: bot, status: 'member' },
        new_chat_member: { user: bot, status: 'kicked', until_date: 0 },
      },
    });
    expect(heard).toContain('user 7');
    expect((await hub.admin('/api/admin/users/7')).body.is_active).toBe(false);
  });

  test('a timeline has all that happened, the newest first, and pages of any size hold each thing once', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const tpv = await hub.tpv({ name: 'Casa Paco' });
    const socket = await tpv.socket();
    for (const id of [1, 2, 3]) {
      await clock.advance(1_000);
      await hub.message(id, `mensaje ${id}`, 42);
      const { instruction } = await socket.next('instruction');
      await clock.advance(100);
      await socket.report(instruction.id, id === 2 ? 'failed' : 'completed', {
        ...(id === 2 ? { error_message: 'sin papel' } : { response: { ok: id } }),
      });
    }
    await hub.hub.db.transact(async (tx) => {
      const now = clock.now() + 500;
      const push = {
        tpv_id: tpv.id,
        chat_id: 42,
        parse_mode: 'none',
        data: jsonText({}),
        disable_notification: 0,
      } as const;
      await tx.kysely
        .insertInto('push_messages')
        .values([
          {
            ...push,
            id: crypto.randomUUID(),
            kind: 'text',
            text: 'Listo',
            status: 'sent',
            created_at: now,
            queued_at: now,
          },
          {
            ...push,
            id: crypto.randomUUID(),
            kind: 'photo',
            text: '',
            status: 'failed',
            created_at: now + 1,
            queued_at: now + 1,
          },
        ])
        .execute();
      await tx.kysely
        .insertInto('presses')
        .values({ query_id: 'q1', token: 'https://tpv.example/secreto', telegram_user_id: 42, pressed_at: now + 2 })
        .execute();
    });
    const all = await everyItem(hub, '/api/admin/users/42/timeline');
    expect(all.map((item) => [item.kind, item.text ?? item.status ?? item.action])).toEqual([
      ['press', 'https://tpv.example'],
      ['push', ''],
      ['push', 'Listo'],
      ['report', 'completed'],
      ['instruction', 'mensaje 3'],
      ['report', 'failed'],
      ['instruction', 'mensaje 2'],
      ['report', 'completed'],
      ['instruction', 'mensaje 1'],
    ]);
    expect(all.map(({ at }) => at)).toEqual(
      all
        .map(({ at }) => at)
        .sort()
        .reverse(),
    );
    expect(all).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'push', tpv: { id: tpv.id, name: 'Casa Paco' }, kind_of_message: 'photo' }),
        expect.objectContaining({ kind: 'report', response: { ok: 3 } }),
        expect.objectContaining({ kind: 'report', error_message: 'sin papel', response: null }),
      ]),
    );
    // A page holds so many things, and a report comes with its instruction.
    for (const limit of [1, 2, 4]) {
      const paged = [];
      for (let cursor = ''; ; ) {
        const { body } = await hub.admin(`/api/admin/users/42/timeline?limit=${limit}${cursor}`);
        expect(body.items.length).toBeLessThanOrEqual(2 * limit);
        paged.push(...body.items);
        if (body.next === null) break;
        cursor = `&cursor=${body.next}`;
      }
      expect(paged).toEqual(all);
    }
    await hub.message(50, 'ajeno', 43);
    expect(await everyItem(hub, '/api/admin/users/43/timeline')).toMatchObject([
      { kind: 'instruction', text: 'ajeno' },
    ]);
  });

  test('the CSV holds the people of the filter, and no formula', async () => {
    const hub = await startHub({ database });
    await person(hub, 1, { first_name: '=HYPERLINK("http://x")', last_name: 'a;b' });
    await person(hub, 2, { first_name: 'Otra' });
    const { status, body } = await hub.admin('/api/admin/users.csv?q=hyperlink');
    expect(status).toBe(200);
    const [titles, row, end] = String(body).split('\r\n');
    expect(titles).toContain('"ID de Telegram";"Alias";"Nombre"');
    expect(row).toContain(`"1";"";"'=HYPERLINK(""http://x"")";"a;b";`);
    expect(end).toBe('');
    expect((await hub.admin('/api/admin/users.csv?q=')).status).toBe(400);
  });
});

test('what an administrator writes reaches the person as it stands, from nobody’s TPV', async () => {
  const hub = await startPushing();
  const text = '<b>Hola</b> & 100% *ok* _x_';
  const { status, body } = await hub.admin('/api/admin/users/1001/messages', post({ text }));
  expect([status, body]).toEqual([201, { push_message_id: expect.any(String), status: 'sent' }]);
  const [call] = hub.calls().slice(-1);
  expect(call?.params).toMatchObject({ chat_id: 1001, text });
  expect(call?.params).not.toHaveProperty('parse_mode');
  const rows = await hub.hub.db.read
    .selectFrom('push_messages')
    .selectAll()
    .where('id', '=', body.push_message_id)
    .execute();
  expect(rows).toMatchObject([{ tpv_id: null, chat_id: 1001 }]);
  expect((await auditOf(hub)).at(-1)).toMatchObject({ action: 'user.message', id: '1001', name: 'Ana' });
  for (const bad of ['', '   ', 'x'.repeat(4_097), 'a\0', '\ud800']) {
    expect((await hub.admin('/api/admin/users/1001/messages', post({ text: bad }))).status).toBe(400);
  }
});

test('what an administrator writes is not sent again where it may have arrived: an administrator decides', async () => {
  const hub = await startPushing();
  hub.emulator.fail({ method: 'sendMessage', chatId: 1001, times: 1, how: { kind: 'reset_after' } });
  const { status, body } = await hub.admin('/api/admin/users/1001/messages', post({ text: 'Hola' }));
  expect([status, body]).toEqual([202, { push_message_id: expect.any(String), status: 'unknown' }]);
  const decided = await hub.admin(`/api/admin/pushes/${body.push_message_id}/resolve`, post({ as: 'sent' }));
  expect([decided.status, decided.body]).toMatchObject([200, { status: 'sent' }]);
});

test('whoever blocked the bot is not reached, and the administrator reads why', async () => {
  const hub = await startPushing();
  hub.emulator.blocked(1001, true);
  const heard = changesOf(hub);
  const { status, body } = await hub.admin('/api/admin/users/1001/messages', post({ text: 'Hola' }));
  expect(heard).toContain('user 1001');
  expect([status, body]).toMatchObject([502, { code: 'telegram_error', push_message_id: expect.any(String) }]);
});

test('somebody whom an administrator deactivated is active again once they write', async () => {
  const hub = await startHub();
  await person(hub, 7, {});
  const off = await hub.admin('/api/admin/users/7', { method: 'PATCH', json: { is_active: false } });
  expect(off.body).toMatchObject({ telegram_id: 7, is_active: false });
  await hub.message(8, 'Vuelvo', 7);
  await vi.waitFor(async () => expect((await hub.admin('/api/admin/users/7')).body.is_active).toBe(true), WAIT_MS);
  expect(await auditOf(hub)).toMatchObject([{ action: 'user.edit', id: '7', details: { is_active: false } }]);
});
