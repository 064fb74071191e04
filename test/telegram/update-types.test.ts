import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import fc from 'fast-check';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { isContent } from '../../src/telegram/inbound/message-fields.ts';
import { messageSchema } from '../../src/telegram/inbound/update.ts';
import { DIALECTS, startHub, type TestHub } from '../support/hub.ts';
import { messageBody, privateMessage, updatesOf } from '../support/telegram.ts';
import { type Shape, spoilt, updateShape, wholeValue } from '../support/update-types.ts';

/** Updates under way at once, by webhook and in one answer to a poll. */
const AT_ONCE = 50;
const BATCH = 250;
/** Some thousand updates on a busy machine. */
const LIMIT_MS = 240_000;
/** What the hub reads of a message; a field of these is looked into. */
const READ: ReadonlySet<string> = new Set(Object.keys(messageSchema.shape));
/** What no TPV is given, and its person is told. */
const UNREAD = [
  'rich_message',
  // The photo of one comes along with it.
  'live_photo',
  'game',
  'checklist_tasks_done',
  'checklist_tasks_added',
  'invoice',
  'giveaway',
  'giveaway_winners',
];

let fields: ReadonlyMap<string, Shape>;
beforeAll(() => {
  fields = fieldsOf(updateShape());
});

function fieldsOf(shape: Shape | undefined): ReadonlyMap<string, Shape> {
  if (shape?.kind !== 'object') throw new Error('This type of grammY is no object.');
  return shape.fields;
}

/** Messages with one field more than the least, that field spoilt in each way, and what is in it. */
function* messages(): Generator<object> {
  const least = { ...messageBody(5, {}), text: undefined };
  for (const [name, shape] of fieldsOf(fields.get('message'))) {
    const depth = READ.has(name) ? 2 : 1;
    for (const { value } of spoilt({ [name]: wholeValue(shape, 2) }, depth)) yield { ...least, ...(value as object) };
  }
}

/** Updates of every kind, with all fields that grammY knows, and with each of them spoilt. */
function updates(): object[] {
  const found: object[] = [...messages()].flatMap((message) => [{ message }, { edited_message: message }]);
  for (const [kind, shape] of fields) {
    if (kind === 'update_id' || kind.endsWith('message')) continue;
    const isRead = kind === 'callback_query' || kind === 'my_chat_member';
    const whole = { [kind]: wholeValue(shape, 2) };
    found.push(whole);
    for (const { value } of spoilt(whole, isRead ? 3 : 2)) found.push(value as object);
  }
  return found.map((update, i) => ({ update_id: i + 1, ...update }));
}

async function takeAll(hub: TestHub, all: readonly object[]): Promise<void> {
  for (let i = 0; i < all.length; i += AT_ONCE) {
    const some = all.slice(i, i + AT_ONCE);
    const answers = await Promise.all(some.map((update) => hub.update(update)));
    const refused = some.filter((_, at) => answers[at]?.status !== 200);
    expect(refused).toEqual([]);
  }
}

/** A Telegram that gives these updates to whoever polls, many at a time. @returns its address, and how often it gave each */
async function telegramWith(all: readonly object[]): Promise<{ root: string; given: ReadonlyMap<object, number> }> {
  const given = new Map<object, number>();
  const server = createServer(async (request, response) => {
    const asked = request.method === 'POST' ? json(request) : Promise.resolve({});
    // A caller that hangs up before the end asked for nothing.
    const params = await asked.then(
      (body) => body as { offset?: number },
      () => undefined,
    );
    if (params === undefined) return;
    const { offset = 0 } = params;
    const polls = request.url?.endsWith('/getUpdates') === true;
    const from = Math.max(offset - 1, 0);
    const some = polls ? all.slice(from, from + BATCH) : [];
    for (const update of some) given.set(update, (given.get(update) ?? 0) + 1);
    // With nothing to give, a long poll stays open.
    if (polls && some.length === 0) return;
    const result = polls ? some : true;
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ ok: true, result }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { root: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, given };
}

describe.each(DIALECTS)('on %s', (database) => {
  test('whatever an update holds, it is taken or put aside, and polling asks for none again', {
    timeout: LIMIT_MS,
  }, async () => {
    const all = updates();
    expect(all.length).toBeGreaterThan(2_000);
    const { root, given } = await telegramWith(all);
    const env = { FORWARD_EDITS: 'true', TELEGRAM_MODE: 'polling', TELEGRAM_API_ROOT: root };
    const hub = await startHub({ database, env });
    await vi.waitFor(async () => expect(await countOf(hub)).toBe(all.length), LIMIT_MS);
    expect([...given.values()].filter((times) => times !== 1)).toEqual([]);
    const rows = await updatesOf(hub);
    expect(rows.filter(({ reason }) => reason === 'internal fault')).toEqual([]);
    // Neither of them is the fate of all: then nothing would have been looked at.
    const outcomes = new Set(rows.map(({ outcome }) => outcome));
    expect(outcomes).toEqual(new Set(['instruction', 'kept', 'quarantined', 'answered']));
  });

  test('the webhook answers 200 to each', async () => {
    const hub = await startHub({ database, env: { FORWARD_EDITS: 'true' } });
    const some = updates().filter((_, i) => i % 20 === 0);
    await takeAll(hub, some);
    expect(await countOf(hub)).toBe(some.length);
  });
});

async function countOf({ hub }: TestHub): Promise<number> {
  const { count } = await hub.db.read
    .selectFrom('telegram_updates')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** JSON of any kind, of texts that are long or odd, too. */
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.double(),
  fc.constant('x'.repeat(64 * 1024)),
);

test('several fields that are anything at once are taken or put aside', async () => {
  const hub = await startHub({ env: { FORWARD_EDITS: 'true' } });
  await hub.tpv({ max_users: 100_000 });
  let id = 0;
  const kinds = ['message', 'edited_message', 'callback_query', 'my_chat_member'].map(
    (kind) => [kind, wholeValue(fields.get(kind) ?? { kind: 'string' }, 2) as Record<string, unknown>] as const,
  );
  const one = fc.constantFrom(...kinds).chain(([kind, whole]) => {
    const some = fc.subarray(Object.keys(whole), { maxLength: 6 });
    return some.chain((names) =>
      fc
        .tuple(...names.map(() => anything))
        .map((values) => ({ [kind]: { ...whole, ...Object.fromEntries(names.map((name, i) => [name, values[i]])) } })),
    );
  });
  const several = fc.array(one, { minLength: 5, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(several, async (some) => {
      const given = some.map((update) => ({ update_id: ++id, ...update }));
      await takeAll(hub, given);
    }),
    { numRuns: 20 },
  );
  const rows = await updatesOf(hub);
  expect(rows.filter(({ reason }) => reason === 'internal fault')).toEqual([]);
  expect(rows).toHaveLength(id);
});

test('a person whose message no TPV can be given is told so, once', async () => {
  const hub = await startHub();
  await hub.tpv();
  const message = fieldsOf(fields.get('message'));
  // The last is one that is not known yet.
  const kinds = [...UNREAD, 'hologram'];
  for (const [i, kind] of kinds.entries()) {
    const content = wholeValue(message.get(kind) ?? { kind: 'string' }, 2);
    const update = privateMessage(i + 1, { [kind]: content }, { id: 2_000 + i });
    for (const _ of ['first', 'again']) expect((await hub.update(update)).status).toBe(200);
    const told = await hub.emulator.waitForCall(
      ({ method, params }) => method === 'sendMessage' && params.chat_id === 2_000 + i,
    );
    expect(told.params.text).toMatch(/no lo podemos leer/);
  }
  await hub.update(privateMessage(50, { photo: [] }, { id: 2_050 }));
  await hub.emulator.waitForCall(({ params }) => params.chat_id === 2_050);
  // What happens in a chat is nothing that a person wrote.
  await hub.update(
    privateMessage(51, { message_auto_delete_timer_changed: { message_auto_delete_time: 5 } }, { id: 2_051 }),
  );
  await hub.update({
    update_id: 52,
    edited_message: messageBody(9, { game: { title: 'Un juego' } }, { id: 2_052 }),
  });
  await hub.update(privateMessage(53, { text: '/id' }, { id: 2_053 }));
  await hub.emulator.waitForCall(({ params }) => params.chat_id === 2_053);
  const sent = hub.emulator.calls.filter(({ method }) => method === 'sendMessage').map(({ params }) => params.chat_id);
  expect(sent).toHaveLength(kinds.length + 2);
  expect((await updatesOf(hub)).filter(({ outcome }) => outcome === 'kept')).toHaveLength(kinds.length + 3);
});

test('every field of a message that grammY knows is read, said to be unreadable, or nothing that a person sent', () => {
  const names = [...fieldsOf(fields.get('message')).keys()];
  expect(names.length).toBeGreaterThan(80);
  expect(names.filter((name) => !READ.has(name) && isContent(name)).toSorted()).toEqual(UNREAD.toSorted());
});
