import { describe, expect, test, vi } from 'vitest';
import { testClock } from '../support/clock.ts';
import { DIALECTS, SHARED, startHub, type TestHub, type TestTpv } from '../support/hub.ts';
import { instructionsOf, updatesOf, userOf } from '../support/telegram.ts';
import { WAIT_MS } from '../support/within.ts';

/** Two hubs that want the same rows send some of the fifty away, again and again. */
const BUSY_MS = 3 * WAIT_MS;

const count = async (tpv: TestTpv) => (await tpv.fetch('/api/tpv/info/')).body.user_count;

/** The seats that are counted and the people who sit on them, which must be the same. */
async function seats(hub: TestHub) {
  const [tpvs, users] = await Promise.all([
    hub.hub.db.read.selectFrom('tpv_instances').select(['id', 'user_count']).execute(),
    hub.hub.db.read.selectFrom('telegram_users').select('tpv_id').where('tpv_id', 'is not', null).execute(),
  ]);
  for (const { id, user_count: counted } of tpvs) {
    expect(users.filter(({ tpv_id }) => tpv_id === id)).toHaveLength(counted);
  }
  return users.length;
}

describe.each(DIALECTS)('on %s', (database) => {
  test('least_users spreads people evenly over the TPVs', async () => {
    const hub = await startHub({ database });
    const tpvs = [await hub.tpv(), await hub.tpv(), await hub.tpv()];
    for (let i = 1; i <= 7; i++) await hub.message(i, 'Hola', i);
    expect(await Promise.all(tpvs.map(count))).toEqual([3, 2, 2]);
  });

  test('round_robin goes round, over restarts too', async () => {
    const env = { ROUTING_STRATEGY: 'round_robin' };
    const hub = await startHub({ database, env });
    const tpvs = [await hub.tpv(), await hub.tpv(), await hub.tpv()];
    for (let i = 1; i <= 4; i++) await hub.message(i, 'Hola', i);
    await hub.close();
    const again = await startHub({ database, env, databaseUrl: hub.databaseUrl });
    await again.message(5, 'Hola', 5);
    expect(await userOf(again, 4)).toMatchObject({ tpv_id: tpvs[0]?.id });
    expect(await userOf(again, 5)).toMatchObject({ tpv_id: tpvs[1]?.id });
  });

  test('specific leaves everybody to the administrator', async () => {
    const hub = await startHub({ database, env: { ROUTING_STRATEGY: 'specific' } });
    const tpv = await hub.tpv();
    await hub.message(1, 'Hola', 42);
    expect(await userOf(hub, 42)).toMatchObject({ tpv_id: null });
    const moved = await hub.admin('/api/admin/users/42/tpv/', { method: 'PUT', json: { tpv_id: tpv.id } });
    expect(moved).toMatchObject({ status: 200, body: { telegram_id: 42, tpv_id: tpv.id } });
    expect((await tpv.fetch('/api/tpv/instructions/?wait=20')).body).toMatchObject({ count: 1 });
  });

  test('TPVs that are online come first, and those heard less than 300 s ago are online', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const quiet = await hub.tpv();
    await clock.advance(1);
    const busy = await hub.tpv();
    for (const tpv of [quiet, busy]) await tpv.fetch('/api/tpv/heartbeat/', { method: 'POST' });
    await hub.message(1, 'Hola', 1);
    expect(await userOf(hub, 1)).toMatchObject({ tpv_id: quiet.id });
    await clock.jump(299_999);
    await busy.fetch('/api/tpv/heartbeat/', { method: 'POST' });
    await hub.message(2, 'Hola', 2);
    await hub.message(3, 'Hola', 3);
    expect(await userOf(hub, 2)).toMatchObject({ tpv_id: busy.id });
    expect(await userOf(hub, 3)).toMatchObject({ tpv_id: quiet.id });
    await clock.jump(1);
    for (const id of [4, 5, 6]) await hub.message(id, 'Hola', id);
    for (const id of [4, 5, 6]) expect(await userOf(hub, id)).toMatchObject({ tpv_id: busy.id });
  });

  test('an inactive TPV gets nobody', async () => {
    const hub = await startHub({ database });
    const inactive = await hub.tpv();
    const active = await hub.tpv();
    await hub.admin(`/api/admin/tpvs/${inactive.id}/deactivate/`, { method: 'POST', json: {} });
    for (const id of [1, 2]) await hub.message(id, 'Hola', id);
    expect(await count(active)).toBe(2);
  });

  test('fifty updates of one new person at once assign once', async () => {
    const hub = await startHub({ database });
    for (let i = 0; i < 3; i++) await hub.tpv();
    await Promise.all(Array.from({ length: 50 }, (_, i) => hub.message(i + 1, `${i}`, 42)));
    expect(await seats(hub)).toBe(1);
    const { tpv_id: tpvId } = await userOf(hub, 42);
    const all = await instructionsOf(hub);
    expect(all).toHaveLength(50);
    expect(new Set(all.map(({ tpv_id }) => tpv_id))).toEqual(new Set([tpvId]));
  });

  test('of fifty new people who race for ten seats exactly ten sit down, and the others are kept', async () => {
    const hub = await startHub({ database });
    const tpvs = [await hub.tpv({ max_users: 4 }), await hub.tpv({ max_users: 3 }), await hub.tpv({ max_users: 3 })];
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => hub.message(i + 1, 'Hola', i + 1)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(await seats(hub)).toBe(10);
    expect(await Promise.all(tpvs.map(count))).toEqual([4, 3, 3]);
    expect((await instructionsOf(hub)).filter(({ tpv_id }) => tpv_id === null)).toHaveLength(40);
  });

  test.each(['least_users', 'round_robin'])(
    'new people who write at once are spread evenly by %s',
    async (strategy) => {
      const hub = await startHub({ database, env: { ROUTING_STRATEGY: strategy } });
      const tpvs = [await hub.tpv(), await hub.tpv(), await hub.tpv(), await hub.tpv()];
      await Promise.all(Array.from({ length: 40 }, (_, i) => hub.message(i + 1, 'Hola', i + 1)));
      expect(await Promise.all(tpvs.map(count))).toEqual([10, 10, 10, 10]);
    },
  );

  test('once assigned, a person stays, also when their TPV goes offline and others are free', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const tpv = await hub.tpv();
    await hub.message(1, 'Hola', 42);
    await clock.jump(3_600_000);
    const other = await hub.tpv();
    await other.fetch('/api/tpv/heartbeat/', { method: 'POST' });
    await hub.message(2, 'Hola', 42);
    expect(await userOf(hub, 42)).toMatchObject({ tpv_id: tpv.id });
  });

  test('an administrator moves a person: what is open goes along, and the old socket is told to stop', async () => {
    const hub = await startHub({ database });
    const before = await hub.tpv();
    const oldSocket = await before.socket({ maxInFlight: 1 });
    for (const id of [1, 2, 3]) await hub.message(id, `mensaje ${id}`, 42);
    const first = await oldSocket.next('instruction');
    await oldSocket.report(first.instruction.id, 'completed');
    const second = await oldSocket.next('instruction');
    await oldSocket.report(second.instruction.id, 'processing');
    const third = await oldSocket.next('instruction');
    const after = await hub.tpv();
    const newSocket = await after.socket();
    await hub.admin('/api/admin/users/42/tpv/', { method: 'PUT', json: { tpv_id: after.id } });

    const revoked = [await oldSocket.next('revoked'), await oldSocket.next('revoked')];
    expect(revoked).toMatchObject([
      { id: second.instruction.id, reason: 'reassigned' },
      { id: third.instruction.id, reason: 'reassigned' },
    ]);
    const moved = [await newSocket.next('instruction'), await newSocket.next('instruction')];
    expect(moved.map(({ instruction }) => instruction.id)).toEqual([second.instruction.id, third.instruction.id]);
    expect(await oldSocket.report(second.instruction.id, 'completed')).toMatchObject({
      ok: false,
      error: { code: 'not_found' },
    });
    expect(await newSocket.report(second.instruction.id, 'completed')).toMatchObject({ ok: true });
    expect([await count(before), await count(after)]).toEqual([0, 1]);
    // What was final stays where it was done.
    expect((await before.fetch(`/api/tpv/instructions/${first.instruction.id}/`)).status).toBe(200);
  });

  test('moving somebody to a TPV that can not take them changes nothing', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    await hub.message(1, 'Hola', 42);
    const full = await hub.tpv({ max_users: 1 });
    await hub.admin(`/api/admin/tpvs/${tpv.id}/deactivate/`, { method: 'POST', json: {} });
    await hub.message(2, 'Hola', 43);
    await hub.admin(`/api/admin/tpvs/${tpv.id}/activate/`, { method: 'POST' });
    const move = (id: number | string, tpvId: string) =>
      hub.admin(`/api/admin/users/${id}/tpv/`, { method: 'PUT', json: { tpv_id: tpvId } });
    expect(await move(42, full.id)).toMatchObject({ status: 400, body: { details: [{ path: 'tpv_id' }] } });
    expect(await move(42, crypto.randomUUID())).toMatchObject({ status: 400 });
    expect(await move(777, tpv.id)).toMatchObject({ status: 404 });
    expect(await move(42, tpv.id)).toMatchObject({ status: 200 });
    expect(await userOf(hub, 42)).toMatchObject({ tpv_id: tpv.id });
    expect(await seats(hub)).toBe(2);
  });

  test('the people of a deleted TPV and their open messages go to others', async () => {
    const hub = await startHub({ database });
    const gone = await hub.tpv();
    for (const id of [1, 2]) await hub.message(id, `soy ${id}`, id);
    const [first] = (await gone.fetch('/api/tpv/instructions/?limit=1')).body.instructions;
    await gone.fetch(`/api/tpv/instructions/${first.id}/`, { method: 'PUT', json: { status: 'processing' } });
    const heir = await hub.tpv();
    await hub.admin(`/api/admin/tpvs/${gone.id}/`, { method: 'DELETE' });
    await vi.waitFor(async () => expect(await count(heir)).toBe(2), WAIT_MS);
    const { body } = await heir.fetch('/api/tpv/instructions/');
    expect(body.instructions.map(({ payload }: { payload: { text: string } }) => payload.text)).toEqual([
      'soy 1',
      'soy 2',
    ]);
  });
});

describe('two hubs on one PostgreSQL', () => {
  async function twoHubs() {
    const one = await startHub({ database: 'postgres', shared: SHARED });
    const two = await startHub({ databaseUrl: one.databaseUrl, emulator: one.emulator, shared: SHARED });
    return { one, two, both: [one, two] };
  }

  /** Telegram sends again what was answered 503. */
  async function untilTaken(hub: TestHub, updateId: number, from: number): Promise<void> {
    await vi.waitFor(async () => expect((await hub.message(updateId, 'Hola', from)).status).toBe(200), BUSY_MS);
  }

  test('never give away more seats than there are', async () => {
    const { one, both } = await twoHubs();
    await one.tpv({ max_users: 6 });
    await one.tpv({ max_users: 4 });
    await Promise.all(Array.from({ length: 50 }, (_, i) => untilTaken(both[i % 2] ?? one, i + 1, i + 1)));
    expect(await seats(one)).toBe(10);
  });

  test('assign one new person once', async () => {
    const { one, both } = await twoHubs();
    for (let i = 0; i < 3; i++) await one.tpv();
    await Promise.all(Array.from({ length: 50 }, (_, i) => untilTaken(both[i % 2] ?? one, i + 1, 42)));
    expect(await seats(one)).toBe(1);
    expect(await updatesOf(one)).toHaveLength(50);
  });

  test('count seats right while both move the same people', async () => {
    const { one, both } = await twoHubs();
    const tpvs = [await one.tpv(), await one.tpv(), await one.tpv()];
    const people = [1, 2, 3, 4];
    for (const id of people) await one.message(id, 'Hola', id);
    const move = async (hub: TestHub, id: number, tpvId: string) => {
      await vi.waitFor(async () => {
        const { status } = await hub.admin(`/api/admin/users/${id}/tpv/`, { method: 'PUT', json: { tpv_id: tpvId } });
        expect(status).toBe(200);
      }, BUSY_MS);
    };
    const moves = Array.from({ length: 60 }, (_, i) =>
      move(both[i % 2] ?? one, people[(i >> 1) % 4] ?? 1, tpvs[i % 3]?.id ?? ''),
    );
    await Promise.all(moves);
    expect(await seats(one)).toBe(4);
  });

  test('keep an update that both get at once, once', async () => {
    const { one, both } = await twoHubs();
    await one.tpv();
    await Promise.all(Array.from({ length: 50 }, (_, i) => untilTaken(both[i % 2] ?? one, 1, 42)));
    expect(await instructionsOf(one)).toHaveLength(1);
  });
});
