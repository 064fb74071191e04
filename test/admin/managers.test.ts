import { describe, expect, test } from 'vitest';
import { logIn, openBrowser, type TestBrowser } from '../support/admin.ts';
import { RIGHTS } from '../support/admin-rights.ts';
import { DIALECTS, type DialectUnderTest, startHub, type TestHub, type TestTpv } from '../support/hub.ts';
import { watch } from '../support/live-stream.ts';
import { connectTelegram } from '../support/telegram.ts';

const ANA = 7_001_001;
const BEA = 7_002_002;
const CARLA = 7_003_003;
/** Whom no TPV attends. */
const DORA = 7_009_009;
/** What only the other TPV, its people and those who see everything may read. */
const FOREIGN = ['Casa Ajena', 'palabras ajenas', 'respuesta ajena', 'nota ajena', String(BEA), String(DORA)];
const NOBODY = '00000000-0000-7000-8000-000000000000';

/** What a route names of a TPV. */
interface Ids {
  tpv: string;
  user: string;
  instruction: string;
  push: string;
}

/** Every route that names something of a TPV and is there for its manager: a body, and the answer about what is theirs. */
const ROUTES: Record<string, { kind: keyof Ids; json?: object; own: number }> = {
  'GET /api/admin/tpvs/{id}': { kind: 'tpv', own: 200 },
  'GET /api/admin/tpvs/{id}/join-qr.svg': { kind: 'tpv', own: 200 },
  'POST /api/admin/tpvs/{id}/service/preview': { kind: 'tpv', json: { state: 'open' }, own: 200 },
  'PUT /api/admin/tpvs/{id}/service': { kind: 'tpv', json: { state: 'open' }, own: 200 },
  'GET /api/admin/users/{id}': { kind: 'user', own: 200 },
  'GET /api/admin/users/{id}/timeline': { kind: 'user', own: 200 },
  'POST /api/admin/users/{id}/messages': { kind: 'user', json: { text: 'Enseguida' }, own: 201 },
  'PUT /api/admin/inbox/{id}/read': { kind: 'user', own: 200 },
  'GET /api/admin/instructions/{id}': { kind: 'instruction', own: 200 },
  'POST /api/admin/instructions/{id}/cancel': { kind: 'instruction', own: 200 },
  'POST /api/admin/instructions/{id}/retry': { kind: 'instruction', own: 201 },
  // Ana sent none: a test below has some.
  'GET /api/admin/instructions/{id}/files/{file_id}': { kind: 'instruction', own: 404 },
  'GET /api/admin/pushes/{id}': { kind: 'push', own: 200 },
  // A text carries none.
  'GET /api/admin/pushes/{id}/file': { kind: 'push', own: 404 },
};

const LISTS = ['tpvs', 'users', 'inbox', 'instructions', 'pushes', 'alarms'];
/** What is no list of rows, and yet only about what is theirs. */
const VIEWS = ['activity', 'events'];

/** The routes by what of them a manager has. */
const routesWithin = (isMeant: (reach: string) => boolean) =>
  Object.entries(RIGHTS).flatMap(([route, named]) => (typeof named !== 'string' && isMeant(named[1]) ? [route] : []));

async function join(hub: TestHub, tpv: TestTpv, person: number, update: number) {
  const { join_code: code } = (await hub.admin(`/api/admin/tpvs/${tpv.id}`)).body;
  await hub.message(update, `/start ${code}`, person);
}

async function push(tpv: TestTpv, person: number, text: string): Promise<string> {
  const { body } = await tpv.fetch('/api/tpv/push', { method: 'POST', json: { telegram_user_id: person, text } });
  return body.push_message_id;
}

async function instructionOf(hub: TestHub, text: string): Promise<string> {
  const { body } = await hub.admin('/api/admin/instructions');
  return body.items.find(({ excerpt }: { excerpt: string }) => excerpt === text).id;
}

/** Two restaurants, one manager: Ana is of theirs, Bea of the other's, and Carla came over from the other. */
async function town(database: DialectUnderTest) {
  const hub = await startHub({ database, env: { ROUTING_STRATEGY: 'specific' } });
  await hub.message(100, 'palabras ajenas de Dora', DORA);
  const [own, other] = [await hub.tpv({ name: 'Bar Pepe' }), await hub.tpv({ name: 'Casa Ajena' })];
  await join(hub, own, ANA, 1);
  await join(hub, other, BEA, 2);
  await join(hub, other, CARLA, 3);
  await hub.message(4, 'Dos cañas', ANA);
  await hub.message(5, 'palabras ajenas de Bea', BEA);
  await hub.message(6, 'palabras ajenas de Carla', CARLA);
  const ids: Ids = {
    tpv: own.id,
    user: String(ANA),
    instruction: await instructionOf(hub, 'Dos cañas'),
    push: await push(own, ANA, 'Marchando'),
  };
  const foreign: Ids = {
    tpv: other.id,
    user: String(BEA),
    instruction: await instructionOf(hub, 'palabras ajenas de Bea'),
    push: await push(other, BEA, 'respuesta ajena'),
  };
  const carlas = await instructionOf(hub, 'palabras ajenas de Carla');
  await other.fetch('/api/tpv/instructions/');
  const report = { status: 'failed', error_message: 'palabras ajenas' };
  const reported = await other.fetch(`/api/tpv/instructions/${carlas}/`, { method: 'PUT', json: report });
  expect(reported.status).toBe(200);
  await push(other, CARLA, 'respuesta ajena para Carla');
  const note = { method: 'POST', json: { text: 'nota ajena' } };
  await hub.admin(`/api/admin/users/${CARLA}/messages`, note);
  await join(hub, own, CARLA, 7);
  const manager = await openBrowser(hub, { name: 'pepa', role: 'manager', tpvs: [own.id] });
  return { hub, own, other, ids, foreign, manager };
}

const NAMELESS = {
  username: null,
  is_active: 1,
  first_name: 'Persona',
  last_name: '',
  language_code: 'es',
  search: '',
};
const IDS_OF = {
  users: ({ telegram_id: id }: { telegram_id: number }) => id,
  inbox: ({ user }: { user: { telegram_id: number } }) => user.telegram_id,
};

async function ask(browser: TestBrowser, route: string, id: string) {
  const [method = '', url = ''] = route.split(' ');
  const json = ROUTES[route]?.json;
  const path = url.replace('{id}', id).replace('{file_id}', 'file');
  const { status, body } = await browser.fetch(path, { method, ...(json && { json }) });
  return { status, body };
}

describe.each(DIALECTS)('on %s', (database) => {
  test('what is of another TPV is to a manager as what is of none, whatever id they guess', async () => {
    const { hub, ids, foreign, manager } = await town(database);
    expect(Object.keys(ROUTES).toSorted()).toEqual(routesWithin((reach) => reach !== 'list').toSorted());
    for (const [route, { kind, own }] of Object.entries(ROUTES)) {
      const guessed = await ask(manager, route, foreign[kind]);
      const missing = await ask(manager, route, kind === 'user' ? '999999999' : NOBODY);
      expect([route, guessed.status, guessed.body]).toEqual([route, 404, missing.body]);
      expect([route, missing.status]).toEqual([route, 404]);
      // Only what ended can be sent once more, and what was cancelled just now did.
      const { status } = await ask(manager, route, ids[kind]);
      // 202: on a slow machine Telegram's answer is still to come.
      expect([route, status === 202 ? 201 : status]).toEqual([route, own]);
    }
    for (const odd of [`0${BEA}`, `+${BEA}`, ` ${BEA}`, `${BEA}.0`, `0x${BEA.toString(16)}`, '%00', '..%2Ftpvs']) {
      expect([odd, (await manager.fetch(`/api/admin/users/${odd}/timeline`)).status]).not.toEqual([odd, 200]);
    }
    const { tpv, instruction } = foreign;
    for (const odd of [tpv.toUpperCase(), `${tpv}%20`, `%7B${tpv}%7D`]) {
      expect([odd, (await manager.fetch(`/api/admin/tpvs/${odd}`)).status]).not.toEqual([odd, 200]);
    }
    for (const odd of [instruction.toUpperCase(), instruction.replaceAll('-', ''), `${instruction}%20`]) {
      expect([odd, (await manager.fetch(`/api/admin/instructions/${odd}`)).status]).not.toEqual([odd, 200]);
    }
    // Nothing of the other's was changed.
    const untouched = (await hub.admin(`/api/admin/instructions/${foreign.instruction}`)).body;
    expect(untouched).toMatchObject({ status: 'sent', retried_as: null });
    const told = hub.emulator.person({ id: BEA, first_name: 'Bea' }).chat.map(({ text }) => text);
    expect(told).not.toContain('Enseguida');
  });

  test('no list of a manager holds anything of another TPV, nor do the words of who came over from it', async () => {
    const { hub, own, other, foreign, manager } = await town(database);
    const named = [...LISTS, ...VIEWS].map((list) => `GET /api/admin/${list}`);
    expect(named.toSorted()).toEqual(routesWithin((reach) => reach === 'list').toSorted());
    const texts: string[] = [];
    for (const list of LISTS) {
      const found = await manager.fetch(`/api/admin/${list}`);
      expect([list, found.status]).toEqual([list, 200]);
      texts.push(JSON.stringify(found.body));
      if (['users', 'inbox', 'instructions', 'pushes'].includes(list)) {
        expect(found.body.items.length).toBeGreaterThan(0);
        expect((await manager.fetch(`/api/admin/${list}?tpv_id=${other.id}`)).status).toBe(404);
        expect((await manager.fetch(`/api/admin/${list}?tpv_id=${own.id}`)).body.items).toEqual(found.body.items);
      }
    }
    const more = [
      `users?q=${BEA}`,
      `users?q=${DORA}`,
      'users?q=7009',
      'users?limit=1',
      'inbox?limit=1',
      'inbox?q=7002',
      'instructions?limit=1',
      'instructions?status=pending',
      'instructions?from=2000-01-01T00:00:00Z',
      'pushes?text=ajena',
      'pushes?status=sent',
      'alarms?state=open',
      'alarms?state=ended',
      `instructions?telegram_user_id=${BEA}`,
      `instructions?telegram_user_id=${CARLA}`,
      'instructions?status=failed',
      'instructions?text=ajenas',
      `instructions?text=${foreign.instruction}`,
      `pushes?text=${foreign.push}`,
      `tpvs?q=${foreign.tpv}`,
      'instructions?order=oldest',
      'users?order=last_interaction',
      `pushes?telegram_user_id=${CARLA}`,
      'inbox?view=waiting',
      'inbox?view=failed',
      'inbox?view=unanswered',
      'inbox?assigned=false',
      'users?assigned=false',
      'tpvs?q=ajena',
      `users/${CARLA}/timeline`,
      `activity?tpv_id=${own.id}`,
    ];
    for (const query of more) {
      const { status, body } = await manager.fetch(`/api/admin/${query}`);
      expect([query, status]).toEqual([query, 200]);
      texts.push(JSON.stringify(body), Buffer.from(body.next ?? '', 'base64url').toString());
    }
    for (const text of texts) {
      for (const words of FOREIGN) expect(text).not.toContain(words);
      expect(text).not.toContain(other.id);
    }
    expect((await manager.fetch(`/api/admin/activity?tpv_id=${other.id}`)).status).toBe(404);
    // Unassigned she is still, and those who see everything find her.
    expect((await hub.admin('/api/admin/users?assigned=false')).body.items).toMatchObject([{ telegram_id: DORA }]);
    expect(JSON.stringify((await hub.admin(`/api/admin/users/${CARLA}/timeline`)).body)).toContain('nota ajena');
  });

  test('a manager of two TPVs sees both, and one who lost them all sees nothing', async () => {
    const { hub, own, other } = await town(database);
    const third = await hub.tpv({ name: 'Bar Tercero' });
    await join(hub, third, 7_004_004, 8);
    const both = await openBrowser(hub, { name: 'lola', role: 'manager', tpvs: [own.id, third.id] });
    const idsOf = async (path: string) => (await both.fetch(path)).body.items;
    expect((await idsOf('/api/admin/tpvs')).map(({ id }: { id: string }) => id).toSorted()).toEqual(
      [own.id, third.id].toSorted(),
    );
    const people = await idsOf('/api/admin/users');
    expect(people.map(({ telegram_id: id }: { telegram_id: number }) => id)).toEqual([7_004_004, CARLA, ANA]);
    expect((await idsOf('/api/admin/inbox')).length).toBe(3);
    expect((await idsOf('/api/admin/instructions')).length).toBe(1);
    expect((await idsOf('/api/admin/pushes')).length).toBe(1);
    expect((await both.fetch(`/api/admin/users?tpv_id=${other.id}`)).status).toBe(404);
    const none = await openBrowser(hub, { name: 'nadia', role: 'manager' });
    for (const list of LISTS) expect((await none.fetch(`/api/admin/${list}`)).body).toEqual({ items: [], next: null });
  });

  test('what a manager writes is shown with their name, to the managers of the TPV that attended the person', async () => {
    const { hub, other, manager } = await town(database);
    await manager.fetch(`/api/admin/users/${ANA}/messages`, { method: 'POST', json: { text: 'Enseguida' } });
    const timeline = async () => (await manager.fetch(`/api/admin/users/${ANA}/timeline`)).body.items;
    const note = { kind: 'push', text: 'Enseguida', writer: 'operator', operator: 'pepa' };
    expect(await timeline()).toContainEqual(expect.objectContaining(note));
    await join(hub, other, ANA, 8);
    expect((await manager.fetch(`/api/admin/users/${ANA}/timeline`)).status).toBe(404);
    const theirs = await openBrowser(hub, { name: 'rosa', role: 'manager', tpvs: [other.id] });
    const { body } = await theirs.fetch(`/api/admin/users/${ANA}/timeline`);
    expect(JSON.stringify(body)).not.toMatch(/Enseguida|Marchando|cañas/);
  });

  test('what was of their TPV is sent once more only while its person is', async () => {
    const { hub, other, ids, manager } = await town(database);
    const path = `/api/admin/instructions/${ids.instruction}`;
    await manager.fetch(`${path}/cancel`, { method: 'POST' });
    await join(hub, other, ANA, 8);
    expect((await manager.fetch(path)).status).toBe(200);
    expect((await manager.fetch(`${path}/retry`, { method: 'POST' })).status).toBe(404);
  });

  test('the stream tells a manager of the rows of their TPVs, and of nothing else', async () => {
    const { hub, manager } = await town(database);
    const stream = await watch(hub.url, { headers: { cookie: manager.cookie } });
    const everything = await watch(hub.url);
    await everything.next('overview');
    await hub.message(8, 'más palabras ajenas', BEA);
    await everything.next('changes', ({ instruction }) => instruction !== undefined);
    await hub.message(9, 'La cuenta', ANA);
    const mine = await instructionOf(hub, 'La cuenta');
    const { id, data } = await stream.next('changes', ({ instruction }) => instruction?.includes(mine));
    expect(data.instruction).toEqual([mine]);
    expect(stream.events.map(({ event }) => event)).not.toContain('overview');
    for (const kind of ['audit', 'account', 'setting', 'update']) expect(stream.text).not.toContain(`"${kind}"`);
    expect(stream.text).not.toContain(String(BEA));
    const headers = { cookie: manager.cookie, 'last-event-id': id ?? '' };
    const again = await watch(hub.url, { headers });
    await again.next('reset');
  });

  test('a person who moves away is in no list, and what they say from then on is not told', async () => {
    const { hub, other, manager } = await town(database);
    const stream = await watch(hub.url, { headers: { cookie: manager.cookie } });
    await join(hub, other, ANA, 8);
    // Who left is not named; the manager looks again.
    await stream.next('changes', ({ more }) => more.includes('user'));
    const told = stream.text.length;
    const everything = await watch(hub.url);
    await hub.message(9, 'palabras ajenas de Ana', ANA);
    await everything.next('changes', ({ instruction }) => instruction !== undefined);
    for (const list of ['users', 'inbox']) {
      expect(JSON.stringify((await manager.fetch(`/api/admin/${list}`)).body)).not.toContain(String(ANA));
    }
    for (const path of ['', '/timeline']) {
      expect((await manager.fetch(`/api/admin/users/${ANA}${path}`)).status).toBe(404);
    }
    const write = { method: 'POST', json: { text: 'Vuelve' } };
    expect((await manager.fetch(`/api/admin/users/${ANA}/messages`, write)).status).toBe(404);
    const { items } = (await manager.fetch(`/api/admin/instructions?telegram_user_id=${ANA}`)).body;
    expect(items).toMatchObject([{ excerpt: 'Dos cañas' }]);
    // Something of theirs, so that the one before would have come too.
    await hub.message(10, 'La cuenta', CARLA);
    const mine = await instructionOf(hub, 'La cuenta');
    await stream.next('changes', ({ instruction }) => instruction?.includes(mine));
    const since = stream.text.slice(told);
    expect(since).not.toContain(await instructionOf(hub, 'palabras ajenas de Ana'));
    expect(since).not.toContain(String(ANA));
  });

  test('a manager’s stream ends with what they may see: other TPVs, another role, no account', async () => {
    const { hub, own, other, manager } = await town(database);
    const admin = await openBrowser(hub);
    const { items } = (await admin.fetch('/api/admin/accounts')).body;
    const { id } = items.find(({ name }: { name: string }) => name === 'pepa');
    const account = `/api/admin/accounts/${id}`;
    const change = (json: object) => () => admin.fetch(account, { method: 'PATCH', json });
    const changes: (() => Promise<{ status: number }>)[] = [
      change({ role: 'manager', tpv_ids: [other.id] }),
      change({ role: 'viewer' }),
      change({ role: 'manager', tpv_ids: [own.id] }),
      () => admin.fetch(account, { method: 'DELETE' }),
    ];
    let cookie = manager.cookie;
    for (const [index, make] of changes.entries()) {
      const stream = await watch(hub.url, { headers: { cookie } });
      expect((await make()).status).toBe(200);
      await stream.ended;
      expect((await watch(hub.url, { headers: { cookie } })).response.statusCode).toBe(401);
      if (index < changes.length - 1) cookie = (await logIn(hub, { name: 'pepa' })).cookie;
    }
  });
});

test.each(DIALECTS)(
  'a page of two TPVs’ people ends with one of them, however many others there are, on %s',
  async (database) => {
    const { hub, ...tpvs } = await startHub({ database }).then(async (started) => ({
      hub: started,
      own: await started.tpv(),
      second: await started.tpv(),
      other: await started.tpv(),
    }));
    const people = (from: number, count: number, tpvId: string) =>
      Array.from({ length: count }, (_, n) => ({ telegram_id: from + n, tpv_id: tpvId, created_at: from + n }));
    // More than one statement looks at, all of them newer than one of the two.
    const all = [
      ...people(1_001, 1, tpvs.own.id),
      ...people(2_000, 2_500, tpvs.other.id),
      ...people(9_001, 1, tpvs.second.id),
    ];
    await hub.hub.db.transact(async (tx) => {
      for (let at = 0; at < all.length; at += 500) {
        const rows = all.slice(at, at + 500).map((row) => ({ ...row, ...NAMELESS, last_interaction: row.created_at }));
        await tx.kysely.insertInto('telegram_users').values(rows).execute();
      }
    });
    const manager = await openBrowser(hub, { role: 'manager', tpvs: [tpvs.own.id, tpvs.second.id] });
    for (const [list, idOf] of Object.entries(IDS_OF)) {
      const found: number[] = [];
      for (let cursor = ''; ; ) {
        const { body } = await manager.fetch(`/api/admin/${list}?limit=1${cursor}`);
        found.push(...body.items.map(idOf));
        if (body.next === null) break;
        // Of whom the cursor tells was on the page.
        expect(JSON.parse(Buffer.from(body.next, 'base64url').toString())[1]).toBe(found.at(-1));
        cursor = `&cursor=${body.next}`;
      }
      expect([list, found]).toEqual([list, [9_001, 1_001]]);
    }
  },
);

test('a file that a person sent is for the managers of the TPV that it went to, under its own message alone', async () => {
  const hub = await startHub();
  await connectTelegram(hub);
  const sent: { path: string; file: string; cookie: string }[] = [];
  for (const [name, id] of Object.entries({ pepa: ANA, rosa: BEA })) {
    const tpv = await hub.tpv({ name });
    const socket = await tpv.socket();
    const person = hub.emulator.person({ id, first_name: name, started: true });
    person.send(`/start ${(await hub.admin(`/api/admin/tpvs/${tpv.id}`)).body.join_code}`);
    person.sendPhoto({ bytes: Buffer.from([0xff, 0xd8, 0xff, 0xd9]), caption: name });
    const { instruction } = await socket.next('instruction');
    const { cookie } = await openBrowser(hub, { name, role: 'manager', tpvs: [tpv.id] });
    const path = `/api/admin/instructions/${instruction.id}/files/`;
    const { items } = (await hub.admin(`/api/admin/users/${id}/timeline`)).body;
    const { files } = items.find(({ instruction_id: said }: { instruction_id: string }) => said === instruction.id);
    sent.push({ path, file: files[0].file_id, cookie });
  }
  const [own, foreign] = sent;
  if (own === undefined || foreign === undefined) throw new Error('Both sent one.');
  const statusOf = async (path: string) => {
    const answer = await fetch(hub.url + path, { headers: { cookie: own.cookie } });
    await answer.body?.cancel();
    return answer.status;
  };
  expect(await statusOf(own.path + own.file)).toBe(200);
  expect(await statusOf(foreign.path + foreign.file)).toBe(404);
  expect(await statusOf(own.path + foreign.file)).toBe(404);
  expect(await statusOf(foreign.path + own.file)).toBe(404);
});
