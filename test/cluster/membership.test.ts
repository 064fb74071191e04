import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { bury, type LostSocket, releaseLostSockets } from '../../src/cluster/burial.ts';
import { type Cluster, SOLO } from '../../src/cluster/cluster.ts';
import { joinHubs } from '../../src/cluster/postgres-cluster.ts';
import { openDatabase } from '../../src/db/open.ts';
import { freshDatabase } from '../support/hub.ts';
import { startProxy } from '../support/proxy.ts';
import { WAIT_MS } from '../support/within.ts';

// Who is alive among the hubs of a PostgreSQL, who leads, and who is buried. Leases go by the database's clock, which no
// test moves: so these are short, and what they end is waited for.

const LEASE_MS = 900;

async function join(url: string): Promise<{ cluster: Cluster; faults: unknown[] }> {
  const faults: unknown[] = [];
  const cluster = await joinHubs({
    url,
    leaseMs: LEASE_MS,
    level: 9_000,
    onTooOld() {},
    onFault: (fault) => faults.push(fault),
  });
  onTestFinished(() => cluster.close());
  return { cluster, faults };
}

async function asked<R extends object>(url: string, text: string, values: unknown[] = []): Promise<R[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<R>(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** Through a connection that a test can cut, while other hubs go on. */
async function throughProxy(url: string) {
  const proxy = await startProxy(url);
  const through = new URL(url);
  through.port = new URL(proxy.url).port;
  const NOWHERE = 'http://127.0.0.1:9';
  return {
    url: through.href,
    cut() {
      proxy.connectTo(NOWHERE);
      proxy.cut();
    },
    restore: () => proxy.connectTo(url),
  };
}

test('a hub that is alone is alive, leads everything and has nobody to tell', async () => {
  const began: string[] = [];
  SOLO.onLead('telegram', () => began.push('telegram'));
  SOLO.tell({ kind: 'lease' });
  await SOLO.resign();
  expect([SOLO.isShared, SOLO.isAlive(), SOLO.term('chores'), began]).toEqual([false, true, 1, ['telegram']]);
  expect(Object.isFrozen(SOLO)).toBe(true);
});

test('a hub hears once that a newer one changed the database so that it can not work on it', async () => {
  const url = await freshDatabase('postgres', 'migrated');
  const until = async () => Number((await asked<{ until: string }>(url, 'select until from hubs'))[0]?.until);
  let heard = 0;
  const cluster = await joinHubs({ url, leaseMs: LEASE_MS, level: 1, onTooOld: () => heard++, onFault() {} });
  onTestFinished(() => cluster.close());
  expect(heard).toBe(1);
  const renewed = await until();
  await vi.waitFor(async () => expect(await until()).toBeGreaterThan(renewed), WAIT_MS);
  expect(heard).toBe(1);
});

test('a hub of another bot does not enter while one is alive, and is told why', async () => {
  const url = await freshDatabase('postgres', 'migrated');
  const onFault = () => {};
  const first = await joinHubs({ url, bot: '1', leaseMs: LEASE_MS, level: 9_000, onTooOld() {}, onFault });
  const other = () => joinHubs({ url, bot: '2', leaseMs: LEASE_MS, level: 9_000, onTooOld() {}, onFault });
  await expect(other()).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/hub of another bot/),
  });
  await (await joinHubs({ url, bot: '1', leaseMs: LEASE_MS, level: 9_000, onTooOld() {}, onFault })).close();
  await first.close();
  await (await other()).close();
});

test('of several hubs one leads; the next one does as soon as it resigns, in a later term', async () => {
  const url = await freshDatabase('postgres', 'migrated');
  const { cluster: first } = await join(url);
  const { cluster: second } = await join(url);
  const began: (number | undefined)[] = [];
  second.onLead('telegram', () => began.push(second.term('telegram')));
  expect([first.term('chores'), first.term('telegram')]).toEqual([1, 1]);
  expect([second.isAlive(), second.term('chores'), second.term('telegram')]).toEqual([true, undefined, undefined]);
  await first.resign();
  expect([first.isAlive(), first.term('telegram')]).toEqual([true, undefined]);
  await vi.waitFor(() => expect(began).toEqual([2]), WAIT_MS);
  expect(first.term('telegram')).toBeUndefined();
  await first.close();
  const hubs = await asked<{ id: string }>(url, 'select id from hubs');
  expect(hubs).toEqual([{ id: second.id }]);
});

test('a hub that can’t say that it is alive stops acting before the others bury it, and enters anew', async () => {
  const url = await freshDatabase('postgres', 'migrated');
  const cut = await throughProxy(url);
  const { cluster: lonely } = await join(cut.url);
  const before = lonely.id;
  let buried = 0;
  lonely.onBuried(() => buried++);
  const { cluster: other } = await join(url);
  await asked(url, "insert into sockets values ('a TPV', 'a session', $1, 1, 1)", [before]);
  await asked(url, "insert into sockets values ('another', 'its session', $1, 1, 1)", [other.id]);
  cut.cut();
  await vi.waitFor(() => expect(other.term('chores')).toBe(2), WAIT_MS);
  expect([lonely.isAlive(), lonely.term('chores')]).toEqual([false, undefined]);

  const db = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'full' });
  onTestFinished(() => db.close());
  const lost: LostSocket[] = [];
  const release = async (_tx: unknown, sockets: readonly LostSocket[]) => void lost.push(...sockets);
  expect(await bury(db, other.id)).toEqual([before]);
  await releaseLostSockets(db, release);
  expect(lost).toEqual([{ tpvId: 'a TPV', sessionId: 'a session' }]);
  expect(await bury(db, other.id)).toEqual([]);
  await releaseLostSockets(db, release);
  expect(lost).toHaveLength(1);
  expect(await asked(url, 'select tpv_id from sockets')).toEqual([{ tpv_id: 'another' }]);

  cut.restore();
  await vi.waitFor(() => expect(lonely.isAlive()).toBe(true), WAIT_MS);
  expect(lonely.id).not.toBe(before);
  // The others had no time yet to say that they are there.
  expect(lonely.mayBury).toBe(false);
  expect(buried).toBeGreaterThan(0);
});

test('hints reach the other hubs and not the one that tells; where some may be lost, all are to look', async () => {
  const url = await freshDatabase('postgres', 'migrated');
  const { cluster: teller } = await join(url);
  const cut = await throughProxy(url);
  const { cluster: hearer } = await join(cut.url);
  const heard: string[] = [];
  let gaps = 0;
  hearer.onGap(() => gaps++);
  for (const cluster of [teller, hearer]) {
    cluster.on('ready', ({ tpvId }) => heard.push(`${cluster === teller ? 'teller' : 'hearer'} ${tpvId}`));
  }
  await vi.waitFor(() => expect(gaps).toBe(1), WAIT_MS);
  for (const tpvId of ['one', 'two', 'one']) teller.tell({ kind: 'ready', tpvId });
  await vi.waitFor(() => expect(heard).toEqual(['hearer one', 'hearer two']), WAIT_MS);
  for (let i = 0; i < 500; i++) teller.tell({ kind: 'ready', tpvId: `${i}` });
  await vi.waitFor(() => expect(gaps).toBe(2), WAIT_MS);
  cut.cut();
  cut.restore();
  await vi.waitFor(() => expect(gaps).toBe(3), WAIT_MS);
  teller.tell({ kind: 'ready', tpvId: 'three' });
  await vi.waitFor(() => expect(heard.at(-1)).toBe('hearer three'), WAIT_MS);
});
