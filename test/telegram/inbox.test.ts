import { describe, expect, test, vi } from 'vitest';
import { testClock } from '../support/clock.ts';
import { holdCommits } from '../support/hold.ts';
import { DIALECTS, startHub, type TestHub } from '../support/hub.ts';
import { connectTelegram, instructionsOf, userOf } from '../support/telegram.ts';
import { WAIT_MS } from '../support/within.ts';

const told = (hub: TestHub) =>
  hub.emulator.calls.filter(({ params }) => String(params.text).includes('Hemos guardado tu mensaje'));

describe.each(DIALECTS)('with no TPV free, on %s', (database) => {
  test('a message is kept, its sender is told once, and it goes out as soon as a TPV is there', async () => {
    const hub = await startHub({ database });
    await connectTelegram(hub);
    const ana = hub.emulator.person({ id: 42, first_name: 'Ana' });
    for (const text of ['uno', 'dos', 'tres']) ana.send(text);
    await hub.emulator.drained();
    expect(await instructionsOf(hub)).toMatchObject([
      { tpv_id: null, status: 'pending' },
      { tpv_id: null, status: 'pending' },
      { tpv_id: null, status: 'pending' },
    ]);
    // The hub answers one chat in order: once this came, no second notice can follow.
    ana.send('/id');
    await ana.waitForMessage(({ text }) => text?.includes('identificador') === true);
    expect(told(hub)).toHaveLength(1);

    const tpv = await hub.tpv();
    const { body } = await tpv.fetch('/api/tpv/instructions/?wait=20');
    expect(body.instructions.map(({ payload }: { payload: { text: string } }) => payload.text)).toEqual([
      'uno',
      'dos',
      'tres',
    ]);
    expect(await userOf(hub, 42)).toMatchObject({ tpv_id: tpv.id, unassigned_told_at: null });
  });

  test('fifty messages of one person at once tell them once', async () => {
    const hub = await startHub({ database });
    hub.emulator.person({ id: 42, first_name: 'Ana', started: true });
    await Promise.all(Array.from({ length: 50 }, (_, i) => hub.message(i + 1, 'Hola', 42)));
    await hub.message(99, '/id', 42);
    await hub.emulator.waitForCall(({ params }) => String(params.text).includes('identificador'));
    expect(told(hub)).toHaveLength(1);
    expect(await instructionsOf(hub)).toHaveLength(50);
  });

  test('those who wait are assigned in the order in which they wrote, as far as there are seats', async () => {
    const hub = await startHub({ database });
    for (const [i, id] of [30, 10, 20].entries()) await hub.message(i + 1, `soy ${id}`, id);
    await hub.message(4, 'otra vez 30', 30);
    const small = await hub.tpv({ max_users: 2 });
    await vi.waitFor(async () => {
      expect((await small.fetch('/api/tpv/info/')).body.user_count).toBe(2);
    }, WAIT_MS);
    const texts = async (tpv: typeof small) =>
      (await tpv.fetch('/api/tpv/instructions/?wait=20')).body.instructions.map(
        ({ payload }: { payload: { text: string } }) => payload.text,
      );
    expect(await texts(small)).toEqual(['soy 30', 'soy 10', 'otra vez 30']);
    const later = await hub.tpv();
    expect(await texts(later)).toEqual(['soy 20']);
  });

  test('a TPV that comes while the inbox is looked at gets those who wait at once', async () => {
    const hub = await startHub({ database, clock: testClock() });
    await hub.message(1, 'Hola', 42);
    const hold = holdCommits(hub.hub.db);
    await hold.running;
    hub.hub.events.emit({ type: 'tpv.available', tpvId: 'another' });
    await hold.asked(1);
    const registering = hub.tpv();
    await hold.asked(2);
    await hold.release();
    const tpv = await registering;
    await vi.waitFor(async () => expect((await userOf(hub, 42)).tpv_id).toBe(tpv.id), WAIT_MS);
  });

  test('a TPV that is activated gets those who wait', async () => {
    const hub = await startHub({ database, env: { TPV_REGISTRATION: 'approval' } });
    const tpv = await hub.tpv();
    await hub.message(1, 'Hola');
    expect(await instructionsOf(hub)).toMatchObject([{ tpv_id: null }]);
    await hub.admin(`/api/admin/tpvs/${tpv.id}/activate/`, { method: 'POST' });
    expect((await tpv.fetch('/api/tpv/instructions/?wait=20')).body).toMatchObject({ count: 1 });
  });

  test('a seat that is freed is taken by who waits, at the next look', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const full = await hub.tpv({ max_users: 1 });
    await hub.message(1, 'primera', 1);
    await hub.message(2, 'segunda', 2);
    const other = await hub.tpv({ max_users: 1 });
    await vi.waitFor(async () => {
      await clock.advance(1_000);
      expect((await userOf(hub, 2)).tpv_id).toBe(other.id);
    }, WAIT_MS);
    await hub.message(3, 'tercera', 3);
    expect((await userOf(hub, 3)).tpv_id).toBeNull();
    await hub.admin(`/api/admin/tpvs/${other.id}/`, { method: 'DELETE' });
    const third = await hub.tpv({ max_users: 2 });
    await vi.waitFor(async () => {
      await clock.advance(1_000);
      expect((await userOf(hub, 2)).tpv_id).toBe(third.id);
      expect((await userOf(hub, 3)).tpv_id).toBe(third.id);
    }, WAIT_MS);
    expect((await full.fetch('/api/tpv/info/')).body.user_count).toBe(1);
  });

  test('who is told, assigned and loses the TPV again is told again', async () => {
    const hub = await startHub({ database });
    hub.emulator.person({ id: 42, first_name: 'Ana', started: true });
    await hub.message(1, 'Hola', 42);
    await hub.emulator.waitForCall(({ params }) => String(params.text).includes('Hemos guardado'));
    const tpv = await hub.tpv();
    expect((await tpv.fetch('/api/tpv/instructions/?wait=20')).body.count).toBe(1);
    await hub.admin(`/api/admin/tpvs/${tpv.id}/`, { method: 'DELETE' });
    await hub.message(2, '¿Sigue ahí?', 42);
    await vi.waitFor(() => expect(told(hub)).toHaveLength(2), WAIT_MS);
  });
});
