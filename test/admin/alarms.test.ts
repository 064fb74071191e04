import { describe, expect, test } from 'vitest';
import { ALARM_CODES } from '../../src/alarms/alarm.ts';
import { createAccount, logIn, openBrowser } from '../support/admin.ts';
import { cli, cliJson } from '../support/cli.ts';
import { type TestClock, testClock } from '../support/clock.ts';
import { DIALECTS, startHub, type TestHub } from '../support/hub.ts';
import { auditOf, everyItem } from '../support/pages.ts';
import { patience } from '../support/within.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const OPERATOR = 42;
const LISTED = '/api/admin/alarms';
const OWN = '/api/admin/account/alarms';
const MAINTENANCE = '/api/admin/maintenance';

/** Lets time pass, second by second, until the operator is told so often; gives back the last that they read. */
async function told({ hub, emulator }: TestHub, clock: TestClock, count: number): Promise<string> {
  const said = async () => {
    const rows = hub.db.read.selectFrom('push_messages').select('id').where('chat_id', '=', OPERATOR);
    return (await rows.execute()).length;
  };
  const waits = patience(() => `They are not told for the ${count}. time`);
  for (; (await said()) < count; waits()) await clock.advance(1_000);
  // Time stands still while it goes over a real connection.
  const { chat } = emulator.person({ id: OPERATOR, first_name: 'Ana' });
  await expect.poll(() => chat).toHaveLength(count);
  return chat.at(-1)?.text ?? '';
}

/** An account whose person is linked, and what the bot told them. */
async function linkOperator(hub: TestHub) {
  const id = await createAccount(hub);
  await hub.hub.db.transact((tx) =>
    tx.kysely.updateTable('admin_users').set({ telegram_id: OPERATOR }).where('id', '=', id).execute(),
  );
  const phone = hub.emulator.person({ id: OPERATOR, first_name: 'Ana', started: true });
  return { phone, texts: () => phone.chat.map(({ text }) => text ?? '') };
}

/** Alarms of TPVs: these hubs have no webhook. */
async function ofTpvs(hub: TestHub, query = '') {
  const items = await everyItem(hub, `${LISTED}${query}`, 1);
  return items.filter(({ tpv }) => tpv !== null);
}

async function openCodes(hub: TestHub): Promise<string[]> {
  return (await ofTpvs(hub, '?state=open')).map(({ code }) => code);
}

describe.each(DIALECTS)('on %s', (database) => {
  test('a TPV that is killed is told to who is linked, once, and so is its return; list and metrics show it', async () => {
    const clock = testClock();
    // A clock that runs ahead would take the socket for silent.
    const env = { HEARTBEAT_INTERVAL_SECONDS: '3600' };
    const hub = await startHub({ database, clock, env });
    const { texts } = await linkOperator(hub);
    const tpv = await hub.tpv({ name: 'Bar <Pepe>' });
    const socket = await tpv.socket();
    await hub.message(1, 'Hola');
    await socket.next('instruction');
    socket.cut();
    expect(await told(hub, clock, 1)).toContain('«Bar <Pepe>» no está conectado y atiende a un cliente');
    expect(await ofTpvs(hub)).toMatchObject([
      { code: 'tpv_offline_with_users', tpv: { id: tpv.id }, ended_at: null, told_at: expect.any(String) },
    ]);
    expect(String((await hub.fetch('/metrics')).body)).toMatch(/^hub_alarms\{code="tpv_offline_with_users"\} 1$/m);
    await tpv.socket();
    expect(await told(hub, clock, 2)).toContain('Alarma terminada');
    await clock.advance(2 * MINUTE);
    expect(texts()).toHaveLength(2);
    expect(String((await hub.fetch('/metrics')).body)).not.toMatch(/^hub_alarms\{code="tpv_/m);
  });

  test('a TPV that is away while its restaurant is closed or paused is no alarm', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const tpv = await hub.tpv();
    await hub.message(1, 'Hola');
    const codes = async () => {
      await clock.advance(1_000);
      return (await hub.admin('/api/admin/overview')).body.alarms.map(({ code }: { code: string }) => code);
    };
    expect(await codes()).toEqual(['tpv_offline_with_users']);
    const set = (json: object) => hub.admin(`/api/admin/tpvs/${tpv.id}/service`, { method: 'PUT', json });
    await set({ timetable: { weekly: {} } });
    expect(await codes()).toEqual([]);
    await set({ timetable: null });
    expect(await codes()).toEqual(['tpv_offline_with_users']);
    await set({ state: 'paused' });
    expect(await codes()).toEqual([]);
  });

  test('messages that a TPV leaves waiting, or fails, raise alarms of it', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const tpv = await hub.tpv();
    await hub.message(1, 'Hola');
    await hub.message(2, 'Otra');
    const [one, two] = (await tpv.fetch('/api/tpv/instructions/')).body.instructions;
    const report = (id: string, status: string) =>
      tpv.fetch(`/api/tpv/instructions/${id}/`, { method: 'PUT', json: { status } });
    await report(one.id, 'delivered');
    await report(one.id, 'failed');
    await clock.advance(1_000);
    await hub.admin('/api/admin/overview');
    // One that fails tells nothing of the next.
    expect(await openCodes(hub)).toEqual([]);
    await report(two.id, 'delivered');
    await report(two.id, 'completed');
    await clock.advance(1_000);
    await hub.admin('/api/admin/overview');
    expect(await ofTpvs(hub)).toMatchObject([
      { code: 'tpv_instructions_failing', severity: 'warning', count: 1, tpv: { id: tpv.id } },
    ]);
    await hub.message(3, 'Y otra');
    // It is there all the time.
    for (const minutes of [4, 4, 3]) {
      await clock.jump(minutes * MINUTE);
      await tpv.fetch('/api/tpv/heartbeat/', { method: 'POST' });
    }
    await hub.admin('/api/admin/overview');
    expect(await openCodes(hub)).toEqual(['tpv_instructions_waiting']);
    await tpv.fetch('/api/tpv/instructions/');
    await clock.advance(1_000);
    await hub.admin('/api/admin/overview');
    expect(await openCodes(hub)).toEqual([]);
    // The newest first.
    expect((await ofTpvs(hub, '?state=ended')).map(({ code }) => code)).toEqual([
      'tpv_instructions_waiting',
      'tpv_instructions_failing',
    ]);
  });

  test('maintenance is announced, listed and ended by API and command line, and stands in the audit log', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const tpv = await hub.tpv({ name: 'Bar' });
    const at = (ms: number) => new Date(clock.now() + ms).toISOString();
    const post = (json: object) => hub.admin(MAINTENANCE, { method: 'POST', json });
    const { status, body: mine } = await post({ minutes: 60, reason: 'obras', tpv_id: tpv.id });
    expect([status, mine]).toEqual([
      201,
      {
        id: expect.any(String),
        tpv: { id: tpv.id, name: 'Bar' },
        from: at(0),
        until: at(HOUR),
        reason: 'obras',
        created_by: 'token',
      },
    ]);
    const { body: all } = await post({ from: at(HOUR), minutes: 60 });
    expect((await hub.admin(MAINTENANCE)).body.items.map(({ id }: { id: string }) => id)).toEqual([mine.id, all.id]);
    expect((await hub.admin(`${MAINTENANCE}/${all.id}`, { method: 'DELETE' })).body).toEqual({ ok: true });
    expect((await hub.admin(`${MAINTENANCE}/${all.id}`, { method: 'DELETE' })).status).toBe(404);
    for (const json of [
      { minutes: 0 },
      { from: at(-HOUR), minutes: 60 },
      { minutes: 7 * 24 * 60 + 1 },
      { minutes: 1.5 },
      { from: 'x', minutes: 60 },
      {},
      { minutes: 60, reason: 'x'.repeat(201) },
      { minutes: 60, reason: '\0' },
      { minutes: 60, other: 1 },
    ]) {
      expect([json, (await post(json)).status]).toEqual([json, 400]);
    }
    expect((await post({ minutes: 60, tpv_id: crypto.randomUUID() })).status).toBe(404);
    await clock.jump(2 * HOUR);
    expect((await hub.admin(MAINTENANCE)).body.items).toEqual([]);
    // The command line's clock is the machine's.
    const begun = await cliJson(hub, ['maintenance', 'begin', '--for', '30', '--reason', 'nuevo router', 'Bar']);
    expect(begun).toMatchObject({ tpv: { id: tpv.id, name: 'Bar' }, reason: 'nuevo router', created_by: 'cli' });
    expect(Date.parse(begun.until) - Date.parse(begun.from)).toBe(30 * MINUTE);
    expect((await cli(hub, ['maintenance', 'list'])).stdout).toContain('nuevo router');
    await cliJson(hub, ['maintenance', 'end', begun.id]);
    expect(await cliJson(hub, ['maintenance', 'list'])).toEqual({ maintenance: [] });
    for (const words of [
      ['begin', '--for', '0'],
      ['begin', '--from', 'x'],
      ['end'],
      ['list', 'x'],
      ['begin', 'a', 'b'],
    ]) {
      expect([words, (await cli(hub, ['maintenance', ...words])).code]).toEqual([words, 64]);
    }
    expect((await cli(hub, ['maintenance', 'end', begun.id])).code).toBe(1);
    expect((await auditOf(hub)).map(({ actor, action, name }) => [actor, action, name])).toEqual([
      ['token', 'maintenance.begin', 'Bar'],
      ['token', 'maintenance.begin', null],
      ['token', 'maintenance.end', null],
      ['cli', 'maintenance.begin', 'Bar'],
      ['cli', 'maintenance.end', null],
    ]);
  });

  test('an account, a viewer’s too, chooses of which alarms it hears, by API and command line', async () => {
    const hub = await startHub({ database, clock: testClock() });
    const eva = await openBrowser(hub, { name: 'eva', role: 'viewer' });
    const { body } = await eva.fetch(OWN);
    expect(body).toEqual({ linked: false, items: ALARM_CODES.map((code) => ({ code, told: true })) });
    const put = (json: object) => eva.fetch(OWN, { method: 'PUT', json });
    const chosen = await put({ muted: ['backup_late', 'disk_nearly_full', 'backup_late'] });
    const told = (one: typeof body) =>
      one.items.filter((item: { told: boolean }) => !item.told).map(({ code }: { code: string }) => code);
    expect([chosen.status, told(chosen.body)]).toEqual([200, ['disk_nearly_full', 'backup_late']]);
    for (const json of [{}, { muted: ['nothing'] }, { muted: 'backup_late' }, { muted: [], other: 1 }]) {
      expect([json, (await put(json)).status]).toEqual([json, 400]);
    }
    expect((await hub.admin(OWN)).status).toBe(403);
    const codes = await cliJson(hub, ['admin', 'alarms', 'eva', '--mute', 'pushes_unknown', '--hear', 'backup_late']);
    expect(codes).toMatchObject({ name: 'eva', linked: false, muted: ['disk_nearly_full', 'pushes_unknown'] });
    expect(told((await (await logIn(hub, { name: 'eva' })).fetch(OWN)).body)).toEqual(codes.muted);
    expect((await cliJson(hub, ['admin', 'alarms', 'eva', '--hear', 'all'])).muted).toEqual([]);
    expect((await cli(hub, ['admin', 'alarms', 'eva'])).stdout).toMatch(/backup_late +heard/);
    for (const more of [
      ['--mute', 'nothing'],
      ['--mute', 'all', '--hear', 'backup_late'],
    ]) {
      expect((await cli(hub, ['admin', 'alarms', 'eva', ...more])).code).toBe(64);
    }
    expect((await auditOf(hub)).map(({ actor, action }) => [actor, action])).toEqual([
      ['eva', 'session.login'],
      ['eva', 'account.alarms'],
      ['cli', 'account.alarms'],
      ['eva', 'session.login'],
      ['cli', 'account.alarms'],
    ]);
  });
});

test('bad input is refused', async () => {
  const hub = await startHub();
  for (const query of [
    'state=all',
    'limit=0',
    'cursor=x',
    'other=1',
    `cursor=${Buffer.from('["x"]').toString('base64url')}`,
  ]) {
    expect([query, (await hub.admin(`${LISTED}?${query}`)).status]).toEqual([query, 400]);
  }
  expect((await hub.fetch(LISTED)).status).toBe(401);
  expect((await hub.admin(`${MAINTENANCE}/x`, { method: 'DELETE' })).status).toBe(400);
});
