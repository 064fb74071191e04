import type { ServerResponse } from 'node:http';
import { describe, expect, test, vi } from 'vitest';
import { buttonScene, messageOf } from '../support/buttons.ts';
import { DIALECTS, type DialectUnderTest } from '../support/hub.ts';
import { tpvServer } from '../support/tpv-server.ts';
import { WAIT_MS } from '../support/within.ts';

const FAILED = '⚠️ El local no responde ahora mismo. Escríbele un mensaje si todavía lo necesitas.';
const NOT_ALLOWED = '⚠️ Esta acción no está permitida';

/** A hub that may call this TPV's server. */
async function scene(answer: Parameters<typeof tpvServer>[0], database: DialectUnderTest = 'sqlite') {
  const server = await tpvServer(answer);
  const env = { CALLBACK_ALLOW_PRIVATE: 'true', CALLBACK_ALLOWED_ORIGINS: server.origin };
  const at = await buttonScene({ database, env });
  const open = (path = '/api/dispositivo/action') => [[{ text: 'Abrir', callback_url: `${server.origin}${path}` }]];
  return { ...at, server, open };
}

describe.each(DIALECTS)('on %s', (database) => {
  test('a press calls the button’s URL with the form of the contract, and its answer is shown', async () => {
    const at = await scene(
      () => ({ success: true, mensaje: '✅ Abierto', new_text: 'Abierto por <b>Ana</b>.' }),
      database,
    );
    const { messageId, tokens, pushId } = await at.hang(at.open('/abrir?puerta=2'));
    expect(await at.ana.press(messageId, 0).answered).toMatchObject({ text: '✅ Abierto', show_alert: false });
    expect(at.server.calls).toEqual([
      {
        path: '/abrir?puerta=2',
        contentType: 'application/x-www-form-urlencoded',
        form: { token: tokens[0], accion: 'Abrir', telegram_user_id: '1001', uid_dispositivo: '', metadata: '{}' },
      },
    ]);
    await at.ana.waitForMessage(({ text }) => text === '¿Activar?\n\nAbierto por Ana.');
    expect(messageOf(at.ana, messageId).buttons).toEqual([]);
    expect(await at.presses()).toEqual([]);
    await vi.waitFor(async () => {
      const rows = await at.hub.hub.db.read.selectFrom('push_messages').selectAll().where('id', '=', pushId).execute();
      expect(rows[0]?.text).toContain('Abierto por <b>Ana</b>.');
    }, WAIT_MS);
  });

  test('a TPV that talks to Telegram itself has the URL in its callback data called, where its origin is allowed', async () => {
    const at = await scene(() => ({ success: true, mensaje: 'Hecho', new_text: 'Luz encendida' }), database);
    const data = `${at.server.origin}/luz/1`;
    expect(await at.forge({ data, messageId: 77, carries: data })).toMatchObject({ text: 'Hecho' });
    expect(at.server.calls).toMatchObject([
      { path: '/luz/1', form: { token: '', accion: '', telegram_user_id: '1001', metadata: '{}' } },
    ]);
    // The hub did not send that message, so what belongs under it comes as one.
    await at.clock.advance(1_000);
    await at.ana.waitForMessage(({ text }) => text === 'Luz encendida');
    for (const other of [
      'http://127.0.0.1:10/x',
      'https://example.com/',
      at.server.origin.replace('127.0.0.1', 'localhost'),
    ]) {
      const answer = await at.forge({ data: other, messageId: 77, carries: other });
      expect(answer).toMatchObject({ text: NOT_ALLOWED, show_alert: true });
    }
    expect(at.server.calls).toHaveLength(1);
  });

  test('a URL that the pressed message has on no button is not called (S31, row 33)', async () => {
    const at = await scene(() => ({ success: true }), database);
    const data = `${at.server.origin}/luz/1`;
    for (const forged of [
      { data },
      { data, messageId: 77 },
      { data, messageId: 77, carries: `${at.server.origin}/luz/2` },
      { data, messageId: 77, carries: `${data}/` },
    ]) {
      expect(await at.forge(forged)).toMatchObject({ text: NOT_ALLOWED, show_alert: true });
    }
    expect(at.server.calls).toEqual([]);
    expect(await at.forge({ data, messageId: 77, carries: data })).toMatchObject({ text: '✅ Hecho' });
  });
});

test('a double tap on a URL in the callback data calls it once', async () => {
  const at = await scene(() => ({ success: true }));
  const data = `${at.server.origin}/luz/1`;
  const press = { data, messageId: 77, carries: data };
  await at.forge(press);
  await at.clock.advance(4_999);
  expect((await at.forge(press)).text ?? '').toBe('');
  expect(at.server.calls).toHaveLength(1);
  await at.clock.advance(1);
  expect(await at.forge(press)).toMatchObject({ text: '✅ Hecho' });
  expect(at.server.calls).toHaveLength(2);
});

test('a TPV’s buttons call its own endpoint_url’s origin, until it is not active any more', async () => {
  const server = await tpvServer(() => ({ success: true }));
  const at = await buttonScene({ env: { CALLBACK_ALLOW_PRIVATE: 'true' } });
  const { tpv } = at;
  const buttons = [[{ text: 'Abrir', callback_url: `${server.origin}/abrir` }]];
  // Another TPV's origin is none of its own (S31, row 33).
  const neighbour = await at.hub.tpv({ endpoint_url: `${server.origin}/otro/sitio` });
  const push = { telegram_user_id: 1001, text: 'x', buttons };
  expect(await tpv.fetch('/api/tpv/push/', { method: 'POST', json: push })).toMatchObject({ status: 400 });
  await at.hub.admin(`/api/admin/tpvs/${neighbour.id}/deactivate`, { method: 'POST' });
  const json = { endpoint_url: `${server.origin}/aqui` };
  expect((await at.hub.admin(`/api/admin/tpvs/${tpv.id}`, { method: 'PATCH', json })).status).toBe(200);
  const [one, other] = [await at.hang(buttons), await at.hang(buttons)];
  expect(await at.ana.press(one.messageId, 0).answered).toMatchObject({ text: '✅ Hecho' });
  expect((await at.hub.admin(`/api/admin/tpvs/${tpv.id}/deactivate`, { method: 'POST' })).status).toBe(200);
  expect(await at.ana.press(other.messageId, 0).answered).toMatchObject({ text: NOT_ALLOWED });
  expect(server.calls).toHaveLength(1);
});

test.each<[string, (response: ServerResponse) => object | undefined, string]>([
  ['says no and why', () => ({ success: false, error: 'Está cerrado' }), 'Está cerrado'],
  ['says no and nothing more', () => ({ success: false }), '❌ No se ha podido completar.'],
  ['says no with a status', (response) => refuse(response, 409, '{"success":false,"error":"Ya estaba"}'), 'Ya estaba'],
  [
    'says no as production does',
    (response) => refuse(response, 404, '{"error":"No existe","success":true,"mensaje":"x"}'),
    'No existe',
  ],
  ['fails', (response) => refuse(response, 500, 'Traceback (most recent call last)'), FAILED],
  ['answers no JSON', (response) => refuse(response, 200, '<html>'), FAILED],
  ['answers other JSON', () => ({ ok: true }), FAILED],
  ['hangs up', (response) => void response.destroy(), FAILED],
  ['redirects', (response) => refuse(response.setHeader('location', 'http://127.0.0.1/'), 302, ''), NOT_ALLOWED],
])('where the server %s, the person reads it in Spanish, and the message stays', async (_, answer, text) => {
  const at = await scene((_call, response) => answer(response));
  const { messageId } = await at.hang(at.open());
  expect(await at.ana.press(messageId, 0).answered).toMatchObject({ text, show_alert: true });
  expect(messageOf(at.ana, messageId)).toEqual({ text: '¿Activar?', buttons: ['Abrir'] });
});

test('where the server never answers, the person is told after 10 s', async () => {
  const at = await scene(() => undefined);
  const { messageId } = await at.hang(at.open());
  const { answered } = at.ana.press(messageId, 0);
  await at.server.next();
  await at.clock.advance(9_999);
  expect(at.shown()).toEqual([]);
  await at.clock.advance(1);
  expect(await answered).toMatchObject({ text: FAILED, show_alert: true });
});

test('where nobody listens any more, the person is told', async () => {
  const at = await buttonScene({
    env: { CALLBACK_ALLOW_PRIVATE: 'true', CALLBACK_ALLOWED_ORIGINS: 'http://127.0.0.1:9' },
  });
  const { messageId } = await at.hang([[{ text: 'Abrir', callback_url: 'http://127.0.0.1:9/abrir' }]]);
  expect(await at.ana.press(messageId, 0).answered).toMatchObject({ text: FAILED });
});

test('a private address is not called unless CALLBACK_ALLOW_PRIVATE says so', async () => {
  const server = await tpvServer(() => ({ success: true }));
  const at = await buttonScene({ env: { CALLBACK_ALLOWED_ORIGINS: server.origin } });
  const { messageId } = await at.hang([[{ text: 'Abrir', callback_url: `${server.origin}/abrir` }]]);
  expect(await at.ana.press(messageId, 0).answered).toMatchObject({ text: NOT_ALLOWED });
  expect(server.calls).toEqual([]);
});

test('an answer of more than 200 characters comes as a message', async () => {
  const mensaje = 'Abierto. '.repeat(40).trim();
  const at = await scene(() => ({ success: true, mensaje }));
  const { messageId } = await at.hang(at.open());
  await at.clock.advance(1_000);
  expect((await at.ana.press(messageId, 0).answered).text ?? '').toBe('');
  await at.ana.waitForMessage(({ text }) => text === mensaje);
});

test('a callback URL of an origin that is not allowed is refused at the push, and nothing is sent', async () => {
  const at = await buttonScene();
  const push = (buttons: unknown) =>
    at.tpv.fetch('/api/tpv/push/', { method: 'POST', json: { telegram_user_id: 1001, text: 'x', buttons } });
  const ok = { text: 'Sí', action: 'yes' };
  for (const callback_url of ['https://example.com/x', 'http://127.0.0.1:10/x', 'https://a:b@127.0.0.1:9/x']) {
    expect(await push([[ok], [ok, { text: 'Abrir', callback_url }]])).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', details: [{ path: 'buttons.1.1.callback_url' }] },
    });
  }
  const socket = await at.tpv.socket();
  const buttons = [[{ text: 'Abrir', callback_url: 'https://example.com/x' }]];
  socket.send({ type: 'push', ref: 'p', telegram_user_id: 1001, text: 'x', buttons });
  expect(await socket.next('result')).toMatchObject({
    ok: false,
    error: { code: 'invalid_request', details: [{ path: 'buttons.0.0.callback_url' }] },
  });
  expect(at.ana.chat).toEqual([]);
  expect(await at.hub.hub.db.read.selectFrom('buttons').selectAll().execute()).toEqual([]);
});

function refuse(response: ServerResponse, status: number, body: string): undefined {
  response.writeHead(status).end(body);
}
