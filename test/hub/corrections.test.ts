import { describe, expect, test, vi } from 'vitest';
import { EXPIRED } from '#protocol';
import { openBrowser } from '../support/admin.ts';
import { ANA, buttonScene } from '../support/buttons.ts';
import { type TestClock, testClock } from '../support/clock.ts';
import { DIALECTS, startHub, type TestHub } from '../support/hub.ts';
import { instructionsOf } from '../support/telegram.ts';
import { WAIT_MS } from '../support/within.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

const stored = ({ hub }: TestHub) => hub.db.read.selectFrom('settings').select('value').where('key', '=', 'clock');

/** Sets the machine's clock under a hub, and waits until the hub has put right what it keeps. */
async function correct(hub: TestHub, clock: TestClock, byMs: number): Promise<void> {
  const before = await stored(hub).executeTakeFirstOrThrow();
  clock.correct(byMs);
  await vi.waitUntil(async () => (await stored(hub).executeTakeFirstOrThrow()).value !== before.value, WAIT_MS);
}

/** Lets so many sweeps begin and end. */
async function sweeps(hub: TestHub, clock: TestClock, seconds: number): Promise<void> {
  for (let i = 0; i < seconds; i++) {
    await clock.advance(1_000);
    await hub.hub.db.transact(async () => {});
  }
}

async function polled(tpv: { fetch: TestHub['fetch'] }): Promise<{ id: string }[]> {
  return (await tpv.fetch('/api/tpv/instructions/')).body.instructions;
}

// docs/security.md, row 36.
describe.each(DIALECTS)('on %s, while the hub runs', (database) => {
  test.each([-2 * DAY, 2 * DAY])('a clock set by %i ms expires nothing and steals no lease', async (byMs) => {
    const clock = testClock();
    const hub = await startHub({ database, clock, env: { SENT_LEASE_SECONDS: '60' } });
    const tpv = await hub.tpv();
    await hub.message(1, 'una caña', 1);
    expect(await polled(tpv)).toHaveLength(1);
    await hub.message(2, 'dos cañas', 2);
    await correct(hub, clock, byMs);
    await sweeps(hub, clock, 3);
    expect(await instructionsOf(hub)).toMatchObject([
      { status: 'sent', holder: 'poll', retry_count: 0 },
      { status: 'pending', error_message: '' },
    ]);
    // The lease ends after its length, by the time that passes.
    await sweeps(hub, clock, 55);
    expect(await instructionsOf(hub)).toMatchObject([{ status: 'sent' }, { status: 'pending' }]);
    await vi.waitFor(async () => {
      await clock.advance(1_000);
      expect(await instructionsOf(hub)).toMatchObject([{ status: 'pending' }, { status: 'pending' }]);
    }, WAIT_MS);
    expect(await polled(tpv)).toHaveLength(2);
    // And so does the life of both: a day, not three.
    await clock.jump(DAY);
    await vi.waitFor(async () => {
      await clock.advance(1_000);
      expect(await instructionsOf(hub)).toMatchObject([{ error_message: EXPIRED }, { error_message: EXPIRED }]);
    }, WAIT_MS);
  });

  test.each([-2 * DAY, 2 * DAY])('a clock set by %i ms ends no login, no rotated key, no presence', async (byMs) => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const ana = await openBrowser(hub);
    const tpv = await hub.tpv();
    await tpv.fetch('/api/tpv/key/rotate', { method: 'POST' });
    await correct(hub, clock, byMs);
    expect((await ana.fetch('/api/admin/session')).status).toBe(200);
    expect((await tpv.fetch('/api/tpv/instructions/')).status).toBe(200);
    expect((await ana.fetch('/api/admin/tpvs')).body.items).toMatchObject([{ is_online: true }]);
    // Each for as long as it was given.
    await clock.jump(31 * MINUTE);
    expect((await ana.fetch('/api/admin/session')).status).toBe(401);
    await clock.jump(DAY);
    expect((await tpv.fetch('/api/tpv/instructions/')).status).toBe(401);
  });

  test.each([-2 * DAY, 2 * DAY])('a clock set by %i ms leaves a button its life', async (byMs) => {
    const { hub, clock, hang, forge, presses } = await buttonScene({ database });
    const { tokens, messageId } = await hang([[{ text: 'Sí', action: 'si' }]], {
      expires_in: 3_600,
      single_use: false,
    });
    const [data = ''] = tokens;
    const from = { id: ANA, is_bot: false, first_name: 'Ana' };
    const press = (id: number) =>
      hub.update({
        update_id: id,
        callback_query: { id: `press${id}`, from, data, message: { message_id: messageId } },
      });
    await press(1);
    await correct(hub, clock, byMs);
    // The second is no double tap any more.
    await clock.advance(5_000);
    await press(2);
    expect(await presses()).toHaveLength(2);
    await clock.jump(3_600_000);
    expect(await forge({ data, messageId })).toMatchObject({ text: expect.stringContaining('expirado') });
  });

  test.each([-2 * DAY, 8 * DAY])('a clock set by %i ms neither holds a message up nor gives it up', async (byMs) => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    hub.emulator.person({ id: ANA, first_name: 'Ana', started: true });
    const tpv = await hub.tpv();
    await hub.message(1, 'Hola', ANA);
    const restore = hub.emulator.fail({
      method: 'sendMessage',
      how: { kind: 'error', code: 429, description: 'Too Many Requests', retryAfter: 30 },
    });
    const json = { telegram_user_id: ANA, text: 'Lista' };
    await tpv.fetch('/api/tpv/push/', { method: 'POST', json });
    const attempts = () => hub.emulator.calls.filter(({ params }) => params.text === 'Lista').length;
    await vi.waitUntil(() => attempts() === 1, WAIT_MS);
    restore();
    await correct(hub, clock, byMs);
    await sweeps(hub, clock, 20);
    expect(attempts()).toBe(1);
    await vi.waitUntil(async () => {
      await clock.advance(1_000);
      return attempts() === 2;
    }, WAIT_MS);
    const row = () => hub.hub.db.read.selectFrom('push_messages').select('status').executeTakeFirstOrThrow();
    await vi.waitFor(async () => expect(await row()).toEqual({ status: 'sent' }), WAIT_MS);
  });

  test.each([-2 * DAY, 8 * DAY])('a clock set by %i ms neither holds a change up nor drops it', async (byMs) => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    hub.emulator.person({ id: ANA, first_name: 'Ana', started: true });
    const tpv = await hub.tpv();
    await hub.message(1, 'Hola', ANA);
    const json = { telegram_user_id: ANA, text: 'Lista' };
    const { push_message_id: id } = (await tpv.fetch('/api/tpv/push/', { method: 'POST', json })).body;
    const row = () => hub.hub.db.read.selectFrom('push_messages').select('status').where('id', '=', id).execute();
    await vi.waitFor(async () => {
      await clock.advance(100);
      expect(await row()).toEqual([{ status: 'sent' }]);
    }, WAIT_MS);
    const method = 'editMessageText';
    const how = { kind: 'error', code: 429, description: 'Too Many Requests', retryAfter: 30 } as const;
    const restore = hub.emulator.fail({ method, how });
    const changed = tpv.fetch(`/api/tpv/push/${id}/`, { method: 'PATCH', json: { text: 'Cambiada' } });
    const attempts = () => hub.emulator.calls.filter((call) => call.method === method).length;
    await vi.waitUntil(async () => {
      await clock.advance(100);
      return attempts() === 1;
    }, WAIT_MS);
    restore();
    const waiting = () => hub.hub.db.read.selectFrom('push_changes').select('not_before').execute();
    await vi.waitFor(async () => expect((await waiting())[0]?.not_before).toBeGreaterThan(clock.now()), WAIT_MS);
    await correct(hub, clock, byMs);
    await sweeps(hub, clock, 20);
    expect(attempts()).toBe(1);
    await vi.waitUntil(async () => {
      await clock.advance(1_000);
      return attempts() === 2;
    }, WAIT_MS);
    await changed;
    await vi.waitFor(async () => {
      await clock.advance(100);
      expect(await waiting()).toEqual([]);
    }, WAIT_MS);
  });

  test('a clock set ahead deletes nothing for its age', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const tpv = await hub.tpv();
    await hub.message(1, 'Hola');
    const [first] = await polled(tpv);
    await tpv.fetch(`/api/tpv/instructions/${first?.id}/`, { method: 'PUT', json: { status: 'completed' } });
    await correct(hub, clock, 3_650 * DAY);
    await sweeps(hub, clock, 3);
    expect(await instructionsOf(hub)).toHaveLength(1);
    // It goes once it is as old as it may get.
    await clock.jump(7 * DAY);
    await vi.waitFor(async () => {
      await clock.advance(1_000);
      expect(await instructionsOf(hub)).toEqual([]);
    }, WAIT_MS);
  });
});

describe.each(DIALECTS)('on %s, between two runs', (database) => {
  test('a clock that was 2 days behind and is right now expires nothing', async () => {
    const clock = testClock();
    const before = await startHub({ database, clock });
    await before.tpv();
    await before.message(1, 'Hola');
    await before.close();
    clock.correct(2 * DAY);
    const { databaseUrl, emulator } = before;
    const after = await startHub({ databaseUrl, emulator, clock });
    await sweeps(after, clock, 3);
    expect(await instructionsOf(after)).toMatchObject([{ status: 'pending', error_message: '' }]);
  });

  test('a hub that was away for 2 days, by a clock that was right, expires what is over', async () => {
    const clock = testClock();
    const before = await startHub({ database, clock });
    await before.tpv();
    await before.message(1, 'Hola');
    await before.close();
    await clock.jump(2 * DAY);
    const { databaseUrl, emulator } = before;
    const after = await startHub({ databaseUrl, emulator, clock });
    await vi.waitFor(async () => {
      await clock.advance(1_000);
      expect(await instructionsOf(after)).toMatchObject([{ status: 'failed', error_message: EXPIRED }]);
    }, WAIT_MS);
  });

  test.each(['kept running', 'started anew'])(
    'a clock that was 2 days ahead keeps no lease, on a machine that %s',
    async (machine) => {
      const clock = testClock();
      const before = await startHub({ database, clock, env: { SENT_LEASE_SECONDS: '60' } });
      const tpv = await before.tpv();
      await before.message(1, 'Hola');
      expect(await polled(tpv)).toHaveLength(1);
      await before.close();
      clock.correct(-2 * DAY);
      if (machine === 'started anew') clock.reboot();
      const { databaseUrl, emulator } = before;
      const after = await startHub({ databaseUrl, emulator, clock });
      const from = clock.elapsed();
      await vi.waitFor(async () => {
        await clock.advance(1_000);
        expect(await instructionsOf(after)).toMatchObject([{ status: 'pending', retry_count: 1 }]);
      }, WAIT_MS);
      expect(clock.elapsed() - from).toBeLessThan(2 * MINUTE);
      // Its life is what it was given, from now on.
      await clock.jump(DAY);
      await vi.waitFor(async () => {
        await clock.advance(1_000);
        expect(await instructionsOf(after)).toMatchObject([{ status: 'failed', error_message: EXPIRED }]);
      }, WAIT_MS);
    },
  );
});
