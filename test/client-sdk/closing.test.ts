import { expect, test } from 'vitest';
import { HubClient } from '#hub-client';
import { CloseCode } from '#protocol';
import { API_KEY, controlled, instruction, online, type Session, setUp } from './support/scripted-hub.ts';

test('what runs may end, and its report be answered, before the socket closes', async () => {
  const { begun, handler } = controlled();
  const { clock, tpv, session } = await online((client) => client.on('process_message', handler));
  const [runs, waits] = [instruction(), instruction()];
  session.give(runs, waits);
  const running = await begun.next();
  await session.read();
  const closing = tpv.close();
  expect(tpv.close()).toBe(closing);
  expect(await session.frames.next()).toEqual({ type: 'flow', max_in_flight: 0 });
  session.give(instruction());
  await session.read();
  running.end('just in time');
  expect(await session.accepted()).toMatchObject({ id: runs.id, response: 'just in time' });
  await closing;
  expect(await session.closed).toBe(CloseCode.Normal);
  expect(tpv.status).toEqual({ state: 'closed' });
  expect(running.signal.aborted).toBe(false);
  expect(begun.size).toBe(0);
  expect(clock.timers).toBe(0);
});

test('at the deadline what still runs is aborted, and nothing is reported on it', async () => {
  const { begun, handler } = controlled();
  const { clock, tpv, session } = await online((client) => client.on('process_message', handler));
  session.give(instruction());
  const running = await begun.next();
  const closing = tpv.close({ deadlineMs: 1_000 });
  expect(await session.frames.next()).toEqual({ type: 'flow', max_in_flight: 0 });
  clock.advance(1_000);
  await closing;
  expect(running.signal.reason).toMatchObject({ code: 'closed' });
  running.end('too late');
  await session.closed;
  expect(session.frames.size).toBe(0);
  expect(clock.timers).toBe(0);
});

test('a stop code while it closes ends the waiting, and stays its error', async () => {
  const { begun, handler } = controlled();
  const { tpv, session } = await online((client) => client.on('process_message', handler));
  session.give(instruction());
  await begun.next();
  const closing = tpv.close();
  session.socket.close(CloseCode.Replaced);
  await closing;
  expect(tpv.status).toMatchObject({ state: 'closed', error: { code: 'replaced' } });
});

test('await using closes it', async () => {
  const { hub, clock } = await setUp();
  let session: Session;
  {
    await using tpv = new HubClient({ url: hub.url, apiKey: API_KEY, clock });
    const connected = tpv.connect();
    session = (await hub.session()).welcome();
    await connected;
  }
  expect(await session.closed).toBe(CloseCode.Normal);
});

test('a client that was never connected closes at once, and can not be connected any more', async () => {
  const { hub, tpv } = await setUp();
  await tpv.close();
  expect(tpv.status).toEqual({ state: 'closed' });
  await expect(tpv.connect()).rejects.toMatchObject({ code: 'closed' });
  expect(hub.dials).toBe(0);
});

test('closing from a status listener while dialing leaves nothing behind', async () => {
  const { hub, clock, tpv } = await setUp();
  tpv.onStatus(({ state }) => state === 'connecting' && tpv.close());
  await expect(tpv.connect()).rejects.toMatchObject({ code: 'closed' });
  await tpv.close();
  expect(clock.timers).toBe(0);
  expect(hub.dials).toBe(0);
});
