import fc from 'fast-check';
import { expect, test } from 'vitest';
import { startPushing } from '../support/push.ts';

const RUNS = 120;
/** Each of whom gets a few messages, as one chat gets one a second. */
const PEOPLE = 40;

/** Mostly the first, as one that is refused hides all others. */
function mostly<T>(fine: fc.Arbitrary<T>, odd: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ arbitrary: fine, weight: 30 }, { arbitrary: odd, weight: 1 });
}

const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).map((text) => `x${text}`);
const label = mostly(word, fc.constantFrom(' ', '\u00a0', '🧾'.repeat(32), '🧾'.repeat(33), 'a'.repeat(65), ''));
const style = mostly<string | undefined>(
  fc.constantFrom('primary', 'success', 'danger', undefined),
  fc.constant('red'),
);
const page = mostly(
  fc.oneof(
    fc.webUrl({ validSchemes: ['https'], withQueryParameters: true }),
    fc.constantFrom('https://10.0.0.1:8443/a', 'https://[::1]/', 'https://bar.example./'),
  ),
  fc.constantFrom(
    'https://tpv/',
    'http://bar.example/',
    'tg://resolve?domain=bar',
    'javascript:1',
    'https://a b.example',
  ),
);
const copied = mostly(word, fc.constantFrom('', ' ', 'a'.repeat(256), '🧾'.repeat(128), '🧾'.repeat(129)));
const button = fc.oneof(
  fc.record({ text: label, style, action: word }),
  fc.record({ text: label, style, url: page }),
  fc.record({ text: label, style, web_app: page }),
  fc.record({ text: label, style, copy_text: copied }),
);
const asked = fc.oneof(
  fc.constant({}),
  fc.constant({ request_contact: true, request_location: false }),
  fc.constant({ request_location: true }),
  page.map((url) => ({ web_app: url })),
);
const key = fc.tuple(fc.record({ text: label, style }), asked).map(([shown, asks]) => ({ ...shown, ...asks }));
const rows = <T>(one: fc.Arbitrary<T>) => fc.array(fc.array(one, { minLength: 1, maxLength: 3 }), { maxLength: 3 });
const placeholder = mostly<string | undefined>(
  word,
  fc.constantFrom('a'.repeat(64), 'a'.repeat(65), '🧾'.repeat(32), '🧾'.repeat(33), undefined),
);
const markup = mostly<object>(
  fc.oneof(
    fc.record({ buttons: rows(button) }),
    fc.record({ keyboard: rows(key).filter((all) => all.length > 0), one_time: fc.boolean(), placeholder }),
    fc.constant({ keyboard: [] }),
  ),
  fc.record({ buttons: rows(button), keyboard: rows(key) }),
);
const rest = fc.record({
  text: word,
  parse_mode: fc.constantFrom('HTML', 'MarkdownV2', 'none'),
  reply_to_message_id: mostly(fc.integer({ min: 1, max: 2 ** 31 - 1 }), fc.constantFrom(0, 2 ** 31)),
  protect_content: fc.boolean(),
  message_thread_id: mostly(fc.integer({ min: 0, max: 100 }), fc.constantFrom(-1, 2 ** 31)),
});
const fields = fc.tuple(rest, markup).map(([some, more]) => ({ ...some, ...more }));

test('whatever a push holds, the hub refuses it or Telegram takes it', async () => {
  const hub = await startPushing({ emulatorOptions: { limits: false } });
  for (let id = 1; id <= PEOPLE; id++) {
    hub.emulator.person({ id, first_name: 'Eva', started: true });
    await hub.message(1_000 + id, 'Hola', id);
  }
  let next = 0;
  const answers = new Map<number | undefined, number>();
  await fc.assert(
    fc.asyncProperty(fields, async (some) => {
      const { status, body } = await hub.send({ telegram_user_id: (next++ % PEOPLE) + 1, ...some });
      answers.set(status, (answers.get(status) ?? 0) + 1);
      expect([201, 400], JSON.stringify({ some, body })).toContain(status);
    }),
    { numRuns: RUNS },
  );
  // Neither of them is the fate of all: then nothing would have been asked of the other.
  expect(Math.min(answers.get(201) ?? 0, answers.get(400) ?? 0)).toBeGreaterThan(RUNS / 20);
});
