import { describe, expect, test, vi } from 'vitest';
import { hearsOf, listeners } from '../../src/alarms/alarm-choice.ts';
import { openAlarms } from '../../src/alarms/alarm-store.ts';
import { browserOf, createAccount, logIn, openBrowser, postFromPanel } from '../support/admin.ts';
import { testClock } from '../support/clock.ts';
import { DIALECTS, startHub, type TestHub } from '../support/hub.ts';
import { instructionsOf } from '../support/telegram.ts';
import { WAIT_MS } from '../support/within.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const PEPA = 7_005_005;
const env = { PUBLIC_URL: 'https://hub.example', TRUST_PROXY: '127.0.0.1' };

/** A restaurant, its manager's account, and the text with which an invitation is opened. */
async function invited(options: Parameters<typeof startHub>[0] = {}) {
  const hub = await startHub({ env, ...options });
  const tpv = await hub.tpv({ name: 'Bar Pepe' });
  const admin = await openBrowser(hub);
  const json = { name: 'pepa', role: 'manager', tpv_ids: [tpv.id] };
  const made = await admin.fetch('/api/admin/accounts', { method: 'POST', json });
  expect([made.status, made.body.tpvs]).toEqual([201, [{ id: tpv.id, name: 'Bar Pepe' }]]);
  const invite = async () => {
    const path = `/api/admin/accounts/${made.body.id}/invitation`;
    // Until Telegram has told the bot's name.
    const body = await vi.waitFor(async () => {
      const answer = await admin.fetch(path, { method: 'POST' });
      expect(answer.status).toBe(201);
      return answer.body;
    }, WAIT_MS);
    return `/start ${new URL(body.url).searchParams.get('start')}`;
  };
  return { hub, tpv, admin, account: made.body.id, invite };
}

/** Each update a number of its own. */
let updates = 0;
const say = (hub: TestHub, text: string, from = PEPA) => hub.message(++updates, text, from);

/** What the bot told a person last, and where its button leads. */
async function lastTold(hub: TestHub, person = PEPA) {
  const row = await hub.hub.db.read
    .selectFrom('push_messages')
    .select(['text', 'reply_markup'])
    .where('chat_id', '=', person)
    .orderBy('seq', 'desc')
    .executeTakeFirstOrThrow();
  const [[button] = []] = row.reply_markup === null ? [] : JSON.parse(row.reply_markup).inline_keyboard;
  return { text: row.text, url: button?.url as string | undefined };
}

/** Asks the bot for a login. @returns its token */
async function askForLogin(hub: TestHub): Promise<string> {
  await say(hub, '/panel');
  const { url = '' } = await lastTold(hub);
  expect(url).toMatch(/^https:\/\/hub\.example\/admin\/acceso#[\w-]{32}$/);
  return new URL(url).hash.slice(1);
}

const logInBy = (hub: TestHub, token: string) => postFromPanel(hub, '/api/admin/login/bot', { token });

describe.each(DIALECTS)('on %s', (database) => {
  test('an invited manager links their Telegram, asks the bot for the panel, and is in, once per link', async () => {
    const { hub, tpv, invite } = await invited({ database });
    const first = await invite();
    const start = await invite();
    await say(hub, first);
    expect((await lastTold(hub)).text).toContain('Este enlace ya no vale');
    await say(hub, start);
    expect((await lastTold(hub)).text).toContain('responsable de «Bar Pepe»');
    await say(hub, start, PEPA + 1);
    expect((await lastTold(hub, PEPA + 1)).text).toContain('Este enlace ya no vale');
    const old = await askForLogin(hub);
    const token = await askForLogin(hub);
    expect((await logInBy(hub, old)).status).toBe(401);
    const answer = await logInBy(hub, token);
    expect([answer.status, answer.body.role, answer.body.name]).toEqual([200, 'manager', 'pepa']);
    const { items } = (await browserOf(hub, answer).fetch('/api/admin/tpvs')).body;
    expect(items).toMatchObject([{ id: tpv.id }]);
    expect((await logInBy(hub, token)).status).toBe(401);
    // Neither secret is kept, and no TPV heard of any of it.
    const kept = JSON.stringify(await hub.hub.db.read.selectFrom('account_tickets').selectAll().execute());
    expect(kept).not.toContain(token);
    expect(await instructionsOf(hub)).toEqual([]);
    const actions = (await hub.admin('/api/admin/audit?actor=pepa')).body.items.map(
      ({ action }: { action: string }) => action,
    );
    expect(actions).toEqual(['session.login', 'account.bot_login', 'account.bot_login', 'account.telegram_link']);
  });

  test('of many who use one login at once, one is in', async () => {
    const { hub, invite } = await invited({ database });
    await say(hub, await invite());
    const token = await askForLogin(hub);
    const statuses = await Promise.all(Array.from({ length: 4 }, async () => (await logInBy(hub, token)).status));
    expect(statuses.toSorted()).toEqual([200, 401, 401, 401]);
  });

  test('a login ends after 5 minutes, an invitation after 7 days, also where the clock is corrected', async () => {
    const clock = testClock();
    const { hub, invite } = await invited({ database, clock });
    const late = await invite();
    await clock.jump(7 * DAY);
    await say(hub, late);
    expect((await lastTold(hub)).text).toContain('Este enlace ya no vale');
    const admin = await logIn(hub);
    const { items } = (await admin.fetch('/api/admin/accounts')).body;
    const { id } = items.find(({ name }: { name: string }) => name === 'pepa');
    const path = `/api/admin/accounts/${id}/invitation`;
    const { body } = await admin.fetch(path, { method: 'POST' });
    await say(hub, `/start ${new URL(body.url).searchParams.get('start')}`);
    const old = await askForLogin(hub);
    await clock.jump(5 * MINUTE);
    expect((await logInBy(hub, old)).status).toBe(401);
    const token = await askForLogin(hub);
    const ends = () => hub.hub.db.read.selectFrom('account_tickets').select('expires_at').execute();
    clock.correct(2 * DAY);
    await expect.poll(ends).toEqual([{ expires_at: clock.now() + 5 * MINUTE }]);
    expect((await logInBy(hub, token)).status).toBe(200);
  });

  test('a login ends with the link to Telegram, with the sessions, and with the account', async () => {
    const { hub, admin, account, tpv, invite } = await invited({ database });
    await say(hub, await invite());
    const unlinked = await askForLogin(hub);
    await say(hub, await invite(), PEPA + 1);
    expect((await logInBy(hub, unlinked)).status).toBe(401);
    await say(hub, await invite());
    const token = await askForLogin(hub);
    const json = { role: 'manager', tpv_ids: [tpv.id] };
    await admin.fetch(`/api/admin/accounts/${account}`, { method: 'PATCH', json });
    expect((await logInBy(hub, token)).status).toBe(401);
    const promote = () => admin.fetch(`/api/admin/accounts/${account}`, { method: 'PATCH', json: { role: 'admin' } });
    // Who is no manager needs a password.
    expect((await promote()).status).toBe(409);
    const password = 'otra-contraseña-inventada';
    await admin.fetch(`/api/admin/accounts/${account}/password`, { method: 'PUT', json: { password } });
    const open = await invite();
    const promoted = await askForLogin(hub);
    expect((await promote()).status).toBe(200);
    expect((await logInBy(hub, promoted)).status).toBe(401);
    // Nor does whoever finds the invitation hear what an administrator does.
    await say(hub, open, PEPA + 2);
    expect((await lastTold(hub, PEPA + 2)).text).toContain('Este enlace ya no vale');
  });
});

test('a login is for any device, which the person hears of, and guessing one is slowed down', async () => {
  const { hub, invite } = await invited();
  await say(hub, await invite());
  const token = await askForLogin(hub);
  const from = (address: string) => (guess: string) =>
    postFromPanel(hub, '/api/admin/login/bot', { token: guess }, { 'x-forwarded-for': address });
  // Who opens an old link again and again is not kept from the new one.
  for (let i = 0; i < 5; i++) expect((await from('203.0.113.7')('an-old-one')).status).toBe(401);
  expect((await from('203.0.113.7')('an-old-one')).status).toBe(429);
  const elsewhere = await from('203.0.113.7')(token);
  expect(elsewhere.status).toBe(200);
  expect((await lastTold(hub)).text).toContain('203.0.113.7');
  const guesses = Array.from({ length: 60 }, (_, i) => from('203.0.113.8')(`guess-${i}`));
  const statuses = (await Promise.all(guesses)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 401).length).toBe(50);
  expect(statuses.filter((status) => status === 429).length).toBe(10);
  const fresh = await askForLogin(hub);
  expect((await from('203.0.113.8')(fresh)).status).toBe(429);
  for (const odd of ['', 'x'.repeat(201), 7, null, { a: 1 }]) {
    expect((await postFromPanel(hub, '/api/admin/login/bot', { token: odd })).status).toBe(400);
  }
  // None of it used the right one up.
  expect((await logInBy(hub, fresh)).status).toBe(200);
});

test('an administrator, or who has a second factor, gets no login from the bot', async () => {
  const { hub, invite } = await invited();
  await say(hub, await invite());
  await hub.hub.db.transact((tx) =>
    tx.kysely.updateTable('admin_users').set({ totp_enabled_at: 1 }).where('name', '=', 'pepa').execute(),
  );
  await say(hub, '/panel');
  expect(await lastTold(hub)).toEqual({ text: expect.stringContaining('/admin/entrar'), url: undefined });
  await hub.hub.db.transact((tx) =>
    tx.kysely
      .updateTable('admin_users')
      .set({ role: 'admin', totp_enabled_at: null })
      .where('name', '=', 'pepa')
      .execute(),
  );
  await say(hub, '/panel');
  expect(await lastTold(hub)).toEqual({ text: expect.stringContaining('/admin/entrar'), url: undefined });
});

test('to a TPV, the /panel of a person without an account is a message like any other', async () => {
  const hub = await startHub({ env });
  await hub.tpv();
  await say(hub, '/panel');
  await say(hub, '/panel de control');
  expect((await instructionsOf(hub)).length).toBe(2);
});

test('a hub that does not know its address says so, and one without TLS writes the link as a text', async () => {
  for (const [PUBLIC_URL, said] of [
    ['', 'No sé en qué dirección está el panel'],
    ['http://localhost:8080', 'http://localhost:8080/admin/acceso#'],
  ] as const) {
    const { hub, invite } = await invited({ env: { ...env, PUBLIC_URL } });
    await say(hub, await invite());
    await say(hub, '/panel');
    expect(await lastTold(hub)).toEqual({ text: expect.stringContaining(said), url: undefined });
  }
});

test('a manager without a password is let in by none, and only managers have TPVs', async () => {
  const { hub, tpv, admin, account } = await invited();
  for (const password of ['', 'undefined', 'null', 'una-contraseña-inventada']) {
    const answer = await postFromPanel(hub, '/api/admin/login', { name: 'pepa', password });
    expect([400, 401]).toContain(answer.status);
  }
  const refused = [
    { name: 'a', role: 'manager' },
    { name: 'b', role: 'manager', tpv_ids: [] },
    { name: 'c', role: 'manager', tpv_ids: [crypto.randomUUID()] },
    { name: 'd', role: 'viewer', password: 'una-contraseña-inventada', tpv_ids: [tpv.id] },
    { name: 'e', role: 'viewer' },
  ];
  for (const json of refused) {
    const { status } = await admin.fetch('/api/admin/accounts', { method: 'POST', json });
    expect([json, status]).toEqual([json, 400]);
  }
  const others = await createAccount(hub, { name: 'eva', role: 'viewer' });
  const invitation = await admin.fetch(`/api/admin/accounts/${others}/invitation`, { method: 'POST' });
  expect(invitation.status).toBe(409);
  // A password that an administrator gives works, and a second factor goes with it as for anybody.
  const password = 'otra-contraseña-inventada';
  await admin.fetch(`/api/admin/accounts/${account}/password`, { method: 'PUT', json: { password } });
  expect((await logIn(hub, { name: 'pepa', password })).session.role).toBe('manager');
});

test('a manager hears in Telegram of the alarms of their TPVs alone', async () => {
  const clock = testClock();
  const { hub, tpv, invite } = await invited({ clock });
  const other = await hub.tpv({ name: 'Casa Ajena' });
  await say(hub, await invite());
  const alarm = (id: string, tpvId: string) => ({
    id,
    tpv_id: tpvId,
    code: tpvId === '' ? 'disk_nearly_full' : 'tpv_key_shared',
    severity: 'critical' as const,
    since: null,
    count: null,
    detail: null,
    raised_at: clock.now() - 2 * MINUTE,
    told_at: null,
    ended_at: null,
  });
  const ids = ['1', '2', '3'].map((n) => `00000000-0000-7000-8000-00000000000${n}`);
  const found = [tpv.id, other.id, ''].map((tpvId, n) => alarm(ids[n] ?? '', tpvId));
  await hub.hub.db.transact((tx) => tx.kysely.insertInto('alarms').values(found).execute());
  const [pepa] = await listeners(hub.hub.db);
  if (pepa === undefined) throw new Error('Nobody listens.');
  const heard = (await openAlarms(hub.hub.db)).filter((one) => hearsOf(pepa, one));
  expect(heard.map((one) => one.tpv?.id)).toEqual([tpv.id]);
  const token = await askForLogin(hub);
  const browser = browserOf(hub, await logInBy(hub, token));
  const { items } = (await browser.fetch('/api/admin/alarms')).body;
  expect(items.map((one: { tpv: { id: string } }) => one.tpv.id)).toEqual([tpv.id]);
  const choice = (await browser.fetch('/api/admin/account/alarms')).body.items;
  expect(choice.every(({ code }: { code: string }) => code.startsWith('tpv_'))).toBe(true);
});
