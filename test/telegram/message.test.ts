import { describe, expect, test } from 'vitest';
import { DIALECTS, startHub, type TestTpv } from '../support/hub.ts';
import { instructionsOf, messageBody, privateMessage, updatesOf } from '../support/telegram.ts';

/** What Telegram sends, and what the TPV gets of it. */
const ATTACHMENTS: { content: Record<string, unknown>; attachment: Record<string, unknown> }[] = [
  {
    content: {
      photo: [
        { file_id: 'small', file_unique_id: 's', file_size: 1_000, width: 90, height: 60 },
        { file_id: 'large', file_unique_id: 'l', file_size: 90_000, width: 1280, height: 853 },
        { file_id: 'middle', file_unique_id: 'm', file_size: 20_000, width: 320, height: 213 },
      ],
    },
    attachment: { kind: 'photo', file_id: 'large', file_size: 90_000, width: 1280, height: 853 },
  },
  {
    // Telegram need not say how many bytes a size has; it lists the smallest first.
    content: {
      photo: [
        { file_id: 'thumbnail', width: 90, height: 60 },
        { file_id: 'large', width: 1280, height: 853 },
      ],
    },
    attachment: { kind: 'photo', file_id: 'large', width: 1280, height: 853 },
  },
  {
    content: {
      photo: [
        { file_id: 'thumbnail', file_size: 1_000, width: 90, height: 60 },
        { file_id: 'large', width: 1280, height: 853 },
      ],
    },
    attachment: { kind: 'photo', file_id: 'large', width: 1280, height: 853 },
  },
  {
    content: {
      document: { file_id: 'd', file_name: 'carta.pdf', mime_type: 'application/pdf', file_size: 7, thumbnail: {} },
    },
    attachment: { kind: 'document', file_id: 'd', file_name: 'carta.pdf', mime_type: 'application/pdf', file_size: 7 },
  },
  {
    content: { voice: { file_id: 'v', mime_type: 'audio/ogg', duration: 3 } },
    attachment: { kind: 'voice', file_id: 'v', mime_type: 'audio/ogg', duration: 3 },
  },
  {
    content: { audio: { file_id: 'a', duration: 180, performer: 'Trío', title: 'Jota' } },
    attachment: { kind: 'audio', file_id: 'a', duration: 180, performer: 'Trío', title: 'Jota' },
  },
  {
    content: { video: { file_id: 'w', width: 640, height: 480, duration: 9 } },
    attachment: { kind: 'video', file_id: 'w', width: 640, height: 480, duration: 9 },
  },
  {
    content: { video_note: { file_id: 'n', length: 240, duration: 5 } },
    attachment: { kind: 'video_note', file_id: 'n', length: 240, duration: 5 },
  },
  {
    content: { sticker: { file_id: 's', emoji: '🍕', set_name: 'Comida', width: 512, height: 512 } },
    attachment: { kind: 'sticker', file_id: 's', emoji: '🍕', set_name: 'Comida', width: 512, height: 512 },
  },
  {
    // Telegram repeats an animation as a document.
    content: { animation: { file_id: 'g', file_name: 'a.mp4' }, document: { file_id: 'g', file_name: 'a.mp4' } },
    attachment: { kind: 'animation', file_id: 'g', file_name: 'a.mp4' },
  },
  {
    content: { location: { latitude: 40.4168, longitude: -3.7038, horizontal_accuracy: 12.5 } },
    attachment: { kind: 'location', latitude: 40.4168, longitude: -3.7038, horizontal_accuracy: 12.5 },
  },
  {
    content: { contact: { phone_number: '+34600000000', first_name: 'Luis', user_id: 7 } },
    attachment: { kind: 'contact', phone_number: '+34600000000', first_name: 'Luis', user_id: 7 },
  },
  {
    // A venue carries its location twice.
    content: {
      venue: { location: { latitude: 1, longitude: 2 }, title: 'Bar', address: 'Calle 1' },
      location: { latitude: 1, longitude: 2 },
    },
    attachment: { kind: 'venue', location: { latitude: 1, longitude: 2 }, title: 'Bar', address: 'Calle 1' },
  },
];

/** As core.telegram.org/bots/api words them. */
const PAID = {
  content: {
    caption: 'El plato',
    paid_media: {
      star_count: 5,
      paid_media: [
        { type: 'preview', width: 640, height: 480 },
        {
          type: 'photo',
          photo: [
            { file_id: 'small', file_unique_id: 's', width: 90, height: 60 },
            { file_id: 'large', file_unique_id: 'l', width: 1280, height: 853 },
          ],
        },
        { type: 'video', video: { file_id: 'w', file_unique_id: 'w', width: 640, height: 480, duration: 9 } },
      ],
    },
  },
  text: 'El plato',
  attachment: {
    kind: 'paid_media',
    star_count: 5,
    media: [
      { kind: 'preview' },
      { kind: 'photo', file_id: 'large', width: 1280, height: 853 },
      { kind: 'video', file_id: 'w', width: 640, height: 480, duration: 9 },
    ],
  },
};

/** What Telegram sends that is no text, file, place or contact, and what the TPV gets of it. */
const CONTENTS: { content: Record<string, unknown>; text: string; attachment: Record<string, unknown> }[] = [
  {
    content: {
      poll: {
        id: '5',
        question: '¿Qué pedimos?',
        options: [
          { persistent_id: 'a', text: 'Paella', voter_count: 0 },
          { persistent_id: 'b', text: 'Fideuá', voter_count: 1 },
        ],
        total_voter_count: 1,
        is_closed: false,
        is_anonymous: true,
        type: 'regular',
        allows_multiple_answers: false,
      },
    },
    text: '¿Qué pedimos?\n- Paella\n- Fideuá',
    attachment: {
      kind: 'poll',
      question: '¿Qué pedimos?',
      type: 'regular',
      allows_multiple_answers: false,
      options: ['Paella', 'Fideuá'],
    },
  },
  {
    content: {
      checklist: {
        title: 'Pedido',
        tasks: [
          { id: 1, text: '2 cañas' },
          { id: 2, text: 'Tortilla', completed_by_user: { id: 1001 }, completion_date: 1_762_684_200 },
        ],
        others_can_add_tasks: true,
      },
    },
    text: 'Pedido\n- 2 cañas\n- Tortilla',
    attachment: {
      kind: 'checklist',
      title: 'Pedido',
      tasks: [
        { id: 1, text: '2 cañas', done: false },
        { id: 2, text: 'Tortilla', done: true },
      ],
    },
  },
  {
    content: { dice: { emoji: '🎲', value: 3 } },
    text: '',
    attachment: { kind: 'dice', emoji: '🎲', value: 3 },
  },
  {
    content: { story: { chat: { id: 7, type: 'private', first_name: 'Ana', last_name: 'Gil' }, id: 12 } },
    text: '',
    attachment: { kind: 'story', id: 12, chat_id: 7, name: 'Ana Gil' },
  },
  PAID,
  {
    content: { web_app_data: { data: '{"mesa":4}', button_text: 'Reservar' } },
    text: '',
    attachment: { kind: 'web_app_data', data: '{"mesa":4}', button_text: 'Reservar' },
  },
];

async function payloads(tpv: TestTpv): Promise<Record<string, unknown>[]> {
  const { body } = await tpv.fetch('/api/tpv/instructions/?limit=100');
  return body.instructions.map(({ payload }: { payload: Record<string, unknown> }) => payload);
}

describe.each(DIALECTS)('a message on %s', (database) => {
  test('reaches the TPV with everything that the contract names', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const from = { id: 42, first_name: 'Ana', last_name: 'Gómez', username: 'ana', language_code: 'es' };
    const extra = { media_group_id: '13', reply_to_message: messageBody(3, { text: 'antes' }) };
    await hub.update(privateMessage(7, { text: 'Hola 👋', ...extra }, from));
    const { body } = await tpv.fetch('/api/tpv/instructions/');
    expect(body.instructions).toEqual([
      expect.objectContaining({
        command: 'process_message',
        priority: 5,
        telegram_user_id: 42,
        telegram_username: 'ana',
        payload: {
          chat_id: 42,
          message_id: 7,
          date: 1_762_684_200,
          text: 'Hola 👋',
          first_name: 'Ana',
          last_name: 'Gómez',
          username: 'ana',
          language_code: 'es',
          attachments: [],
          reply_to_message_id: 3,
          media_group_id: '13',
        },
      }),
    ]);
  });

  test('says what stands behind words, what is quoted, and who wrote first what is passed on', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const link = { type: 'text_link', offset: 8, length: 4, url: 'https://reservas.example/7' };
    const bold = { type: 'bold', offset: 0, length: 7 };
    const date = 1_762_684_100;
    const sent: [content: Record<string, unknown>, payload: object][] = [
      [
        { text: 'Reserva aquí', entities: [bold, link] },
        { links: [{ offset: 8, length: 4, url: 'https://reservas.example/7' }] },
      ],
      [
        { caption: 'Reserva aquí', photo: [{ file_id: 'p' }], caption_entities: [link] },
        { links: [{ offset: 8, length: 4, url: 'https://reservas.example/7' }] },
      ],
      [
        { text: 'sí, esto', quote: { text: '2 cañas', position: 3, is_manual: true } },
        { quote: { text: '2 cañas', position: 3 } },
      ],
      [
        { text: 'esto', quote: { text: 'Reserva aquí', position: 0, entities: [link] } },
        { quote: { text: 'Reserva aquí', links: [{ offset: 8, length: 4, url: link.url }] } },
      ],
      [
        {
          text: 'Pregunta a Luis Gil',
          entities: [
            { type: 'text_mention', offset: 11, length: 8, user: { id: 77, first_name: 'Luis', last_name: 'Gil' } },
          ],
        },
        { mentions: [{ offset: 11, length: 8, telegram_user_id: 77, name: 'Luis Gil' }] },
      ],
      [
        { text: 'esto', external_reply: { origin: { type: 'channel', date, chat: { id: -1, title: 'Menús' } } } },
        { reply_from: { type: 'channel', name: 'Menús', date } },
      ],
      [{ text: 'esta', reply_to_checklist_task_id: 9 }, { reply_to_checklist_task_id: 9 }],
      [
        { text: 'a', forward_origin: { type: 'user', date, sender_user: { first_name: 'Ana', last_name: 'Gil' } } },
        { forward_from: { type: 'user', name: 'Ana Gil', date } },
      ],
      [
        { text: 'b', forward_origin: { type: 'hidden_user', date, sender_user_name: 'Pepe' } },
        { forward_from: { type: 'hidden_user', name: 'Pepe', date } },
      ],
      [
        { text: 'c', forward_origin: { type: 'channel', date, chat: { id: -1, title: 'Menús' }, message_id: 4 } },
        { forward_from: { type: 'channel', name: 'Menús', date } },
      ],
      [{ text: 'tema', message_thread_id: 116_834 }, { message_thread_id: 116_834 }],
    ];
    for (const [i, [content]] of sent.entries()) await hub.update(privateMessage(i + 1, content));
    expect(await payloads(tpv)).toMatchObject(sent.map(([, payload]) => payload));
  });

  test('arrives as well where what it says besides its text is wrong', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const wrong = {
      entities: [{ type: 'text_link' }],
      quote: 'a',
      forward_origin: { type: 3 },
      external_reply: { origin: 'c' },
      reply_to_checklist_task_id: '9',
      message_thread_id: 'b',
    };
    await hub.update(privateMessage(1, { text: 'Hola', ...wrong }));
    const [payload = {}] = await payloads(tpv);
    expect(payload.text).toBe('Hola');
    const more = ['links', 'mentions', 'quote', 'forward_from', 'reply_from', 'reply_to_checklist_task_id'];
    for (const field of [...more, 'message_thread_id']) expect(payload).not.toHaveProperty(field);
  });

  test('carries every kind of attachment with its own fields', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    for (const [i, { content }] of ATTACHMENTS.entries()) await hub.update(privateMessage(i + 1, content));
    const got = await payloads(tpv);
    expect(got.map(({ attachments }) => attachments)).toEqual(ATTACHMENTS.map(({ attachment }) => [attachment]));
    expect(got.map(({ text }) => text)).toEqual(ATTACHMENTS.map(() => ''));
  });

  test('has its caption as its text', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    await hub.update(privateMessage(1, { caption: 'Mi mesa', photo: [{ file_id: 'p' }] }));
    expect(await payloads(tpv)).toMatchObject([{ text: 'Mi mesa', attachments: [{ kind: 'photo', file_id: 'p' }] }]);
  });

  test('whose fields are null but for its text arrives', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const kinds = ['photo', 'document', 'voice', 'sticker', 'animation', 'location', 'contact', 'venue', 'poll'];
    const nothing = Object.fromEntries([...kinds, 'caption', 'reply_to_message'].map((field) => [field, null]));
    const sender = { last_name: null, username: null, language_code: null, is_bot: null };
    await hub.update(privateMessage(1, { ...nothing, text: 'Hola' }, sender));
    expect(await payloads(tpv)).toMatchObject([{ text: 'Hola', attachments: [], last_name: '', username: null }]);
  });

  test('that is a poll, a list, a throw, a story, paid media or a page’s data arrives as such', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    for (const [i, { content }] of CONTENTS.entries()) await hub.update(privateMessage(i + 1, content));
    const got = await payloads(tpv);
    expect(got.map(({ text, attachments }) => ({ text, attachments }))).toEqual(
      CONTENTS.map(({ text, attachment }) => ({ text, attachments: [attachment] })),
    );
  });

  test('whose content is broken is put aside, and its person told; beside a text it is left out', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const broken = [
      { poll: { question: 'Qué' } },
      { poll: 'texto' },
      { dice: { emoji: '🎲' } },
      { checklist: { title: 'Pedido', tasks: [{ text: 7 }] } },
      { story: { id: 3 } },
      { paid_media: { star_count: 5, paid_media: [{ type: 'photo', photo: [{}] }] } },
      { web_app_data: { button_text: 'Reservar' } },
    ];
    for (const [i, content] of broken.entries()) {
      const from = { id: 2_000 + i };
      expect(await hub.update(privateMessage(i + 1, content, from))).toMatchObject({ status: 200 });
      const { params } = await hub.emulator.waitForCall(({ params: p }) => p.chat_id === from.id);
      expect(params.text).toMatch(/no lo podemos leer/);
    }
    await hub.update(privateMessage(90, { caption: 'Mira', paid_media: 7 }));
    expect(await payloads(tpv)).toMatchObject([{ text: 'Mira', attachments: [] }]);
    const kept = (await updatesOf(hub)).filter(({ outcome }) => outcome === 'kept');
    expect(kept).toHaveLength(broken.length);
  });

  test('names the files of paid media, which its TPV may fetch', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    await hub.update(privateMessage(1, PAID.content));
    await payloads(tpv);
    const files = await hub.hub.db.read.selectFrom('instruction_files').select('file_id').execute();
    expect(files.map(({ file_id: id }) => id).sort()).toEqual(['large', 'w']);
  });

  test('without text or attachment is kept with its reason', async () => {
    const hub = await startHub({ database });
    const update = privateMessage(1, { game: { title: 'Un juego' } });
    expect(await hub.update(update)).toMatchObject({ status: 200, body: { ok: true } });
    expect(await updatesOf(hub)).toMatchObject([
      { update_id: 1, outcome: 'kept', reason: 'message without text or attachment', raw: JSON.stringify(update) },
    ]);
    expect(await instructionsOf(hub)).toEqual([]);
  });

  test.each(['/carta', '/pedido 2', '/helpme', '/', 'hola /start'])('%j is a message like any other', async (text) => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    await hub.update(privateMessage(1, { text }));
    expect(await payloads(tpv)).toMatchObject([{ text }]);
  });

  test('with NUL, lone surrogates, 4096 emoji or right-to-left names arrives as it was sent', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const all = ['a\0b', 'lone \ud800 surrogate', '😀'.repeat(4096), '\u202eטעמים\u202c'];
    const from = { first_name: 'אבי \ud83d', last_name: 'x\0y', username: 'u\0u' };
    for (const [i, text] of all.entries()) {
      expect(await hub.update(privateMessage(i + 1, { text }, from))).toMatchObject({ status: 200 });
    }
    const got = await payloads(tpv);
    expect(got.map(({ text }) => text)).toEqual(all);
    expect(got[0]).toMatchObject(from);
    const users = await tpv.fetch('/api/tpv/users/');
    expect(users.body.users).toMatchObject([{ first_name: 'אבי �', last_name: 'x�y', username: 'u�u' }]);
  });

  test('of somebody whose id is near 2^53 arrives with that id', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const id = Number.MAX_SAFE_INTEGER;
    expect(await hub.update(privateMessage(id, { text: 'Hola' }, { id }))).toMatchObject({ status: 200 });
    const { body } = await tpv.fetch('/api/tpv/instructions/');
    expect(body.instructions).toMatchObject([{ telegram_user_id: id, payload: { chat_id: id, message_id: id } }]);
    expect(await updatesOf(hub)).toMatchObject([{ update_id: id, outcome: 'instruction' }]);
  });
});
