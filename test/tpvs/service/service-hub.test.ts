import { describe, expect, test, vi } from 'vitest';
import { MOST_EXCEPTIONS, serviceSchema } from '#protocol';
import { testClock } from '../../support/clock.ts';
import { DIALECTS, startHub, type TestTpv } from '../../support/hub.ts';
import { watch } from '../../support/live-stream.ts';
import { userOf } from '../../support/telegram.ts';
import { WAIT_MS } from '../../support/within.ts';

const MINUTE = 60_000;
const PATH = '/api/tpv/service/';
const set = (tpv: TestTpv, json: unknown) => tpv.fetch(PATH, { method: 'PUT', json });
const everyDay = (...hours: [string, string][]) =>
  Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, hours]));
const OPEN = { state: 'open', minutes: null, until: null, reason: null };
const OPEN_NOW = { ...OPEN, opens_at: null, closes_at: null };

describe.each(DIALECTS)('the service of a TPV on %s', (database) => {
  test('is open until it says otherwise, and again when the end that it gave is there', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const tpv = await hub.tpv();
    expect((await tpv.fetch(PATH)).body).toEqual({ ...OPEN_NOW, set: OPEN, timetable: null });
    const until = new Date(clock.now() + 30 * MINUTE).toISOString();
    const paused = { state: 'paused', minutes: null, until, reason: 'cocina averiada' };
    const said = await set(tpv, { state: 'paused', until: until.replace('Z', '+00:00'), reason: ' cocina averiada ' });
    expect(said).toMatchObject({ status: 200, body: { ...OPEN_NOW, ...paused, set: paused, timetable: null } });
    for (const path of ['/api/tpv/info/', '/api/tpv/stats/']) {
      expect((await tpv.fetch(path)).body.service).toEqual({ ...OPEN_NOW, ...paused });
    }
    expect((await tpv.socket()).frames[0]).toMatchObject({ type: 'welcome', service: { ...OPEN_NOW, ...paused } });
    await clock.jump(30 * MINUTE);
    expect((await tpv.fetch(PATH)).body).toEqual({ ...OPEN_NOW, set: OPEN, timetable: null });
  });

  test('says the same over a socket, and each change leaves what it does not name', async () => {
    const hub = await startHub({ database, env: { TIME_ZONE: 'Atlantic/Canary' } });
    const tpv = await hub.tpv();
    const socket = await tpv.socket();
    const ask = async (ref: string, change: object) => {
      socket.send({ type: 'service', ref, ...change });
      const { ref: of, ok, data, error } = await socket.next('result');
      expect(of).toBe(ref);
      return ok ? serviceSchema.parse(data) : error;
    };
    expect(await ask('1', { state: 'busy', minutes: 20 })).toMatchObject({ state: 'busy', minutes: 20 });
    const never = { weekly: {} };
    expect(await ask('2', { timetable: never })).toMatchObject({
      state: 'closed',
      opens_at: null,
      set: { state: 'busy', minutes: 20 },
      timetable: { zone: 'Atlantic/Canary', weekly: everyDay(), exceptions: [] },
    });
    expect(await ask('3', { state: 'paused' })).toMatchObject({
      state: 'paused',
      reason: null,
      timetable: { weekly: everyDay() },
    });
    expect(await ask('4', { state: 'open', timetable: null })).toMatchObject({ state: 'open', timetable: null });
    expect(await ask('5', { state: 'busy' })).toMatchObject({
      code: 'invalid_request',
      details: [{ path: 'minutes', message: 'hace falta con «busy»' }],
    });
    expect((await tpv.fetch(PATH)).body).toMatchObject({ state: 'open', timetable: null });
  });

  test('refuses what can’t be, and changes nothing by it', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const from = (ms: number) => new Date(Date.now() + ms).toISOString();
    const weekly = (mon: unknown) => ({ timetable: { weekly: { mon } } });
    const exceptions = (list: unknown) => ({ timetable: { weekly: {}, exceptions: list } });
    const refused: [object, string][] = [
      [{}, 'state'],
      [{ state: 'closed' }, 'state'],
      [{ state: 'busy', minutes: 0 }, 'minutes'],
      [{ state: 'busy', minutes: 601 }, 'minutes'],
      [{ state: 'open', minutes: 5 }, 'minutes'],
      [{ state: 'open', until: from(MINUTE) }, 'until'],
      [{ state: 'busy', minutes: 5, reason: 'x' }, 'reason'],
      [{ state: 'paused', until: from(-1) }, 'until'],
      [{ state: 'paused', until: '2126-11-28T12:00:00Z' }, 'until'],
      [{ state: 'paused', until: 'mañana' }, 'until'],
      [{ state: 'paused', reason: 'x'.repeat(201) }, 'reason'],
      [{ state: 'paused', reason: 'a\ud800' }, 'reason'],
      [{ state: 'open', more: 1 }, 'more'],
      [{ timetable: { zone: 'Europe/Nowhere', weekly: {} } }, 'timetable.zone'],
      [{ timetable: { weekly: { mun: [] } } }, 'timetable.weekly.mun'],
      [{ timetable: { weekly: [] } }, 'timetable.weekly'],
      [weekly([['13:00']]), 'timetable.weekly.mon.0'],
      [weekly([['24:00', '13:00']]), 'timetable.weekly.mon.0.0'],
      [weekly([['13:00', '25:00']]), 'timetable.weekly.mon.0.1'],
      [weekly([['1:00', '2:00']]), 'timetable.weekly.mon.0.0'],
      [weekly(Array.from({ length: 7 }, () => ['13:00', '14:00'])), 'timetable.weekly.mon'],
      [exceptions([{ date: '2026-02-30', hours: [] }]), 'timetable.exceptions.0.date'],
      [exceptions([{ date: '9999-02-01', hours: [] }]), 'timetable.exceptions.0.date'],
      [exceptions([1, 2].map(() => ({ date: '2026-12-25', hours: [] }))), 'timetable.exceptions'],
      [exceptions(Array.from({ length: MOST_EXCEPTIONS + 1 }, (_, i) => ({ date: `20${10 + (i % 90)}-0${1 + Math.floor(i / 90)}-01`, hours: [] }))), 'timetable.exceptions'],
    ]; // biome-ignore format: a table
    for (const [change, path] of refused) {
      const { status, body } = await set(tpv, change);
      expect([change, status, body.code, body.details?.[0]?.path]).toEqual([change, 400, 'invalid_request', path]);
    }
    const many = Array.from({ length: 10_000 }, () => ({ date: '2026-12-25', hours: [] }));
    expect((await set(tpv, exceptions(many))).status).toBe(413);
    expect((await set(tpv, exceptions(many.map(() => 1)))).status).toBe(400);
    expect((await tpv.fetch(PATH)).body).toEqual({ ...OPEN_NOW, set: OPEN, timetable: null });
  });

  test('takes the largest timetable', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const hours = Array.from({ length: 6 }, (_, i) => [`${10 + i}:00`, `${10 + i}:30`]);
    const day = (i: number) => new Date(Date.UTC(2027, 0, 1 + i)).toISOString().slice(0, 10);
    const exceptions = Array.from({ length: MOST_EXCEPTIONS }, (_, i) => ({ date: day(i), hours }));
    const timetable = { zone: 'Europe/Madrid', weekly: everyDay(...(hours as [string, string][])), exceptions };
    expect(await set(tpv, { state: 'open', timetable })).toMatchObject({ status: 200, body: { timetable } });
    expect((await tpv.fetch(PATH)).body.timetable).toEqual(timetable);
  });

  test('is not another TPV’s to change, nor that of one which is not approved', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const other = await hub.tpv();
    await set(tpv, { state: 'paused' });
    expect((await other.fetch(PATH)).body.state).toBe('open');
    await hub.admin(`/api/admin/tpvs/${other.id}/deactivate/`, { method: 'POST', json: {} });
    expect(await set(other, { state: 'paused' })).toMatchObject({ status: 403, body: { code: 'tpv_inactive' } });
    expect((await other.fetch(PATH)).status).toBe(200);
  });

  test('gives new people to an open TPV, then to a busy one, and last to one that is paused or closed', async () => {
    const hub = await startHub({ database, clock: testClock() });
    const tpvs = [await hub.tpv(), await hub.tpv(), await hub.tpv()];
    const [closed, busy, open] = tpvs as [TestTpv, TestTpv, TestTpv];
    for (const tpv of tpvs) await tpv.fetch('/api/tpv/heartbeat/', { method: 'POST' });
    await set(closed, { timetable: { weekly: {} } });
    await set(busy, { state: 'busy', minutes: 30 });
    const attends = async (person: number) => {
      await hub.message(person, 'Hola', person);
      return (await userOf(hub, person))?.tpv_id;
    };
    for (const person of [1, 2]) expect(await attends(person)).toBe(open.id);
    await set(open, { state: 'paused' });
    expect(await attends(3)).toBe(busy.id);
    await hub.admin(`/api/admin/tpvs/${busy.id}/deactivate/`, { method: 'POST', json: {} });
    expect(await attends(4)).toBe(closed.id);
    // Both have their turn among those that are last.
    await set(closed, { state: 'open', timetable: null });
    expect(await attends(5)).toBe(closed.id);
  });

  test('that changes by itself is told to who watches, once', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const tpv = await hub.tpv();
    const changesAt = async () => {
      const [row] = await hub.hub.db.read.selectFrom('tpv_instances').select('service_changes_at').execute();
      return row?.service_changes_at ?? null;
    };
    const end = clock.now() + 10 * MINUTE;
    await set(tpv, { state: 'paused', until: new Date(end).toISOString() });
    await clock.advance(1_000);
    await expect.poll(changesAt).toBe(end);
    const live = await watch(hub.url);
    await live.next('overview');
    await clock.jump(10 * MINUTE);
    // The stream says what changed once a second: a row may be seen before the hub hears that it is written.
    await vi.waitFor(async () => {
      await clock.advance(1_000);
      expect(await changesAt()).toBeNull();
      expect(live.events.some(({ event, data }) => event === 'changes' && data.tpv?.includes(tpv.id))).toBe(true);
    }, WAIT_MS);
  });
});
