import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Clock, HubApi, type HubApiOptions, HubClientError, registerTpv } from '#hub-client';
import { ManualClock } from '../../client-sdk/src/testing/manual-clock.ts';
import { WAIT_MS } from '../support/within.ts';
import { type Answer, startAnsweringServer } from './support/answering-server.ts';

const API_KEY = 'a-made-up-key';
const HEARTBEAT = { status: 'ok', timestamp: '2025-11-09T10:30:00.000Z' };
const SENT = { status: 'sent', push_message_id: '0198c0de-0000-7000-8000-000000000001', telegram_message_id: 4711 };
const MESSAGE = { telegram_user_id: 123456789, text: '¡Tu pedido está listo! 🎉' };
const UNAVAILABLE = { status: 503, json: { error: 'no', code: 'unavailable' } };

// Half of each bound: a pause of 0 ms would be over within the move of the clock that ends the one before it.
beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0.5));
afterEach(() => vi.mocked(Math.random).mockRestore());

async function setUp(answers: Answer[], options: Partial<HubApiOptions> = {}) {
  const clock = new ManualClock();
  const server = await startAnsweringServer(...answers);
  const api = new HubApi({ url: server.url, apiKey: API_KEY, clock, ...options });
  return { clock, server, api };
}

/** Moves the clock through the pause before the next attempt, as soon as the client is in it; gives its length. */
async function throughPause(clock: ManualClock, timeoutMs = 10_000): Promise<number> {
  const waitMs = await vi.waitFor(() => {
    const ms = clock.nextInMs;
    if (ms === undefined || ms >= timeoutMs) throw new Error('no pause yet');
    return ms;
  }, WAIT_MS);
  await clock.advance(waitMs);
  return waitMs;
}

describe('what is tried again', () => {
  test('reading is, after Retry-After and some jitter', async () => {
    const retryLater = { ...UNAVAILABLE, headers: { 'retry-after': '7' } };
    const { clock, server, api } = await setUp([retryLater, { status: 200, json: { hello: 'world' } }]);
    const info = api.info();
    info.catch(() => {});
    expect(await throughPause(clock)).toBe(7_000 + 250);
    // Something that answers 200 and is no hub is not asked again.
    await expect(info).rejects.toMatchObject({ code: 'invalid_answer', httpStatus: 200 });
    expect(server.calls).toHaveLength(2);
    expect(clock.timers).toBe(0);
  });

  test('a push is, with the same key and the same body', async () => {
    const { clock, server, api } = await setUp(['cut', UNAVAILABLE, { status: 201, json: SENT }]);
    const pushed = api.push(MESSAGE);
    await throughPause(clock);
    await server.called(2);
    await throughPause(clock);
    expect(await pushed).toEqual(SENT);
    const keys = server.calls.map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(new Set(server.calls.map(({ body }) => body.toString())).size).toBe(1);
  });

  test('four attempts are the end of it', async () => {
    const { clock, server, api } = await setUp([UNAVAILABLE]);
    const stats = api.stats();
    stats.catch(() => {});
    for (const [i, waitMs] of [250, 500, 1_000].entries()) {
      await server.called(i + 1);
      expect(await throughPause(clock)).toBe(waitMs);
    }
    await expect(stats).rejects.toMatchObject({ code: 'refused', httpStatus: 503, hubCode: 'unavailable' });
    expect(server.calls).toHaveLength(4);
    expect(clock.timers).toBe(0);
  });

  test('a hub that says nothing is left after the timeout, and asked again', async () => {
    const { clock, server, api } = await setUp(['silence', { status: 200, json: { count: 0, users: [], next: null } }]);
    const users = api.users();
    await server.called(1);
    await clock.advance(10_000);
    await throughPause(clock);
    expect(await users).toEqual({ count: 0, users: [], next: null });
  });

  test('a wait of more than a minute is left to the caller', async () => {
    const still = new ManualClock();
    const waiting = Promise.withResolvers<string>();
    const after: Clock['after'] = (ms, fn) => {
      if (ms > 60_000) waiting.resolve(`the client waits for ${ms} ms`);
      return still.after(ms, fn);
    };
    const clock: Clock = { now: () => still.now(), after };
    const { server, api } = await setUp([{ ...UNAVAILABLE, headers: { 'retry-after': '61' } }], { clock });
    const outcome = Promise.race([api.info(), waiting.promise]);
    await expect(outcome).rejects.toMatchObject({ code: 'refused', retryAfterMs: 61_000 });
    expect(server.calls).toHaveLength(1);
  });

  test.each([
    [400, 'invalid_request', 'refused'],
    [401, 'unauthorized', 'unauthorized'],
    [403, 'tpv_inactive', 'tpv_inactive'],
    [404, 'not_found', 'refused'],
    [409, 'idempotency_conflict', 'refused'],
    [413, 'payload_too_large', 'refused'],
    [502, 'telegram_error', 'refused'],
  ])('a push refused with %i %s is not', async (status, hubCode, code) => {
    const { server, api } = await setUp([{ status, json: { error: 'no', code: hubCode } }]);
    await expect(api.push(MESSAGE)).rejects.toMatchObject({ code, hubCode, httpStatus: status });
    expect(server.calls).toHaveLength(1);
  });

  test.each<[string, (api: HubApi) => Promise<unknown>]>([
    ['editPush', (api) => api.editPush('1', { text: 'x' })],
    ['deletePush', (api) => api.deletePush('1')],
    ['resendPush', (api) => api.resendPush('1')],
    ['rotateKey', (api) => api.rotateKey()],
    ['rotateSigningSecret', (api) => api.rotateSigningSecret()],
    ['heartbeat', (api) => api.heartbeat()],
  ])('%s is not, whatever the hub says', async (_name, call) => {
    for (const answer of [UNAVAILABLE, { status: 429 }, 'cut'] as const) {
      const { server, api } = await setUp([answer]);
      await expect(call(api)).rejects.toBeInstanceOf(HubClientError);
      expect(server.calls).toHaveLength(1);
    }
  });

  test('registering is not: it might register twice', async () => {
    const server = await startAnsweringServer('cut');
    const registration = { name: 'Bar', endpoint_url: 'http://localhost:8001' };
    await expect(registerTpv({ url: server.url }, registration)).rejects.toMatchObject({ code: 'unreachable' });
    expect(server.calls).toHaveLength(1);
  });

  test('a proxy of 502 that is not the hub is passing', async () => {
    const { clock, api } = await setUp([
      { status: 502, body: '<h1>Bad gateway</h1>' },
      { status: 201, json: SENT },
    ]);
    const pushed = api.push(MESSAGE);
    await throughPause(clock);
    expect(await pushed).toEqual(SENT);
  });
});

describe('the caller', () => {
  test('ends a call by its signal, in the middle of it and in a pause', async () => {
    const { clock, server, api } = await setUp(['silence', UNAVAILABLE]);
    const first = new AbortController();
    const inTheMiddle = api.info({ signal: first.signal });
    await server.called(1);
    first.abort(new Error('enough'));
    await expect(inTheMiddle).rejects.toThrow('enough');
    const second = new AbortController();
    const inAPause = api.info({ signal: second.signal });
    await server.called(2);
    await vi.waitFor(() => expect(clock.nextInMs).toBe(250), WAIT_MS);
    second.abort(new Error('enough of it'));
    await expect(inAPause).rejects.toThrow('enough of it');
    const already = AbortSignal.abort(new Error('before it began'));
    await expect(api.info({ signal: already })).rejects.toThrow('before it began');
    expect(server.calls).toHaveLength(2);
    expect(clock.timers).toBe(0);
  });

  test('finds no key in an error', async () => {
    const { api } = await setUp([{ status: 500, body: 'broken' }], { maxAttempts: 1 });
    const error = await api.info().catch((caught: unknown) => caught);
    expect(`${error} ${JSON.stringify(error)}`).not.toContain(API_KEY);
    const gone = new HubApi({ url: 'http://127.0.0.1:1', apiKey: API_KEY, maxAttempts: 1 });
    const unreachable = await gone.info().catch((caught: unknown) => caught);
    expect(unreachable).toMatchObject({ code: 'unreachable' });
    expect(`${unreachable} ${JSON.stringify(unreachable)}`).not.toContain(API_KEY);
  });

  test('is not sent on to where a redirect points', async () => {
    const elsewhere = await startAnsweringServer({ status: 200, json: HEARTBEAT });
    const { api } = await setUp([{ status: 302, headers: { location: elsewhere.url } }]);
    await expect(api.heartbeat()).rejects.toMatchObject({ code: 'unreachable' });
    expect(elsewhere.calls).toHaveLength(0);
  });

  test('may have a hub below a path', async () => {
    const { server } = await setUp([{ status: 200, json: HEARTBEAT }]);
    const api = new HubApi({ url: `${server.url}/hub`, apiKey: API_KEY });
    expect(await api.heartbeat({ version: '1.1.0' })).toEqual(HEARTBEAT);
    expect(server.calls).toMatchObject([
      { method: 'POST', path: '/hub/api/tpv/heartbeat/', headers: { authorization: `ApiKey ${API_KEY}` } },
    ]);
    expect(JSON.parse(String(server.calls[0]?.body))).toEqual({ version: '1.1.0' });
  });

  test.each([
    ['a wrong URL', { url: 'localhost:8100' }],
    ['a key in the URL', { url: 'http://localhost:8100?api_key=a-made-up-key' }],
    ['no key', { apiKey: '' }],
    ['no attempt', { maxAttempts: 0 }],
    ['no time', { timeoutMs: Number.NaN }],
  ])('is told of %s at once', (_name, wrong) => {
    expect(() => new HubApi({ url: 'http://localhost:8100', apiKey: API_KEY, ...wrong })).toThrow(
      expect.objectContaining({ code: 'invalid_options' }),
    );
  });
});
