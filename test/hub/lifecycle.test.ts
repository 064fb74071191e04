import { describe, expect, test, vi } from 'vitest';
import { sweepDue } from '../../src/instructions/sweep.ts';
import { telegramTexts } from '../../src/telegram/texts/texts.ts';
import { arrival } from '../support/arrivals.ts';
import { type TestClock, testClock } from '../support/clock.ts';
import { DIALECTS, type HubOptions, startHub, type TestHub, type TestTpv } from '../support/hub.ts';
import { instructionsOf } from '../support/telegram.ts';
import { WAIT_MS } from '../support/within.ts';

const ANA = 42;
const NO_ANSWER = 'El local no ha respondido';
const EXPIRED = 'Tu mensaje ha caducado';

interface Scene {
  hub: TestHub;
  tpv: TestTpv;
  clock: TestClock;
  /** Fetches the next instruction by poll, as soon as it is there. */
  poll(): Promise<{ id: string; retry_count: number; status: string }>;
  /** The only instruction as its row is now. */
  row(): Promise<Awaited<ReturnType<typeof instructionsOf>>[number]>;
  report(id: string, status: string): Promise<number>;
  /** What the person was told with these words. */
  told(words: string): unknown[];
}

/** A hub whose clock stands still, a TPV that polls, and a message that waits for it. */
async function scene(options: HubOptions): Promise<Scene> {
  const clock = testClock();
  const hub = await startHub({ ...options, clock });
  hub.emulator.person({ id: ANA, first_name: 'Ana', started: true });
  const tpv = await hub.tpv();
  await hub.message(1, 'Hola', ANA);
  const row = async () => {
    const [only] = await instructionsOf(hub);
    if (only === undefined) throw new Error('The instruction is gone.');
    return only;
  };
  return {
    hub,
    tpv,
    clock,
    row,
    async poll() {
      const { body } = await tpv.fetch('/api/tpv/instructions/');
      expect(body.count).toBe(1);
      return body.instructions[0];
    },
    report: async (id, status) =>
      (await tpv.fetch(`/api/tpv/instructions/${id}/`, { method: 'PUT', json: { status } })).status,
    told: (words) => hub.emulator.calls.filter(({ params }) => String(params.text).includes(words)),
  };
}

/** Moves the time on, and waits for a sweep to find what it should: one that is still busy skips its turn. */
async function swept({ clock, row }: Scene, ms: number, status: string): Promise<void> {
  await clock.jump(ms);
  await vi.waitFor(async () => {
    await clock.advance(1_000);
    expect((await row()).status).toBe(status);
  }, WAIT_MS);
}

/** Moves the time on to where nothing is due yet: a sweep at that moment changes nothing. */
async function unswept({ hub, clock, row }: Scene, ms: number, status: string): Promise<void> {
  await clock.jump(ms);
  const ports = { db: hub.hub.db, texts: telegramTexts('es'), settings: { maxAttempts: 5 } };
  expect(await sweepDue(ports, clock.now())).toBe(0);
  expect((await row()).status).toBe(status);
}

describe.each(DIALECTS)('an instruction on %s', (database) => {
  test('that a poll took and nobody reports on is pending again after 60 s, with one retry more', async () => {
    const at = await scene({ database });
    expect(await at.poll()).toMatchObject({ status: 'sent', retry_count: 0 });
    await unswept(at, 59_000, 'sent');
    expect((await at.tpv.fetch('/api/tpv/instructions/')).body.count).toBe(0);
    await swept(at, 1_000, 'pending');
    expect(await at.poll()).toMatchObject({ status: 'sent', retry_count: 1 });
  });

  test('whose lease lapses wakes the poll that waits for it', async () => {
    const at = await scene({ database });
    const { id } = await at.poll();
    await at.clock.jump(50_000);
    const arrived = arrival(at.hub, '/api/tpv/instructions');
    const waiting = at.tpv.fetch('/api/tpv/instructions/?wait=30');
    await arrived;
    let answered = false;
    void waiting.then(() => {
      answered = true;
    });
    await at.clock.jump(10_000);
    // As slowly as the wall: faster, a busy machine would see the poll's own time end first.
    await vi.waitFor(
      async () => {
        await at.clock.advance(250);
        expect(answered).toBe(true);
      },
      { timeout: WAIT_MS, interval: 250 },
    );
    expect((await waiting).body.instructions).toMatchObject([{ id, retry_count: 1 }]);
  });

  test('fails after five attempts without a report, and its person is told once', async () => {
    const at = await scene({ database });
    for (let attempt = 0; attempt < 5; attempt++) {
      expect(await at.poll()).toMatchObject({ retry_count: attempt });
      await swept(at, 60_000, attempt === 4 ? 'failed' : 'pending');
    }
    expect(await at.row()).toMatchObject({ error_message: 'sin respuesta del TPV', retry_count: 5, holder: null });
    await at.hub.emulator.waitForCall(({ params }) => String(params.text).includes(NO_ANSWER));
    await at.clock.advance(120_000);
    await at.hub.message(2, '/id', ANA);
    await vi.waitFor(async () => {
      await at.clock.advance(100);
      expect(at.told('Tu identificador')).toHaveLength(1);
    }, WAIT_MS);
    expect(at.told(NO_ANSWER)).toHaveLength(1);
    expect((await at.tpv.fetch('/api/tpv/instructions/')).body.count).toBe(0);
  });

  test('of fewer attempts where MAX_ATTEMPTS says so fails sooner', async () => {
    const at = await scene({ database, env: { MAX_ATTEMPTS: '1', SENT_LEASE_SECONDS: '10' } });
    await at.poll();
    await unswept(at, 9_000, 'sent');
    await swept(at, 1_000, 'failed');
    expect(await at.row()).toMatchObject({ error_message: 'sin respuesta del TPV', retry_count: 1 });
  });

  test('that nobody fetched expires after 24 hours, and its person is told once', async () => {
    const at = await scene({ database });
    await unswept(at, 86_399_000, 'pending');
    await swept(at, 1_000, 'failed');
    expect(await at.row()).toMatchObject({ error_message: 'expirada', retry_count: 0 });
    await at.hub.emulator.waitForCall(({ params }) => String(params.text).includes(EXPIRED));
    await at.clock.advance(10_000);
    expect(at.told(EXPIRED)).toHaveLength(1);
    expect((await at.tpv.fetch('/api/tpv/instructions/')).body.count).toBe(0);
  });

  test('that waits for a TPV expires too', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock, env: { INSTRUCTION_TTL_SECONDS: '100' } });
    hub.emulator.person({ id: ANA, first_name: 'Ana', started: true });
    await hub.message(1, 'Hola', ANA);
    await clock.jump(100_000);
    await vi.waitFor(async () => {
      await clock.advance(1_000);
      expect(await instructionsOf(hub)).toMatchObject([{ status: 'failed' }]);
    }, WAIT_MS);
    await hub.emulator.waitForCall(({ params }) => String(params.text).includes(EXPIRED));
    const tpv = await hub.tpv();
    await clock.advance(2_000);
    expect(await instructionsOf(hub)).toMatchObject([{ status: 'failed', error_message: 'expirada', tpv_id: null }]);
    expect((await tpv.fetch('/api/tpv/instructions/')).body.count).toBe(0);
  });

  test('expires while its TPV works on it, and a late end of it is refused', async () => {
    const at = await scene({ database, env: { INSTRUCTION_TTL_SECONDS: '100' } });
    const { id } = await at.poll();
    expect(await at.report(id, 'processing')).toBe(200);
    await unswept(at, 99_000, 'processing');
    await swept(at, 1_000, 'failed');
    expect(await at.row()).toMatchObject({ error_message: 'expirada' });
    expect(await at.report(id, 'completed')).toBe(409);
  });

  test.each(['delivered', 'processing'])('that is %s is leased 300 s from the last report', async (status) => {
    const at = await scene({ database });
    const { id } = await at.poll();
    expect(await at.report(id, status)).toBe(200);
    await unswept(at, 299_000, status);
    await swept(at, 1_000, 'pending');
    expect(await at.row()).toMatchObject({ retry_count: 1, holder: null });
  });

  test('keeps its lease as long as «processing» is repeated', async () => {
    const at = await scene({ database });
    const { id } = await at.poll();
    for (let i = 0; i < 5; i++) {
      expect(await at.report(id, 'processing')).toBe(200);
      await unswept(at, 299_000, 'processing');
    }
    const { delivered_at: deliveredAt, created_at: createdAt } = await at.row();
    expect(deliveredAt).toBe(createdAt);
    await swept(at, 1_000, 'pending');
  });

  test.each(['delivered', 'processing', 'completed', 'failed'])(
    'whose lease lapsed takes a late report of «%s»',
    async (status) => {
      const at = await scene({ database });
      const { id } = await at.poll();
      await swept(at, 60_000, 'pending');
      expect(await at.report(id, status)).toBe(200);
      expect(await at.row()).toMatchObject({ status });
      expect((await at.tpv.fetch('/api/tpv/instructions/')).body.count).toBe(0);
    },
  );

  test('that ended is not looked at again', async () => {
    const at = await scene({ database });
    const { id } = await at.poll();
    expect(await at.report(id, 'completed')).toBe(200);
    await unswept(at, 86_400_000, 'completed');
    expect(at.told(EXPIRED)).toHaveLength(0);
  });

  test('that a poll took keeps its lease over a restart', async () => {
    const at = await scene({ database });
    const { id } = await at.poll();
    await at.hub.close();
    const again = await startHub({ databaseUrl: at.hub.databaseUrl, clock: at.clock });
    expect(await instructionsOf(again)).toMatchObject([{ id, status: 'sent', holder: 'poll', retry_count: 0 }]);
    await at.clock.jump(60_000);
    await vi.waitFor(async () => {
      await at.clock.advance(1_000);
      expect(await instructionsOf(again)).toMatchObject([{ id, status: 'pending', retry_count: 1 }]);
    }, WAIT_MS);
  });
});
