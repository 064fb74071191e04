import { describe, expect, test, vi } from 'vitest';
import { testClock } from '../support/clock.ts';
import { DIALECTS } from '../support/hub.ts';
import { PERSON, startPushing, TRANSPORTS } from '../support/push.ts';
import { WAIT_MS } from '../support/within.ts';

const DAY = 86_400_000;

describe.each(DIALECTS)('a push on %s', (database) => {
  describe.each(TRANSPORTS)('over %s', (over) => {
    test('is answered with pending after 10 s of silence, and is unknown once the line is cut', async () => {
      const clock = testClock();
      const hub = await startPushing({ database, clock });
      const release = hub.emulator.fail({ method: 'sendMessage', how: { kind: 'hang' } });
      let heard = false;
      const told = hub.send({ text: 'x' }, { over }).finally(() => {
        heard = true;
      });
      await hub.emulator.waitForCall(({ method }) => method === 'sendMessage');
      await clock.advance(9_000);
      expect(heard).toBe(false);
      await clock.advance(1_000);
      const { ok, status, body } = await told;
      expect([ok, status]).toEqual([true, over === 'REST' ? 202 : undefined]);
      expect(body).toEqual({ status: 'pending', push_message_id: expect.any(String) });
      const state = () => hub.one.fetch(`/api/tpv/push/${body.push_message_id}/`);
      expect(await state()).toMatchObject({ status: 200, body: { status: 'pending' } });
      expect((await hub.one.fetch('/api/tpv/stats/')).body.push_messages).toMatchObject({ pending: 1, total: 1 });

      release();
      await expect.poll(async () => (await state()).body.status).toBe('unknown');
      expect((await hub.one.fetch('/api/tpv/stats/')).body.push_messages).toMatchObject({ pending: 0, unknown: 1 });
      await clock.advance(120_000);
      expect(hub.calls()).toHaveLength(1);
    });

    test('whose answer is cut off is unknown, and was sent once', async () => {
      const hub = await startPushing({ database });
      hub.emulator.fail({ method: 'sendMessage', times: 1, how: { kind: 'reset_after' } });
      const { ok, status, body } = await hub.send({ text: 'x' }, { over });
      expect([ok, status]).toEqual([true, over === 'REST' ? 202 : undefined]);
      expect(body).toMatchObject({ status: 'unknown', error_message: 'ECONNRESET' });
      expect(hub.person.chat.filter(({ text }) => text === 'x')).toHaveLength(1);
      expect((await hub.send({ text: 'y' }, { over })).body).toMatchObject({ status: 'sent' });
    });

    test('that Telegram limits for long is pending at once, and sent when Telegram allows', async () => {
      const clock = testClock();
      const hub = await startPushing({ database, clock });
      const how = {
        kind: 'error',
        code: 429,
        description: 'Too Many Requests: retry after 30',
        retryAfter: 30,
      } as const;
      const allow = hub.emulator.fail({ method: 'sendMessage', how });
      const { ok, status, body } = await hub.send({ text: 'x' }, { over });
      expect([ok, status, body.status]).toEqual([true, over === 'REST' ? 202 : undefined, 'pending']);
      allow();
      await clock.advance(29_999);
      expect(hub.calls()).toHaveLength(1);
      await clock.advance(600);
      await hub.person.waitForMessage(({ text }) => text === 'x');
    });

    test('that Telegram refuses for good says so, again too under the same key', async () => {
      const hub = await startPushing({ database });
      hub.emulator.fail({
        method: 'sendMessage',
        times: 1,
        how: { kind: 'error', code: 400, description: 'Bad Request: chat not found' },
      });
      const first = await hub.send({ text: 'x' }, { over, key: 'k' });
      expect([first.ok, first.status]).toEqual([false, over === 'REST' ? 502 : undefined]);
      expect(first.body).toMatchObject({
        code: 'telegram_error',
        push_message_id: expect.any(String),
        telegram_error_code: 400,
        details: [{ path: 'telegram', message: 'Bad Request: chat not found' }],
      });
      expect(await hub.send({ text: 'x' }, { over, key: 'k' })).toEqual(first);
      expect(hub.calls()).toHaveLength(1);
    });

    test('with a key is sent once, whatever was lost on the way', async () => {
      const hub = await startPushing({ database });
      const first = await hub.send({ text: 'x' }, { over, key: 'k' });
      const again = await hub.send({ text: 'x' }, { over, key: 'k' });
      expect(again).toEqual(first);
      const other = await hub.send({ text: 'y' }, { over, key: 'k' });
      expect([other.ok, other.status, other.body.code]).toEqual([
        false,
        over === 'REST' ? 409 : undefined,
        'idempotency_conflict',
      ]);
      expect(await hub.send({ text: 'y' }, { over, key: 'another' })).toMatchObject({ ok: true });
      expect(hub.calls().map(({ params }) => params.text)).toEqual(['x', 'y']);
    });

    test('with a key that comes again while the first runs gets the first answer', async () => {
      const hub = await startPushing({ database });
      hub.emulator.fail({ method: 'sendMessage', times: 1, how: { kind: 'delay', ms: 200 } });
      const told = await Promise.all(Array.from({ length: 5 }, () => hub.send({ text: 'x' }, { over, key: 'k' })));
      expect(told[0]).toMatchObject({ ok: true, body: { status: 'sent' } });
      for (const one of told) expect(one).toEqual(told[0]);
      expect(hub.calls()).toHaveLength(1);
    });
  });

  test('with one key over both transports is sent once', async () => {
    const hub = await startPushing({ database });
    const fields = {
      text: 'x',
      buttons: [[{ text: 'a', action: 'a', data: { z: 1, a: 2 } }]],
      disable_notification: true,
    };
    const [rest, frame] = await Promise.all(TRANSPORTS.map((over) => hub.send(fields, { over, key: 'k' })));
    expect(rest?.body).toEqual(frame?.body);
    expect((await hub.send({ text: 'z' }, { over: 'the socket', key: 'k' })).body.code).toBe('idempotency_conflict');
    expect(hub.calls()).toHaveLength(1);
  });

  test('with another TPV’s key is a message of its own', async () => {
    const hub = await startPushing({ database });
    const other = await hub.tpv({ name: 'other' });
    await hub.send({ text: 'x' }, { key: 'k' });
    const init = { method: 'POST', json: { telegram_user_id: PERSON, text: 'x' }, headers: { 'idempotency-key': 'k' } };
    expect((await other.fetch('/api/tpv/push/', init)).status).toBe(404);
  });

  test('keeps its key for 7 days, even where rows are kept for one', async () => {
    const clock = testClock();
    const hub = await startPushing({ database, clock, env: { RETENTION_DAYS: '1' } });
    const keyed = await hub.send({ text: 'x' }, { key: 'k' });
    const plain = await hub.send({ text: 'y' });
    const status = async (told: typeof keyed) =>
      (await hub.one.fetch(`/api/tpv/push/${told.body.push_message_id}/`)).status;
    await clock.jump(DAY + 1_000);
    await expect.poll(() => clock.advance(1_000).then(() => status(plain))).toBe(404);
    await clock.jump(5 * DAY);
    await clock.advance(5_000);
    expect(await hub.send({ text: 'x' }, { key: 'k' })).toEqual(keyed);
    await clock.jump(DAY);
    await expect.poll(() => clock.advance(1_000).then(() => status(keyed))).toBe(404);
    expect(await hub.send({ text: 'other' }, { key: 'k' })).toMatchObject({ status: 201 });
  });

  test('forgets its key after 7 days, even where rows are kept for 30', async () => {
    const clock = testClock();
    const hub = await startPushing({ database, clock, env: { RETENTION_DAYS: '30' } });
    const first = await hub.send({ text: 'x' }, { key: 'k' });
    await clock.jump(8 * DAY);
    const second = await hub.send({ text: 'y' }, { key: 'k' });
    expect(second).toMatchObject({ status: 201 });
    expect(second.body.push_message_id).not.toBe(first.body.push_message_id);
    expect((await hub.one.fetch(`/api/tpv/push/${first.body.push_message_id}/`)).status).toBe(200);
  });

  test('is seen, changed, deleted and resent by its own TPV alone', async () => {
    const hub = await startPushing({ database });
    const other = await hub.tpv({ name: 'other' });
    const { body } = await hub.send({ text: 'x' });
    const path = `/api/tpv/push/${body.push_message_id}/`;
    const edit = { method: 'PATCH', json: { text: 'y' } };
    for (const [url, init] of [
      [path, {}],
      [path, edit],
      [path, { method: 'DELETE' }],
      [`${path}resend/`, { method: 'POST' }],
    ] as const) {
      expect(await other.fetch(url, init)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    }
    expect((await hub.one.fetch('/api/tpv/push/nothing/')).status).toBe(404);
    expect(hub.calls()).toHaveLength(1);
    expect((await hub.one.fetch(path)).body).toEqual(body);
    expect((await other.fetch('/api/tpv/stats/')).body.push_messages.total).toBe(0);
  });
});

test('a message that waits goes out after a restart, and its buttons work', async () => {
  const clock = testClock();
  const hub = await startPushing({ clock });
  const how = { kind: 'error', code: 429, description: 'Too Many Requests', retryAfter: 20 } as const;
  const allow = hub.emulator.fail({ method: 'sendMessage', how });
  const { status, body } = await hub.send({ text: 'x' });
  expect([status, body.status]).toEqual([202, 'pending']);
  allow();
  await hub.close();
  await startPushing({ clock, databaseUrl: hub.databaseUrl, emulator: hub.emulator });
  await clock.advance(21_000);
  await hub.person.waitForMessage(({ text }) => text === 'x');
});

test('Telegram’s `retry_after` is in seconds', async () => {
  const clock = testClock();
  const hub = await startPushing({ clock });
  const how = { kind: 'error', code: 429, description: 'Too Many Requests', retryAfter: 7 } as const;
  hub.emulator.fail({ method: 'sendMessage', how });
  void hub.send({ text: 'x' });
  const row = () =>
    hub.hub.db.read.selectFrom('push_messages').select('not_before').where('text', '=', 'x').executeTakeFirst();
  await vi.waitFor(async () => expect((await row())?.not_before).toBeGreaterThan(clock.now()), WAIT_MS);
  const waitMs = Number((await row())?.not_before) - clock.now();
  // Spread over half a second, so that those who were limited together don't come back together.
  expect(waitMs).toBeGreaterThanOrEqual(7_000);
  expect(waitMs).toBeLessThanOrEqual(7_500);
});

test('a hub closes within its time while a message hangs, and answers who waits for it', async () => {
  const clock = testClock();
  const hub = await startPushing({ clock });
  hub.emulator.fail({ method: 'sendMessage', how: { kind: 'hang' } });
  const told = hub.send({ text: 'x' });
  // This clock runs on while the machine closes connections and the database: not so long it is in the drain.
  const toldAt = told.then(() => clock.now());
  await hub.emulator.waitForCall(({ method }) => method === 'sendMessage');
  const from = clock.now();
  await hub.close();
  // The drain's bound (docs/reliability.md).
  expect((await toldAt) - from).toBeLessThan(25_000);
  expect(await told).toMatchObject({ status: 202 });
  // On the same clock: by the machine's, the retention could take the row before it is read.
  const again = await startPushing({ clock, databaseUrl: hub.databaseUrl, emulator: hub.emulator });
  const rows = await again.hub.db.read.selectFrom('push_messages').select(['status', 'text']).execute();
  expect(rows.filter(({ text }) => text === 'x')).toEqual([{ status: 'unknown', text: 'x' }]);
});

test('a key may have 128 characters and no more', async () => {
  const hub = await startPushing();
  expect(await hub.send({ text: 'x' }, { key: 'k'.repeat(128) })).toMatchObject({ status: 201 });
  for (const key of ['', 'k'.repeat(129)]) {
    expect(await hub.send({ text: 'x' }, { key })).toMatchObject({
      status: 400,
      body: { details: [{ path: 'Idempotency-Key' }] },
    });
  }
});
