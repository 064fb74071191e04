import { once } from 'node:events';
import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, connect, Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { LiveFeed } from '../../src/admin/live-feed.ts';
import { LiveStreams, type Watcher } from '../../src/admin/live-streams.ts';
import { Events } from '../../src/events.ts';
import { logIn, openBrowser } from '../support/admin.ts';
import { type TestClock, testClock } from '../support/clock.ts';
import { ADMIN_TOKEN, startHub } from '../support/hub.ts';
import { watch } from '../support/live-stream.ts';
import { patience, WAIT_MS } from '../support/within.ts';

test('whoever watches is told which rows changed, and how the hub is', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv();
  const stream = await watch(hub.url);
  expect(stream.response).toMatchObject({
    statusCode: 200,
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    },
  });
  expect((await stream.next('overview')).data.tpvs).toMatchObject({ total: 1, active: 1 });
  await hub.message(1, 'Dos cañas');
  const { data } = await stream.next('changes', ({ instruction }) => instruction !== undefined);
  const [row] = (await tpv.fetch('/api/tpv/instructions/')).body.instructions;
  expect(data.instruction).toEqual([row.id]);
  await stream.next('overview', ({ per_minute: now }) => now.instructions === 1);
});

test('what changes at once comes as one event, and of much only a part is named', async () => {
  const hub = await startHub();
  const stream = await watch(hub.url);
  await stream.next('overview');
  for (let i = 0; i < 300; i++) hub.hub.events.changed('user', `${i}`);
  hub.hub.events.changed('tpv', 'one');
  hub.hub.events.changed('tpv', 'one');
  const { data } = await stream.next('changes', ({ user }) => user !== undefined);
  expect(data.user).toHaveLength(200);
  expect(data).toMatchObject({ tpv: ['one'], more: ['user'] });
  expect(stream.events.filter(({ event }) => event === 'changes')).toHaveLength(1);
});

test('a stream that was cut goes on where it was', async () => {
  const hub = await startHub();
  const first = await watch(hub.url);
  hub.hub.events.changed('tpv', 'before');
  const { id = '' } = await first.next('changes');
  first.cut();
  await first.ended;
  hub.hub.events.changed('tpv', 'meanwhile');
  // Nothing is named twice, and what came meanwhile is.
  const other = await watch(hub.url);
  hub.hub.events.changed('push', 'later');
  await other.next('changes', ({ push }) => push !== undefined);
  const headers = { authorization: `Token ${ADMIN_TOKEN}`, 'last-event-id': id };
  const again = await watch(hub.url, { headers });
  await again.next('changes', ({ push }) => push !== undefined);
  const told = again.events.flatMap(({ event, data }) => (event === 'changes' ? (data.tpv ?? []) : []));
  expect(told).toEqual(['meanwhile']);
  expect(again.events.map(({ event }) => event)).not.toContain('reset');
});

test('a stream that can not go on where it was is told to load everything again', async () => {
  const hub = await startHub();
  for (const id of ['other-0', 'other-5', 'x', '', '0-0-0', '-1', '%00', '9'.repeat(100)]) {
    const headers = { authorization: `Token ${ADMIN_TOKEN}`, 'last-event-id': id };
    const stream = await watch(hub.url, { headers });
    expect((await stream.next('reset')).data).toEqual({});
    stream.cut();
  }
  const headers = { authorization: `Token ${ADMIN_TOKEN}`, 'last-event-id': 'x'.repeat(101) };
  expect((await watch(hub.url, { headers })).response.statusCode).toBe(400);
});

test('a session that ends ends its streams, and no others', async () => {
  const hub = await startHub();
  const desk = await openBrowser(hub);
  const phone = await logIn(hub);
  const [one, two] = await Promise.all([
    watch(hub.url, { headers: { cookie: desk.cookie } }),
    watch(hub.url, { headers: { cookie: phone.cookie } }),
  ]);
  await Promise.all([one.next('overview'), two.next('overview')]);
  const { body } = await desk.fetch('/api/admin/account/sessions');
  const other = body.items.find(({ current }: { current: boolean }) => !current);
  await desk.fetch(`/api/admin/account/sessions/${other.id}`, { method: 'DELETE' });
  await two.ended;
  hub.hub.events.changed('tpv', 'one');
  await one.next('changes', ({ tpv }) => tpv?.includes('one'));
});

test('a session that another process ended is noticed by itself', async () => {
  const hub = await startHub();
  const browser = await openBrowser(hub);
  const stream = await watch(hub.url, { headers: { cookie: browser.cookie } });
  await stream.next('overview');
  await hub.hub.db.transact(async (tx) => {
    await tx.kysely.deleteFrom('admin_sessions').execute();
  });
  await stream.ended;
});

test('nobody without a session watches, nor with one from another site', async () => {
  const hub = await startHub();
  const browser = await openBrowser(hub);
  const refused: Record<string, string>[] = [{}, { cookie: 'hub_session=made-up' }, { authorization: 'Token wrong' }];
  for (const headers of refused) expect((await watch(hub.url, { headers })).response.statusCode).toBe(401);
  const headers = { cookie: browser.cookie, origin: 'https://elsewhere.example' };
  expect((await watch(hub.url, { headers })).response.statusCode).toBe(403);
  const head = await hub.admin('/api/admin/events', { method: 'HEAD' });
  expect(head.status).toBe(404);
});

test('each session has six streams at the most', async () => {
  const hub = await startHub();
  const streams = await Promise.all(Array.from({ length: 6 }, () => watch(hub.url)));
  const [first] = streams;
  expect((await watch(hub.url)).response).toMatchObject({ statusCode: 429, headers: { 'retry-after': '10' } });
  first?.cut();
  await vi.waitFor(async () => expect((await watch(hub.url)).response.statusCode).toBe(200), WAIT_MS);
});

test('managers have six streams each, and take none from those who see everything', async () => {
  const hub = await startHub();
  const first = await openBrowser(hub, { name: 'pepa', role: 'manager' });
  const second = await logIn(hub, { name: 'pepa' });
  const opened = await Promise.all(
    [first, second].flatMap(({ cookie }) => Array.from({ length: 3 }, () => watch(hub.url, { headers: { cookie } }))),
  );
  expect(opened.map(({ response }) => response.statusCode)).toEqual(Array(6).fill(200));
  for (const { cookie } of [first, second]) {
    expect((await watch(hub.url, { headers: { cookie } })).response.statusCode).toBe(429);
  }
  const streams = new LiveStreams();
  const overseer = { sessionId: 'of an administrator', lastEventId: undefined };
  const manager = (n: number) => ({ ...overseer, sessionId: `${n}`, manager: { accountId: `${n}`, tpvIds: [] } });
  for (let n = 0; n < 200; n++) streams.add(new ServerResponse(new IncomingMessage(new Socket())), manager(n));
  expect(() => streams.admit(manager(200))).toThrow('Too many streams');
  expect(() => streams.admit(overseer)).not.toThrow();
});

test('while only managers watch, nobody looks up how the hub is', async () => {
  const clock = testClock();
  let asked = 0;
  const { feed, url } = await serve(clock, async () => ({ asked: ++asked }), { accountId: 'pepa', tpvIds: [] });
  const stream = await watch(url);
  await vi.waitFor(() => expect(feed.size).toBe(1), WAIT_MS);
  await clock.advance(60_000);
  await vi.waitFor(() => expect(stream.text).toContain(': ping'), WAIT_MS);
  expect([asked, stream.events]).toEqual([0, []]);
});

test('fifty watch at once, every one of them is told, and the fifty-first is refused', async () => {
  const hub = await startHub();
  await openBrowser(hub);
  const cookies: string[] = [];
  // One after the other: only a few passwords are checked at once.
  while (cookies.length < 45) cookies.push(...Array<string>(5).fill((await logIn(hub)).cookie));
  const last = cookies.pop() ?? '';
  const streams = await Promise.all([
    ...cookies.map((cookie) => watch(hub.url, { headers: { cookie } })),
    ...Array.from({ length: 6 }, () => watch(hub.url)),
  ]);
  expect(streams.map(({ response }) => response.statusCode)).toEqual(Array(50).fill(200));
  hub.hub.events.changed('tpv', 'one');
  await Promise.all(streams.map((stream) => stream.next('changes', ({ tpv }) => tpv?.includes('one'))));
  expect((await watch(hub.url, { headers: { cookie: last } })).response.statusCode).toBe(429);
});

test('a hub that closes ends its streams, and does not wait for their readers', async () => {
  const hub = await startHub();
  const stream = await watch(hub.url);
  await stream.next('overview');
  // One that reads nothing at all.
  const { port } = new URL(hub.url);
  const socket = connect(Number(port), '127.0.0.1').pause();
  socket.write(`GET /api/admin/events HTTP/1.1\r\nhost: hub\r\nauthorization: Token ${ADMIN_TOKEN}\r\n\r\n`);
  socket.on('error', () => {});
  await hub.close();
  await stream.ended;
  socket.destroy();
});

test('who reads too slowly is dropped, and nobody else notices', async () => {
  const clock = testClock();
  const text = 'x'.repeat(1024 * 1024);
  const { feed, url } = await serve(clock, async () => ({ text, at: clock.now() }));
  const slow = await watch(url, { paused: true });
  const quick = await watch(url);
  await vi.waitFor(() => expect(feed.size).toBe(2), WAIT_MS);
  // The kernels of both sides take some megabytes before the feed sees that nobody reads.
  const waits = patience(() => 'The slow one was not dropped');
  for (; feed.size === 2; waits()) {
    await clock.advance(2_000);
    const now = clock.now();
    await quick.next('overview', ({ at }) => at >= now - 2_000);
  }
  expect(slow.events).toEqual([]);
  await clock.advance(2_000);
  const now = clock.now();
  await quick.next('overview', ({ at }) => at >= now - 2_000);
});

test('while nobody watches the feed listens to nothing, and after a minute it has forgotten', async () => {
  const clock = testClock();
  let asked = 0;
  const { feed, events, url } = await serve(clock, async () => ({ asked: ++asked }));
  await clock.advance(10_000);
  expect(asked).toBe(0);
  const first = await watch(url);
  const { id = '' } = await first.next('overview');
  await clock.advance(4_000);
  await first.next('overview', (data) => data.asked === 3);
  first.cut();
  await vi.waitFor(() => expect(feed.size).toBe(0), WAIT_MS);
  await clock.advance(62_000);
  expect(asked).toBe(3);
  events.changed('tpv', 'unheard');
  const again = await watch(url, { headers: { 'last-event-id': id } });
  await again.next('reset');
});

/** A feed behind a server of its own, with a clock that a test moves. */
async function serve(clock: TestClock, overview: () => Promise<object>, manager?: Watcher['manager']) {
  const events = new Events(() => {});
  const onFault = (error: unknown) => expect.unreachable(String(error));
  const feed = new LiveFeed({
    events,
    clock,
    overview,
    isValid: async () => true,
    watched: () => {},
    tpvsOf: async () => new Map(),
    onFault,
  });
  const server = createServer((request, response) => {
    const lastEventId = request.headers['last-event-id'];
    response.writeHead(200);
    feed.open(response, { sessionId: undefined, lastEventId: lastEventId?.toString(), manager });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    feed.close();
    server.closeAllConnections();
    server.close();
  });
  // It listens on a port.
  const { port } = server.address() as AddressInfo;
  return { feed, events, url: `http://127.0.0.1:${port}` };
}
