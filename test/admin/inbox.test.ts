import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { Picture } from '../../demo/png.ts';
import { laneOfUsers } from '../../src/users/user-list.ts';
import { logIn, openBrowser, type TestBrowser } from '../support/admin.ts';
import { testClock } from '../support/clock.ts';
import { ADMIN_TOKEN, DIALECTS, startHub, type TestHub } from '../support/hub.ts';
import { everyItem } from '../support/pages.ts';
import { PERSON, startPushing } from '../support/push.ts';
import { connectTelegram } from '../support/telegram.ts';

interface Row {
  user: { telegram_id: number };
  unread: boolean;
}

const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

const idsOf = (rows: Row[]) => rows.map(({ user }) => user.telegram_id);

/** What the inbox shows a browser: who has something unread. */
async function unreadBy(browser: TestBrowser): Promise<number[]> {
  const { body } = await browser.fetch('/api/admin/inbox');
  return idsOf(body.items.filter(({ unread }: Row) => unread)).sort();
}

/** A TPV whose socket took a message of each of these persons, a second apart. */
async function written(hub: TestHub, clock: ReturnType<typeof testClock>, ids: readonly number[]) {
  const tpv = await hub.tpv({ name: 'Bar Pepe', max_users: 50 });
  const socket = await tpv.socket();
  const instructions = new Map<number, string>();
  for (const [place, id] of ids.entries()) {
    await clock.advance(1_000);
    hub.emulator.person({ id, first_name: `Persona ${id}`, started: true });
    await hub.message(100 + place, `mensaje de ${id}`, id);
    const { instruction } = await socket.next('instruction');
    instructions.set(id, instruction.id);
  }
  const report = (id: number, status: 'completed' | 'failed', more: Record<string, unknown> = {}) =>
    socket.report(instructions.get(id) ?? '', status, more);
  return { tpv, socket, instructions, report };
}

describe.each(DIALECTS)('on %s', (database) => {
  test('conversations come in the order of who wrote last, page by page, with how each stands', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const { tpv, report } = await written(hub, clock, [1, 2, 3, 4, 5]);
    await report(2, 'failed', { error_message: 'sin papel' });
    await report(3, 'completed');
    await report(4, 'completed');
    await report(5, 'completed');
    await clock.advance(1_000);
    await tpv.fetch('/api/tpv/push/', { method: 'POST', json: { telegram_user_id: 4, text: '<b>Marchando</b>' } });
    await hub.admin('/api/admin/users/5/messages', { method: 'POST', json: { text: '¿Mesa <para> 4?' } });
    const all = await everyItem(hub, '/api/admin/inbox', 2);
    expect(idsOf(all)).toEqual([5, 4, 3, 2, 1]);
    expect(all.map(({ state, last, error_message: error }) => [state, last?.from, last?.text, error])).toEqual([
      ['answered', 'operator', '¿Mesa <para> 4?', ''],
      ['answered', 'tpv', 'Marchando', ''],
      ['unanswered', 'person', 'mensaje de 3', ''],
      ['failed', 'person', 'mensaje de 2', 'sin papel'],
      ['waiting', 'person', 'mensaje de 1', ''],
    ]);
    expect(all[0]).toMatchObject({ user: { tpv: { id: tpv.id, name: 'Bar Pepe' } }, unread: false });
    // Who writes again comes first at once, on whichever page they were.
    await hub.message(899, 'y esto', 1);
    expect(idsOf(await everyItem(hub, '/api/admin/inbox', 2))).toEqual([1, 5, 4, 3, 2]);
    await clock.advance(61_000);
    await hub.message(900, 'otra vez', 2);
    await clock.advance(1_000);
    await hub.message(901, 'yo también', 3);
    await clock.advance(1_000);
    await hub.message(902, 'y yo', 2);
    expect(idsOf(await everyItem(hub, '/api/admin/inbox', 2))).toEqual([2, 3, 1, 5, 4]);
  });

  test('who presses a button comes first, too; what an administrator sends once more moves nobody', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    await connectTelegram(hub);
    const { tpv, socket, report, instructions } = await written(hub, clock, [1, 2, 3]);
    await report(1, 'completed');
    await report(2, 'failed');
    await report(3, 'completed');
    const json = { telegram_user_id: 1, text: '¿Algo más?', buttons: [[{ text: 'Nada', action: 'nothing' }]] };
    const { body } = await tpv.fetch('/api/tpv/push/', { method: 'POST', json });
    await clock.advance(300_000);
    hub.emulator.person({ id: 1, first_name: 'Persona 1' }).press(body.telegram_message_id, 0);
    await socket.next('instruction');
    const pressedAt = new Date(clock.now()).toISOString();
    await clock.advance(1_000);
    await hub.admin(`/api/admin/instructions/${instructions.get(2)}/retry`, { method: 'POST', json: {} });
    const all = await everyItem(hub, '/api/admin/inbox', 2);
    expect(idsOf(all)).toEqual([1, 3, 2]);
    expect(all[0]).toMatchObject({ at: pressedAt, last: { kind: 'press', text: 'nothing' } });
  });

  test('its views have what waits, what failed, who was not answered, a TPV’s, nobody’s, and who is searched for', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const { tpv, report, instructions } = await written(hub, clock, [1, 2, 3, 4]);
    await report(2, 'failed', { error_message: 'sin papel' });
    await report(3, 'completed');
    await report(4, 'failed');
    const other = await hub.tpv({ name: 'Otro', max_users: 1 });
    await hub.admin('/api/admin/users/3/tpv', { method: 'PUT', json: { tpv_id: other.id } });
    const found = async (query: string) => idsOf(await everyItem(hub, `/api/admin/inbox?${query}`, 2));
    expect(await found('view=waiting')).toEqual([1]);
    expect(await found('view=failed')).toEqual([4, 2]);
    expect(await found('view=unanswered')).toEqual([4, 3, 2, 1]);
    expect(await found(`tpv_id=${other.id}`)).toEqual([3]);
    expect(await found(`tpv_id=${tpv.id}&view=failed`)).toEqual([4, 2]);
    expect(await found(`tpv_id=${other.id}&view=failed`)).toEqual([]);
    expect(await found('assigned=false')).toEqual([]);
    expect(await found('q=mar_x')).toEqual([]);
    // Once it is sent again it is a failure no more, and waits.
    await hub.admin(`/api/admin/instructions/${instructions.get(2)}/retry`, { method: 'POST', json: {} });
    expect(await found('view=failed')).toEqual([4]);
    expect(await found('view=waiting')).toEqual([2, 1]);
    // Of several that wait a person is listed once on a page.
    await hub.message(950, 'y otra', 1);
    expect(idsOf((await hub.admin('/api/admin/inbox?view=waiting')).body.items)).toEqual([1, 2]);
    await hub.admin('/api/admin/users/3/messages', { method: 'POST', json: { text: 'Voy' } });
    expect(await found('view=unanswered')).not.toContain(3);
    for (const query of ['view=x', 'assigned=true', 'cursor=WzFd', 'foo=1']) {
      expect([query, (await hub.admin(`/api/admin/inbox?${query}`)).status]).toEqual([query, 400]);
    }
  });

  test('each account has marks of its own of what it has read', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    await hub.message(1, 'antes de las cuentas', 1);
    await clock.advance(1_000);
    const ana = await openBrowser(hub, { name: 'ana' });
    const eva = await openBrowser(hub, { name: 'eva', role: 'viewer' });
    await clock.advance(1_000);
    for (const id of [2, 3]) await hub.message(id, 'hola', id);
    expect(await unreadBy(ana)).toEqual([2, 3]);
    expect((await ana.fetch('/api/admin/inbox/2/read', { method: 'PUT' })).body).toEqual({ read: true });
    expect([await unreadBy(ana), await unreadBy(eva)]).toEqual([[3], [2, 3]]);
    await hub.message(20, 'otra', 2);
    expect(await unreadBy(ana)).toEqual([2, 3]);
    expect((await eva.fetch('/api/admin/inbox/read', { method: 'PUT' })).status).toBe(200);
    expect([await unreadBy(ana), await unreadBy(eva)]).toEqual([[2, 3], []]);
    await hub.message(30, 'y otra', 3);
    expect(await unreadBy(await logIn(hub, { name: 'eva' }))).toEqual([3]);
    expect((await ana.fetch('/api/admin/inbox/77/read', { method: 'PUT' })).status).toBe(404);
    // A script has no account that reads.
    expect((await hub.admin('/api/admin/inbox/2/read', { method: 'PUT' })).status).toBe(403);
    expect(await hub.hub.db.read.selectFrom('inbox_reads').select('telegram_id').execute()).toHaveLength(2);
  });
});

test('a conversation tells what came with a message, who wrote to its person, and which button was pressed', async () => {
  const hub = await startHub();
  await connectTelegram(hub);
  const tpv = await hub.tpv({ name: 'Bar Pepe' });
  const socket = await tpv.socket();
  const ana = hub.emulator.person({ id: 1001, first_name: 'Ana', started: true });
  ana.sendPhoto({ bytes: Buffer.from([0xff, 0xd8, 0xff, 0xd9]), caption: 'Mi mesa' });
  const { instruction } = await socket.next('instruction');
  const buttons = [
    [
      { text: 'Sí', action: 'yes' },
      { text: 'No', action: 'no' },
    ],
  ];
  const json = { telegram_user_id: 1001, text: '¿Algo más?', buttons };
  const { body: push } = await tpv.fetch('/api/tpv/push/', { method: 'POST', json });
  ana.press(push.telegram_message_id, 0);
  await socket.next('instruction');
  const eva = await openBrowser(hub, { name: 'eva' });
  await eva.fetch('/api/admin/users/1001/messages', { method: 'POST', json: { text: 'Soy Eva' } });
  const { items } = (await hub.admin('/api/admin/users/1001/timeline')).body;
  const [said] = items.filter(({ kind }: { kind: string }) => kind === 'instruction').slice(-1);
  expect(said).toMatchObject({ text: 'Mi mesa', files: [{ kind: 'photo', name: null }], retried_as: null });
  expect(said.allowed).toEqual(['cancel', 'reassign']);
  expect(items).toContainEqual(expect.objectContaining({ text: 'Soy Eva', writer: 'operator', operator: 'eva' }));
  expect(items).toContainEqual(
    expect.objectContaining({
      writer: 'tpv',
      operator: null,
      buttons: [
        [
          { text: 'Sí', url: null, pressed_at: expect.any(String) },
          { text: 'No', url: null, pressed_at: null },
        ],
      ],
    }),
  );
  const path = `/api/admin/instructions/${instruction.id}/files/${said.files[0].file_id}`;
  const file = await fetch(hub.url + path, { headers: { cookie: eva.cookie } });
  expect(file.headers.get('content-type')).toBe('image/jpeg');
  expect(file.headers.get('content-disposition')).toMatch(/^attachment;/);
  expect(Buffer.from(await file.arrayBuffer()).subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
  expect((await fetch(hub.url + path)).status).toBe(401);
  const foreign = `/api/admin/instructions/${crypto.randomUUID()}/files/${said.files[0].file_id}`;
  expect((await hub.admin(foreign)).status).toBe(404);
});

test('a conversation shows the photo that a TPV sent, as long as it is only here, and once Telegram has it', async () => {
  const hub = await startPushing();
  const bytes = new Picture(40, 30).png();
  const photo = new File([new Uint8Array(bytes)], 'ticket.png', { type: 'image/png' });
  const lastPush = async () => {
    const { items } = (await hub.admin(`/api/admin/users/${PERSON}/timeline`)).body;
    const { push_id: id, file } = items.find(({ kind }: { kind: string }) => kind === 'push');
    const headers = { authorization: `Token ${ADMIN_TOKEN}` };
    const response = await fetch(`${hub.url}/api/admin/pushes/${id}/file`, { headers });
    return { file, status: response.status, headers: response.headers, isPhoto: bytes.equals(await bytesOf(response)) };
  };
  const how = { kind: 'error', code: 400, description: 'no' } as const;
  hub.emulator.fail({ method: 'sendPhoto', times: 1, how });
  await hub.upload({ message_type: 'photo', photo });
  expect(await lastPush()).toMatchObject({ file: { kind: 'photo', name: 'ticket.png' }, status: 200, isPhoto: true });
  await hub.upload({ message_type: 'photo', photo });
  await hub.person.waitForMessage();
  const sent = await lastPush();
  expect(sent).toMatchObject({ file: { kind: 'photo', name: 'ticket.png' }, status: 200, isPhoto: true });
  expect(sent.headers.get('content-type')).toBe('image/png');
  expect(sent.headers.get('content-disposition')).toMatch(/^attachment; filename="ticket.png"/);
  expect(sent.headers.get('cache-control')).toBe('private, no-store');
  await hub.send({ text: 'Gracias' });
  expect(await lastPush()).toMatchObject({ file: null, status: 404 });
});

test('who lists conversations reads no more of an index than the page', async () => {
  const { db } = (await startHub()).hub;
  for (const query of [{}, { tpvId: 'x' }, { assigned: false }]) {
    const plan = await laneOfUsers(db, 'last_interaction', query, [5, 5], undefined)
      .select('telegram_id')
      .limit(50)
      .explain(undefined, sql`query plan`);
    const text = JSON.stringify(plan);
    expect(text).toMatch(/SEARCH telegram_users USING .*INDEX telegram_users_(of_tpv_)?by_activity/);
    expect(text).not.toContain('TEMP B-TREE');
  }
});

test('pictures, which a browser fetches by itself, keep no session of a person who left (S20)', async () => {
  const clock = testClock();
  const hub = await startHub({ clock });
  const browser = await openBrowser(hub);
  const picture = `/api/admin/instructions/${crypto.randomUUID()}/files/x`;
  await clock.advance(20 * 60_000);
  expect((await browser.fetch(picture)).status).toBe(404);
  await clock.advance(11 * 60_000);
  expect((await browser.fetch('/api/admin/session')).status).toBe(401);
});
