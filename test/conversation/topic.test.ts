import { expect, test, vi } from 'vitest';
import { testClock } from '../support/clock.ts';
import { startHub } from '../support/hub.ts';
import { instructionsOf, letHubSpeak } from '../support/telegram.ts';
import { WAIT_MS } from '../support/within.ts';

const ANA = 1001;
const TOPIC = 77;

test('who writes in a topic of the chat reads there what the hub says', async () => {
  const clock = testClock();
  const hub = await startHub({ clock, env: { OFFLINE_GRACE_SECONDS: '0', MAX_ATTEMPTS: '1' } });
  await letHubSpeak(hub);
  await hub.emulatorDelivers();
  const ana = hub.emulator.person({ id: ANA, first_name: 'Ana', started: true });
  const tpv = await hub.tpv({ name: 'Bar Pepe' });
  const read = async (text: RegExp, topic: number | undefined) => {
    const said = await ana.waitForMessage((message) => text.test(message.text ?? ''));
    expect(said.message_thread_id).toBe(topic);
    // Telegram takes one message a second in a chat.
    await clock.advance(1_000);
  };
  ana.sendInTopic(TOPIC, 'Dos cafés');
  await read(/no está conectado/, TOPIC);
  const [first] = await instructionsOf(hub);
  ana.send('Y una tostada');
  await vi.waitFor(async () => expect(await instructionsOf(hub)).toHaveLength(2), WAIT_MS);
  // It is about the message in the topic, wherever Ana writes meanwhile.
  const report = { method: 'PUT', json: { status: 'failed' } };
  expect((await tpv.fetch(`/api/tpv/instructions/${first?.id}/`, report)).status).toBe(200);
  await read(/no ha podido atender/, TOPIC);
  ana.sendInTopic(TOPIC, '¿Hay alguien?');
  await vi.waitFor(async () => expect(await instructionsOf(hub)).toHaveLength(3), WAIT_MS);
  const written = { method: 'POST', json: { text: 'Les llamo yo' } };
  expect((await hub.admin(`/api/admin/users/${ANA}/messages`, written)).status).toBeLessThan(300);
  await read(/Les llamo yo/, TOPIC);
  // Its TPV takes it, and is never heard of again.
  expect((await tpv.fetch('/api/tpv/instructions/')).body.count).toBe(2);
  await vi.waitFor(async () => {
    await clock.advance(10_000);
    const unanswered = ana.chat.filter(({ text }) =>
      /no ha contestado|sin respuesta|no ha respondido/.test(text ?? ''),
    );
    expect(unanswered.map((message) => message.message_thread_id)).toEqual([undefined, TOPIC]);
  }, WAIT_MS);
});
