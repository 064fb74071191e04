import { expect, test } from 'vitest';
import { HubClient } from '#hub-client';
import { CloseCode } from '#protocol';
import {
  API_KEY,
  controlled,
  HEARTBEAT_MS,
  instruction,
  online,
  type Session,
  setUp,
  TPV,
} from './support/scripted-hub.ts';

test('the key travels in a header, and connect resolves at the welcome', async () => {
  const { hub, tpv } = await setUp();
  expect(tpv.status).toEqual({ state: 'idle' });
  const connected = tpv.connect();
  const session = await hub.session();
  expect(tpv.status).toEqual({ state: 'connecting', attempt: 1, transport: 'websocket' });
  expect(session.request.url).toBe('/api/tpv/ws/');
  expect(session.request.headers.authorization).toBe(`ApiKey ${API_KEY}`);
  expect(session.socket.protocol).toBe('valletpv.v1');
  session.welcome();
  await connected;
  expect(tpv.status).toMatchObject({ state: 'online', tpv: TPV, draining: false });
  expect(tpv.connect()).toBe(tpv.connect());
  expect(hub.dials).toBe(1);
});

test.each([
  { status: 401, body: { error: 'no', code: 'unauthorized' }, code: 'unauthorized' },
  { status: 403, body: { error: 'no', code: 'tpv_inactive' }, code: 'tpv_inactive' },
  { status: 403, body: { error: 'no', code: 'forbidden' }, code: 'forbidden' },
])('a refusal with $status $body.code ends it without another attempt', async ({ status, body, code }) => {
  const { hub, clock, tpv, status: next } = await setUp();
  hub.refusal = { status, body };
  const again = next('offline').then(({ nextTryAt }) => nextTryAt);
  await expect(Promise.race([tpv.connect(), again])).rejects.toMatchObject({
    name: 'ConfigurationError',
    code,
    httpStatus: status,
  });
  expect(tpv.status).toMatchObject({ state: 'closed', error: { code } });
  expect(clock.timers).toBe(0);
  expect(hub.dials).toBe(1);
});

// docs/security.md, row 34: a proxy, a captive portal, or a host that took the hub's place for a moment.
test.each([
  { status: 401, body: '<html>' },
  { status: 403, body: '<html>' },
  { status: 403, body: { message: 'Forbidden' } },
  { status: 403, body: { error: 'no', code: 'waf_blocked' } },
  { status: 401, body: { error: 'no', code: 'not_found' } },
  { status: 404, body: '' },
])('a $status that is not the hub’s own ends nothing: $body', async ({ status, body }) => {
  const { hub, tpv, status: next } = await setUp({ transport: 'websocket' });
  hub.refusal = { status, body };
  // It is under way until the test closes the client.
  tpv.connect().catch(() => {});
  expect(await next('offline')).toMatchObject({ error: { code: 'unreachable', httpStatus: status } });
  expect(tpv.status.state).not.toBe('closed');
});

test.each([
  [CloseCode.Unauthorized, 'unauthorized'],
  [CloseCode.Replaced, 'replaced'],
  [CloseCode.ProtocolError, 'protocol_error'],
  [CloseCode.TpvInactive, 'tpv_inactive'],
  [4999, 'stopped'],
])('close code %i ends it, and aborts what runs', async (closeCode, code) => {
  const { begun, handler } = controlled();
  const { clock, hub, session, status } = await online((tpv) => tpv.on('process_message', handler));
  session.give(instruction());
  const running = await begun.next();
  session.socket.close(closeCode);
  expect(await status('closed')).toMatchObject({ error: { code, closeCode } });
  expect(running.signal.reason).toMatchObject({ code });
  expect(clock.timers).toBe(0);
  expect(hub.dials).toBe(1);
});

test('a stop code before the welcome rejects connect', async () => {
  const { hub, tpv } = await setUp();
  const connected = tpv.connect();
  (await hub.session()).socket.close(CloseCode.Unauthorized);
  await expect(connected).rejects.toMatchObject({ code: 'unauthorized', closeCode: 4500 });
});

test.each([429, 503])('HTTP %i is tried again after Retry-After and some jitter', async (code) => {
  const { hub, clock, tpv, status } = await setUp();
  hub.refusal = { status: code, headers: { 'retry-after': '7' } };
  const connected = tpv.connect();
  const { nextTryAt, error } = await status('offline');
  expect(nextTryAt.getTime() - clock.now()).toBe(7_000 + 250);
  expect(error).toMatchObject({ code: 'refused', httpStatus: code });
  hub.refusal = undefined;
  clock.advance(7_250);
  (await hub.session()).welcome();
  await connected;
});

test('the waits double up to 20 s, each with full jitter', async () => {
  const { hub, clock, tpv, status } = await setUp({ transport: 'websocket' });
  hub.refusal = { status: 500 };
  const connected = tpv.connect();
  const waits: number[] = [];
  for (let attempt = 1; attempt <= 8; attempt++) {
    const { nextTryAt } = await status('offline');
    const waitMs = nextTryAt.getTime() - clock.now();
    waits.push(waitMs);
    if (attempt < 8) clock.advance(waitMs);
  }
  expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  const closing = tpv.close();
  await expect(connected).rejects.toMatchObject({ code: 'closed' });
  await closing;
  expect(clock.timers).toBe(0);
});

test('the waits begin anew once a connection has held for 60 s', async () => {
  const { hub, clock, session, status } = await online(() => {});
  const waitAfterCut = async (current: Session) => {
    current.socket.terminate();
    const { nextTryAt } = await status('offline');
    const waitMs = nextTryAt.getTime() - clock.now();
    clock.advance(waitMs);
    const next = (await hub.session()).welcome();
    await status('online');
    return { waitMs, next };
  };
  const first = await waitAfterCut(session);
  const second = await waitAfterCut(first.next);
  expect([first.waitMs, second.waitMs]).toEqual([250, 500]);
  clock.advance(40_000);
  await second.next.read();
  clock.advance(20_000);
  expect((await waitAfterCut(second.next)).waitMs).toBe(250);
});

test('a hub that does not say welcome within 10 s is dialed again', async () => {
  const { hub, clock, tpv, status } = await setUp();
  const connected = tpv.connect();
  const mute = await hub.session();
  clock.advance(10_000);
  expect((await status('offline')).error).toMatchObject({ code: 'unreachable' });
  await mute.closed;
  clock.advance(250);
  (await hub.session()).welcome();
  await connected;
});

test('a hub that nobody hears for two heartbeat intervals is dialed again', async () => {
  const { hub, clock, session, status } = await online(() => {});
  clock.advance(2 * HEARTBEAT_MS - 1);
  await session.read();
  clock.advance(2 * HEARTBEAT_MS - 1);
  session.send({ type: 'result', ref: 'unknown', ok: true });
  await session.read();
  clock.advance(2 * HEARTBEAT_MS);
  expect((await status('offline')).error).toMatchObject({ code: 'heartbeat_timeout' });
  clock.advance(250);
  (await hub.session()).welcome();
  await status('online');
});

test('after a drain the client comes back when the hub said', async () => {
  const { hub, clock, session, status } = await online(() => {});
  session.send({ type: 'drain', reason: 'deploy', reconnect_after_ms: 3_000 });
  expect(await status('online')).toMatchObject({ draining: true });
  session.socket.close(CloseCode.Restart);
  const { nextTryAt } = await status('offline');
  expect(nextTryAt.getTime() - clock.now()).toBe(3_000);
  clock.advance(3_000);
  (await hub.session()).welcome();
  expect(await status('online')).toMatchObject({ draining: false });
});

test('a draining hub that never closes is left, 30 s after the time that it named', async () => {
  const { clock, session, status, tpv } = await online(() => {});
  session.send({ type: 'drain', reason: 'deploy', reconnect_after_ms: 3_000 });
  await status('online');
  clock.advance(32_999);
  expect(tpv.status).toMatchObject({ state: 'online', draining: true });
  clock.advance(1);
  expect(await session.closed).toBe(CloseCode.Normal);
  await status('offline');
});

test('the key appears in no error and no log', async () => {
  const { hub, tpv, logged } = await setUp();
  hub.refusal = { status: 401, body: { error: 'no', code: 'unauthorized' } };
  const error: unknown = await tpv.connect().catch((reason) => reason);
  expect(`${error} ${JSON.stringify(error)} ${logged.join()}`).not.toContain(API_KEY);
  expect(() => new HubClient({ url: hub.url, apiKey: `${API_KEY}\n` })).toThrow(
    expect.objectContaining({ code: 'invalid_options', message: expect.not.stringContaining(API_KEY) }),
  );
});

test.each(['hub:8100', 'ftp://hub', 'http://hub/?api_key=k', 'http://k@hub'])('the URL %s is refused', (url) => {
  expect(() => new HubClient({ url, apiKey: API_KEY })).toThrow(expect.objectContaining({ code: 'invalid_options' }));
});
