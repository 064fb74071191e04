import { expect, onTestFinished, test } from 'vitest';
import { HubApi, HubClient, registerTpv, type Timetable } from '#hub-client';
import { startHub } from '../support/hub.ts';

test('a TPV registers, says that it lives, and reads who it is', async () => {
  const hub = await startHub();
  const registration = {
    name: 'Bar La Esquina',
    endpoint_url: 'http://localhost:8001',
    max_users: 7,
    version: '1.0.0',
  };
  const registered = await registerTpv({ url: hub.url }, registration);
  expect(registered).toMatchObject({ name: registration.name, is_active: true });
  const api = new HubApi({ url: hub.url, apiKey: registered.api_key });
  expect(await api.heartbeat({ version: '1.1.0' })).toEqual({ status: 'ok', timestamp: expect.any(String) });
  expect(await api.info()).toMatchObject({ ...registration, id: registered.id, version: '1.1.0', is_online: true });
  expect(await api.stats()).toMatchObject({ tpv_id: registered.id, users: { total: 0, max: 7, available_slots: 7 } });
});

test('registration says what the hub refuses', async () => {
  const hub = await startHub({
    env: { TPV_REGISTRATION: 'token', REGISTRATION_TOKEN: 'a-made-up-registration-token' },
  });
  const registration = { name: 'Bar', endpoint_url: 'http://localhost:8001' };
  await expect(registerTpv({ url: hub.url }, registration)).rejects.toMatchObject({
    code: 'forbidden',
    hubCode: 'registration_closed',
  });
  const options = { url: hub.url, registrationToken: 'a-made-up-registration-token' };
  expect(await registerTpv(options, registration)).toMatchObject({ is_active: true });
  await expect(registerTpv(options, { ...registration, name: '' })).rejects.toMatchObject({
    hubCode: 'invalid_request',
    httpStatus: 400,
  });
});

test('its people come page after page, each once', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv();
  const api = new HubApi({ url: hub.url, apiKey: tpv.key });
  expect(await api.users()).toEqual({ count: 0, users: [], next: null });
  const ids = [11, 22, 33, 44, 55];
  for (const [i, id] of ids.entries()) await hub.message(i + 1, 'Hola', id);
  const read: number[] = [];
  for await (const { telegram_id } of api.allUsers({ limit: 2 })) read.push(telegram_id);
  expect(read).toEqual(ids);
  expect(await api.users({ limit: 2, after: 22, is_active: true })).toMatchObject({
    count: 2,
    users: [{ telegram_id: 33, first_name: 'Ana' }, { telegram_id: 44 }],
    next: 44,
  });
  for await (const _nobody of api.allUsers({ is_active: false })) expect.unreachable();
});

test('a rotated key works, and so does the one before for a while', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv();
  const api = new HubApi({ url: hub.url, apiKey: tpv.key });
  const { api_key, previous_valid_until } = await api.rotateKey();
  expect(Date.parse(previous_valid_until)).toBeGreaterThan(Date.now());
  expect(await new HubApi({ url: hub.url, apiKey: api_key }).info()).toMatchObject({ id: tpv.id });
  expect(await api.info()).toMatchObject({ id: tpv.id });
});

test('a wrong key and an inactive TPV are told apart', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv();
  const wrong = new HubApi({ url: hub.url, apiKey: 'a-made-up-wrong-key' });
  await expect(wrong.info()).rejects.toMatchObject({ code: 'unauthorized', httpStatus: 401 });
  await hub.admin(`/api/admin/tpvs/${tpv.id}/deactivate/`, { method: 'POST', json: {} });
  const api = new HubApi({ url: hub.url, apiKey: tpv.key });
  expect(await api.info()).toMatchObject({ is_active: false });
  await expect(api.users()).rejects.toMatchObject({ code: 'tpv_inactive', httpStatus: 403 });
});

test.each(['websocket', 'polling'] as const)(
  'a client over %s says whether its restaurant attends',
  async (transport) => {
    const hub = await startHub();
    const { key: apiKey } = await hub.tpv();
    const client = new HubClient({ url: hub.url, apiKey, transport });
    onTestFinished(() => client.close());
    await client.connect();
    expect(await client.service()).toMatchObject({ state: 'open', timetable: null });
    const weekly = { mon: [['13:00', '16:00']] } satisfies Timetable['weekly'];
    expect(await client.setService({ state: 'busy', minutes: 20, timetable: { weekly } })).toMatchObject({
      set: { state: 'busy', minutes: 20 },
      timetable: { zone: 'Europe/Madrid', weekly },
    });
    const paused = await client.setService({ state: 'paused', reason: 'cocina averiada', timetable: null });
    expect(paused).toMatchObject({ state: 'paused', reason: 'cocina averiada', timetable: null });
    expect(await client.service()).toEqual(paused);
    await expect(client.setService({ state: 'busy' })).rejects.toMatchObject({ hubCode: 'invalid_request' });
  },
);
