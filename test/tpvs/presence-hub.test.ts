import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { startEmulator } from '../../demo/emulator/mod.ts';
import { openDatabase } from '../../src/db/open.ts';
import { SOCKET_OPEN } from '../../src/tpvs/presence/rule.ts';
import { type TestClock, testClock } from '../support/clock.ts';
import {
  ADMIN_TOKEN,
  DIALECTS,
  fetchJson,
  freshDatabase,
  startHub,
  type TestHub,
  type TestTpv,
} from '../support/hub.ts';
import { startHubProcess } from '../support/hub-process.ts';
import { openSocket } from '../support/socket.ts';
import { WAIT_MS } from '../support/within.ts';

/** What is said of who comes and goes, from now on. */
function presenceOf({ hub }: TestHub): string[] {
  const said: string[] = [];
  hub.events.on('tpv.online', ({ tpvId }) => said.push(`online ${tpvId}`));
  hub.events.on('tpv.offline', ({ tpvId }) => said.push(`offline ${tpvId}`));
  return said;
}

async function shown(hub: TestHub, tpv: Pick<TestTpv, 'id'>) {
  const { body } = await hub.admin(`/api/admin/tpvs/${tpv.id}`);
  return { online: body.is_online, transport: body.transport, since: body.presence_since };
}

/** Lets seconds pass one by one, until the hub said what is waited for. */
async function until(clock: TestClock, check: () => void): Promise<void> {
  await vi.waitFor(async () => {
    await clock.advance(1_000);
    check();
  }, WAIT_MS);
}

describe.each(DIALECTS)('on %s', (database) => {
  test('a message to a TPV that came a moment ago keeps that it came: who kills the hub now makes it no stranger', async () => {
    // Time stands still, so nothing but the message writes it.
    const hub = await startHub({ database, clock: testClock() });
    const said = presenceOf(hub);
    const tpv = await hub.tpv();
    const socket = await tpv.socket();
    const row = () =>
      hub.hub.db.read.selectFrom('tpv_instances').select(['online_until', 'transport']).executeTakeFirstOrThrow();
    expect(await row()).toEqual({ online_until: null, transport: null });
    await hub.message(1, 'Hola');
    expect(await row()).toEqual({ online_until: SOCKET_OPEN, transport: 'socket' });
    expect(said).toEqual([`online ${tpv.id}`]);
    expect((await socket.next('instruction')).instruction.payload.text).toBe('Hola');
  });

  test('everybody who asks hears the same of a TPV whose socket closed, and after its grace', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const said = presenceOf(hub);
    const tpv = await hub.tpv();
    expect(await shown(hub, tpv)).toEqual({ online: false, transport: null, since: null });
    const socket = await tpv.socket();
    await hub.message(1, 'Hola');
    await socket.next('instruction');
    await until(clock, () => expect(said).toEqual([`online ${tpv.id}`]));
    const closedAt = clock.now();
    socket.cut();
    // The hub sees the end of the connection when its machine tells.
    await vi.waitFor(async () => {
      const { body } = await hub.admin(`/api/admin/tpvs/${tpv.id}`);
      expect(body.connection).toBeNull();
    }, WAIT_MS);
    expect(await shown(hub, tpv)).toMatchObject({ online: true, transport: 'socket' });
    // A push is no sign of the socket.
    await tpv.fetch('/api/tpv/push/', { method: 'POST', json: { telegram_user_id: 1001, text: 'Ya va' } });
    await until(clock, () => expect(said).toEqual([`online ${tpv.id}`, `offline ${tpv.id}`]));
    expect(clock.now() - closedAt).toBeGreaterThanOrEqual(15_000);
    const { body: stats } = await tpv.fetch('/api/tpv/stats');
    expect(stats.is_online).toBe(false);
    const { online, transport, since } = await shown(hub, tpv);
    expect({ online, transport }).toEqual({ online: false, transport: 'socket' });
    expect(Date.parse(since)).toBeGreaterThanOrEqual(closedAt + 15_000);
    const { body: overview } = await hub.admin('/api/admin/overview');
    expect(overview.tpvs).toMatchObject({ online: 0, by_socket: 0 });
    expect(overview.alarms).toContainEqual(expect.objectContaining({ code: 'tpv_offline_with_users', since }));
    await hub.message(2, '¿Hay sitio?');
    const { body: list } = await hub.admin('/api/admin/instructions?status=pending');
    const { body: waiting } = await hub.admin(`/api/admin/instructions/${list.items[0].id}`);
    expect(waiting.waits).toMatchObject({ code: 'tpv_offline', since });
    const metrics = await (await fetch(`${hub.url}/metrics`)).text();
    expect(metrics).toContain(`hub_tpv_online{tpv_id="${tpv.id}"} 0`);
    expect(metrics).toContain('hub_tpv_presence_changes_total{to="offline"} 1');
    // Asking makes it a TPV that polls.
    await tpv.fetch('/api/tpv/instructions/');
    expect(await shown(hub, tpv)).toMatchObject({ online: true, transport: 'poll' });
    await until(clock, () => expect(said.slice(2)).toEqual([`online ${tpv.id}`]));
  });

  test('a TPV that answers no ping is offline within 50 s, and one that calls no more after 300 s', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const said = presenceOf(hub);
    const [tpv, caller] = [await hub.tpv(), await hub.tpv()];
    const silent = await openSocket(hub.url, { key: tpv.key, client: { autoPong: false } });
    await silent.next('welcome');
    expect((await caller.fetch('/api/tpv/instructions/')).status).toBe(200);
    const heardAt = clock.now();
    await until(clock, () => expect(said).toHaveLength(2));
    const silence = async (of: TestTpv) => Date.parse((await shown(hub, of)).since) - heardAt;
    await until(clock, () => expect(said).toContain(`offline ${tpv.id}`));
    // It is told with the next second.
    expect(await silence(tpv)).toBeGreaterThan(45_000);
    expect(await silence(tpv)).toBeLessThanOrEqual(49_000);
    expect((await silent.closed).code).toBe(4000);
    await clock.jump(299_000 - (clock.now() - heardAt));
    expect(said).toHaveLength(3);
    await until(clock, () => expect(said).toContain(`offline ${caller.id}`));
    expect(await silence(caller)).toBe(300_000);
  });

  test('a hub that restarts says nothing of who comes back, and after 60 s that the others are gone', async () => {
    const clock = testClock();
    const first = await startHub({ database, clock });
    const [back, away] = [await first.tpv(), await first.tpv()];
    const said = presenceOf(first);
    for (const tpv of [back, away]) await tpv.socket();
    await until(clock, () => expect(said).toHaveLength(2));
    await first.close();
    expect(said).toHaveLength(2);
    const second = await startHub({ databaseUrl: first.databaseUrl, clock });
    const startedAt = clock.now();
    const after = presenceOf(second);
    expect(await shown(second, away)).toMatchObject({ online: true, transport: 'socket' });
    const socket = await openSocket(second.url, { key: back.key });
    await socket.next('welcome');
    await until(clock, () => expect(after).toEqual([`offline ${away.id}`]));
    expect(clock.now() - startedAt).toBeGreaterThanOrEqual(60_000);
    expect(await shown(second, back)).toMatchObject({ online: true, transport: 'socket' });
  });

  test('a hub that is killed knows at its next start who was there, and who had left', async () => {
    const emulator = await startEmulator();
    onTestFinished(() => emulator.close());
    const databaseUrl = await freshDatabase(database);
    const env = { OFFLINE_GRACE_SECONDS: '3' };
    const first = await startHubProcess({ databaseUrl, emulator, env });
    const db = openDatabase({ DATABASE_URL: databaseUrl, DATABASE_DURABILITY: 'full' });
    onTestFinished(() => db.close());
    const row = (id: string) =>
      db.read
        .selectFrom('tpv_instances')
        .select(['transport', 'online_until', 'presence_since', 'offline_untold'])
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
    const register = async (name: string) => {
      const json = { name, endpoint_url: 'http://127.0.0.1:9' };
      const { body } = await fetchJson(`${first.url}/api/tpv/register/`, { method: 'POST', json });
      return { id: body.id as string, key: body.api_key as string };
    };
    const [stays, leaves] = [await register('Se queda'), await register('Se va')];
    const sockets = await Promise.all([stays, leaves].map(({ key }) => openSocket(first.url, { key })));
    await Promise.all(sockets.map((socket) => socket.next('welcome')));
    await vi.waitFor(async () => {
      for (const { id } of [stays, leaves]) expect(await row(id)).toMatchObject({ online_until: SOCKET_OPEN });
    }, WAIT_MS);
    sockets[1]?.raw.close();
    // The row follows within a second; whether the hub comes to say it before it is killed is open.
    await vi.waitFor(async () => expect((await row(leaves.id)).online_until).not.toBe(SOCKET_OPEN), WAIT_MS);
    first.process.child.kill('SIGKILL');
    await first.process.ended;
    const killed = await row(leaves.id);
    const second = await startHubProcess({ databaseUrl, emulator, env });
    await vi.waitFor(async () => expect((await row(leaves.id)).online_until).toBeNull(), WAIT_MS);
    const left = await row(leaves.id);
    expect(left).toMatchObject({ transport: 'socket', presence_since: expect.any(Number) });
    // Null where the hub has told already those whom it concerns, which is nobody.
    expect([left.presence_since, null]).toContain(left.offline_untold);
    // No earlier than its grace was; later where the second hub stood still on a busy machine, which is no TPV's silence.
    expect(left.presence_since).toBeGreaterThanOrEqual(killed.online_until ?? killed.presence_since ?? 0);
    const { body } = await fetchJson(`${second.url}/api/admin/tpvs/${stays.id}`, {
      headers: { authorization: `Token ${ADMIN_TOKEN}` },
    });
    expect(body).toMatchObject({ is_online: true, transport: 'socket', connection: null });
    const socket = await openSocket(second.url, { key: stays.key });
    await socket.next('welcome');
    await vi.waitFor(async () => {
      expect(await row(stays.id)).toMatchObject({ online_until: SOCKET_OPEN, offline_untold: null });
    }, WAIT_MS);
  });
});
