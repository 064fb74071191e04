import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type Emulator, startEmulator } from '../../demo/emulator/mod.ts';
import { fetchJson, freshDatabase, messageUpdate, startHub, WEBHOOK_SECRET } from '../support/hub.ts';
import { hubEnvironment } from '../support/hub-process.ts';
import { startProcess } from '../support/process.ts';
import { openSocket } from '../support/socket.ts';
import { shareOfTestMs } from '../support/within.ts';

// A hub that shares its PostgreSQL, as a process of its own, is killed or stopped; the other one goes on.

/** As short as a loaded machine lets it be: a hub that lives must not be taken for dead. */
const LEASE_MS = 5_000;

async function sharedHubProcess(databaseUrl: string, emulator: Emulator) {
  const process = startProcess(['src/main.ts'], {
    env: { ...hubEnvironment({ databaseUrl, emulator }), HUB_LEASE_SECONDS: String(LEASE_MS / 1_000) },
  });
  const ready = await process.waitFor(/"address":"[^"]+"/);
  return { process, url: String(JSON.parse(`{${ready}}`).address) };
}

async function beside() {
  const emulator = await startEmulator({ limits: false });
  onTestFinished(() => emulator.close());
  const databaseUrl = await freshDatabase('postgres', 'migrated');
  // First, so that it leads.
  const other = await sharedHubProcess(databaseUrl, emulator);
  const hub = await startHub({ emulator, databaseUrl, shared: { leaseMs: LEASE_MS } });
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  onTestFinished(() => client.end());
  const rows = async (text: string) => (await client.query(text)).rows;
  const post = async (id: number) => {
    const answer = await fetchJson(new URL('/webhook/telegram/', other.url).href, {
      method: 'POST',
      json: messageUpdate(id, `${id}`),
      headers: { 'x-telegram-bot-api-secret-token': WEBHOOK_SECRET },
    });
    expect(answer.status).toBe(200);
  };
  return { other, hub, rows, post };
}

test('a hub that is killed loses nothing: the other one hands out what it had, once, and leads', async () => {
  const { other, hub, rows, post } = await beside();
  const tpv = await hub.tpv();
  const socket = await openSocket(other.url, { key: tpv.key });
  await socket.next('welcome');
  for (let id = 1; id <= 3; id++) await post(id);
  const [done, held] = [await socket.next('instruction'), await socket.next('instruction')];
  await socket.report(done.instruction.id, 'completed');
  await socket.report(held.instruction.id, 'delivered');
  await socket.next('instruction');
  other.process.child.kill('SIGKILL');
  await socket.closed;

  const again = await tpv.socket();
  const got = [];
  for (let i = 0; i < 2; i++) {
    const { instruction } = await again.next('instruction');
    got.push(instruction.payload.text);
    await again.report(instruction.id, 'completed');
  }
  expect(got).toEqual(['2', '3']);
  const buried = async () => expect(await rows('select id from hubs')).toHaveLength(1);
  await vi.waitFor(buried, shareOfTestMs());
  expect(await rows('select name, term::int from leases order by name')).toEqual([
    { name: 'chores', term: 2 },
    { name: 'telegram', term: 2 },
  ]);
  expect(await rows('select status, count(*)::int from instructions group by status')).toEqual([
    { status: 'completed', count: 3 },
  ]);
  await hub.message(4, '4');
  expect((await again.next('instruction')).instruction.payload.text).toBe('4');
});

test('what the socket of a killed hub held is there for a poll as soon as that hub is buried', async () => {
  const { other, hub, post } = await beside();
  const tpv = await hub.tpv();
  const socket = await openSocket(other.url, { key: tpv.key });
  await socket.next('welcome');
  await post(1);
  const { instruction } = await socket.next('instruction');
  other.process.child.kill('SIGKILL');
  const polled = await tpv.fetch('/api/tpv/instructions/?wait=30');
  expect(polled.body.instructions).toMatchObject([{ id: instruction.id }]);
});

test('a hub that stood still and goes on hands out nothing of its own, and takes part again', async () => {
  const { other, hub, rows, post } = await beside();
  const tpv = await hub.tpv();
  const socket = await openSocket(other.url, { key: tpv.key });
  await socket.next('welcome');
  await post(1);
  await socket.next('instruction');
  other.process.child.kill('SIGSTOP');
  // Its TPV does not wait for it.
  const newer = await tpv.socket();
  expect((await newer.next('instruction')).instruction.payload.text).toBe('1');
  await vi.waitFor(async () => expect(await rows('select id from hubs')).toHaveLength(1), shareOfTestMs());
  other.process.child.kill('SIGCONT');
  expect([1012, 4501]).toContain((await socket.closed).code);
  await vi.waitFor(async () => expect(await rows('select id from hubs')).toHaveLength(2), shareOfTestMs());
  await vi.waitFor(() => post(2), shareOfTestMs());
  expect((await newer.next('instruction')).instruction.payload.text).toBe('2');
  expect(socket.frames.filter(({ type }) => type === 'instruction')).toHaveLength(1);
});
