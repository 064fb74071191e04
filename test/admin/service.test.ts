import { describe, expect, test } from 'vitest';
import { testClock } from '../support/clock.ts';
import { DIALECTS, startHub } from '../support/hub.ts';

const MINUTE = 60_000;

describe.each(DIALECTS)('the service of a TPV in the panel’s API on %s', (database) => {
  test('is set with what people read, stands in the audit log, and is shown in lists', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const tpv = await hub.tpv({ name: 'Bar <Pepe>' });
    const path = `/api/admin/tpvs/${tpv.id}/service/`;
    const until = new Date(clock.now() + 30 * MINUTE).toISOString();
    const pause = { state: 'paused', until, reason: 'cocina averiada' };
    const paused = {
      state: 'paused',
      until,
      text: 'Bar &lt;Pepe&gt; no atiende ahora (cocina averiada). Hemos guardado tu mensaje.',
    };
    expect(await hub.admin(`${path}preview`, { method: 'POST', json: pause })).toMatchObject({
      status: 200,
      body: paused,
    });
    expect((await hub.admin(`/api/admin/tpvs/${tpv.id}`)).body.service).toMatchObject({ state: 'open', text: null });
    expect(await hub.admin(path, { method: 'PUT', json: pause })).toMatchObject({ status: 200, body: paused });
    expect((await hub.admin(`/api/admin/tpvs/${tpv.id}`)).body.service).toMatchObject(paused);
    expect((await hub.admin('/api/admin/tpvs')).body.items[0].service).toMatchObject({ state: 'paused', until });
    const [entry] = (await hub.admin('/api/admin/audit?action=tpv.service')).body.items;
    expect(entry).toMatchObject({
      actor: 'token',
      target: { id: tpv.id, name: 'Bar <Pepe>' },
      details: { before: { state: 'open' }, after: { state: 'paused', reason: 'cocina averiada' } },
    });
    await clock.jump(30 * MINUTE);
    expect((await hub.admin(`/api/admin/tpvs/${tpv.id}`)).body.service).toMatchObject({ state: 'open', text: null });
  });

  test('never says “undefined” of a restaurant that opens at no time', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv({ name: 'Bar' });
    const closed = { method: 'PUT', json: { timetable: { weekly: {} } } };
    const { body } = await hub.admin(`/api/admin/tpvs/${tpv.id}/service`, closed);
    expect(body).toMatchObject({ state: 'closed', opens_at: null, timetable: { zone: 'Europe/Madrid' } });
    expect(body.text).toBe('Bar está cerrado por ahora. Hemos guardado tu mensaje.');
  });

  test('is refused as the TPV’s own is, and of a TPV that is not there', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const put = (id: string, json: object) => hub.admin(`/api/admin/tpvs/${id}/service`, { method: 'PUT', json });
    for (const wrong of [{}, { state: 'busy' }, { state: 'paused', until: '2020-01-01T00:00:00Z' }]) {
      expect(await put(tpv.id, wrong)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    }
    expect((await put(crypto.randomUUID(), { state: 'open' })).status).toBe(404);
    expect((await hub.admin('/api/admin/audit?action=tpv.service')).body.items).toEqual([]);
  });
});
