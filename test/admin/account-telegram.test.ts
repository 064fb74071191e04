import { describe, expect, test } from 'vitest';
import { deviceOf } from '../../src/administrators/device.ts';
import { createAccount, logIn, openBrowser, PASSWORD, postFromPanel, type TestBrowser } from '../support/admin.ts';
import { testClock } from '../support/clock.ts';
import { DIALECTS, startHub, type TestHub } from '../support/hub.ts';
import { connectTelegram, instructionsOf } from '../support/telegram.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const ANA = { id: 42, first_name: 'Ana', last_name: 'Gil' };
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const NEWER_FIREFOX = FIREFOX.replaceAll('140', '141');
const PATH = '/api/admin/account/telegram';

/** What opens the bot from the account's page, without the bot's address. */
async function startOf(browser: TestBrowser): Promise<string> {
  const { status, body } = await browser.fetch(PATH, { method: 'POST' });
  expect([status, body.code]).toEqual([201, undefined]);
  const url = new URL(body.url);
  expect(url.host).toBe('t.me');
  return `/start ${url.searchParams.get('start')}`;
}

async function linkedScene(options: Parameters<typeof startHub>[0] = {}) {
  const hub = await startHub({ env: { TRUST_PROXY: '127.0.0.1' }, ...options });
  await connectTelegram(hub);
  const ana = await openBrowser(hub);
  const phone = hub.emulator.person(ANA);
  phone.send(await startOf(ana));
  await phone.waitForMessage(({ text }) => text?.includes('queda vinculado') === true);
  return { hub, ana, phone };
}

/** A login from somewhere, with a browser that says what it is. */
function logInFrom(hub: TestHub, address: string, agent = FIREFOX, password = PASSWORD) {
  const headers = { 'x-forwarded-for': address, 'user-agent': agent };
  return postFromPanel(hub, '/api/admin/login', { name: 'ana', password }, headers);
}

function notices(hub: TestHub) {
  return hub.hub.db.read
    .selectFrom('push_messages')
    .select('text')
    .where('text', 'like', '%Entrada en el panel%')
    .where('chat_id', '=', ANA.id)
    .orderBy('seq')
    .execute();
}

describe.each(DIALECTS)('on %s', (database) => {
  test('a person links their Telegram to their account, once, and is no customer for it (S37)', async () => {
    const hub = await startHub({ database, env: { FORWARD_START: 'true' } });
    await hub.tpv();
    await connectTelegram(hub);
    const ana = await openBrowser(hub);
    expect((await ana.fetch(PATH)).body).toEqual({ linked: null });
    const start = await startOf(ana);
    const stored = await hub.hub.db.read.selectFrom('admin_sessions').selectAll().execute();
    expect(JSON.stringify(stored)).not.toContain(start.slice('/start '.length));
    const phone = hub.emulator.person(ANA);
    phone.send(start);
    expect((await phone.waitForMessage()).text).toContain('queda vinculado a la cuenta «ana» del panel');
    expect((await ana.fetch(PATH)).body).toEqual({ linked: { telegram_id: 42, name: 'Ana Gil' } });
    expect((await hub.admin('/api/admin/accounts')).body.items).toMatchObject([{ name: 'ana', telegram_linked: true }]);
    // Another person with the same link gets nothing.
    const eva = hub.emulator.person({ id: 43, first_name: 'Eva' });
    eva.send(start);
    expect((await eva.waitForMessage()).text).toContain('Este enlace ya no vale');
    expect((await ana.fetch(PATH)).body.linked.telegram_id).toBe(42);
    expect(await instructionsOf(hub)).toEqual([]);
    expect(await hub.hub.db.read.selectFrom('telegram_users').select('telegram_id').execute()).toEqual([]);
    const rows = await hub.hub.db.read
      .selectFrom('audit_log')
      .select(['actor', 'action', 'target_name', 'details'])
      .where('action', '=', 'account.telegram_link')
      .execute();
    expect(rows).toEqual([
      { actor: 'ana', action: 'account.telegram_link', target_name: 'ana', details: '{"telegram_id":42}' },
    ]);
  });

  test('a link ends after 15 minutes, with its session, and with the next one', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const ana = await openBrowser(hub);
    let update = 1;
    const open = async (text: string) => {
      await hub.message(update++, text, ANA.id);
      return (await ana.fetch(PATH)).body.linked !== null;
    };
    const first = await startOf(ana);
    const second = await startOf(ana);
    expect(await open(first)).toBe(false);
    await clock.jump(9 * MINUTE);
    await ana.fetch('/api/admin/session');
    await clock.jump(6 * MINUTE);
    expect(await open(second)).toBe(false);
    const phone = await logIn(hub);
    const third = await startOf(phone);
    await phone.fetch('/api/admin/logout', { method: 'POST' });
    expect(await open(third)).toBe(false);
    const again = await logIn(hub);
    expect(await open(await startOf(again))).toBe(true);
  });

  test.each([2 * DAY, -2 * DAY])('a link works for 15 minutes, also where the clock is set by %i ms', async (byMs) => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const ana = await openBrowser(hub);
    const linked = async () => (await ana.fetch(PATH)).body.linked !== null;
    const ends = () => hub.hub.db.read.selectFrom('admin_sessions').select('link_expires_at').execute();
    const start = await startOf(ana);
    clock.correct(byMs);
    const right = [{ link_expires_at: clock.now() + 15 * MINUTE }];
    await expect.poll(ends).toEqual(right);
    await hub.message(1, start, ANA.id);
    expect(await linked()).toBe(true);
    const late = await startOf(ana);
    await clock.jump(15 * MINUTE);
    await hub.message(2, late, 43);
    expect((await ana.fetch(PATH)).body.linked.telegram_id).toBe(ANA.id);
  });

  test('a login from a new address or with a new device is told, with a button that ends every session', async () => {
    const { hub, ana, phone } = await linkedScene({
      database,
      env: { TRUST_PROXY: '127.0.0.1', TIME_ZONE: 'Europe/Madrid' },
    });
    const opened = await logInFrom(hub, '203.0.113.7');
    expect(opened.status).toBe(200);
    const notice = await phone.waitForMessage(({ text }) => text?.includes('Entrada en el panel') === true);
    expect(notice.text).toMatch(/cuenta «ana».*Cuándo: .*\d{4}.*Desde: 203\.0\.113\.7\nDispositivo: Firefox en Linux/s);
    // The same place and device again, also after an update of the browser: nothing new.
    expect((await logInFrom(hub, '203.0.113.7', NEWER_FIREFOX)).status).toBe(200);
    expect(await notices(hub)).toHaveLength(1);
    expect((await logInFrom(hub, '203.0.113.7', 'curl/8.5.0')).status).toBe(200);
    expect((await logInFrom(hub, '203.0.113.8')).status).toBe(200);
    expect(await notices(hub)).toHaveLength(3);
    // A refused one is no login.
    expect((await logInFrom(hub, '198.51.100.1', FIREFOX, 'no-es-esta-contraseña')).status).toBe(401);
    expect(await notices(hub)).toHaveLength(3);

    phone.press(notice.message_id, 'No he sido yo: cerrar sesiones');
    await phone.waitForMessage(({ text }) => text?.includes('He cerrado todas las sesiones') === true);
    expect(await hub.hub.db.read.selectFrom('admin_sessions').select('id').execute()).toEqual([]);
    expect((await ana.fetch('/api/admin/session')).status).toBe(401);
  });

  test('the button of a person who is not linked to the account ends nothing', async () => {
    const { hub, ana } = await linkedScene({ database });
    const [account] = (await hub.admin('/api/admin/accounts')).body.items;
    const from = { id: 43, first_name: 'Eva' };
    const forged = [`hub:end_sessions:${account.id}`, 'hub:end_sessions', 'hub:end_sessions:\0'];
    for (const [index, data] of forged.entries()) {
      await hub.update({ update_id: 900 + index, callback_query: { id: `q${index}`, from, data } });
      await hub.emulator.waitForCall(
        ({ method, params }) => method === 'answerCallbackQuery' && params.callback_query_id === `q${index}`,
      );
    }
    expect((await ana.fetch('/api/admin/session')).status).toBe(200);
  });

  test('whose Telegram is replaced or unlinked is told, and hears no more', async () => {
    const { hub, ana, phone } = await linkedScene({ database });
    const other = hub.emulator.person({ id: 43, first_name: 'Eva' });
    other.send(await startOf(ana));
    await other.waitForMessage(({ text }) => text?.includes('queda vinculado') === true);
    await phone.waitForMessage(({ text }) => text?.includes('ya no recibe avisos de la cuenta «ana»') === true);
    expect((await ana.fetch(PATH, { method: 'DELETE' })).status).toBe(200);
    await other.waitForMessage(({ text }) => text?.includes('ya no recibe avisos de la cuenta «ana»') === true);
    expect((await ana.fetch(PATH)).body).toEqual({ linked: null });
    expect((await ana.fetch(PATH, { method: 'DELETE' })).status).toBe(200);
    expect((await logInFrom(hub, '203.0.113.9')).status).toBe(200);
    expect(await notices(hub)).toEqual([]);
  });

  test('while Telegram is away a login goes on, and is told when it is back', async () => {
    const { hub, phone } = await linkedScene({ database });
    hub.emulator.fail({ method: 'sendMessage', times: 1, how: { kind: 'reset_after' } });
    expect((await logInFrom(hub, '203.0.113.7')).status).toBe(200);
    expect(await notices(hub)).toHaveLength(1);
    await phone.waitForMessage(({ text }) => text?.includes('Entrada en el panel') === true);
  });

  test('who has their data erased hears of no account any more', async () => {
    const { hub } = await linkedScene({ database });
    await hub.message(1, 'Hola', ANA.id);
    expect((await hub.admin(`/api/admin/users/${ANA.id}`, { method: 'DELETE' })).status).toBe(202);
    await expect
      .poll(() => hub.hub.db.read.selectFrom('admin_users').select(['telegram_id', 'telegram_name']).execute())
      .toEqual([{ telegram_id: null, telegram_name: '' }]);
  });
});

test('linking and unlinking ask for a proof, and a viewer may do it too', async () => {
  const clock = testClock();
  const hub = await startHub({ clock });
  await createAccount(hub, { name: 'eva', role: 'viewer' });
  const eva = await logIn(hub, { name: 'eva' });
  expect(await startOf(eva)).toMatch(/^\/start panel-[\w-]{32}$/);
  await clock.jump(11 * MINUTE);
  for (const method of ['POST', 'DELETE']) {
    expect((await eva.fetch(PATH, { method })).body.code).toBe('proof_required');
    expect((await hub.admin(PATH, { method })).status).toBe(403);
  }
});

test('a name of the account or a browser can not write its own message', async () => {
  const { hub } = await linkedScene();
  expect((await logInFrom(hub, '203.0.113.7', '<a href="https://evil.example">Pulsa</a>')).status).toBe(200);
  const [notice] = await notices(hub);
  expect(notice?.text).toContain('Dispositivo: &lt;a href=');
  expect(notice?.text).not.toContain('<a href=');
});

test('a device is called as people do, and an update of its browser is no other', () => {
  const iphone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1';
  const edge = 'Mozilla/5.0 (Windows NT 10.0) Chrome/142.0.0.0 Safari/537.36 Edg/142.0';
  expect(deviceOf(iphone)).toEqual({ browser: 'Safari', system: 'iPhone' });
  expect(deviceOf(edge)).toEqual({ browser: 'Edge', system: 'Windows' });
  expect(deviceOf('curl/8.5.0')).toEqual({ browser: 'curl/8.5.0', system: '' });
  expect(deviceOf('')).toEqual({ browser: '', system: '' });
  expect(deviceOf(NEWER_FIREFOX)).toEqual(deviceOf(FIREFOX));
});
