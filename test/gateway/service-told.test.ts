import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { HubClient } from '../../client-sdk/src/mod.ts';
import { FakeHub, ManualClock } from '../../client-sdk/src/testing/mod.ts';
import { cli } from '../support/cli.ts';
import { testClock } from '../support/clock.ts';
import { DIALECTS, startHub } from '../support/hub.ts';
import { comes } from '../support/quiet.ts';
import { openSocket } from '../support/socket.ts';
import { WAIT_MS } from '../support/within.ts';

const put = (json: object) => ({ method: 'PUT', json });

describe.each(DIALECTS)('a TPV with a socket, on %s,', (database) => {
  test('hears what an administrator says of its service, and when that ends', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const [tpv, other] = [await hub.tpv({ name: 'Bar' }), await hub.tpv()];
    const [socket, bystander] = [await tpv.socket(), await other.socket()];
    // Before either socket is silent for too long.
    const until = new Date(clock.now() + 20_000).toISOString();
    const pause = { state: 'paused', until, reason: 'cocina averiada' };
    expect((await hub.admin(`/api/admin/tpvs/${tpv.id}/service`, put(pause))).status).toBe(200);
    const paused = await comes(hub, clock, socket, socket.next('service'));
    expect(paused.service).toMatchObject({ ...pause, minutes: null });
    await clock.jump(19_000);
    const open = await comes(hub, clock, socket, socket.next('service'));
    expect(open.service).toMatchObject({ state: 'open', until: null, reason: null });
    await bystander.sync();
    expect(bystander.frames.filter(({ type }) => type === 'service')).toEqual([]);
  });

  test('hears what the command line says of it, a changed timetable too', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv({ name: 'Bar' });
    const socket = await tpv.socket();
    expect((await cli(hub, ['tpv', 'service', 'Bar', 'busy', '--minutes', '20'])).code).toBe(0);
    expect((await socket.next('service')).service).toMatchObject({ state: 'busy', minutes: 20 });
    await hub.admin(`/api/admin/tpvs/${tpv.id}/service`, put({ timetable: { weekly: {} } }));
    expect((await socket.next('service')).service).toMatchObject({ state: 'closed', opens_at: null });
  });
});

test.each(['hub', 'fake hub'])(
  'the client tells its listener the service of a %s at its start and at each change',
  async (which) => {
    const { access, pause } = await (which === 'hub' ? realHub() : fakeHub());
    const client = new HubClient(access);
    onTestFinished(() => client.close());
    const heard: string[] = [];
    const later: string[] = [];
    client.onService(() => {
      throw new Error('a listener that fails keeps none from hearing');
    });
    const leave = client.onService(({ state }) => heard.push(state));
    client.onService(({ state }) => later.push(state));
    await client.connect();
    await vi.waitFor(() => expect(heard).toEqual(['open']), WAIT_MS);
    await pause();
    await vi.waitFor(() => expect(heard).toEqual(['open', 'paused']), WAIT_MS);
    leave();
    await client.setService({ state: 'open' });
    await vi.waitFor(() => expect(later).toEqual(['open', 'paused', 'open']), WAIT_MS);
    expect(heard).toEqual(['open', 'paused']);
  },
);

async function realHub() {
  const hub = await startHub();
  const tpv = await hub.tpv();
  return {
    access: { url: hub.url, apiKey: tpv.key },
    pause: () => hub.admin(`/api/admin/tpvs/${tpv.id}/service`, put({ state: 'paused' })),
  };
}

async function fakeHub() {
  const hub = await FakeHub.start();
  onTestFinished(() => hub.close());
  return { access: hub.access, pause: async () => hub.setService({ state: 'paused' }) };
}

test('the fake hub says when a pause ends by itself', async () => {
  const clock = new ManualClock();
  const hub = await FakeHub.start({ clock });
  onTestFinished(() => hub.close());
  const socket = await openSocket(hub.url, { key: hub.access.apiKey });
  hub.setService({ state: 'paused', until: new Date(clock.now() + 20_000).toISOString() });
  expect((await socket.next('service')).service.state).toBe('paused');
  await clock.advance(20_000);
  expect((await socket.next('service')).service).toMatchObject({ state: 'open', until: null });
});
