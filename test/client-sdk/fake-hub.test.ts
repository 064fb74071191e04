import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { HubApi, HubClient, type HubClientOptions, type Instruction, PushRefusedError } from '#hub-client';
import { FakeHub, type FakeHubOptions, ManualClock } from '../../client-sdk/src/testing/mod.ts';
import { openSocket } from '../support/socket.ts';
import { WAIT_MS } from '../support/within.ts';

/** A fake hub and a TPV that answers what people write, not connected yet; both on one clock that stands still. */
async function setUp(options: Partial<HubClientOptions> = {}, hubOptions: FakeHubOptions = {}) {
  const clock = new ManualClock();
  const hub = await FakeHub.start({ clock, ...hubOptions });
  const ran: string[] = [];
  const tpv = new HubClient({ ...hub.access, clock, backoff: { random: () => 0.5 }, ...options });
  tpv.on('process_message', ({ payload }) => {
    ran.push(payload.text);
    return { text: `Recibido: ${payload.text}` };
  });
  onTestFinished(async () => {
    const closed = tpv.close();
    await clock.advance(10_000);
    await closed;
    await hub.close();
    expect(clock.timers).toBe(0);
  });
  return { clock, hub, tpv, ran };
}

async function online(...options: Parameters<typeof setUp>) {
  const parts = await setUp(...options);
  await parts.tpv.connect();
  return parts;
}

/** Resolves when the client is in this state. */
function inState(tpv: HubClient, state: HubClient['status']['state']): Promise<void> {
  return new Promise((resolve) => {
    if (tpv.status.state === state) return resolve();
    const stop = tpv.onStatus((status) => {
      if (status.state !== state) return;
      stop();
      resolve();
    });
  });
}

/** Brings a client that lost its connection back. */
async function back({ clock, hub, tpv }: { clock: ManualClock; hub: FakeHub; tpv: HubClient }): Promise<void> {
  await inState(tpv, 'offline');
  await clock.advance(clock.nextInMs ?? 0);
  await hub.until(() => hub.connected);
  await inState(tpv, 'online');
}

test('a person writes, and the TPV answers', async () => {
  const { hub } = await online();
  const { id } = hub.say('2 cañas');
  expect(await hub.ended(id)).toMatchObject({ status: 'completed', response: { text: 'Recibido: 2 cañas' } });
  expect(hub.reports).toEqual([
    { id, status: 'completed', response: { text: 'Recibido: 2 cañas' }, transport: 'websocket', answer: 'ok' },
  ]);
});

test('a press carries its action and its data', async () => {
  const { hub, tpv } = await setUp();
  tpv.on('process_callback', ({ payload }) => ({ text: `✅ ${payload.action} ${JSON.stringify(payload.data)}` }));
  await tpv.connect();
  const { id, priority } = hub.press('activate', { table: 4 });
  expect(priority).toBe(1);
  expect((await hub.ended(id)).response).toEqual({ text: '✅ activate {"table":4}' });
});

describe('on demand it', () => {
  test('repeats an instruction, and the client answers it from memory', async () => {
    const { hub, ran } = await online();
    const { id } = hub.say('once');
    await hub.ended(id);
    hub.repeat(id);
    await hub.until(() => hub.reports.length === 2);
    expect(hub.reports.map(({ answer }) => answer)).toEqual(['ok', 'ok']);
    expect([hub.sent(id), ran]).toEqual([2, ['once']]);
  });

  test('cuts the connection after it took a report: the client reports again, and runs nothing twice', async () => {
    const parts = await online();
    const { hub, ran } = parts;
    hub.cutAtReport();
    const { id } = hub.say('once');
    await hub.ended(id);
    await back(parts);
    await hub.until(() => hub.reports.length === 2);
    expect(ran).toEqual(['once']);
  });

  test('cuts it before: what waits comes again', async () => {
    const parts = await online();
    const { hub, clock } = parts;
    hub.delay(1_000);
    const { id } = hub.say('once');
    hub.cut();
    expect(hub.connected).toBe(false);
    hub.delay(0);
    await back(parts);
    expect((await hub.ended(id)).retry_count).toBe(0);
    expect(hub.sent(id)).toBe(2);
    expect(clock.timers).toBeGreaterThan(0);
  });

  test('delays what it says, in its order', async () => {
    const { clock, hub, ran } = await online();
    hub.delay(3_000);
    hub.say('one');
    const { id } = hub.say('two');
    await clock.advance(2_999);
    expect(ran).toEqual([]);
    await clock.advance(1);
    hub.delay(0);
    expect(await hub.ended(id)).toMatchObject({ status: 'completed' });
    expect(ran).toEqual(['one', 'two']);
  });

  test('lets connections through in another order than they came', async () => {
    const { hub, tpv, clock } = await setUp();
    const held = hub.holdConnections();
    const other = new HubClient({ ...hub.access, clock });
    const connected = tpv.connect();
    await hub.until(() => held.waiting === 1);
    const otherConnected = other.connect();
    await hub.until(() => held.waiting === 2);
    held.admit(1);
    await otherConnected;
    held.admit();
    await connected;
    await inState(other, 'closed');
    expect(other.status).toMatchObject({ error: { code: 'replaced', closeCode: 4501 } });
    held.release();
    const { id } = hub.say('Hola');
    await hub.ended(id);
  });

  test('takes an instruction back', async () => {
    const { hub, tpv } = await setUp();
    const begun: string[] = [];
    const reasons: unknown[] = [];
    tpv.on('hold', (instruction: Instruction, { signal }) => {
      begun.push(instruction.id);
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reasons.push(signal.reason);
          reject(new Error('stopped'));
        });
        held.get(instruction.id)?.();
      });
    });
    const held = new Map<string, () => void>();
    const holding = (id: string) =>
      new Promise<void>((resolve) => (begun.includes(id) ? resolve() : held.set(id, resolve)));
    await tpv.connect();
    const { id } = hub.deliver({ command: 'hold' });
    const other = hub.deliver({ command: 'hold', telegram_user_id: 1002 });
    await Promise.all([holding(id), holding(other.id)]);
    hub.revoke(id);
    expect(hub.instruction(id)).toBeUndefined();
    hub.revoke(other.id, 'cancelled');
    expect(await hub.ended(other.id)).toMatchObject({ status: 'failed', error_message: 'cancelled' });
    // What is sent after the two frames is read after them.
    await hub.ended(hub.say('next', 1003).id);
    expect(reasons).toMatchObject([{ code: 'revoked' }, { code: 'revoked' }]);
  });

  test('drains, lets nobody in, and comes back', async () => {
    const parts = await online();
    const { hub, tpv, clock, ran } = parts;
    hub.drain({ reconnectAfterMs: 2_000 });
    const { id } = hub.say('later');
    hub.restart();
    await inState(tpv, 'offline');
    expect(ran).toEqual([]);
    await clock.advance(2_000);
    expect(await hub.ended(id)).toMatchObject({ status: 'completed' });
  });

  test.each([
    [401, 'unauthorized'],
    [403, 'tpv_inactive'],
  ])('refuses with %i, which ends the client', async (status, code) => {
    const { hub, tpv } = await setUp();
    hub.refuse({ status });
    await expect(tpv.connect()).rejects.toMatchObject({ code, httpStatus: status });
  });

  test.each([429, 503])('refuses with %i, and the client comes back later', async (status) => {
    const { hub, tpv, clock } = await setUp();
    hub.refuse({ status, retryAfterSeconds: 3, times: 1 });
    const connected = tpv.connect();
    await inState(tpv, 'offline');
    await clock.advance(2_999);
    expect(hub.connected).toBe(false);
    await clock.advance(1_000);
    await connected;
    expect(hub.calls.filter((call) => call.endsWith('/ws/'))).toHaveLength(2);
  });

  test('closes with any code', async () => {
    const { hub, tpv } = await online();
    hub.closeSocket(4503, 'tpv_inactive');
    await inState(tpv, 'closed');
    expect(tpv.status).toMatchObject({ error: { code: 'tpv_inactive', closeCode: 4503 } });
  });

  test('refuses the socket alone, and the client polls', async () => {
    const { hub, tpv, clock } = await setUp();
    hub.refuse({ status: 400, transport: 'websocket' });
    const connected = tpv.connect();
    tpv.onStatus((status) => {
      if (status.state === 'offline') void clock.advance(status.nextTryAt.getTime() - clock.now());
    });
    await connected;
    expect(tpv.status).toMatchObject({ state: 'online', transport: 'polling' });
    const { id } = hub.say('over REST');
    expect(await hub.ended(id)).toMatchObject({ status: 'completed' });
    expect(hub.reports).toMatchObject([{ transport: 'polling' }]);
  });
});

test('every kind of frame that it says is as the schemas have it', async () => {
  const { hub } = await setUp();
  // Checks each frame against the schemas of src/protocol.
  const socket = await openSocket(hub.access.url, { key: hub.access.apiKey });
  const { id } = hub.say('Hola', 7);
  hub.press('activate', { table: 4 }, 7);
  hub.deliver({ command: 'anything', payload: {}, telegram_user_id: 8, priority: 9 });
  hub.revoke(id, 'cancelled');
  socket.send({ type: 'push', ref: 'p', telegram_user_id: 7, text: 'Hola', idempotency_key: 'k' });
  expect((await socket.next('result')).data).toEqual({
    status: 'sent',
    push_message_id: hub.pushes[0]?.id,
    telegram_message_id: 1,
  });
  socket.send({ type: 'push', ref: 'q', telegram_user_id: 4242, text: 'Hola' });
  expect((await socket.next('result')).error).toMatchObject({ code: 'not_found' });
  hub.drain();
  socket.send('no JSON');
  await socket.next('error');
  expect(new Set(socket.frames.map(({ type }) => type))).toEqual(
    new Set(['welcome', 'instruction', 'revoked', 'result', 'drain', 'error']),
  );
  expect(socket.frames.filter(({ type }) => type === 'instruction')).toHaveLength(3);
});

describe('time', () => {
  test('an instruction that nobody answers goes out again, and fails after the fifth attempt', async () => {
    const { hub, clock, tpv } = await setUp();
    tpv.on('ignored', () => new Promise(() => {}));
    hub.deliver({ command: 'ignored' });
    // No client is there: only polls, whose leases run out.
    const api = new HubApi({ ...hub.access, clock });
    const poll = () =>
      fetch(`${hub.access.url}/api/tpv/instructions/`, {
        headers: { authorization: `ApiKey ${hub.access.apiKey}` },
      }).then(async (answer) => Object(await answer.json()));
    const counts: number[] = [];
    for (let attempt = 1; attempt <= 5; attempt++) {
      const { instructions } = await poll();
      counts.push(instructions[0].retry_count);
      await clock.advance(60_000);
    }
    expect(counts).toEqual([0, 1, 2, 3, 4]);
    expect(await poll()).toEqual({ count: 0, instructions: [] });
    expect((await api.stats()).instructions).toMatchObject({ failed: 1, total: 1 });
  });

  test('a press expires after 150 s, and its handler is told', async () => {
    const { hub, tpv, clock } = await setUp();
    const begun = Promise.withResolvers<void>();
    const told = Promise.withResolvers<unknown>();
    tpv.on('process_callback', (_instruction, { signal }) => {
      signal.addEventListener('abort', () => told.resolve(signal.reason));
      begun.resolve();
      return told.promise;
    });
    await tpv.connect();
    const { id } = hub.press('slow');
    await begun.promise;
    // The first word on it goes over the network, for which this clock does not wait.
    await clock.advance(3_000);
    await hub.until(() => hub.reports.length > 0);
    await clock.advance(147_000);
    expect(await hub.ended(id)).toMatchObject({ status: 'failed', error_message: 'expirada' });
    expect(await told.promise).toMatchObject({ code: 'revoked' });
  });

  test('an hour passes with pings, and nobody takes the other for dead', async () => {
    const { hub, tpv, clock } = await online();
    const { sessionId } = Object(tpv.status);
    const emitted = vi.spyOn(WebSocket.prototype, 'emit');
    onTestFinished(() => emitted.mockRestore());
    const pongs = () => emitted.mock.calls.filter(([event]) => event === 'pong').length;
    for (let beat = 1; beat <= 144; beat++) {
      await clock.advance(25_000);
      // It takes the network, for which this clock does not wait.
      await vi.waitFor(() => expect(pongs()).toBe(beat), { timeout: WAIT_MS, interval: 1 });
    }
    expect(tpv.status).toMatchObject({ state: 'online', sessionId });
    await hub.ended(hub.say('still there').id);
  });
});

describe('messages to people', () => {
  test('are kept, with their file and their key', async () => {
    const { hub } = await setUp();
    const api = new HubApi(hub.access);
    hub.addUser({ telegram_id: 7 });
    const photo = { content: Buffer.from('jpeg'), name: 'plato.jpg', type: 'image/jpeg' };
    const first = await api.push({ telegram_user_id: 7, photo, text: 'Hoy' }, { idempotencyKey: 'menu-1' });
    expect(first).toMatchObject({ status: 'sent', telegram_message_id: 1 });
    expect(await api.push({ telegram_user_id: 7, photo, text: 'Hoy' }, { idempotencyKey: 'menu-1' })).toEqual(first);
    expect(hub.pushes).toMatchObject([
      {
        id: first.push_message_id,
        idempotencyKey: 'menu-1',
        fields: { telegram_user_id: 7, message_type: 'photo', text: 'Hoy' },
        file: { kind: 'photo', name: 'plato.jpg', type: 'image/jpeg' },
      },
    ]);
    expect(Buffer.from(hub.pushes[0]?.file?.bytes ?? '').toString()).toBe('jpeg');
    const other = api.push({ telegram_user_id: 7, text: 'x' }, { idempotencyKey: 'menu-1' });
    await expect(other).rejects.toMatchObject({ hubCode: 'idempotency_conflict', httpStatus: 409 });
    await expect(api.push({ telegram_user_id: 8, text: 'x' })).rejects.toMatchObject({ hubCode: 'not_found' });
    await api.editPush(first.push_message_id, { text: 'Mañana', buttons: [] });
    await api.deletePush(first.push_message_id);
    expect(hub.pushes[0]).toMatchObject({ deleted: true, fields: { text: 'Mañana', buttons: [] } });
  });

  test('are taken as the test says', async () => {
    const { hub } = await setUp();
    const api = new HubApi(hub.access);
    hub.addUser({ telegram_id: 7 });
    hub.answerPushes('unknown');
    const { status, push_message_id } = await api.push({ telegram_user_id: 7, text: 'Hola' });
    expect([status, await api.pushState(push_message_id)]).toMatchObject(['unknown', { status: 'unknown' }]);
    expect(await api.resendPush(push_message_id)).toMatchObject({ status: 'sent' });
    hub.answerPushes({ refused: 403 });
    const refused = api.push({ telegram_user_id: 7, text: 'Hola' });
    await expect(refused).rejects.toBeInstanceOf(PushRefusedError);
    await expect(refused).rejects.toMatchObject({ telegramErrorCode: 403, pushMessageId: hub.pushes.at(-1)?.id });
  });

  test('that may have arrived are sent again where they ask for it', async () => {
    const { hub } = await setUp();
    const api = new HubApi(hub.access);
    hub.addUser({ telegram_id: 7 });
    hub.answerPushes('unknown');
    const again = await api.push({ telegram_user_id: 7, text: 'Hola', if_unknown: 'resend' });
    expect(again).toMatchObject({ status: 'sent', sent_again: true });
    expect(await api.pushState(again.push_message_id)).toMatchObject({ status: 'sent', sent_again: true });
  });

  test('are changed later where Telegram takes nothing, and their state says so until then', async () => {
    const { hub } = await setUp();
    const api = new HubApi(hub.access);
    hub.addUser({ telegram_id: 7 });
    const { push_message_id: id } = await api.push({ telegram_user_id: 7, text: 'Hola' });
    hub.answerPushes('pending');
    await api.editPush(id, { text: 'Adiós' });
    expect(await api.pushState(id)).toMatchObject({ status: 'sent', change_pending: true });
    hub.answerPushes('sent');
    expect(await api.pushState(id)).not.toHaveProperty('change_pending');
  });

  test('a reply goes to the person who wrote', async () => {
    const { hub, tpv } = await setUp();
    tpv.on('reply', (_instruction, { reply }) =>
      reply('Ya va', { buttons: [[{ text: 'Gracias', action: 'thanks' }]] }),
    );
    await tpv.connect();
    const { id } = hub.deliver({ command: 'reply', telegram_user_id: 7 });
    await hub.ended(id);
    expect(hub.pushes).toMatchObject([
      { idempotencyKey: `${id}:1`, fields: { telegram_user_id: 7, text: 'Ya va', buttons: [[{ action: 'thanks' }]] } },
    ]);
  });

  test('files are there as they were put', async () => {
    const { hub } = await setUp();
    hub.addFile('AgAC', { bytes: Buffer.from('%PDF'), name: 'menú.pdf', type: 'application/pdf' });
    const file = await new HubApi(hub.access).file('AgAC');
    expect([file.name, file.type, Buffer.from(await file.bytes()).toString()]).toEqual([
      'menú.pdf',
      'application/pdf',
      '%PDF',
    ]);
  });
});

test('a hub that is closed tells those who wait for it', async () => {
  const { hub } = await setUp();
  const waiting = hub.until(() => false);
  await hub.close();
  await expect(waiting).rejects.toThrow('closed');
});

test('a hub that is closed leaves no timer behind, also where its TPV had something in hand', async () => {
  const { hub, clock } = await setUp();
  const socket = await openSocket(hub.access.url, { key: hub.access.apiKey });
  hub.say('Hola');
  await socket.next('instruction');
  await hub.close();
  expect(clock.timers).toBe(0);
});
