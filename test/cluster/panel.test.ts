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

test('a hub that is configured otherwise than the oldest one names the variables', async () => {
  const { a, databaseUrl } = await twoHubs();
  const env = { RETENTION_DAYS: '30', ROUTING_STRATEGY: 'round_robin' };
  const other = await startHub({ emulator: a.emulator, databaseUrl, shared: { leaseMs: LEASE_MS }, env });
  const differing = (await hubsAt(other)).items.map(({ differs }: { differs: string[] }) => differs);
  expect(differing).toEqual([[], [], ['RETENTION_DAYS', 'ROUTING_STRATEGY']]);
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

test('a manager’s stream tells of the rows of their TPVs at either hub, and ends where the other one shuts them out', async () => {
  const { a, b } = await twoHubs();
  const [own, other] = [await a.tpv({ name: 'Bar Pepe' }), await a.tpv({ name: 'Casa Ajena' })];
  const codeOf = async ({ id }: { id: string }) => (await a.admin(`/api/admin/tpvs/${id}`)).body.join_code;
  await a.message(1, `/start ${await codeOf(own)}`, 7_001);
  await a.message(2, `/start ${await codeOf(other)}`, 7_002);
  const { cookie } = await openBrowser(b, { name: 'pepa', role: 'manager', tpvs: [own.id] });
  const stream = await watch(b.url, { headers: { cookie } });
  const everything = await watch(b.url);
  const named = (id: string) => (data: { instruction?: string[] }) => data.instruction?.includes(id) ?? false;
  const newest = async () => (await a.admin('/api/admin/instructions?limit=1')).body.items[0].id;
  // Until the other hub heard that somebody watches, it tells nothing.
  await vi.waitFor(() => {
    a.hub.events.changed('tpv', own.id);
    expect(stream.events.some(({ data }) => data.tpv?.includes(own.id))).toBe(true);
  }, PATIENCE);
  const foreign: string[] = [];
  const theirs: string[] = [];
  // At the hub that they watch, and at the other one.
  for (const [index, hub] of [a, b].entries()) {
    await hub.message(10 + index, 'palabras ajenas', 7_002);
    foreign.push(await newest());
    await everything.next('changes', named(foreign.at(-1) ?? ''));
    hub.hub.events.changed('tpv', other.id);
    hub.hub.events.changed('audit', 'an entry');
    hub.hub.events.changed('account', 'an account');
    await hub.message(20 + index, 'Dos cañas', 7_001);
    theirs.push(await newest());
    await stream.next('changes', named(theirs.at(-1) ?? ''));
  }
  await everything.next('changes', ({ audit }) => audit?.includes('an entry'));
  for (const told of [...foreign, other.id, '7002', 'an entry', 'an account']) expect(stream.text).not.toContain(told);
  // Of more than is named it says so, of what they may see alone.
  for (let i = 0; i < 300; i++) for (const what of ['user', 'update'] as const) a.hub.events.changed(what, `${i}`);
  const { data } = await stream.next('changes', ({ more, tpv }) => more.includes('user') && tpv === undefined);
  expect(data).toEqual({ more: ['user'] });
  // The figures of all hubs together are nobody's but those who see everything.
  await everything.next('overview');
  expect(stream.events.map(({ event }) => event)).not.toContain('overview');
  const admin = await openBrowser(a);
  const { items } = (await admin.fetch('/api/admin/accounts')).body;
  const { id } = items.find(({ name }: { name: string }) => name === 'pepa');
  const json = { role: 'manager', tpv_ids: [other.id] };
  expect((await admin.fetch(`/api/admin/accounts/${id}`, { method: 'PATCH', json })).status).toBe(200);
  await stream.ended;
});
