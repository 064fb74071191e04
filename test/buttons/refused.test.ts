import { describe, expect, test } from 'vitest';
import { type ButtonScene, buttonScene, EXPIRED, type Hung } from '../support/buttons.ts';
import { DIALECTS } from '../support/hub.ts';
import { tpvServer } from '../support/tpv-server.ts';

const STRANGER = 2002;

/** Callback data that leads nowhere, and what else the press says (row 6 of the catalogue). */
const CASES: [
  string,
  (scene: ButtonScene, hung: Hung) => Promise<{ data: string; messageId?: number; from?: number }>,
][] = [
  ['that nobody made', async (_, { messageId }) => ({ data: 'A'.repeat(22), messageId })],
  ['that is no token', async (_, { messageId }) => ({ data: "' or 1=1 --\0😀", messageId })],
  ['that is empty', async (_, { messageId }) => ({ data: '', messageId })],
  ['in other letters', async (_, { messageId, tokens: [data = ''] }) => ({ data: swapped(data), messageId })],
  [
    'of another person’s message',
    async (_, { messageId, tokens: [data = ''] }) => ({ data, messageId, from: STRANGER }),
  ],
  ['of another message', async (_, { messageId, tokens: [data = ''] }) => ({ data, messageId: messageId + 1 })],
  ['without its message', async (_, { tokens: [data = ''] }) => ({ data })],
  [
    'of a message whose buttons were replaced',
    async ({ tpv }, { pushId, messageId, tokens: [data = ''] }) => {
      const json = { buttons: [[{ text: 'Otro', action: 'other' }]] };
      expect((await tpv.fetch(`/api/tpv/push/${pushId}/`, { method: 'PATCH', json })).status).toBe(200);
      return { data, messageId };
    },
  ],
  [
    'that expired',
    async ({ clock }, { messageId, tokens: [data = ''] }) => {
      await clock.advance(60_000);
      return { data, messageId };
    },
  ],
];

function swapped(text: string): string {
  return text.replace(/[a-z]/gi, (letter) =>
    letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase(),
  );
}

describe.each(DIALECTS)('on %s', (database) => {
  test.each(CASES)('callback data %s is answered as expired, and nobody is called', async (_, forgery) => {
    const scene = await buttonScene({ database });
    const socket = await scene.tpv.socket();
    const hung = await scene.hang([[{ text: 'Sí', action: 'yes' }]], { expires_in: 60 });
    const answer = await scene.forge(await forgery(scene, hung));
    expect(answer).toMatchObject({ text: EXPIRED, show_alert: true });
    await socket.sync();
    expect(socket.frames.filter(({ type }) => type === 'instruction')).toEqual([]);
    expect(await scene.presses()).toEqual([]);
  });

  test('a forged press uses nothing up: the button still works for whom it was made', async () => {
    const scene = await buttonScene({ database });
    const { messageId, tokens } = await scene.hang([[{ text: 'Sí', action: 'yes' }]]);
    const [data = ''] = tokens;
    expect(data).toMatch(/^[\w-]{22}$/);
    for (const press of [{ from: STRANGER, messageId }, { messageId: messageId + 1 }]) {
      expect(await scene.forge({ data, ...press })).toMatchObject({ text: EXPIRED });
    }
    scene.ana.press(messageId, 0);
    await scene.hub.emulator.drained();
    expect(await scene.presses()).toHaveLength(1);
  });

  test('a used or foreign button with a URL calls nobody', async () => {
    const server = await tpvServer(() => ({ success: true }));
    const env = { CALLBACK_ALLOW_PRIVATE: 'true', CALLBACK_ALLOWED_ORIGINS: server.origin };
    const { ana, hang, forge, clock } = await buttonScene({ database, env });
    const { messageId, tokens } = await hang([[{ text: 'Abrir', callback_url: `${server.origin}/x` }]]);
    const [data = ''] = tokens;
    expect(await forge({ data, messageId, from: STRANGER })).toMatchObject({ text: EXPIRED });
    expect(await ana.press(messageId, 0).answered).toMatchObject({ text: '✅ Hecho' });
    await clock.advance(5_000);
    expect(await ana.press(messageId, 0).answered).toMatchObject({ text: EXPIRED });
    expect(server.calls.map(({ path }) => path)).toEqual(['/x']);
  });
});
