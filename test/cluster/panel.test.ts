import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startEmulator } from '../../demo/emulator/mod.ts';
import { openBrowser } from '../support/admin.ts';
import { freshDatabase, startHub, type TestHub } from '../support/hub.ts';
import { watch } from '../support/live-stream.ts';
import { WAIT_MS } from '../support/within.ts';

// What the panel, the metrics and the alarms of two hubs on one PostgreSQL say, at either of them.

/** None of these hubs dies, however slow its machine is. */
const LEASE_MS = 60_000;
const PATIENCE = { timeout: WAIT_MS };

/** `a` leads, as it was there first. */
async function twoHubs() {
  const emulator = await startEmulator({ limits: false });
  onTestFinished(() => emulator.close());
  const databaseUrl = await freshDatabase('postgres', 'migrated');
  const options = { emulator, databaseUrl, shared: { leaseMs: LEASE_MS } };
  return { a: await startHub(options), b: await startHub(options), databaseUrl };
}

const hubsAt = async (hub: TestHub) => (await hub.admin('/api/admin/hubs')).body;

async function seriesOf(hub: TestHub, name: string): Promise<string[]> {
  const { body } = await hub.fetch('/metrics');
  return String(body)
    .split('\n')
    .filter((line) => line.startsWith(name));
}

test('both hubs list both: who leads, who has how many sockets, and who answers', async () => {
  const { a, b } = await twoHubs();
  const tpv = await a.tpv();
  await a.tpv();
  const socket = await (await b.tpv()).socket();
  const listed = await hubsAt(b);
  expect(listed).toEqual({
    next: null,
    items: [
      expect.objectContaining({ state: 'up', sockets: 0, leads: ['chores', 'telegram'], is_this: false }),
      expect.objectContaining({ state: 'up', sockets: 1, leads: [], is_this: true }),
    ],
  });
  for (const { lag_ms: lag, since, version } of listed.items) {
    expect([lag < LEASE_MS, Date.parse(since) <= Date.now() + LEASE_MS, version]).toEqual([
      true,
      true,
      expect.any(String),
    ]);
  }
  expect((await hubsAt(a)).items.map(({ is_this: isThis }: { is_this: boolean }) => isThis)).toEqual([true, false]);
  expect((await openBrowser(a)).session.shares_database).toBe(true);

  // Figures of the whole database come from the hub that leads.
  expect(await seriesOf(a, 'hub_leader{')).toEqual(['hub_leader{lease="chores"} 1', 'hub_leader{lease="telegram"} 1']);
  expect(await seriesOf(b, 'hub_leader{')).toEqual(['hub_leader{lease="chores"} 0', 'hub_leader{lease="telegram"} 0']);
  const ofTpv = `hub_tpv_online{tpv_id="${tpv.id}"}`;
  expect([await seriesOf(a, ofTpv), await seriesOf(b, ofTpv)]).toEqual([[`${ofTpv} 0`], []]);
  expect(await seriesOf(b, 'hub_sockets ')).toEqual(['hub_sockets 1']);
  socket.cut();

  await a.hub.close();
  await vi.waitFor(
    async () => expect((await hubsAt(b)).items).toMatchObject([{ is_this: true, leads: ['chores', 'telegram'] }]),
    PATIENCE,
  );
});

test('a hub that is alone lists none, and says so', async () => {
  const hub = await startHub();
  expect(await hubsAt(hub)).toEqual({ items: [], next: null });
  expect((await openBrowser(hub)).session.shares_database).toBe(false);
  expect(await seriesOf(hub, 'hub_leader{')).toEqual([
    'hub_leader{lease="chores"} 1',
    'hub_leader{lease="telegram"} 1',
  ]);
});

test('a hub that said nothing for too long is shown as silent', async () => {
  const { a, b, databaseUrl } = await twoHubs();
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  onTestFinished(() => client.end());
  // Young hubs bury none.
  await client.query("insert into hubs values ($1, 'gone', '1', 'up', 1, 2)", [randomUUID()]);
  for (const hub of [a, b])
    expect((await hubsAt(hub)).items).toMatchObject([{ name: 'gone', state: 'silent' }, {}, {}]);
});

test('who watches at one hub sees what another one does: its rows, its figures, and that there are more', async () => {
  const { a, b } = await twoHubs();
  const stream = await watch(b.url);
  // Until the other hub heard that somebody watches, it tells nothing.
  await vi.waitFor(() => {
    a.hub.events.changed('tpv', 'of the other hub');
    expect(stream.events.some(({ data }) => data.tpv?.includes('of the other hub'))).toBe(true);
  }, PATIENCE);
  await a.message(1, 'Dos cañas');
  await stream.next('changes', ({ instruction }) => instruction !== undefined);
  for (let i = 0; i < 300; i++) a.hub.events.changed('user', `${i}`);
  await stream.next('changes', ({ more }) => more.includes('user'));
  // What came to the one and to the other is counted together.
  await b.message(2, 'Y una tortilla');
  await stream.next('overview', ({ per_minute: now }) => now.updates === 2 && now.instructions === 2);
});

test('an alarm is judged by one hub for all, also of what only the other one saw', async () => {
  const { a, b } = await twoHubs();
  const { id } = await a.tpv();
  for (const hub of [a, b]) {
    await vi.waitFor(async () => {
      // Until the other hub listens, it hears nothing.
      b.hub.events.emit({ type: 'tpv.key_shared', tpvId: id });
      const { alarms } = (await hub.admin('/api/admin/overview')).body;
      expect(alarms).toMatchObject([{ code: 'tpv_key_shared', tpv: { id } }]);
    }, PATIENCE);
  }
  expect((await b.admin('/api/admin/alarms')).body.items).toHaveLength(1);
  expect([await seriesOf(a, 'hub_alarms{'), await seriesOf(b, 'hub_alarms{')]).toEqual([
    ['hub_alarms{code="tpv_key_shared"} 1'],
    [],
  ]);
});

test('a TPV’s page at one hub says which other hub has its socket, and that nothing keeps its messages waiting', async () => {
  const { a, b } = await twoHubs();
  const tpv = await b.tpv();
  await tpv.socket({ maxInFlight: 1 });
  const detailAt = async (hub: TestHub) => (await hub.admin(`/api/admin/tpvs/${tpv.id}`)).body;
  const name = expect.any(String);
  expect(await detailAt(a)).toMatchObject({ connection: null, other_hub: { name, since: expect.any(String) } });
  expect(await detailAt(b)).toMatchObject({ connection: { max_in_flight: 1 }, other_hub: null });
  await b.message(1, 'uno');
  await b.message(2, 'dos');
  const { items } = (await a.admin('/api/admin/instructions?status=pending')).body;
  expect(items).toHaveLength(1);
  expect((await a.admin(`/api/admin/instructions/${items[0].id}`)).body.waits).toBeNull();
});
