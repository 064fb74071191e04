import { describe, expect, test } from 'vitest';
import { openBrowser } from '../support/admin.ts';
import { DIALECTS } from '../support/hub.ts';
import { auditOf, changesOf, everyItem } from '../support/pages.ts';
import { PERSON, type PushingHub, startPushing } from '../support/push.ts';

const post = (json: unknown = {}) => ({ method: 'POST', json });
const textsOf = (items: { excerpt: string }[]) => items.map(({ excerpt }) => excerpt);

/** Messages: two that arrived, one that Telegram refused, one of which nobody knows. */
async function fourMessages(hub: PushingHub) {
  const sent = await hub.send({ text: 'Tu pedido está en marcha' });
  await hub.send({ text: 'Está  "listo": 100 % <b>rico</b>' });
  hub.emulator.fail({ method: 'sendMessage', times: 1, how: { kind: 'error', code: 400, description: 'no' } });
  const failed = await hub.send({ text: 'Este no llega' });
  hub.emulator.fail({ method: 'sendMessage', times: 1, how: { kind: 'reset_after' } });
  const unknown = await hub.send({ text: 'Quién sabe', buttons: [[{ text: 'Sí', action: 'yes' }]] });
  const idOf = ({ body }: Awaited<ReturnType<PushingHub['send']>>): string =>
    body.push_message_id ?? body.details?.[0]?.push_message_id;
  return { sent: idOf(sent), failed: idOf(failed), unknown: idOf(unknown) };
}

describe.each(DIALECTS)('on %s', (database) => {
  test('messages are listed newest first, page by page, and found by state, TPV, person, time and words', async () => {
    const hub = await startPushing({ database });
    const ids = await fourMessages(hub);
    const found = async (query: string, limit?: number) =>
      textsOf(await everyItem(hub, `/api/admin/pushes?${query}`, limit));
    const all = ['Quién sabe', 'Este no llega', 'Está  "listo": 100 % <b>rico</b>', 'Tu pedido está en marcha'];
    expect(await found('', 1)).toEqual(all);
    expect(await found('status=sent')).toEqual(all.slice(2));
    expect(await found('status=failed')).toEqual(['Este no llega']);
    expect(await found('status=unknown')).toEqual(['Quién sabe']);
    expect(await found('status=pending')).toEqual([]);
    expect(await found(`tpv_id=${hub.one.id}`, 3)).toEqual(all);
    expect(await found(`tpv_id=${hub.one.id}&status=sent`, 1)).toEqual(all.slice(2));
    const other = await hub.tpv();
    expect(await found(`tpv_id=${other.id}`)).toEqual([]);
    expect(await found(`telegram_user_id=${PERSON}&status=unknown`)).toEqual(['Quién sabe']);
    expect(await found('telegram_user_id=99')).toEqual([]);
    expect(await found('text=QUIEN')).toEqual(['Quién sabe']);
    expect(await found(`text=${encodeURIComponent('"listo": 100 %')}`)).toEqual([all[2]]);
    expect(await found(`text=${encodeURIComponent("' or 1=1 --")}`)).toEqual([]);
    expect(await found(`text=${ids.failed.toUpperCase()}`)).toEqual(['Este no llega']);
    expect(await found(`text=${ids.failed}&status=sent`)).toEqual([]);
    const later = encodeURIComponent(new Date(Date.now() + 3_600_000).toISOString());
    const earlier = encodeURIComponent(new Date(Date.now() - 3_600_000).toISOString());
    expect(await found(`from=${earlier}&to=${later}`)).toEqual(all);
    expect(await found(`to=${earlier}`)).toEqual([]);
    expect(await found(`from=${later}`)).toEqual([]);
    const csv = await hub.admin(`/api/admin/pushes.csv?status=sent`);
    const [title, ...lines] = String(csv.body).split('\r\n');
    expect(title).toContain('"ID";"Creado";"Enviado";"Estado"');
    expect(lines.filter(Boolean)).toHaveLength(2);
    expect(lines.join()).toContain('"Está  ""listo"": 100 % <b>rico</b>"');
  });

  test('a message shows its text, its buttons, and who pressed them', async () => {
    const hub = await startPushing({ database });
    await hub.emulatorDelivers();
    const { body } = await hub.send({ text: '¿Vienes?', buttons: [[{ text: 'Sí', action: 'yes', data: { n: 1 } }]] });
    const path = `/api/admin/pushes/${body.push_message_id}`;
    expect((await hub.admin(path)).body).toMatchObject({
      text: '¿Vienes?',
      parse_mode: 'HTML',
      status: 'sent',
      tpv: { id: hub.one.id, name: 'TPV de prueba' },
      user: { telegram_id: PERSON, name: 'Ana' },
      buttons: [[{ text: 'Sí', url: null }]],
      telegram_message_id: body.telegram_message_id,
      sent_as_plain: false,
      presses: [],
      not_before: null,
    });
    const message = await hub.person.waitForMessage();
    void hub.person.press(message.message_id, 'Sí');
    await expect.poll(async () => (await hub.admin(path)).body.presses).toMatchObject([{ action: 'yes' }]);
  });

  test('what failed, or may have arrived, is sent again; what waits or arrived is not', async () => {
    const hub = await startPushing({ database });
    const { sent, unknown } = await fourMessages(hub);
    const heard = changesOf(hub);
    const again = await hub.admin(`/api/admin/pushes/${unknown}/resend`, post());
    expect(again).toMatchObject({ status: 202, body: { id: unknown, status: 'pending' } });
    await expect.poll(async () => (await hub.admin(`/api/admin/pushes/${unknown}`)).body.status).toBe('sent');
    expect(await hub.admin(`/api/admin/pushes/${sent}/resend`, post())).toMatchObject({
      status: 409,
      body: { code: 'invalid_transition', details: [{ path: 'status' }] },
    });
    expect(await auditOf(hub)).toMatchObject([{ actor: 'token', action: 'push.resend', id: unknown }]);
    expect(heard.filter((one) => one === `push ${unknown}`).length).toBeGreaterThanOrEqual(2);
    expect(heard).toContain('audit ');
  });

  test('somebody who asked the person says what became of a message', async () => {
    const hub = await startPushing({ database });
    const { unknown, failed } = await fourMessages(hub);
    const resolve = (id: string, as: unknown) => hub.admin(`/api/admin/pushes/${id}/resolve`, post({ as }));
    expect((await resolve(unknown, 'lost')).status).toBe(400);
    expect((await resolve(failed, 'sent')).status).toBe(409);
    const both = await Promise.all([resolve(unknown, 'sent'), resolve(unknown, 'failed')]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    const { status } = both[0].status === 200 ? both[0].body : both[1].body;
    expect((await hub.one.fetch(`/api/tpv/push/${unknown}/`)).body.status).toBe(status);
    expect(await auditOf(hub)).toMatchObject([{ action: 'push.resolve', id: unknown, details: { as: status } }]);
    expect((await hub.admin('/api/admin/overview')).body.push.unknown).toBe(0);
  });
});

test('a viewer sees messages and changes none', async () => {
  const hub = await startPushing();
  const { unknown } = await fourMessages(hub);
  const viewer = await openBrowser(hub, { role: 'viewer' });
  expect((await viewer.fetch('/api/admin/pushes')).body.items).toHaveLength(4);
  for (const action of ['resend', 'resolve']) {
    expect((await viewer.fetch(`/api/admin/pushes/${unknown}/${action}`, post({ as: 'sent' }))).status).toBe(403);
  }
  expect((await hub.admin(`/api/admin/pushes/${unknown}`)).body.status).toBe('unknown');
});

test('bad input is refused with its place', async () => {
  const hub = await startPushing();
  const bad = [
    'status=sending',
    'tpv_id=1',
    'telegram_user_id=-1',
    'telegram_user_id=1e3',
    'from=ayer',
    'text=',
    `text=${'x'.repeat(201)}`,
    'text=%00',
    'limit=0',
    'limit=201',
    'cursor=x',
    `cursor=${Buffer.from('["a"]').toString('base64url')}`,
    'other=1',
    'status=sent&status=failed',
  ];
  for (const query of bad) {
    const answer = await hub.admin(`/api/admin/pushes?${query}`);
    expect([query, answer.status, answer.body.details?.length]).toEqual([query, 400, 1]);
  }
  for (const id of ['x', '0', "' or 1=1", '00000000-0000-7000-8000-000000000000']) {
    const path = `/api/admin/pushes/${encodeURIComponent(id)}`;
    expect((await hub.admin(path)).status).toBe(404);
    expect((await hub.admin(`${path}/resend`, post())).status).toBe(404);
    expect((await hub.admin(`${path}/resolve`, post({ as: 'sent' }))).status).toBe(404);
  }
});
