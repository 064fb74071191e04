import { expect, test } from 'vitest';
import { DIALECTS } from '../support/hub.ts';
import { type PushingHub, startPushing } from '../support/push.ts';
import { connectTelegram } from '../support/telegram.ts';

/** Completes the instruction that waits longest, with a reply. */
async function reply(hub: PushingHub, fields: Record<string, unknown>) {
  const { body } = await hub.one.fetch('/api/tpv/instructions/?limit=1');
  const json = { status: 'completed', reply: fields };
  return hub.one.fetch(`/api/tpv/instructions/${body.instructions[0].id}/`, { method: 'PUT', json });
}

test.each(DIALECTS)('a reply goes into the topic of what it answers, with a keyboard, on %s', async (database) => {
  const hub = await startPushing({ database });
  await connectTelegram(hub);
  await reply(hub, { text: 'Hola' });
  hub.person.sendInTopic(71, 'Mesa 4: la cuenta');
  await hub.emulator.drained();
  hub.person.send('Otra cosa');
  await hub.emulator.drained();
  expect(await reply(hub, { text: 'Mesa 4: 12 €', keyboard: [[{ text: 'Pagar' }]] })).toMatchObject({ status: 200 });
  const message = await hub.person.waitForMessage(({ text }) => text === 'Mesa 4: 12 €');
  expect(message).toMatchObject({ message_thread_id: 71 });
  expect(hub.person.keyboard?.keyboard).toEqual([[{ text: 'Pagar' }]]);
  await reply(hub, { text: 'Dime', protect_content: true });
  const other = await hub.person.waitForMessage(({ text }) => text === 'Dime');
  expect(other).toMatchObject({ has_protected_content: true });
  expect(other).not.toHaveProperty('message_thread_id');
});

test.each([
  ['buttons and a keyboard', { text: 'x', buttons: [[{ text: 'a', action: 'a' }]], keyboard: [] }, 'reply.keyboard'],
  [
    'a file that is not its own',
    { message_type: 'photo', data: { photo_file_id: 'AgAC' } },
    'reply.data.photo_file_id',
  ],
])('a reply with %s refuses its report, which changes nothing', async (_name, fields, path) => {
  const hub = await startPushing();
  expect(await reply(hub, fields)).toMatchObject({
    status: 400,
    body: { code: 'invalid_request', details: [{ path }] },
  });
  expect((await hub.one.fetch('/api/tpv/instructions/?status=sent')).body.count).toBe(1);
  expect(hub.calls()).toEqual([]);
});
