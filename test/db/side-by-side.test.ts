import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type Database, HOUSEKEEPING, openDatabase, type Tx } from '../../src/db/open.ts';
import { statement } from '../../src/db/statement.ts';
import { storeValue } from '../../src/db/stored-value.ts';
import { Events } from '../../src/events.ts';
import { freshDatabase } from '../support/hub.ts';
import { startProxy } from '../support/proxy.ts';
import { WAIT_MS } from '../support/within.ts';

// What functions with keys do on PostgreSQL, and what a connection that is lost half-way leaves of them.

const put = statement<{ key: string; value: string }>()((db, p) =>
  db.insertInto('settings').values({ key: p('key'), value: p('value') }),
);
const putting = (key: string) => (tx: Tx) => tx.run(put, { key, value: '' });

function open(url: string): { db: Database; heard: string[] } {
  const events = new Events(() => {});
  const heard: string[] = [];
  events.on('instruction.ready', ({ tpvId }) => heard.push(tpvId));
  const db = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'full' }, { events });
  onTestFinished(() => db.close());
  return { db, heard };
}

async function freshDb(): Promise<{ db: Database; heard: string[]; url: string }> {
  const url = await freshDatabase('postgres', 'migrated');
  return { ...open(url), url };
}

/** A connection of another program to the same PostgreSQL. */
async function other(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

async function stored(url: string): Promise<string[]> {
  const { rows } = await (await other(url)).query("select key from settings where key like 'k%' order by key");
  return rows.map(({ key }) => key);
}

/** The database through a proxy that a test can cut. */
async function throughProxy() {
  const url = await freshDatabase('postgres', 'migrated');
  const proxy = await startProxy(url);
  const through = new URL(url);
  through.port = new URL(proxy.url).port;
  return { ...open(through.href), url, proxy };
}

/** How many connections to this database wait for a lock. */
async function waiting(client: pg.Client): Promise<number> {
  const text = "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
  return (await client.query(text)).rows.length;
}

/** Puts `key`, and tells of it. */
const telling = (key: string) => async (tx: Tx) => {
  tx.emit({ type: 'instruction.ready', tpvId: key });
  await putting(key)(tx);
};

test('functions with different keys run side by side, those of one key one after the other', async () => {
  const { db, url } = await freshDb();
  const steps: string[] = [];
  const step = (name: string, key?: string) =>
    db.transact(
      async (tx) => {
        steps.push(`${name} begins`);
        await putting(`k${name}`)(tx);
        steps.push(`${name} ends`);
      },
      key === undefined ? {} : { key },
    );
  await Promise.all([step('b1', 'b'), step('a1', 'a'), step('b2', 'b'), step('alone'), step('c1', 'c')]);
  expect(steps).toEqual([
    ...['a1 begins', 'b1 begins', 'a1 ends', 'b1 ends', 'b2 begins', 'b2 ends'],
    ...['alone begins', 'alone ends', 'c1 begins', 'c1 ends'],
  ]);
  expect(await stored(url)).toEqual(['ka1', 'kalone', 'kb1', 'kb2', 'kc1']);
});

test('what is told follows the order of what was written, and not which function was asked for first', async () => {
  const { db, heard } = await freshDb();
  const long = async (tx: Tx) => {
    await putting('k1')(tx);
    await putting('k2')(tx);
    await telling('long')(tx);
  };
  await Promise.all([db.transact(long, { key: 'a' }), db.transact(telling('short'), { key: 'b' })]);
  expect(heard).toEqual(['short', 'long']);
  heard.length = 0;
  const { promise: secondIsDone, resolve } = Promise.withResolvers<void>();
  const first = async (tx: Tx) => {
    await telling('first')(tx);
    await secondIsDone;
  };
  const second = (tx: Tx) => telling('second')(tx).then(resolve);
  await Promise.all([db.transact(first, { key: 'a' }), db.transact(second, { key: 'b' })]);
  expect(heard).toEqual(['first', 'second']);
});

test('of fifty side by side those that fail get their own fault, and the others are written and told once', async () => {
  const { db, heard, url } = await freshDb();
  await db.transact(putting('taken'));
  const all = Array.from({ length: 50 }, (_, i) =>
    db.transact(
      async (tx) => {
        await telling(`k${i}`)(tx);
        if (i % 10 === 5) await putting('taken')(tx);
      },
      { key: `${i}` },
    ),
  );
  const results = await Promise.allSettled(all);
  const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []));
  expect(refused).toEqual(Array(5).fill('23505'));
  expect(await stored(url)).toHaveLength(45);
  expect(new Set(heard).size).toBe(45);
  expect(heard).toHaveLength(45);
});

test('a function that does not notice that its statement failed is not told that it is written', async () => {
  const { db, heard, url } = await freshDb();
  await db.transact(putting('taken'));
  const unaware = async (tx: Tx) => {
    await telling('k1')(tx);
    await putting('taken')(tx).catch(() => {});
  };
  await expect(db.transact(unaware, { key: 'a' })).rejects.toThrow(/took the transaction back/);
  expect(await stored(url)).toEqual([]);
  expect(heard).toEqual([]);
  await db.transact(telling('k2'));
  expect(heard).toEqual(['k2']);
});

test('of two programs that wait for each other’s rows the hub, chosen as the victim, tries again', async () => {
  const { db, url } = await freshDb();
  await Promise.all(['k1', 'k2'].map((key) => db.transact(putting(key))));
  const outside = await other(url);
  // The one that looks for a deadlock finds it, and is its victim: the other program never looks.
  await outside.query("set deadlock_timeout = '1h'; begin; update settings set value = 'other' where key = 'k2'");
  const watcher = await other(url);
  let runs = 0;
  let outsideToo: Promise<unknown> | undefined;
  const done = db.transact(
    async (tx) => {
      runs++;
      await tx.run(storeValue, { key: 'k1', value: 'hub' });
      outsideToo ??= outside.query("update settings set value = 'other' where key = 'k1'; commit");
      await vi.waitUntil(async () => (await waiting(watcher)) > 0 || runs > 1, WAIT_MS);
      await tx.run(storeValue, { key: 'k2', value: 'hub' });
    },
    { key: 'a' },
  );
  await done;
  await outsideToo;
  expect(runs).toBe(2);
  const rows = await outside.query("select value from settings where key in ('k1', 'k2')");
  expect(rows.rows).toEqual([{ value: 'hub' }, { value: 'hub' }]);
});

test('housekeeping that waits for a lock holds up nothing that comes in, and a hub that closes finishes it', async () => {
  const url = await freshDatabase('postgres', 'migrated');
  const db = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'full' });
  await db.transact(putting('k1'));
  const outside = await other(url);
  await outside.query("begin; update settings set value = 'other' where key = 'k1'");
  const chore = db.transact((tx) => tx.run(storeValue, { key: 'k1', value: 'chore' }), HOUSEKEEPING);
  const watcher = await other(url);
  await vi.waitUntil(async () => (await waiting(watcher)) > 0, WAIT_MS);
  await db.transact(putting('k2'));
  expect(await waiting(watcher)).toBe(1);
  await outside.query('commit');
  await db.close();
  await chore;
  expect((await watcher.query("select value from settings where key = 'k1'")).rows).toEqual([{ value: 'chore' }]);
});

test('a connection that is cut in the middle of many leaves nothing of any, and tells nothing', async () => {
  const { db, heard, url } = await freshDb();
  const admin = await other(url);
  const undone: number[] = [];
  const all = Array.from({ length: 30 }, (_, i) =>
    db.transact(
      async (tx) => {
        tx.afterRollback(() => undone.push(i));
        await telling(`k${i}`)(tx);
        if (i === 7) {
          await admin.query(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'valletpv-hub' and datname = current_database()",
          );
        }
        await putting(`k${i} more`)(tx);
      },
      { key: `${i}` },
    ),
  );
  for (const one of all) await expect(one).rejects.toMatchObject({ code: 'unavailable', kind: 'unreachable' });
  expect(undone).toHaveLength(30);
  expect(heard).toEqual([]);
  await db.transact(telling('kafter'));
  expect(await stored(url)).toEqual(['kafter']);
});

test('a commit whose answer is lost is told, once the server said that it is there', async () => {
  const { db, heard, url, proxy } = await throughProxy();
  const done = db.transact(async (tx) => {
    await telling('k1')(tx);
    proxy.swallowAnswers();
  });
  await vi.waitFor(async () => expect(await stored(url)).toEqual(['k1']), WAIT_MS);
  expect(heard).toEqual([]);
  proxy.cut();
  await done;
  expect(heard).toEqual(['k1']);
});

test('a commit that never arrived is refused, and nothing of it is told', async () => {
  const { db, heard, url, proxy } = await throughProxy();
  const undone: string[] = [];
  const cut = db.transact(async (tx) => {
    tx.afterRollback(() => undone.push('k1'));
    await telling('k1')(tx);
    proxy.cut();
  });
  await expect(cut).rejects.toMatchObject({ code: 'unavailable', kind: 'unreachable' });
  await db.transact(telling('k2'));
  expect(await stored(url)).toEqual(['k2']);
  expect(heard).toEqual(['k2']);
  expect(undone).toEqual(['k1']);
});

test('a commit of which nothing is known is refused, and what follows from it comes when the server is back, first', async () => {
  const { db, heard, url, proxy } = await throughProxy();
  const undone: string[] = [];
  const doubtful = db.transact(async (tx) => {
    tx.afterRollback(() => undone.push('k1'));
    await telling('k1')(tx);
    proxy.swallowAnswers();
    proxy.connectTo('http://127.0.0.1:9');
  });
  await vi.waitFor(async () => expect(await stored(url)).toEqual(['k1']), WAIT_MS);
  proxy.cut();
  await expect(doubtful).rejects.toMatchObject({ code: 'unavailable', kind: 'unreachable' });
  await expect(db.transact(telling('k2'))).rejects.toMatchObject({ kind: 'unreachable' });
  expect(heard).toEqual([]);
  proxy.connectTo(url);
  await db.transact(async (tx) => {
    expect(heard).toEqual(['k1']);
    await telling('k3')(tx);
  });
  expect(heard).toEqual(['k1', 'k3']);
  expect(undone).toEqual([]);
  expect(await stored(url)).toEqual(['k1', 'k3']);
});
