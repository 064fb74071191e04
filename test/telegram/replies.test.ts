import { describe, expect, test, vi } from 'vitest';
import { testClock } from '../support/clock.ts';
import { DIALECTS, startHub, type TestHub } from '../support/hub.ts';
import { instructionsOf } from '../support/telegram.ts';
import { WAIT_MS } from '../support/within.ts';

const sends = (hub: TestHub) => hub.emulator.calls.filter(({ method }) => method === 'sendMessage');

describe.each(DIALECTS)('on %s', (database) => {
  test.each([
    { kind: 'error', code: 500, description: 'Internal Server Error' },
    { kind: 'error', code: 429, description: 'Too Many Requests: retry after 5', retryAfter: 5 },
    { kind: 'error', code: 403, description: 'Forbidden: bot was blocked by the user' },
    { kind: 'reset' },
    { kind: 'reset_after' },
    { kind: 'hang' },
  ] as const)('a Telegram that answers with %j never fails an update', async (how) => {
    const hub = await startHub({ database, clock: testClock() });
    const tpv = await hub.tpv();
    hub.emulator.person({ id: 42, first_name: 'Ana', started: true });
    const mend = hub.emulator.fail({ how });
    expect(await hub.message(1, '/start', 42)).toMatchObject({ status: 200, body: { ok: true } });
    expect(await hub.message(2, 'Hola', 42)).toMatchObject({ status: 200, body: { ok: true } });
    expect((await tpv.fetch('/api/tpv/instructions/')).body.count).toBe(1);
    mend();
  });

  test('a Telegram that can not be reached at all never fails an update', async () => {
    const hub = await startHub({ database, clock: testClock(), env: { TELEGRAM_API_ROOT: 'http://127.0.0.1:9' } });
    await hub.tpv();
    expect(await hub.message(1, '/start', 42)).toMatchObject({ status: 200 });
    expect(await hub.message(2, 'Hola', 42)).toMatchObject({ status: 200 });
    expect(await instructionsOf(hub)).toHaveLength(1);
  });
});

test('a reply that Telegram put off is sent after the time that it named, and not before', async () => {
  const clock = testClock();
  const hub = await startHub({ clock });
  const ana = hub.emulator.person({ id: 42, first_name: 'Ana', started: true });
  hub.emulator.fail({
    method: 'sendMessage',
    times: 1,
    how: { kind: 'error', code: 429, description: 'Too Many Requests: retry after 30', retryAfter: 30 },
  });
  await hub.message(1, '/id', 42);
  await hub.emulator.waitForCall(({ outcome }) => !outcome.ok);
  const asked = clock.now();
  await vi.waitFor(async () => {
    await clock.advance(1_000);
    expect(ana.chat).toHaveLength(1);
  }, WAIT_MS);
  expect(clock.now() - asked).toBeGreaterThanOrEqual(30_000);
  expect(sends(hub)).toHaveLength(2);
});

test('what may have arrived is sent once more, before what follows', async () => {
  const clock = testClock();
  const hub = await startHub({ clock });
  const ana = hub.emulator.person({ id: 42, first_name: 'Ana', started: true });
  hub.emulator.fail({ method: 'sendMessage', times: 1, how: { kind: 'reset_after' } });
  await hub.message(1, '/id', 42);
  await hub.message(2, '/help', 42);
  await vi.waitFor(async () => {
    await clock.advance(1_000);
    expect(ana.chat.at(-1)?.text).toContain('/help');
  }, WAIT_MS);
  expect(ana.chat.map(({ text }) => text?.includes('identificador es'))).toEqual([true, true, false]);
});

test('replies to one chat keep their order, also behind one that Telegram put off', async () => {
  const clock = testClock();
  const hub = await startHub({ clock });
  const ana = hub.emulator.person({ id: 42, first_name: 'Ana', started: true });
  const how = { kind: 'error', code: 429, description: 'Too Many Requests: retry after 3', retryAfter: 3 } as const;
  hub.emulator.fail({ method: 'sendMessage', times: 1, how });
  await hub.message(1, '/start', 42);
  await hub.message(2, '/id', 42);
  await hub.message(3, '/help', 42);
  await vi.waitFor(async () => {
    await clock.advance(1_000);
    expect(ana.chat).toHaveLength(3);
  }, WAIT_MS);
  expect(ana.chat.map(({ text }) => text?.split(/[\s,]/)[0])).toEqual(['¡Hola', 'Tu', 'Escribe']);
});

test('one chat that Telegram puts off delays nobody else', async () => {
  const clock = testClock();
  const hub = await startHub({ clock });
  const ana = hub.emulator.person({ id: 42, first_name: 'Ana', started: true });
  const luis = hub.emulator.person({ id: 43, first_name: 'Luis', started: true });
  const mend = hub.emulator.fail({ method: 'sendMessage', chatId: 42, how: { kind: 'hang' } });
  await hub.message(1, '/id', 42);
  await hub.message(2, '/id', 43);
  await vi.waitFor(async () => {
    await clock.advance(100);
    expect(luis.chat).toHaveLength(1);
  }, WAIT_MS);
  expect(ana.chat).toHaveLength(0);
  mend();
});

test('a hub that closes does not wait longer than it says for a Telegram that hangs', async () => {
  const clock = testClock();
  const hub = await startHub({ clock });
  hub.emulator.person({ id: 42, first_name: 'Ana', started: true });
  // Never mended: only the hub itself can end this call.
  hub.emulator.fail({ method: 'sendMessage', how: { kind: 'hang' } });
  await hub.message(1, '/id', 42);
  await hub.message(2, '/id', 42);
  const from = clock.elapsed();
  await hub.close();
  // By the hub's clock, which runs fast while it closes: the 45 s of a call to Telegram would be a quarter of an hour.
  expect(clock.elapsed() - from).toBeLessThan(180_000);
});
