import { describe, expect, test, vi } from 'vitest';
import type { TestHub } from '../support/hub.ts';
import { PERSON, type PushingHub, startPushing, type Told, TRANSPORTS } from '../support/push.ts';
import { WAIT_MS } from '../support/within.ts';

/** The next message arrives, and its answer does not. */
function losesAnswer({ emulator }: TestHub): void {
  emulator.fail({ method: 'sendMessage', times: 1, how: { kind: 'reset_after' } });
}

/** What became of a message in the end; its answer may have come before that. */
async function fateOf(hub: PushingHub, { body }: Told): Promise<unknown> {
  let fate = body;
  await vi.waitUntil(
    async () => {
      if (fate.status === 'pending') ({ body: fate } = await hub.one.fetch(`/api/tpv/push/${body.push_message_id}/`));
      return fate.status !== 'pending';
    },
    { timeout: WAIT_MS, interval: 50 },
  );
  return fate;
}

const setDefault = (hub: TestHub, value: 'hold' | 'resend' | null) =>
  hub.admin('/api/admin/settings', { method: 'PATCH', json: { push_if_unknown: value } });

describe.each(TRANSPORTS)('a message over %s that may have arrived', (over) => {
  test('is not sent again by default, nor with hold', async () => {
    const hub = await startPushing();
    for (const [text, more] of [
      ['uno', {}],
      ['dos', { if_unknown: 'hold' }],
    ] as const) {
      losesAnswer(hub);
      const told = await hub.send({ text, ...more }, { over });
      expect(await fateOf(hub, told)).toMatchObject({ status: 'unknown' });
    }
    expect(hub.person.chat.map(({ text }) => text)).toEqual(['uno', 'dos']);
  });

  test('is sent again with resend, and the answer says so', async () => {
    const hub = await startPushing();
    losesAnswer(hub);
    const told = await hub.send({ text: 'uno', if_unknown: 'resend' }, { over });
    expect(await fateOf(hub, told)).toMatchObject({ status: 'sent', sent_again: true });
    expect(hub.person.chat.map(({ text }) => text)).toEqual(['uno', 'uno']);
  });

  test('follows the hub’s setting where its TPV does not say, and from then on', async () => {
    const hub = await startPushing();
    expect((await setDefault(hub, 'resend')).body.push_if_unknown).toEqual({ value: 'resend', default: 'hold' });
    const send = async (fields: Record<string, unknown>) => {
      losesAnswer(hub);
      return fateOf(hub, await hub.send(fields, { over }));
    };
    expect(await send({ text: 'uno' })).toMatchObject({ status: 'sent', sent_again: true });
    expect(await send({ text: 'dos', if_unknown: 'hold' })).toMatchObject({ status: 'unknown' });
    await setDefault(hub, null);
    expect(await send({ text: 'tres' })).toMatchObject({ status: 'unknown' });
    expect(hub.person.chat.map(({ text }) => text)).toEqual(['uno', 'uno', 'dos', 'tres']);
  });

  test('is refused with a word that is none of the two', async () => {
    const hub = await startPushing();
    const told = await hub.send({ text: 'uno', if_unknown: 'perhaps' }, { over });
    expect(told).toMatchObject({ ok: false, body: { code: 'invalid_request' } });
    expect(hub.person.chat).toEqual([]);
  });
});

test('an older TPV, which can’t say, follows the hub’s setting', async () => {
  const hub = await startPushing({ env: { CALLBACK_ALLOWED_ORIGINS: 'https://tpv.example' } });
  await setDefault(hub, 'resend');
  losesAnswer(hub);
  const json = {
    telegram_user_id: PERSON,
    mensaje: 'Hola',
    callback_url: 'https://tpv.example/',
    token: 't',
    uid_dispositivo: 'd',
    botones: [],
  };
  const { body } = await hub.one.fetch('/api/register_notification/', { method: 'POST', json });
  expect(body).toMatchObject({ success: true });
  await vi.waitUntil(() => hub.person.chat.length === 2, { timeout: WAIT_MS });
  expect(hub.person.chat.map(({ text }) => text)).toEqual(['Hola', 'Hola']);
});
