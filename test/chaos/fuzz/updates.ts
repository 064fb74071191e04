import * as fc from 'fast-check';
import { anyJson, spoiltText } from './values.ts';

/** Mostly what is right; now and then nothing, null, or any value. */
const mostly = <T>(right: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 12, arbitrary: right },
    { weight: 1, arbitrary: fc.constantFrom(null, undefined) },
    { weight: 1, arbitrary: anyJson },
  );

/** Those who write. */
export const PEOPLE: readonly number[] = Array.from({ length: 40 }, (_, i) => 1_001 + i);
const id = fc.constantFrom(...PEOPLE);
const text = fc.oneof(
  fc.constantFrom('/start', '/start x', '/help', '/stop', '/id', 'Hola'),
  fc.string({ unit: 'binary', maxLength: 60 }),
);
const person = fc.record({
  id: mostly(id),
  is_bot: mostly(fc.boolean()),
  first_name: mostly(text),
  username: mostly(text),
  language_code: mostly(fc.constantFrom('es', 'ca', 'en', 'x'.repeat(200))),
});
const chat = fc.record({
  id: mostly(id),
  type: mostly(fc.constantFrom('private', 'group', 'supergroup', 'channel', 'x')),
  title: mostly(text),
});
const file = fc.record({
  file_id: mostly(fc.string({ minLength: 1, maxLength: 20 })),
  file_unique_id: mostly(fc.string({ minLength: 1, maxLength: 20 })),
  width: mostly(fc.nat()),
  height: mostly(fc.nat()),
  file_size: mostly(fc.nat()),
  file_name: mostly(text),
  mime_type: mostly(text),
});
const message = fc.record(
  {
    message_id: mostly(fc.nat()),
    date: mostly(fc.nat()),
    from: mostly(person),
    chat: mostly(chat),
    text: mostly(text),
    caption: mostly(text),
    photo: mostly(fc.array(mostly(file), { maxLength: 3 })),
    document: mostly(file),
    voice: mostly(file),
    sticker: mostly(file),
    location: mostly(fc.record({ latitude: mostly(fc.double()), longitude: mostly(fc.double()) })),
    contact: mostly(fc.record({ phone_number: mostly(text), first_name: mostly(text) })),
    reply_to_message: mostly(fc.record({ message_id: mostly(fc.nat()), text: mostly(text) })),
    entities: mostly(fc.array(anyJson, { maxLength: 3 })),
    media_group_id: mostly(text),
    migrate_to_chat_id: mostly(id),
  },
  { requiredKeys: ['from', 'chat', 'message_id', 'date'] },
);
const press = fc.record({
  id: mostly(fc.string({ maxLength: 20 })),
  from: mostly(person),
  message: mostly(message),
  data: mostly(fc.oneof(text, fc.constantFrom('n:x', 'cb:1', 'http://127.0.0.1:1/?a=b'))),
  chat_instance: mostly(fc.string()),
});
const membership = fc.record({
  from: mostly(person),
  chat: mostly(chat),
  old_chat_member: mostly(fc.record({ status: mostly(fc.constantFrom('member', 'kicked')) })),
  new_chat_member: mostly(fc.record({ status: mostly(fc.constantFrom('member', 'kicked')) })),
});

/**
 * Updates as Telegram words them, spoilt here and there.
 * @param after the ids of most are greater
 */
export function updatesOf(after: number): fc.Arbitrary<string> {
  const updateId = mostly(fc.integer({ min: after, max: after + 1_000 }));
  return spoiltText(
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ update_id: updateId, message: mostly(message) }) },
      { weight: 1, arbitrary: fc.record({ update_id: updateId, edited_message: mostly(message) }) },
      { weight: 2, arbitrary: fc.record({ update_id: updateId, callback_query: mostly(press) }) },
      { weight: 1, arbitrary: fc.record({ update_id: updateId, my_chat_member: mostly(membership) }) },
      { weight: 1, arbitrary: fc.record({ update_id: updateId, poll: anyJson }) },
      { weight: 1, arbitrary: anyJson },
    ),
  );
}
