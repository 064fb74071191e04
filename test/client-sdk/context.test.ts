import { expect, test } from 'vitest';
import { HubClient, inMemory, type Memory } from '#hub-client';
import { API_KEY, controlled, instruction, online, setUp } from './support/scripted-hub.ts';

const DAY_MS = 86_400_000;

test('a reply goes to the person, with a key that the next run of the instruction would use too', async () => {
  const pushed: unknown[] = [];
  const pusher = {
    async push(message: object, options: object) {
      pushed.push([message, options]);
      return { status: 'sent', push_message_id: 'p', telegram_message_id: 1 } as const;
    },
  };
  const given = instruction({ telegram_user_id: 7 });
  const { session } = await online(
    (tpv) =>
      tpv.on('process_message', async (_instruction, { reply }) => {
        await reply('Un momento', { disable_notification: true });
        return reply('Listo', { buttons: [[{ text: '✅', action: 'ok' }]] });
      }),
    { pusher },
  );
  session.give(given);
  expect(await session.accepted()).toMatchObject({ status: 'completed', response: { status: 'sent' } });
  expect(pushed).toEqual([
    [{ telegram_user_id: 7, text: 'Un momento', disable_notification: true }, { idempotencyKey: `${given.id}:1` }],
    [
      { telegram_user_id: 7, text: 'Listo', buttons: [[{ text: '✅', action: 'ok' }]] },
      { idempotencyKey: `${given.id}:2` },
    ],
  ]);
});

test.each([
  ['the TPV’s', 0],
  ['two days ahead', 2 * DAY_MS],
  ['set back by two days since it said welcome', -2 * DAY_MS],
])('an instruction that expires aborts its handler, by the hub’s clock, which is %s', async (_name, aheadMs) => {
  const { begun, handler } = controlled();
  const { clock, session } = await online((tpv) => tpv.on('process_callback', handler));
  const [sent_at, expires_at] = [0, 150_000].map((ms) => new Date(clock.now() + aheadMs + ms).toISOString());
  session.give(instruction({ command: 'process_callback', sent_at, expires_at }));
  const running = await begun.next();
  clock.advance(149_000);
  expect(running.signal.aborted).toBe(false);
  clock.advance(1_000);
  expect(running.signal.reason).toMatchObject({ code: 'revoked', name: 'HandlerError' });
});

test('one that is no longer this TPV’s by the hub’s answer is stopped', async () => {
  const { begun, handler } = controlled();
  const { session } = await online((tpv) => tpv.on('process_message', handler));
  session.give(instruction());
  const running = await begun.next();
  running.progress();
  const { ref } = await session.report();
  session.send({ type: 'result', ref, ok: false, error: { code: 'not_found', message: 'no' } });
  await session.read();
  expect(running.signal.aborted).toBe(true);
});

test('a handler is told that an earlier run was interrupted, and gets a plain outcome’s memory', async () => {
  const finished: unknown[] = [];
  const memory: Memory = {
    begin: () => Promise.resolve('interrupted'),
    finish: (_id, outcome) => {
      finished.push({ ...outcome });
    },
    forget: () => {},
  };
  const { session } = await online((tpv) => tpv.on('process_message', (_given, { interrupted }) => ({ interrupted })), {
    memory,
  });
  session.give(instruction());
  expect((await session.accepted()).response).toEqual({ interrupted: true });
  expect(finished).toEqual([{ status: 'completed', response: { interrupted: true } }]);
});

test('what a memory can not tell is not run, and what it can not keep is reported all the same', async () => {
  let ill = true;
  const broken = () => {
    if (ill) throw new Error('disk full');
    return 'new' as const;
  };
  const memory: Memory = { begin: broken, finish: () => Promise.reject(new Error('disk full')), forget: () => {} };
  const { session, tpv } = await online((client) => client.on('process_message', () => 'done'), { memory });
  const given = instruction();
  session.give(given);
  await session.read();
  expect(tpv.counters).toMatchObject({ received: 0, done: 0 });
  ill = false;
  session.give(given);
  expect(await session.accepted()).toMatchObject({ status: 'completed' });
});

test('two clients that share a memory run an instruction once', async () => {
  const memory = inMemory();
  const { begun, handler } = controlled();
  const first = await online((tpv) => tpv.on('process_message', handler), { memory });
  const second = await online((tpv) => tpv.on('process_message', handler), { memory });
  const given = instruction();
  first.session.give(given);
  const running = await begun.next();
  second.session.give(given);
  await second.session.read();
  expect(begun.size).toBe(0);
  running.end('once');
  expect((await first.session.accepted()).response).toBe('once');
  second.clock.advance(1_000);
  expect((await second.session.accepted()).response).toBe('once');
});

test('an aborted signal closes the client, and what waits for it is told', async () => {
  const { hub, tpv } = await setUp();
  const abort = new AbortController();
  const connected = tpv.connect({ signal: abort.signal });
  await hub.session();
  abort.abort(new Error('enough'));
  await expect(connected).rejects.toMatchObject({ code: 'closed', cause: { message: 'enough' } });
  expect(tpv.status.state).toBe('closed');
  const late = new HubClient({ url: hub.url, apiKey: API_KEY });
  await expect(late.connect({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'closed' });
});

test('a socket that is replaced by a dial of its own that got lost is dialed again, once', async () => {
  const { hub, clock, tpv, status } = await setUp();
  const connected = tpv.connect();
  const lost = await hub.session();
  clock.advance(10_000);
  await status('offline');
  await lost.closed;
  clock.advance(250);
  (await hub.session()).welcome().socket.close(4501);
  await connected;
  expect((await status('offline')).error).toMatchObject({ code: 'disconnected', closeCode: 4501 });
  clock.advance(500);
  (await hub.session()).welcome().socket.close(4501);
  expect((await status('closed')).error).toMatchObject({ code: 'replaced' });
});

test('counters count what was done', async () => {
  const { hub, clock, session, status, tpv } = await online((client) =>
    client.on('process_message', ({ payload }) => {
      if (payload.text === 'fail') throw new Error('no');
    }),
  );
  const [good, bad] = [instruction(), instruction({ payload: { text: 'fail' } })];
  session.give(good, bad);
  await session.accepted();
  await session.accepted();
  await session.read();
  session.give(good);
  await session.accepted();
  session.socket.terminate();
  await status('offline');
  clock.advance(250);
  (await hub.session()).welcome();
  await status('online');
  expect(tpv.counters).toEqual({ received: 2, done: 1, failed: 1, repeated: 1, reconnects: 1, transport: 'websocket' });
});
